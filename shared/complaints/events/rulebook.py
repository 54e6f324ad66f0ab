"""What a landlord adopts, told in a stream of its own, the rulebook: policies, and calendars of working days."""

from dataclasses import dataclass
from datetime import date

from shared.complaints.events.oversight import OversightEvent
from shared.complaints.values import SkippedDay

# The stream of these facts; no complaint has such a reference.
RULEBOOK = "rulebook"


@dataclass(frozen=True, slots=True)
class PolicyAdopted:
    """An organisation adopted a policy for what it receives from a day on; no open case moves to it.

    With `until`, its last day: afterwards what was in force before is so again. Who adopted it stands in the envelope.
    """

    organisation: str
    policy: str
    policy_version: str
    policy_hash: str
    overlay: bool  # whether it runs beside the organisation's own policy, and judges
    effective_from: date
    until: date | None = None
    reason: str | None = None  # one sentence; it names nobody


@dataclass(frozen=True, slots=True)
class CalendarAdopted:
    """The landlord counts working days by another calendar; what still runs is counted again, fact by fact."""

    calendar_revision: str
    replaces_revision: str | None  # none: its first calendar
    first_day: date
    last_day: date
    closed: tuple[SkippedDay, ...] = ()  # the days that count no longer; told of a change only
    opened: tuple[SkippedDay, ...] = ()  # the days that count again; told of a change only
    office_closures: tuple[date, ...] = ()  # the closed days that no law asks for
    reason: str | None = None  # one sentence; it names nobody


@dataclass(frozen=True, slots=True)
class WordsErased:
    """The key to everything that a person wrote or is known by was destroyed; what was decided stays on record."""

    subject: (
        str  # the id under which the facts speak of the person; nothing else leads to them any more
    )
    texts: int  # how many pieces of text cannot be read any more
    reason: str  # one sentence; it names nobody


RulebookEvent = PolicyAdopted | CalendarAdopted | WordsErased | OversightEvent

NAMES: dict[str, type[RulebookEvent]] = {
    "rulebook.policy-adopted.v1": PolicyAdopted,
    "rulebook.calendar-adopted.v1": CalendarAdopted,
    "rulebook.words-erased.v1": WordsErased,
}
