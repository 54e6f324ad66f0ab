"""The course of a case as its complainant sees it: what happened, what is owed to them, which step it is at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.projections.resident_promises import Owed, last_day_to_ask, owed_now
from services.projections.resident_telling import tell_resident
from services.projections.resident_words import ROUTES, Names
from shared.complaints import events as fact
from shared.complaints.values import Moment, WordsReference
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.documents.taking import name_in
from shared.eventstore.feed import consume_stream
from shared.eventstore.record import RecordedEvent
from shared.identity.following import Follower
from shared.identity.spokespeople import COMPLAINANT, is_representative, is_theirs
from shared.policies.signposts import Signpost, signposts
from shared.registry.adoptions import policy_by_hash
from shared.registry.landlords import organisations
from shared.registry.officers import officer_names
from shared.runtime.clock import Clock
from shared.vault.vault import Vault

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the complainant reads of one fact, and when it happened."""

    title: str
    detail: str
    happened: Moment
    words: str | None
    by_representative: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: done on a day, owed by a day, or still to come."""

    what: str
    on: date | None = None
    by: date | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Everything the page of a case shows."""

    what: str  # complaint, enquiry
    received: Moment
    organisation: str
    policy: str
    stage: int
    is_open: bool
    handlers: tuple[str, ...]
    steps: tuple[Step, ...]
    owed: tuple[tuple[Owed, str | None], ...]  # with the words of a promise
    ask_until: date | None
    entries: tuple[Entry, ...]
    signposts: tuple[Signpost, ...]


@dataclass(frozen=True, slots=True)
class Courses:
    """Tells the course of a case; the database role needs the log and the schemas registry and vault."""

    database: Database
    vault: Vault
    clock: Clock

    def of(self, follower: Follower) -> Course:
        """The course of the case that is followed, as far as this follower may see it."""
        landlord, now = follower.landlord, self.clock.now()
        with self.database.transaction(landlord) as cursor:
            history = consume_stream(cursor, landlord, follower.reference)
            opening = history[0].event
            if not isinstance(opening, fact.ComplaintOpened):
                raise TypeError(f"the log of {follower.reference} does not begin with its opening")
            homes = {one.organisation: one.name for one in organisations(cursor, landlord)}
            staff = officer_names(cursor, landlord)
            policy = policy_by_hash(cursor, landlord, opening.policy_hash)
            names = Names(staff, homes)
            entries = self._entries(cursor, follower, history, names)
            events = [recorded.event for recorded in history]
            moment = Moment(london_day(now), now)
            owed = owed_now(events, now=moment)
            told = tuple((one, self._words(cursor, follower, one.words)) for one in owed)
        stage = _stage(events)
        return Course(
            what=ROUTES.get(_route(events, opening), "complaint"),
            received=history[0].happened,
            organisation=homes.get(opening.organisation, ""),
            policy=policy.title,
            stage=stage,
            is_open=_is_open(events),
            handlers=_handlers(events, stage, names),
            steps=_steps(history, owed, stage),
            owed=told,
            ask_until=last_day_to_ask(events, today=moment.on),
            entries=entries,
            signposts=signposts(policy, _subjects(events)),
        )

    def _entries(
        self,
        cursor: Cursor[Row],
        follower: Follower,
        history: Sequence[RecordedEvent],
        names: Names,
    ) -> tuple[Entry, ...]:
        entries = []
        brought = _brought(history)
        for recorded in reversed(history):
            event = recorded.event
            said = tell_resident(event, names)
            if said is None or (said.private and not follower.sees_everything):
                continue
            if isinstance(event, fact.DocumentRemoved) and event.number not in brought:
                continue
            words: WordsReference | None = getattr(event, "words", None)
            shown = words if said.with_words or is_theirs(recorded.actor) else None
            text = self._words(cursor, follower, shown)
            if text and isinstance(event, fact.DocumentAdded):
                text = name_in(text)
            entries.append(
                Entry(
                    title=said.title,
                    detail=said.detail,
                    happened=recorded.happened,
                    words=text,
                    by_representative=is_representative(recorded.actor),
                )
            )
        return tuple(entries)

    def _words(
        self, cursor: Cursor[Row], follower: Follower, words: WordsReference | None
    ) -> str | None:
        if words is None or not follower.sees_everything:
            return None
        return self.vault.read(cursor, follower.landlord, UUID(words.words))


