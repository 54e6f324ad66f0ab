"""Brings a case from another system into the log, as it was: with its breaches, its gaps and both
of its times.

The past is recorded, never refused: what happened, when it happened and when it was known stand on
the events, which carry the origin `import` so that nobody is sent a letter about it. What fell due
before the import is settled with it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import Cursor

from services.workflow.domain.commands import OpenComplaint
from services.workflow.domain.history import HistoricEvent, HistoricFact, record_history
from services.workflow.domain.timers import timers_after
from services.workflow.settling import settled
from shared.complaints.values import Channel, Issue, Moment, Outcome, Route, WordsReference
from shared.complaints.working_days import WorkingDayCalendar
from shared.database.pool import Database
from shared.eventstore.codec import name_of
from shared.eventstore.record import IMPORT, CommandResult, NewRecord
from shared.eventstore.recorder import (
    Append,
    CommandAlreadyDone,
    FeedRecorder,
    SourceReferenceTaken,
)
from shared.policies.policy import Policy
from shared.registry.adoptions import overlay_in_force, policy_in_force
from shared.registry.calendars import current_calendar
from shared.registry.landlords import next_reference
from shared.runtime.clock import Clock
from shared.vault.sealing import SealedWords
from shared.vault.vault import Vault

IMPORTS = uuid5(NAMESPACE_URL, "urn:redress:imports")
IMPORTER = "import"  # who recorded the facts, where no officer is known
NOT_SEALED = "0" * 64  # the commitment of a dry run, which is never stored

Refer = Callable[[str | None, str], WordsReference | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFact:
    """One fact of a history as the other system tells it; `text` and `reason` are personal words,
    still in the open.
    """

    what: str
    moment: Moment
    known_at: datetime | None = None
    stage: int | None = None
    text: str | None = None
    channel: Channel | None = None
    outcome: Outcome | None = None
    to: date | None = None
    agreed: bool | None = None
    reason: str | None = None
    amount_pence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One case of another system; `policy` is the pack it ran under where that is known."""

    source_reference: str
    organisation: str
    route: Route
    facts: Sequence[HistoryFact]
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or in a dry run would do; `already_there` means that nothing was to do.

    `differs` says that the case was imported before with other facts: those stand, the new ones
    were not taken.
    """

    source_reference: str
    reference: str | None
    events: tuple[str, ...]
    already_there: bool
    differs: bool = False


class HistoryRefused(ValueError):
    """A history cannot be imported; the message says which rule it breaks, and the way out."""


class HistoryImporter:
    """Imports histories, each in one transaction; `after_append` is told the landlord after each
    commit.
    """

    def __init__(
        self,
        *,
        recorder: FeedRecorder,
        database: Database,
        clock: Clock,
        vault: Vault,
        after_append: Callable[[str], None] | None = None,
    ) -> None:
        self._recorder = recorder
        self._database = database
        self._clock = clock
        self._vault = vault
        self._after_append = after_append

    def import_history(self, landlord: str, history: History, *, dry_run: bool = False) -> Imported:
        """Brings one case in, whole or not at all; again changes nothing. A dry run decides all and
        writes nothing.
        """
        if not history.facts:
            raise HistoryRefused(
                "facts: a history needs at least one fact; give it or leave it out"
            )
        command_id = uuid5(IMPORTS, f"{landlord}/{history.source_reference}")
        done = self._recorder.command_result(landlord, command_id)
        if done is not None:
            return _already_there(history, done)
        try:
            with self._database.transaction(landlord) as cursor:
                imported = self._import(cursor, landlord, history, command_id, dry_run=dry_run)
        except (CommandAlreadyDone, SourceReferenceTaken):
            done = self._recorder.command_result(landlord, command_id)
            if done is None:
                raise
            return _already_there(history, done)
        if not dry_run and self._after_append is not None:
            self._after_append(landlord)
        return imported

    def _import(
        self,
        cursor: Cursor[dict[str, Any]],
        landlord: str,
        history: History,
        command_id: UUID,
        *,
        dry_run: bool,
    ) -> Imported:
        now = self._clock.now()
        received = _received(history)
        policy = _policy(cursor, landlord, history, received=received)
        overlay = overlay_in_force(cursor, landlord, history.organisation, received.on)
        calendar = current_calendar(cursor, landlord)
        words: list[SealedWords] = []
        if dry_run:
            reference, refer = None, _refer_only(command_id)
        else:
            reference = next_reference(cursor, landlord, received.on.year)
            refer = self._sealing(cursor, landlord, command_id, words, now=now)
        opening = _opening(history, reference or "", command_id, received=received, refer=refer)
        events = recorded_history(
            opening, history, policy, calendar, refer=refer, now=now, overlay=overlay
        )
        if reference is not None:
            append = _append(landlord, reference, history, command_id, events, words=words, now=now)
            self._recorder.append_in(cursor, append)
            _end_settled(cursor, landlord, reference, now=now)
        return Imported(
            source_reference=history.source_reference,
            reference=reference,
            events=tuple(name_of(historic.event) for historic in events),
            already_there=False,
        )

    def _sealing(
        self,
        cursor: Cursor[dict[str, Any]],
        landlord: str,
        command_id: UUID,
        words: list[SealedWords],
        *,
        now: datetime,
    ) -> Refer:
        key = self._vault.subject_key(
            cursor, landlord=landlord, subject=complainant_of(command_id), now=now
        )

        def refer(text: str | None, place: str) -> WordsReference | None:
            if not text:
                return None
            sealed = self._vault.seal(key, words=uuid5(command_id, place), kind="note", text=text)
            words.append(sealed)
            return sealed.reference

        return refer


def complainant_of(command_id: UUID) -> UUID:
    """The data subject of an imported case: one of its own, as other systems do not tell us who is
    the same person.
    """
    return uuid5(command_id, "complainant")


def recorded_history(
    opening: OpenComplaint,
    history: History,
    policy: Policy,
    calendar: WorkingDayCalendar,
    *,
    refer: Refer,
    now: datetime,
    overlay: Policy | None = None,
) -> tuple[HistoricEvent, ...]:
    """The events of a history, with those of the days that have passed since its last fact; nothing
    is read or stored.
    """
    facts = [
        HistoricFact(
            what=fact.what,
            moment=fact.moment,
            known_at=fact.known_at,
            stage=fact.stage,
            words=refer(fact.text, f"text/{index}"),
            channel=fact.channel or Channel.UNKNOWN,
            outcome=fact.outcome,
            to=fact.to,
            agreed=fact.agreed,
            reason_words=refer(fact.reason, f"reason/{index}"),
            amount_pence=fact.amount_pence,
        )
        for index, fact in enumerate(history.facts)
        if fact.what != "received"
    ]
    events = record_history(opening, facts, policy, calendar, overlay=overlay)
    return settled(events, policy, calendar, now=now, overlay=overlay)


def _received(history: History) -> Moment:
    """When the case was received; one that begins in the middle counts from its first fact."""
    return next(
        (fact.moment for fact in history.facts if fact.what == "received"), history.facts[0].moment
    )


def _policy(
    cursor: Cursor[dict[str, Any]], landlord: str, history: History, *, received: Moment
) -> Policy:
    policy = policy_in_force(cursor, landlord, history.organisation, received.on)
    if history.policy is not None and history.policy != policy.policy:
        raise HistoryRefused(
            f"policy: the case ran under {history.policy}, but {history.organisation} had adopted "
            f"{policy.policy} on {received.on}; adopt {history.policy} for that day, or drop it"
        )
    return policy


def _opening(
    history: History, reference: str, command_id: UUID, *, received: Moment, refer: Refer
) -> OpenComplaint:
    fact = next((fact for fact in history.facts if fact.what == "received"), None)
    return OpenComplaint(
        reference=reference,
        organisation=history.organisation,
        route=history.route,
        channel=(fact.channel if fact else None) or Channel.UNKNOWN,
        received=received,
        issues=(Issue(number=1, category="general"),),
        complainant=str(complainant_of(command_id)),
        words=refer(fact.text, "received") if fact else None,
        source_reference=history.source_reference,
        happened=received,
        actor=IMPORTER,
    )


def _refer_only(command_id: UUID) -> Refer:
    """References for a dry run: they point at words that are never written."""

    def refer(text: str | None, place: str) -> WordsReference | None:
        return WordsReference(str(uuid5(command_id, place)), NOT_SEALED) if text else None

    return refer


def _append(
    landlord: str,
    reference: str,
    history: History,
    command_id: UUID,
    events: Sequence[HistoricEvent],
    *,
    words: Sequence[SealedWords],
    now: datetime,
) -> Append:
    records = tuple(
        NewRecord(
            event_id=uuid5(command_id, str(index)),
            event=historic.event,
            happened=historic.moment,
            known_at=historic.known_at,
            actor=historic.actor,
            correlation_id=str(command_id),
            causation_id=str(command_id),
            origin=IMPORT,
        )
        for index, historic in enumerate(events)
    )
    timers_set, timers_ended = timers_after(historic.event for historic in events)
    return Append(
        landlord=landlord,
        stream=reference,
        expected_version=0,
        records=records,
        words=tuple(words),
        command_id=command_id,
        fingerprint=_fingerprint(history),
        timers_set=timers_set,
        timers_ended=timers_ended,
        source_reference=history.source_reference,
        recorded_at=now,
    )


def _end_settled(
    cursor: Cursor[dict[str, Any]], landlord: str, reference: str, *, now: datetime
) -> None:
    """Ends the timers whose time had come before the import: what they would say is on the log, or
    no longer of use.
    """
    cursor.execute(
        "UPDATE workflow.timer SET ended_at = %s, ended_by = 'fired'"
        " WHERE landlord = %s AND stream = %s AND ended_at IS NULL AND due_at <= %s",
        (now, landlord, reference, now),
    )


def _fingerprint(history: History) -> bytes:
    return hashlib.sha256(repr(history).encode()).digest()


def _already_there(history: History, done: CommandResult) -> Imported:
    return Imported(
        source_reference=history.source_reference,
        reference=done.stream,
        events=done.event_names,
        already_there=True,
        differs=done.fingerprint != _fingerprint(history),
    )
