"""What one command writes, and the ways in which that is refused."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from shared.eventstore.record import NewRecord
from shared.eventstore.timers import TimerKey, TimersToEnd, TimerToSet
from shared.vault.sealing import SealedWords


class AppendRefused(Exception):
    """The append found the log in another state than its caller believed; nothing was written."""


class StreamMoved(AppendRefused):
    """Somebody else appended to the complaint first: load it again and decide again."""


class CommandAlreadyDone(AppendRefused):
    """The command has a result, perhaps from an attempt whose answer was lost: look it up."""


class SourceReferenceTaken(AppendRefused):
    """Another complaint came from the same reference of the source system."""


@dataclass(frozen=True, slots=True)
class Append:
    """Everything one command writes. Without records it still has a result, so that a retry gets
    the same answer.

    What `timer_fired` names is ended first, then the duties of `timers_ended`, then `timers_set`
    are set.
    """

    landlord: str
    stream: str
    expected_version: int
    records: tuple[NewRecord, ...]
    command_id: UUID
    fingerprint: bytes
    recorded_at: datetime
    words: tuple[SealedWords, ...] = ()
    timers_set: tuple[TimerToSet, ...] = ()
    timers_ended: tuple[TimersToEnd, ...] = ()
    timer_fired: TimerKey | None = None
    source_reference: str | None = None
    traceparent: str | None = None  # where somebody traces

    @property
    def version(self) -> int:
        """The version of the complaint after this append."""
        return self.expected_version + len(self.records)


def raise_refusal(cause: BaseException | None) -> None:
    """Raise what a broken constraint means to the caller; return when it is none of those an append
    can meet.
    """
    if not isinstance(cause, psycopg.IntegrityError):
        return
    match cause.diag.constraint_name:
        case "event_landlord_stream_version_key":
            raise StreamMoved("Somebody else appended to the complaint first.") from cause
        case "command_result_pkey":
            raise CommandAlreadyDone("The command was carried out before.") from cause
        case "source_reference_pkey":
            raise SourceReferenceTaken("A complaint with this source reference exists.") from cause
