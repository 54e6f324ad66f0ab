"""Carries out one command: look it up, load, decide, append in one transaction, and answer the same
to every retry.

Two officers at once: whoever appends second is told so by the version, loads again and decides
again on what the first one did. A command whose commit was lost in the network is found by its id.
Neither is ever done twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

import structlog

from services.workflow.counting_commands import counted
from services.workflow.deciding import (
    Attributes,
    LoadedComplaint,
    append_of,
    decide_on,
    held_rules,
    loaded,
)
from services.workflow.domain.commands import Command
from services.workflow.domain.complaint import Complaint
from services.workflow.domain.decisions import decide
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.not_done import CommandIdReused, TooManyConflicts, VersionMoved
from shared.complaints.events import ComplaintEvent
from shared.complaints.working_days import WorkingDayCalendar
from shared.database.pool import Database
from shared.eventstore.codec import name_of
from shared.eventstore.feed import SELECT_STREAM
from shared.eventstore.record import LIVE, CommandResult
from shared.eventstore.recorder import (
    SELECT_RESULT,
    CommandAlreadyDone,
    FeedRecorder,
    StreamMoved,
    facts_of,
    result_of,
)
from shared.policies.policy import Policy
from shared.registry.adoptions import policy_by_hash
from shared.registry.calendars import SELECT_CURRENT_REVISION, current_calendar, revision_of
from shared.runtime.clock import Clock
from shared.runtime.metrics import APPEND_CONFLICTS
from shared.vault.sealing import SealedWords
from shared.vault.vault import Vault

ATTEMPTS = 5
SHORTEST_WAIT_SECONDS = 0.01
LONGEST_WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Handled:
    """What a command did: the version after it and the names of its events, perhaps none."""

    version: int
    events: tuple[str, ...]
    replayed: bool  # answered from the stored result
    told: tuple[ComplaintEvent, ...] = field(default=(), compare=False)  # not when it was replayed


@dataclass(frozen=True, slots=True)
class Found:
    """What stands before a command: its own result, the complaint, and the calendar that counts now."""

    done: CommandResult | None
    complaint: LoadedComplaint | None
    calendar_revision: str | None


class Handling:
    """Carries out commands for every landlord; `after_append` is told the landlord after each commit."""

    def __init__(
        self,
        *,
        recorder: FeedRecorder,
        database: Database,
        clock: Clock,
        vault: Vault,
        chance: Random | None = None,
        after_append: Callable[[str], None] | None = None,
    ) -> None:
        self._recorder = recorder
        self._database = database
        self.vault = vault
        self._chance = chance or Random()
        self._after_append = after_append
        self._log = structlog.get_logger().bind(part="handling")
        self.clock = clock

    @property
    def database(self) -> Database:
        """The connections of this service's role."""
        return self._database

    def load(self, landlord: str, stream: str) -> LoadedComplaint | None:
        """The complaint under this reference; None when there is none."""
        return loaded(self._recorder.load(landlord, stream))

    def look(self, landlord: str, stream: str, command_id: UUID) -> Found:
        """What stands before a command, in one round trip: for who must see the complaint before they give it."""
        results, facts, revisions = self._database.rows_of_each(
            landlord,
            (SELECT_RESULT, (landlord, command_id)),
            (SELECT_STREAM, (landlord, stream)),
            (SELECT_CURRENT_REVISION, (landlord,)),
        )
        return Found(result_of(results), loaded(facts_of(facts)), revision_of(revisions))

    def rules_for(self, landlord: str, complaint: Complaint) -> tuple[Policy, WorkingDayCalendar]:
        """The policy that the complaint runs under and the calendar of today."""
        with self._database.transaction(landlord) as cursor:
            return (
                policy_by_hash(cursor, landlord, complaint.policy_hash),
                current_calendar(cursor, landlord),
            )

    def seal(
        self, landlord: str, *, subject: UUID, words: UUID, kind: str, text: str
    ) -> SealedWords:
        """Encrypts personal words for the vault; they are stored with the command's events."""
        with self._database.transaction(landlord) as cursor:
            key = self.vault.subject_key(
                cursor, landlord=landlord, subject=subject, now=self.clock.now()
            )
        return self.vault.seal(key, words=words, kind=kind, text=text)

    @counted
    def handle(
        self,
        landlord: str,
        stream: str,
        command: Command,
        *,
        also: Sequence[Command] = (),
        command_id: UUID,
        fingerprint: bytes,
        correlation_id: str,
        causation_id: str,
        words: Sequence[SealedWords] = (),
        expected_version: int | None = None,
        source_reference: str | None = None,
        origin: str = LIVE,
        not_before: datetime | None = None,
        found: Found | None = None,
    ) -> Handled:
        """Carries out `command` once, however often it is asked for under the same id.

        `also` are further commands that belong to it, by the same actor at the same moment: all are done, or none is.
        `not_before` has passed by another process's clock: where ours is behind, it is now then.
        `found` is what `look` found for this command a moment ago; what moved since shows at the append.
        Raises ComplaintRuleBroken when the policy refuses it, VersionMoved when `expected_version`
        is given and the complaint has moved on, and the other children of CommandNotDone.
        """
        attributes = Attributes(
            command_id=command_id,
            fingerprint=fingerprint,
            correlation_id=correlation_id,
            causation_id=causation_id,
            origin=origin,
            source_reference=source_reference,
            words=tuple(words),
        )
        for attempt in range(ATTEMPTS):
            found = found or self.look(landlord, stream, attributes.command_id)
            if found.done is not None:
                return _stored(found.done, attributes.fingerprint)
            try:
                return self._attempt(
                    landlord,
                    stream,
                    (command, *also),
                    attributes,
                    found,
                    expected_version=expected_version,
                    not_before=not_before,
                )
            except (ComplaintRuleBroken, VersionMoved):
                # What refuses may be its own effect, by another attempt since the look: then nobody is refused.
                if (done := self._done_before(landlord, attributes)) is not None:
                    return done
                raise
            except (StreamMoved, CommandAlreadyDone) as conflict:
                self._give_way(landlord, stream, command, conflict=conflict, attempt=attempt + 1)
                found = None
        if (done := self._done_before(landlord, attributes)) is not None:
            return done
        raise TooManyConflicts(f"{stream}: others changed this complaint {ATTEMPTS} times in a row")

    def _done_before(self, landlord: str, attributes: Attributes) -> Handled | None:
        done = self._recorder.command_result(landlord, attributes.command_id)
        return None if done is None else _stored(done, attributes.fingerprint)

    def _give_way(
        self, landlord: str, stream: str, command: Command, *, conflict: Exception, attempt: int
    ) -> None:
        """Waits a moment, another one each time, so that the same two do not meet again."""
        APPEND_CONFLICTS.inc()
        kinds = {"command": type(command).__name__, "conflict": type(conflict).__name__}
        about = {"landlord": landlord, "complaint": stream, **kinds}
        self._log.info("append_conflict", **about, attempt=attempt)
        time.sleep(self._chance.uniform(SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS))

    def _attempt(
        self,
        landlord: str,
        stream: str,
        commands: Sequence[Command],
        attributes: Attributes,
        found: Found,
        *,
        expected_version: int | None,
        not_before: datetime | None,
    ) -> Handled:
        now = self.clock.now()
        if not_before is not None:
            now = max(now, not_before)
        before = found.complaint
        _refuse_other_version(before, expected_version)
        events = self._all_decided(landlord, before, commands, found.calendar_revision, now=now)
        append = append_of(
            landlord,
            stream,
            events,
            attributes,
            command=commands[0],
            version=before.version if before else 0,
            now=now,
        )
        version = self._recorder.append(append)
        names = tuple(name_of(event) for event in events)
        self._log.info(
            "command_done",
            landlord=landlord,
            complaint=stream,
            command=type(commands[0]).__name__,
            events=names,
            version=version,
            correlation_id=attributes.correlation_id,
            causation_id=attributes.causation_id,
        )
        if self._after_append is not None:
            self._after_append(landlord)
        return Handled(version=version, events=names, replayed=False, told=events)

    def _all_decided(
        self,
        landlord: str,
        before: LoadedComplaint | None,
        commands: Sequence[Command],
        calendar_revision: str | None,
        *,
        now: datetime,
    ) -> tuple[ComplaintEvent, ...]:
        """Decides one command after another, each on what those before it told."""
        told: list[ComplaintEvent] = []
        for command in commands:
            events = self._decided(landlord, before, command, calendar_revision, now=now)
            told.extend(events)
            if before is not None and command is not commands[-1]:
                before = before.after(events, command)
        return tuple(told)

    def _decided(
        self,
        landlord: str,
        before: LoadedComplaint | None,
        command: Command,
        calendar_revision: str | None,
        *,
        now: datetime,
    ) -> tuple[ComplaintEvent, ...]:
        """Decides by the rules that are held; those that this process never used are read first."""
        rules = held_rules(landlord, before, calendar_revision)
        if before is not None and rules is not None:
            policy, overlay, calendar = rules
            return decide(before.complaint, command, policy, calendar, now, overlay=overlay)
        with self._database.transaction(landlord) as cursor:
            return decide_on(cursor, landlord, before, command, now=now)


def _stored(done: CommandResult, fingerprint: bytes) -> Handled:
    if done.fingerprint != fingerprint:
        raise CommandIdReused(f"{done.stream}: this command id was used before for something else")
    return Handled(version=done.version, events=done.event_names, replayed=True)


def _refuse_other_version(before: LoadedComplaint | None, expected: int | None) -> None:
    actual = before.version if before else 0
    if expected is not None and expected != actual:
        since = before.events[max(0, expected) :] if before else ()
        raise VersionMoved(expected=expected, actual=actual, since=since)
