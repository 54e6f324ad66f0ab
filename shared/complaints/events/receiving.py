"""What is told when a contact comes in and is kept out, taken back or handed to those who consider it."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.complaints.values import Channel, Issue, Route, WordsReference


@dataclass(frozen=True, slots=True)
class ComplaintOpened:
    """A contact was received and opened under the policy in force on the day of receipt."""

    reference: str
    organisation: str
    route: Route
    channel: Channel
    policy: str
    policy_hash: str
    received_on: date
    received_at: datetime | None
    issues: tuple[Issue, ...]
    complainant: str | None = None  # data subject in the vault
    words: WordsReference | None = None
    named_officers: tuple[str, ...] = ()
    source_reference: str | None = None


@dataclass(frozen=True, slots=True)
class ComplaintRefused:
    """The matter was excluded: the exclusion's code, its clause and where the matter goes instead."""

    exclusion: str
    clause: str
    destination: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ComplaintWithdrawn:
    """The complainant took the complaint back."""

    stage: int
    words: WordsReference | None = None