def _brought(history: Sequence[RecordedEvent]) -> set[int]:
    """The numbers of the documents that the complainant sent or brought."""
    events = (recorded.event for recorded in history)
    return {
        event.number
        for event in events
        if isinstance(event, fact.DocumentAdded) and event.brought_by == COMPLAINANT
    }


def _steps(history: Sequence[RecordedEvent], owed: Sequence[Owed], stage: int) -> tuple[Step, ...]:
    """From the receipt to where the case stands, and what comes next."""
    due = {(one.duty, one.stage): one for one in owed}
    steps = [Step("We received it", on=history[0].happened.on)]
    for number in range(1, stage + 1):
        if number > 1:
            steps.append(Step(f"You asked for stage {number}", on=_day_of(history, _opens(number))))
        for duty, told, kind in (
            ("acknowledge", "We tell you that we have received it", fact.ComplaintAcknowledged),
            ("respond", f"We answer you at stage {number}", fact.ResponseIssued),
        ):
            on = _day_of(history, _of_stage(kind, number))
            promise = due.get((duty, number))
            if on is not None:
                steps.append(Step(told, on=on))
            elif promise is not None:
                steps.append(Step(told, by=promise.due_on, is_late=promise.is_late))
    closed = _day_of(history, lambda event: isinstance(event, fact.ComplaintClosed))
    if closed is not None and not _is_open([recorded.event for recorded in history]):
        steps.append(Step("We closed it", on=closed))
    return tuple(steps)


def _opens(number: int) -> Any:
    return lambda event: isinstance(event, fact.ComplaintEscalated) and event.to_stage == number


def _of_stage(kind: type[Any], number: int) -> Any:
    return lambda event: isinstance(event, kind) and event.stage == number


def _day_of(history: Sequence[RecordedEvent], is_it: Any) -> date | None:
    """The day of the last such fact."""
    days = [recorded.happened.on for recorded in history if is_it(recorded.event)]
    return days[-1] if days else None


def _stage(events: Sequence[fact.ComplaintEvent]) -> int:
    stages = [event.to_stage for event in events if isinstance(event, fact.ComplaintEscalated)]
    return stages[-1] if stages else 1


def _is_open(events: Sequence[fact.ComplaintEvent]) -> bool:
    is_open = True
    for event in events:
        match event:
            case fact.ComplaintClosed() | fact.ComplaintRefused() | fact.ComplaintWithdrawn():
                is_open = False
            case fact.ComplaintReopened() | fact.ComplaintEscalated() | fact.RefusalOverturned():
                is_open = True
            case _:
                pass
    return is_open


def _route(events: Sequence[fact.ComplaintEvent], opening: fact.ComplaintOpened) -> str:
    routes = [event.to_route for event in events if isinstance(event, fact.RouteChanged)]
    return (routes or [opening.route])[-1].value


def _handlers(events: Sequence[fact.ComplaintEvent], stage: int, names: Names) -> tuple[str, ...]:
    """Who considers the stage, by the names that letters give."""
    handlers: tuple[str, ...] = ()
    for event in events:
        if isinstance(event, fact.ComplaintAllocated) and event.stage == stage:
            handlers = event.handlers
    return tuple(names.officers[one] for one in handlers if one in names.officers)


def _subjects(events: Sequence[fact.ComplaintEvent]) -> tuple[str, ...]:
    """The categories of its matters, which decide where else the complainant may go."""
    issues: dict[int, str] = {}
    for event in events:
        match event:
            case fact.ComplaintOpened():
                issues |= {issue.number: issue.category for issue in event.issues}
            case fact.IssueAdded():
                issues[event.issue.number] = event.issue.category
            case fact.IssueSplitOff():
                issues.pop(event.number, None)
            case _:
                pass
    return tuple(dict.fromkeys(issues.values()))
