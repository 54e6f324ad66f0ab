"""The deadline board as it stood at an instant, by what had happened and by what was on record, and what differs
between two instants.

It is folded from the facts of the cases that had a date to meet then, by the folds that show a single case as it stood.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from psycopg import Cursor

from services.projections.past import AsAt, PastCase, case_as_at
from services.projections.read_models.time_left import time_left
from shared.complaints.events import DeadlineLifted, DeadlineMet, DeadlineSet
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.eventstore.codec import NAMES

Row = dict[str, Any]

MOST_CASES = 10_000
CASES_AT_ONCE = 500
SET = NAMES[DeadlineSet]
ABOUT_DATES = [SET, NAMES[DeadlineMet], NAMES[DeadlineLifted]]

# The cases in which the last thing told of some duty was its date: those that may have been on the board.
_CANDIDATES = """
    SELECT DISTINCT reference FROM (
        SELECT DISTINCT ON (reference, fact.data ->> 'stage', fact.data ->> 'duty', fact.data ->> 'overlay')
            reference, fact.name
        FROM projections.fact
        JOIN projections.complaint USING (landlord, reference)
        WHERE landlord = %(landlord)s AND fact.name = ANY (%(about_dates)s)
            AND (%(recorded)s::timestamptz IS NULL OR fact.recorded_at <= %(recorded)s)
            AND (%(happened)s::timestamptz IS NULL
                OR COALESCE(fact.happened_at <= %(happened)s, fact.happened_on <= %(happened_on)s))
            AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
                OR %(confined_to)s = ANY (complaint.referred_to))
            AND (%(organisation)s::text IS NULL OR complaint.organisation = %(organisation)s)
            AND reference <> ALL (%(hidden)s)
        ORDER BY reference, fact.data ->> 'stage', fact.data ->> 'duty', fact.data ->> 'overlay',
            fact.version DESC
    ) AS latest
    WHERE name = %(set)s
    ORDER BY reference
    LIMIT %(limit)s
"""

_FACTS = """
    SELECT reference, version, seq, event_id, name, happened_on, happened_at, known_at, recorded_at,
        actor, origin, data
    FROM projections.fact WHERE landlord = %s AND reference = ANY (%s)
    ORDER BY reference, version
"""


class TooManyCases(ValueError):
    """More cases were open than can be folded for one page."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose board: what its reader may see, and chose."""

    landlord: str
    confined_to: str | None
    organisation: str | None
    hidden: frozenset[str]


def board_as_at(
    cursor: Cursor[Row], seen: Seen, as_at: AsAt, *, calendar: WorkingDayCalendar, now: datetime
) -> list[Row]:
    """Every line that the board had, soonest first; raises TooManyCases."""
    references = [
        row["reference"]
        for row in cursor.execute(
            _CANDIDATES,
            {
                "landlord": seen.landlord,
                "about_dates": ABOUT_DATES,
                "set": SET,
                "recorded": as_at.recorded,
                "happened": as_at.happened,
                "happened_on": london_day(as_at.happened) if as_at.happened else None,
                "confined_to": seen.confined_to,
                "organisation": seen.organisation,
                "hidden": sorted(seen.hidden),
                "limit": MOST_CASES + 1,
            },
        )
    ]
    if len(references) > MOST_CASES:
        raise TooManyCases(f"More than {MOST_CASES:,} complaints were open then.")
    moment = as_at.clock(now)
    lines = (
        line | time_left(line, calendar=calendar, now=moment)
        for reference, facts in _facts(cursor, seen.landlord, references)
        for line in lines_of(case_as_at(facts, as_at, landlord=seen.landlord, reference=reference))
    )
    return sorted(lines, key=_place)


def lines_of(case: PastCase) -> Iterator[Row]:
    """What a case had on the board: for each duty the earlier date, with that under the other policy beside it."""
    if case.complaint is None or case.complaint["standing"] != "open":
        return
    owed: dict[tuple[int, str], list[Row]] = {}
    for row in case.deadlines:
        if row["standing"] == "open":
            owed.setdefault((row["stage"], row["duty"]), []).append(row)
    for rows in owed.values():
        first, *others = sorted(rows, key=lambda row: (row["due_on"], row["overlay"]))
        yield first | {
            "organisation": case.complaint["organisation"],
            "handlers": case.handlers,
            "owed_under": first["overlay"] or case.complaint["policy"],
            "beside": [
                {
                    "owed_under": other["overlay"] or case.complaint["policy"],
                    "due_on": other["due_on"],
                }
                for other in others
            ],
        }


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A line of the board that differs: its date before and after; None where it was not there."""

    reference: str
    stage: int
    duty: str
    before: date | None
    after: date | None


def moved_between(before: Iterable[Row], after: Iterable[Row]) -> list[MovedLine]:
    """The lines that came, went, or have another date, by case."""
    was = {_key(row): row["due_on"] for row in before}
    became = {_key(row): row["due_on"] for row in after}
    return [
        MovedLine(*key, was.get(key), became.get(key))
        for key in sorted({*was, *became})
        if was.get(key) != became.get(key)
    ]


def _facts(
    cursor: Cursor[Row], landlord: str, references: Sequence[str]
) -> Iterator[tuple[str, list[Row]]]:
    for start in range(0, len(references), CASES_AT_ONCE):
        some = references[start : start + CASES_AT_ONCE]
        rows = cursor.execute(_FACTS, (landlord, some)).fetchall()
        for reference, facts in groupby(rows, key=lambda row: str(row["reference"])):
            yield reference, list(facts)


def _key(row: Row) -> tuple[str, int, str]:
    return row["reference"], row["stage"], row["duty"]


def _place(row: Row) -> tuple[date, str, int, str]:
    return row["due_on"], *_key(row)
