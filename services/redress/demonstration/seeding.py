"""Puts the demonstration into an installation, once: its landlord, its officers and its cases in one transaction, then
the documents of the cases.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from psycopg import Cursor

from services.redress.demonstration.acting import Acting
from services.redress.demonstration.matters import MATTERS
from services.redress.demonstration.people import (
    LANDLORD,
    OFFICERS,
    ORGANISATIONS,
    POLICY_OF,
    resident,
)
from services.redress.demonstration.plan import PLAN, Planned
from services.redress.demonstration.telling import DEMONSTRATION, NotYet, Seal, Setting
from services.redress.installation import CommandInstallation
from services.redress.statutory import STATUTORY, STATUTORY_FROM
from shared.calendars.england import england_calendar_document
from shared.complaints.events import RULEBOOK
from shared.complaints.working_days import WorkingDayCalendar, london_midnight
from shared.eventstore.feed import head
from shared.policies.policy import Policy
from shared.policy_packs.loader import shipped_pack
from shared.registry.adoptions import adopt_policy, overlay_in_force, policy_in_force
from shared.registry.calendars import adopt_calendar, current_calendar, has_calendar
from shared.registry.landlords import next_reference, register_landlord, register_organisation
from shared.registry.officers import register_officer
from shared.vault.vault import Vault

ADOPTED_FROM = date(2010, 5, 1)
ADOPTED_BY = "demonstration"
ADOPTED_BEFORE = timedelta(days=730)  # before every case: adoptions come first on the feed
JUST_AFTER_MIDNIGHT = timedelta(minutes=1)

Row = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was put in: nothing when the demonstration's landlord has cases already."""

    landlord: str
    cases: int
    events: int


def seed_demonstration(
    parts: CommandInstallation, *, today: date, on_progress: Progress = lambda _done, _total: None
) -> Seeded:
    """Puts the demonstration in, as it stands at the beginning of `today`; does nothing when it is there.

    One day always gives the same cases. What falls due from `today` on is left to the timers. `on_progress` is told how
    many of all steps are stored.
    """
    landlord = LANDLORD.landlord
    until = beginning_of(today)
    with parts.owner.transaction(landlord) as cursor:
        _register(cursor, now=until - ADOPTED_BEFORE)
        if _has_cases(cursor, landlord):
            return Seeded(landlord, 0, 0)
        cases = tell_cases(
            today=today,
            calendar=current_calendar(cursor, landlord),
            policies={
                each.organisation: policy_in_force(cursor, landlord, each.organisation, today)
                for each in ORGANISATIONS
            },
            overlays={
                each.organisation: overlay_in_force(cursor, landlord, each.organisation, today)
                for each in ORGANISATIONS
            },
            reference=lambda year: next_reference(cursor, landlord, year),
            sealing=_sealing(cursor, parts.vault, now=until),
        )
        appends = sorted(
            (each for case in cases for each in case.appends), key=lambda each: each.recorded_at
        )
        for done, append in enumerate(appends, 1):
            parts.recorder.append_in(cursor, append)
            on_progress(done, len(appends))
        seeded = Seeded(landlord, len(cases), head(cursor, landlord))
    # The facts and the keys of the complainants stand now: what they tell of can be sealed and kept.
    shelf = parts.shelf(None)
    for brought in (each for case in cases for each in case.brought):
        shelf.put(
            brought.file,
            landlord=landlord,
            subject=brought.subject,
            document=brought.document,
            kind=brought.kind,
        )
    return seeded


def _has_cases(cursor: Cursor[Row], landlord: str) -> bool:
    row = cursor.execute(
        "SELECT EXISTS (SELECT FROM workflow.event WHERE landlord = %s AND stream <> %s) AS any",
        (landlord, RULEBOOK),
    ).fetchone()
    return bool(row and row["any"])


def _register(cursor: Cursor[Row], *, now: datetime) -> None:
    landlord = LANDLORD.landlord
    register_landlord(cursor, LANDLORD, now=now)
    if not has_calendar(
        cursor, landlord
    ):  # else its own, with the days it closed, would be replaced
        adopt_calendar(cursor, landlord, england_calendar_document(), now, by=ADOPTED_BY)
    for organisation in ORGANISATIONS:
        register_organisation(cursor, organisation)
        adopt_policy(
            cursor,
            landlord=landlord,
            organisation=organisation.organisation,
            document=shipped_pack(POLICY_OF[organisation.organisation]),
            effective_from=ADOPTED_FROM,
            adopted_by=ADOPTED_BY,
            now=now,
        )
        adopt_policy(
            cursor,
            landlord=landlord,
            organisation=organisation.organisation,
            document=shipped_pack(STATUTORY),
            effective_from=STATUTORY_FROM,
            adopted_by=ADOPTED_BY,
            now=now,
            overlay=True,
        )
    for officer in OFFICERS:
        register_officer(cursor, officer)


def tell_cases(
    *,
    today: date,
    calendar: WorkingDayCalendar,
    policies: Mapping[str, Policy],
    overlays: Mapping[str, Policy | None],
    reference: Callable[[int], str],
    sealing: Callable[[UUID], Seal],
) -> Sequence[Acting]:
    """Every case of the plan, told up to the beginning of `today`, in the order of receipt.

    `reference` gives the next one of a year, `sealing` a complainant's way to seal words.
    """
    chance = Random("riverside")
    cases = []
    for number, (planned, received_on) in enumerate(_in_order_of_receipt(calendar, today), 1):
        complainant = uuid5(DEMONSTRATION, f"{number}/complainant")
        setting = Setting(
            landlord=LANDLORD.landlord,
            number=number,
            reference=reference(received_on.year),
            organisation=planned.organisation,
            complainant=complainant,
            matter=MATTERS[number % len(MATTERS)],
            policy=policies[planned.organisation],
            overlay=overlays[planned.organisation],
            calendar=calendar,
            until=beginning_of(today),
            seal=sealing(complainant),
        )
        case = Acting(setting, resident=resident(chance))
        with suppress(NotYet):  # the present has been reached: the rest of the story is to come
            planned.story(case, received_on)
        case.let_time_pass(setting.until)
        cases.append(case)
    return cases


def beginning_of(today: date) -> datetime:
    """The moment at which the stories stop: what the night made late is told, the day's reminders are not."""
    return london_midnight(today) + JUST_AFTER_MIDNIGHT


def _in_order_of_receipt(
    calendar: WorkingDayCalendar, today: date
) -> Iterator[tuple[Planned, date]]:
    anchor = today if calendar.is_working_day(today) else calendar.working_days_after(today, 1)
    dated = [(planned, calendar.working_days_before(anchor, planned.age)) for planned in PLAN]
    yield from sorted(dated, key=lambda each: each[1])


def _sealing(cursor: Cursor[Row], vault: Vault, *, now: datetime) -> Callable[[UUID], Seal]:
    def sealing(subject: UUID) -> Seal:
        key = vault.subject_key(cursor, landlord=LANDLORD.landlord, subject=subject, now=now)
        return lambda words, kind, text: vault.seal(key, words=words, kind=kind, text=text)

    return sealing
