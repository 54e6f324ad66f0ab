"""What a simulation found, as tables: in time then and now, by stage and by month, small numbers withheld. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.projections.small_numbers import suppressed
from shared.policies.verdicts import Verdict

RESPOND, ACKNOWLEDGE = "respond", "acknowledge"
DUTIES = {RESPOND: "Answered", ACKNOWLEDGE: "Acknowledged"}
WOULD_BE_LATE, NO_LONGER_LATE = "late", "no-longer"
CHANGES = {
    WOULD_BE_LATE: "Would have been late",
    NO_LONGER_LATE: "Would no longer have been late",
}
VERDICTS = (Verdict.IN_TIME, Verdict.LATE, Verdict.OPEN, Verdict.NO_DATE)
WORDS = {
    Verdict.IN_TIME: "in time",
    Verdict.LATE: "late",
    Verdict.OPEN: "open, or ended before its day",
    Verdict.NO_DATE: "no date under this policy",
}
COLUMNS = (
    *(f"Then {WORDS[each]}" for each in VERDICTS[:3]),
    *(f"Now {WORDS[each]}" for each in VERDICTS),
    *CHANGES.values(),
)

Cell = int | None
"""A count; None where it is withheld because so few people stand behind it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many duties had these verdicts: of one kind, in one stage, opened in one month."""

    duty: str
    stage: int
    month: date
    then: Verdict
    now: Verdict
    cases: int


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it is about, and a count for each column."""

    name: str
    stage: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Counts then and now of one duty: a row for each stage, or for each month of one stage."""

    key: str
    title: str
    rows: tuple[Line, ...]
    duty: str
    by_stage: bool


def counts_of(outcomes: Iterable[tuple[str, int, date, Verdict, Verdict]]) -> list[Count]:
    """The counts of single outcomes: duty, stage, the day its stage was opened, then, now."""
    counted = Counter(
        (duty, stage, opened_on.replace(day=1), then, now)
        for duty, stage, opened_on, then, now in outcomes
    )
    return [Count(*key, cases) for key, cases in sorted(counted.items())]


def change_of(then: Verdict, now: Verdict) -> str | None:
    """Whether it would have become late, or would no longer have been; None where neither."""
    if now is Verdict.LATE and then is not Verdict.LATE:
        return WOULD_BE_LATE
    if then is Verdict.LATE and now in {Verdict.IN_TIME, Verdict.OPEN}:
        return NO_LONGER_LATE
    return None


def tables(counts: Sequence[Count], *, withhold: bool) -> tuple[Table, ...]:
    """For each duty one table by stage, and for each of its stages one by month.

    With `withhold` a row in which any number is 1 to 4 is left out whole, and where it is the only one, the next
    smallest with it: then and now add up to the same, so that one number of a row tells another.
    """
    found: list[Table] = []
    for duty, done in DUTIES.items():
        own = [each for each in counts if each.duty == duty]
        stages = sorted({each.stage for each in own})
        if not stages:
            continue
        by_stage = {
            f"Stage {stage}": (stage, [each for each in own if each.stage == stage])
            for stage in stages
        }
        found.append(_table(duty, f"{done}, by stage", by_stage, withhold=withhold, by_stage=True))
        for stage in stages:
            months = sorted({each.month for each in own if each.stage == stage})
            by_month = {
                f"{month:%B %Y}": (
                    stage,
                    [each for each in own if (each.stage, each.month) == (stage, month)],
                )
                for month in months
            }
            title = f"{done} at stage {stage}, by the month in which the stage began"
            found.append(_table(duty, title, by_month, withhold=withhold, by_stage=False))
    return tuple(found)


def _table(
    duty: str,
    title: str,
    groups: Mapping[str, tuple[int, Sequence[Count]]],
    *,
    withhold: bool,
    by_stage: bool,
) -> Table:
    lines = {
        name: Line(name, stage, tuple(_cells(counts))) for name, (stage, counts) in groups.items()
    }
    hidden: set[str] = set()
    if withhold:
        smallest = {
            name: min((cell for cell in line.cells if cell), default=0)
            for name, line in lines.items()
        }
        hidden = {name for name, count in suppressed(smallest).items() if count is None}
    stages = sorted({stage for stage, _ in groups.values()})
    key = f"{duty}-{'stages' if by_stage else f'stage-{stages[0]}'}"
    rows = tuple(
        Line(line.name, line.stage, (None,) * len(COLUMNS)) if name in hidden else line
        for name, line in lines.items()
    )
    return Table(key, title, rows, duty, by_stage)


def _cells(counts: Sequence[Count]) -> Iterable[int]:
    for verdict in VERDICTS[:3]:
        yield sum(each.cases for each in counts if each.then is verdict)
    for verdict in VERDICTS:
        yield sum(each.cases for each in counts if each.now is verdict)
    for change in CHANGES:
        yield sum(each.cases for each in counts if change_of(each.then, each.now) == change)
