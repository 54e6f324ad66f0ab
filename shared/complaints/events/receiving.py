"""What is told when a contact comes in and is kept out, taken back or handed to those who consider it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.complaints.values import ADDED_LATER, Channel, Issue, Route, WordsReference


@dataclass(frozen=True, slots=True)
class ComplaintOpened:
    """A contact was received and opened under the policy in force on the day of receipt.

    Where a policy above it was in force too, such as a statutory code, its clocks run beside the own ones
    (`overlay_policy`).
    """

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
    overlay_policy: str | None = field(default=None, metadata=ADDED_LATER)
    overlay_policy_hash: str | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class ComplaintRefused:
    """The matter was excluded: the exclusion's code, its clause and where the matter goes instead.

    The words are the reasons given; `ombudsman_told` says that the right to go to the Ombudsman stood among them. Where
    it was refused for its age, `arose_on` is when it arose and `known_on` when the complainant learnt of it;
    `departure` is the clause of the policy beside the own one, such as the statutory code, under which it had to be
    taken.
    """

    exclusion: str
    clause: str
    destination: str
    words: WordsReference | None = None
    ombudsman_told: bool = field(default=False, metadata=ADDED_LATER)
    arose_on: date | None = field(default=None, metadata=ADDED_LATER)
    known_on: date | None = field(default=None, metadata=ADDED_LATER)
    departure: str | None = field(default=None, metadata=ADDED_LATER)
    send_letter: bool = field(default=False, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class ComplaintWithdrawn:
    """The complainant took the complaint back."""

    stage: int
    words: WordsReference | None = None
