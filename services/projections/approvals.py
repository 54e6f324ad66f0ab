"""The queue of drafts that wait for their check, and those sent back to their drafter; and one with its versions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.projections.draft_differences import Piece, difference
from services.projections.read_models.case_history import case_history
from services.projections.read_models.drafts_waiting import (
    MOST_WAITING,
    Seen,
    drafts_sent_back,
    drafts_waiting,
)
from services.projections.read_models.time_left import time_left
from services.projections.reading import Reading
from services.projections.reads import opened_case
from services.projections.visibility import CaseUnknown, hidden_from
from shared.access.log import DRAFT
from shared.complaints.events import DraftReturned, DraftSubmitted
from shared.complaints.values import Route
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.eventstore.codec import decode_event
from shared.identity.sessions import SignedIn
from shared.policies.checks import approvers, response_letter
from shared.policies.policy import Approval, EarlyResolution
from shared.policies.provisions import LetterContents
from shared.registry.adoptions import policy_by_hash
from shared.registry.calendars import current_calendar
from shared.registry.landlords import organisations
from shared.registry.officers import officer_names
from shared.web.navigation import checks_drafts
from shared.web.wording import sentence_case, weekday_date

Row = dict[str, Any]


class NoDraftWaits(CaseUnknown):
    """No draft of this case waits, or the reader may not see it."""

    def __init__(self) -> None:
        super().__init__()
        self.detail = (
            "No draft of this complaint waits for its check: it was approved, sent back or answered"
            " meanwhile, or it is not yours to see."
        )


@dataclass(frozen=True, slots=True)
class Level:
    """Who may check a draft today, and whether this reader may; `said` says it in words."""

    said: str
    clause: str
    is_mine: bool
    why_not: str
    early: EarlyResolution | None = None  # where the reader may sign off as a lower level only


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the draft, and what became of it; its words are None once they were erased."""

    draft: int
    words: str | None
    submitted: Row
    returned: Row | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed from an earlier version to the latest."""

    earlier: int
    pieces: list[Piece]


def queue(reading: Reading, who: SignedIn) -> Row:
    """The drafts that the reader may check, and those that wait for others; each the soonest due first."""
    landlord, now = who.officer.landlord, reading.clock.now()
    with reading.database.transaction(landlord) as cursor:
        calendar = current_calendar(cursor, landlord)
        seen = _seen(cursor, who)
        rows = drafts_waiting(cursor, seen)
        returned = drafts_sent_back(cursor, seen, to=who.officer.officer)
        names = officer_names(cursor, landlord)
        homes = {home.organisation: home.name for home in organisations(cursor, landlord)}
        waiting = [
            _left(row, calendar, reading)
            | {
                "drafted_by_name": names.get(row["drafted_by"], row["drafted_by"]),
                "organisation_name": homes[row["organisation"]],
                "level": _level(
                    _approval(cursor, landlord, row), row, who, calendar, london_day(now)
                ),
            }
            for row in rows[:MOST_WAITING]
        ]
    return {
        "sent_back": [
            _left(row, calendar, reading)
            | {
                "last_by_name": names.get(row["last_by"], row["last_by"]),
                "organisation_name": homes[row["organisation"]],
            }
            for row in returned[:MOST_WAITING]
        ],
        "mine": [row for row in waiting if row["level"].is_mine],
        "others": [row for row in waiting if not row["level"].is_mine],
        "more": max(len(rows), len(returned)) > MOST_WAITING,
    }


def sent_back_to(reading: Reading, who: SignedIn) -> int:
    """How many drafts of this reader were sent back and wait for their next version; at most MOST_WAITING and one."""
    with reading.database.transaction(who.officer.landlord) as cursor:
        return len(drafts_sent_back(cursor, _seen(cursor, who), to=who.officer.officer))


def draft_of(reading: Reading, who: SignedIn, reference: str, *, against: int | None) -> Row:
    """The draft that waits on a case, with what changed since an earlier version: `against`, or the one before."""
    landlord = who.officer.landlord
    today = london_day(reading.clock.now())
    with reading.database.transaction(landlord) as cursor:
        opened_case(cursor, who, reference, page=DRAFT, now=reading.clock.now())
        found = drafts_waiting(cursor, _seen(cursor, who), reference=reference)
        if not found:
            raise NoDraftWaits
        row = found[0]
        calendar = current_calendar(cursor, landlord)
        names = officer_names(cursor, landlord)
        facts = case_history(cursor, landlord=landlord, reference=reference)
        versions = _versions(
            [fact | {"actor_name": names.get(fact["actor"], fact["actor"])} for fact in facts],
            row["stage"],
            lambda words: reading.vault.read(cursor, landlord, UUID(words)),
        )
        letter = _letter(cursor, landlord, row)
        level = _level(_approval(cursor, landlord, row), row, who, calendar, today)
    return {
        "row": _left(row, calendar, reading)
        | {"drafted_by_name": names.get(row["drafted_by"], row["drafted_by"])},
        "latest": versions[-1],
        "earlier": versions[-2::-1],
        "compared": _compared(versions, against),
        "letter": letter,
        "parts": [(part, sentence_case(part)) for part in letter.contains] if letter else [],
        "level": level,
        "version": facts[-1]["version"],
    }


def _seen(cursor: Cursor[Row], who: SignedIn) -> Seen:
    return Seen(who.officer.landlord, who.confined_to, hidden_from(cursor, who))


def _left(row: Row, calendar: WorkingDayCalendar, reading: Reading) -> Row:
    if row["due_on"] is None:
        return row
    standing = {"standing": "open", "late_by_working_days": None}
    return row | time_left(row | standing, calendar=calendar, now=reading.clock.now())


def _approval(cursor: Cursor[Row], landlord: str, row: Row) -> Approval | None:
    policy = policy_by_hash(cursor, landlord, row["policy_hash"])
    return policy.approval_at(route=Route(row["route"]), stage=row["stage"])


def _letter(cursor: Cursor[Row], landlord: str, row: Row) -> LetterContents | None:
    policy = policy_by_hash(cursor, landlord, row["policy_hash"])
    return response_letter(policy, route=Route(row["route"]), stage=row["stage"])


def _level(
    approval: Approval | None,
    row: Row,
    who: SignedIn,
    calendar: WorkingDayCalendar,
    today: date,
) -> Level:
    role, own = who.officer.role, row["drafted_by"] == who.officer.officer
    if approval is None:
        said = "A second person; the policy asks for no check here"
        allowed, clause, early = checks_drafts(role), "", None
    else:
        roles = approvers(approval, received_on=row["received_on"], on=today, calendar=calendar)
        said, clause = _by(approval, roles, row, calendar), approval.cited.clause
        allowed = role in roles
        early = approval.early if allowed and role != approval.by else None
    why_not = ""
    if own:
        why_not = "You drafted it: somebody else checks it."
    elif not allowed:
        why_not = f"It is checked by: {said[0].lower()}{said[1:]}."
    return Level(said, clause, allowed and not own, why_not, early)


def _by(approval: Approval, roles: tuple[str, ...], row: Row, calendar: WorkingDayCalendar) -> str:
    said = sentence_case(approval.by)
    if approval.early is None or len(roles) == 1:
        return said
    last = calendar.working_days_after(row["received_on"], approval.early.within_working_days)
    lower = " or ".join(map(sentence_case, approval.early.by)).lower()
    return f"{said}, or until {weekday_date(last)} {lower} where no investigation was needed"


def _versions(facts: list[Row], stage: int, words: Callable[[str], str | None]) -> list[Version]:
    """The drafts of a stage in their order, each with the comment it was sent back with."""
    versions: list[Version] = []
    for row in facts:
        event = decode_event(row["name"], row["data"])
        if not isinstance(event, DraftSubmitted | DraftReturned) or event.stage != stage:
            continue
        said = None if event.words is None else words(event.words.words)
        if isinstance(event, DraftSubmitted):
            versions.append(Version(event.draft, said, row))
        elif versions:
            versions[-1] = replace(versions[-1], returned=row, comment=said)
    return versions


def _compared(versions: list[Version], against: int | None) -> Compared | None:
    latest, earlier = versions[-1], versions[:-1]
    chosen = next((each for each in earlier if each.draft == against), None)
    chosen = chosen or (earlier[-1] if earlier else None)
    if chosen is None or chosen.words is None or latest.words is None:
        return None
    return Compared(chosen.draft, difference(chosen.words, latest.words))
