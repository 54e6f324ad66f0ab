"""What came of the changes: a table by module, and every change that no test noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

UNTRIED = {"not checked", "check was interrupted by user", "skipped"}
# A change that crashes the tests or lets them run into the time limit is one that shows.
NOTICED = {"killed", "timeout", "segfault", "caught by type check"}


@dataclass(frozen=True, slots=True)
class Tally:
    """The changes of one module, by what came of them; the changes are named as mutmut does."""

    module: str
    noticed: int
    timed_out: int
    untried: int
    survived: tuple[str, ...]

    @property
    def tried(self) -> int:
        """How many changes there is a verdict on."""
        return self.noticed + len(self.survived)


def tallies(names: tuple[str, ...] = ()) -> tuple[Tally, ...]:
    """Read the verdicts that stand in the working folder, of all modules or of those named."""
    found = []
    for path in walk_mutatable_files():
        if not names or _module(path) in names:
            of_module = SourceFileMutationData(path=path)
            of_module.load()
            if of_module.exit_code_by_key:
                found.append(tally(_module(path), of_module.exit_code_by_key))
    return tuple(found)


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def tally(module: str, verdicts: dict[str, int | None]) -> Tally:
    """Count what came of the changes of one module."""
    standings = {change: status_by_exit_code[verdict] for change, verdict in verdicts.items()}
    return Tally(
        module,
        noticed=sum(standing in NOTICED for standing in standings.values()),
        timed_out=sum(standing == "timeout" for standing in standings.values()),
        untried=sum(standing in UNTRIED for standing in standings.values()),
        survived=tuple(
            change
            for change, standing in standings.items()
            if standing not in NOTICED and standing not in UNTRIED
        ),
    )


def share_noticed(counted: Iterable[Tally]) -> float:
    """Return the share, in per cent, of what was tried; nothing tried is nothing noticed."""
    counted = tuple(counted)
    tried = sum(each.tried for each in counted)
    return 100 * sum(each.noticed for each in counted) / tried if tried else 0.0


def table(counted: Iterable[Tally]) -> Iterator[str]:
    """Write the table of docs/mutation.md."""
    counted = tuple(counted)
    yield "| module | changes | noticed | survived | share |"
    yield "|---|---|---|---|---|"
    for each in counted:
        yield _row(f"`{each.module}`", (each,))
    yield _row("**all**", counted)


def _row(name: str, counted: tuple[Tally, ...]) -> str:
    tried, noticed = sum(each.tried for each in counted), sum(each.noticed for each in counted)
    share = share_noticed(counted)
    return f"| {name} | {tried:,} | {noticed:,} | {tried - noticed:,} | {share:.1f} % |"


def survivors(counted: Iterable[Tally]) -> Iterator[str]:
    """Show every change that no test noticed."""
    for each in counted:
        for change in each.survived:
            yield f"# {change}"
            yield get_diff_for_mutant(change)
            yield ""
