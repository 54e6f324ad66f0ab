"""Which figures an address asks for: as at a day, as known by a day, of an organisation; and the figures themselves."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from services.projections.figures_keeping import AsAtDays, FiguresKeeper
from services.projections.performance import Performance, performance
from services.projections.reading import Reading
from shared.complaints.working_days import london_day
from shared.identity.sessions import SignedIn
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

SEES_NO_CASES = frozenset({"board_member", "independent_member"})
Day = Annotated[str, Query(max_length=10)]
Chosen = Annotated[str, Query(max_length=100, pattern=STORABLE)]


class NoSuchDay(ValueError):
    """What was typed is no day that figures can be had for: `field` says where, the message what is allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: the day to look at, the day by which it was known (empty: the same), whose figures."""

    as_at: str = ""
    known_by: str = ""
    organisation: str = ""

    def days(self, today: date, *, prefix: str = "") -> AsAtDays:
        """The days meant; raises NoSuchDay, whose field is named with `prefix`."""
        as_at = _day(self.as_at, today, field=f"{prefix}as_at", otherwise=today)
        known_by = _day(self.known_by, today, field=f"{prefix}known_by", otherwise=as_at)
        if known_by < as_at:
            raise NoSuchDay(
                f"{prefix}known_by",
                "Choose the same day or a later one: nothing is known before it happens",
            )
        return AsAtDays(as_at, known_by)


def asked(*, as_at: Day = "", known_by: Day = "", organisation: Chosen = "") -> Asked:
    """Dependency: what the address asks for."""
    return Asked(as_at, known_by, organisation)


def figures_of(
    reading: Reading, keeper: FiguresKeeper, who: SignedIn, days: AsAtDays, organisation: str
) -> Performance:
    """The figures this reader may see: of their own organisation only, where they are confined to
    it; with small numbers withheld where they see no cases.
    """
    today = london_day(reading.clock.now())
    known = {home.organisation for home in reading.choices(who)["organisations"]}
    through = None if days == AsAtDays(today, today) else days
    titles = reading.titles(who)
    with keeper.as_at(who.officer.landlord, through) as figures:
        return performance(
            figures,
            as_at=days.happened,
            known_by=days.recorded,
            organisation=who.confined_to or (organisation if organisation in known else None),
            withhold=not sees_cases(who),
            titles=titles,
        )


def figures_asked(
    reading: Reading, keeper: FiguresKeeper, who: SignedIn, given: Asked
) -> Performance:
    """The figures an address asks for; Problem 422 where its days cannot be."""
    try:
        days = given.days(london_day(reading.clock.now()))
    except NoSuchDay as wrong:
        raise Problem(422, "No such day", f"{wrong.field}: {wrong}.") from None
    return figures_of(reading, keeper, who, days, given.organisation)


def address_of(found: Performance) -> str:
    """The end of an address that asks for these figures again."""
    return "?" + urlencode(
        {
            "as_at": found.as_at.isoformat(),
            "known_by": found.known_by.isoformat(),
            "organisation": found.organisation or "",
        }
    )


def sees_cases(who: SignedIn) -> bool:
    """Whether the reader may go from a figure to the cases behind it."""
    return who.officer.role not in SEES_NO_CASES


def _day(text: str, today: date, *, field: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoSuchDay(field, "Enter a day, like 2026-03-27") from None
    if day > today:
        raise NoSuchDay(field, "Choose today or a day before it")
    return day
