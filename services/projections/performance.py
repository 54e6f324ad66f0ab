"""The figures that managers and boards look at: each a table with its definition, from the cases of a
feed as far as it was on record on a day. Pure.

Nothing here ranks organisations by how many complaints they have: a number of complaints is no
measure of poor service (guidance for tenant management organisations, paragraph 3; Code 3.3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.projections.case_figures import Answer, CaseFigures, Figures, Learning
from services.projections.small_numbers import suppressed
from shared.complaints.values import Route

MONTHS = 12
AGES = ((10, "Up to 10 days"), (20, "11 to 20 days"), (40, "21 to 40 days"), (60, "41 to 60 days"))
OLDEST = "More than 60 days"
KEPT, BROKEN = "Kept", "Broken"
LEARNING = ("Done", "Still to be done", "Overdue")
VERDICTS = ("In time", "Late", "Still open")
COMPLAINT = Route.COMPLAINT.value

Cell = int | None
"""A count; None where it is withheld because so few people stand behind it."""


Found = dict[str, list[str]]
"""References of cases under a name."""

NO_TITLES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, a count for each column, and the cases behind them, in order."""

    name: str
    cells: tuple[Cell, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Counts in rows and columns. `stacked`: the columns of a row add up to one whole."""

    key: str
    title: str
    definition: str
    columns: tuple[str, ...]
    rows: tuple[Line, ...]
    stacked: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but noughts."""
        return not any(cell is None or cell for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Performance:
    """All tables as at a day, for one organisation or (None) all of the landlord's.

    They count what had happened by `as_at` as far as it was on record by `known_by`.
    """

    as_at: date
    known_by: date
    organisation: str | None
    tables: tuple[Table, ...]


def performance(
    figures: Figures,
    *,
    as_at: date,
    known_by: date | None = None,
    organisation: str | None = None,
    withhold: bool = False,
    titles: Mapping[str, str] = NO_TITLES,
) -> Performance:
    """The tables; `figures` hold nothing that happened after `as_at`, or was recorded after `known_by` (None: the same
    day). With `withhold`, numbers of 1 to 4 are left out of the breakdowns in which a person could be recognised;
    policies are called by their `titles`.
    """
    cases = [
        case
        for _, case in sorted(figures.cases.items())
        if organisation in (None, case.organisation)
    ]
    complaints = [case for case in cases if case.route == COMPLAINT and not _kept_out(case)]
    months = _months(as_at)
    own = [_in_time(complaints, months, stage) for stage in _stages(complaints)]
    by_code = [
        _in_time(complaints, months, stage, code, titles.get(code, code))
        for code in sorted({case.overlay for case in complaints if case.overlay})
        for stage in _stages(complaints)
    ]
    return Performance(
        as_at=as_at,
        known_by=known_by or as_at,
        organisation=organisation,
        tables=(
            *own,
            *by_code,
            _open_by_age(complaints, as_at),
            _escalated(complaints, months, withhold=withhold),
            _outcomes(complaints, months, withhold=withhold),
            _refused(cases, months, withhold=withhold),
            _promises(cases, months, as_at),
            _learning(cases, as_at),
        ),
    )


def _kept_out(case: CaseFigures) -> bool:
    return case.refused is not None and case.overturned_on is None


def _stages(cases: Iterable[CaseFigures]) -> list[int]:
    return sorted({stage for case in cases for stage in case.stages})


def _months(as_at: date) -> list[date]:
    """The first days of the twelve months up to that of `as_at`."""
    found = [as_at.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _month_of(day: date) -> date:
    return day.replace(day=1)


def _named(month: date) -> str:
    return f"{month:%B %Y}"


def _in_time(
    cases: Sequence[CaseFigures],
    months: Sequence[date],
    stage: int,
    clock: str | None = None,
    under: str = "its own policy",
) -> Table:
    counted: dict[date, Found] = {month: {} for month in months}
    for case in cases:
        answer, opened = case.answers.get((clock, stage)), case.stages.get(stage)
        if answer is not None and opened is not None and _month_of(opened) in counted:
            _note(counted[_month_of(opened)], _verdict(answer), case)
    return Table(
        key=f"in-time-{stage}-{clock or 'own'}",
        title=f"Stage {stage} answered in time under {under}",
        definition=f"Complaints by the month in which they came to stage {stage}; in time means by the"
        f" date of {under} as it stood when the answer was sent, extensions included. One that is"
        " open past its date counts as late.",
        columns=VERDICTS,
        rows=tuple(_line(_named(month), VERDICTS, counted[month]) for month in months),
        stacked=True,
    )


def _note(found: Found, name: str, case: CaseFigures) -> None:
    found.setdefault(name, []).append(case.reference)


def _line(name: str, columns: Sequence[str], found: Found) -> Line:
    """A row whose columns are the names under which its cases were found."""
    listed = [found.get(column, []) for column in columns]
    return Line(
        name,
        tuple(len(each) for each in listed),
        tuple(reference for each in listed for reference in each),
    )


def _verdict(answer: Answer) -> str:
    in_time = answer.in_time()
    if in_time is None:
        return "Still open"
    return "In time" if in_time else "Late"


def _open_by_age(cases: Iterable[CaseFigures], as_at: date) -> Table:
    ages: Found = {}
    for case in cases:
        if case.closed is None and case.withdrawn_on is None:
            _note(ages, _age((as_at - case.received_on).days), case)
    names = [name for _, name in AGES] + [OLDEST]
    return Table(
        key="open-by-age",
        title="Open complaints by age",
        definition="Complaints that are neither closed nor withdrawn, by calendar days since they were"
        " first received.",
        columns=("Complaints",),
        rows=tuple(_line(name, (name,), ages) for name in names),
    )


def _age(days: int) -> str:
    return next((name for most, name in AGES if days <= most), OLDEST)


def _escalated(cases: Iterable[CaseFigures], months: Sequence[date], *, withhold: bool) -> Table:
    causes: Found = {}
    for case in cases:
        for stage, on, because in case.escalations:
            if _month_of(on) >= months[0]:
                _note(causes, f"To stage {stage}: {because.replace('_', ' ')}", case)
    return _counts(
        "escalated",
        "Taken to a later stage, and why",
        "Requests for a later stage in the twelve months: because the complainant was dissatisfied with"
        " the answer, or because it was late.",
        causes,
        withhold=withhold,
    )


def _outcomes(cases: Iterable[CaseFigures], months: Sequence[date], *, withhold: bool) -> Table:
    found: Found = {}
    for case in cases:
        for stage, finding in case.findings.items():
            if stage in case.answered and _month_of(case.answered[stage]) >= months[0]:
                _note(found, f"Stage {stage}: {finding.replace('_', ' ')}", case)
    return _counts(
        "outcomes",
        "What was found",
        "Answers sent in the twelve months, by stage and finding.",
        found,
        withhold=withhold,
    )


def _refused(cases: Iterable[CaseFigures], months: Sequence[date], *, withhold: bool) -> Table:
    grounds: Found = {}
    for case in cases:
        if case.refused is not None and _month_of(case.refused[0]) >= months[0]:
            _note(grounds, case.refused[1].replace("_", " "), case)
    return _counts(
        "refused",
        "Not taken as a complaint, and on what ground",
        "Refusals in the twelve months, those that were overturned afterwards among them. Each was told"
        " with its reason and the right to go to the Ombudsman.",
        grounds,
        withhold=withhold,
    )


def _counts(key: str, title: str, definition: str, found: Found, *, withhold: bool) -> Table:
    ordered = {name: len(cases) for name, cases in sorted(found.items())}
    shown: Mapping[str, Cell] = suppressed(ordered) if withhold else ordered
    return Table(
        key=key,
        title=title,
        definition=definition
        + (
            " Numbers of 1 to 4 are withheld, so that nobody can be recognised." if withhold else ""
        ),
        columns=("Complaints",),
        rows=tuple(
            Line(_sentence(name), (count,), tuple(found[name])) for name, count in shown.items()
        ),
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _promises(cases: Iterable[CaseFigures], months: Sequence[date], as_at: date) -> Table:
    counted: dict[date, Found] = {month: {} for month in months}
    for case in cases:
        for due, missed in case.promises_due.values():
            if _month_of(due) in counted and due <= as_at:
                _note(counted[_month_of(due)], BROKEN if missed else KEPT, case)
    return Table(
        key="promises",
        title="Promises kept",
        definition="What complainants were promised, by the month in which it was due: kept by its date,"
        " or not.",
        columns=(KEPT, BROKEN),
        rows=tuple(_line(_named(month), (KEPT, BROKEN), counted[month]) for month in months),
        stacked=True,
    )


def _learning(cases: Iterable[CaseFigures], as_at: date) -> Table:
    states: Found = {}
    for case in cases:
        for each in case.learning.values():
            _note(states, _state(each, as_at), case)
    return Table(
        key="learning",
        title="What was learned",
        definition="Changes decided on because of a complaint, and whether they were made by the day set"
        " for them.",
        columns=("Changes",),
        rows=tuple(_line(state, (state,), states) for state in LEARNING),
    )


def _state(learned: Learning, as_at: date) -> str:
    if learned.done_on is not None:
        return LEARNING[0]
    return LEARNING[2] if learned.due_on < as_at else LEARNING[1]
