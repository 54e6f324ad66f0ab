"""`python -m tests.mutation`: change the rules one by one, and fail if too few changes are noticed."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutation.report import share_noticed, survivors, table, tallies

ROOT = Path(__file__).parents[2]
COPIED = ("docs", "services", "shared", "tests", "pyproject.toml")
MARK = ".mutation"  # a folder with this file is one that may be emptied
VERDICTS = "*.meta"  # what mutmut keeps between runs, beside each changed module
LEAST_NOTICED = 90.0  # per cent


def fresh_copy(folder: Path, *, keep_verdicts: bool) -> None:
    """Copy the project; verdicts of an earlier run hold for functions that have not changed."""
    kept = {}
    if keep_verdicts:
        kept = {each.relative_to(folder): each.read_bytes() for each in folder.rglob(VERDICTS)}
    shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    for name in COPIED:
        source, copy = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=ignored)
        else:
            shutil.copy(source, copy)
    for place, verdicts in kept.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(verdicts)


def _source(module: str) -> Path:
    place = ROOT.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def main() -> int:
    """Run, tell, and return what the shell is told."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    asked.add_argument(
        "modules", nargs="*", help="a module, such as services.workflow.domain.guards; else all"
    )
    asked.add_argument("--fresh", action="store_true", help="forget the verdicts of earlier runs")
    asked.add_argument("--report", action="store_true", help="try nothing, tell what is known")
    asked.add_argument("--children", type=int, default=os.cpu_count() or 1, help="at a time")
    asked.add_argument("--folder", type=Path, default=ROOT / "build" / "mutation", help="work here")
    given = asked.parse_args()
    folder, modules = given.folder.resolve(), tuple(given.modules)
    for module in modules:
        if not _source(module).is_file():
            asked.error(f"there is no module {module}; name one as it is imported")
    if given.children < 1:
        asked.error("--children: at least 1")
    is_ours = (folder / MARK).exists()
    if given.report and not is_ours:
        asked.error(f"--report: nothing was tried in {folder} yet")
    if not is_ours and folder.exists() and any(folder.iterdir()):
        asked.error(f"--folder: {folder} holds something else, and would be emptied")
    if not given.report:
        fresh_copy(folder, keep_verdicts=not given.fresh)
        running = [sys.executable, "tests/mutation/running.py", "--children", str(given.children)]
        names = [f"{module}.x*" for module in modules]
        if subprocess.run([*running, *names], cwd=folder, check=False).returncode != 0:
            print("The run did not come to its end; the same command goes on with it.")
            return 1
    os.chdir(folder)
    counted = tallies(modules)
    listed = folder / "survivors.txt"
    listed.write_text("\n".join(survivors(counted)), "utf-8")
    print("\n".join(table(counted)))
    untried, share = sum(each.untried for each in counted), share_noticed(counted)
    print(f"\n{share:.1f} % noticed, {sum(each.timed_out for each in counted)} by the time limit.")
    print(f"Every change that no test noticed: {listed}")
    if untried:
        print(f"{untried} changes are not tried yet; the same command goes on with them.")
    return 1 if untried or share < LEAST_NOTICED else 0


if __name__ == "__main__":
    sys.exit(main())
