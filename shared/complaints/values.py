"""The words that facts are made of: channels, routes, outcomes, remedies, moments and references to personal words.

Standard library only; every value is frozen and can be compared.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

# For `field(default=..., metadata=ADDED_LATER)`: a field that came to a fact after facts of its name were stored.
# Its default is not written, so that what could be stored before is still stored in the same bytes.
ADDED_LATER = MappingProxyType({"added_later": True})


class Channel(StrEnum):
    """How something reached the landlord, or how the landlord reached the complainant."""

    WEB_FORM = "web_form"
    API = "api"
    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
    WALK_IN = "walk_in"
    COUNCILLOR = "councillor"
    UNKNOWN = "unknown"


class Route(StrEnum):
    """Under which heading a contact is handled; only `complaint` has stages beyond the first."""

    COMPLAINT = "complaint"
    QUERY = "query"
    SERVICE_REQUEST = "service_request"
    MEMBERS_ENQUIRY = "members_enquiry"
    BOARD_ENQUIRY = "board_enquiry"


class Outcome(StrEnum):
    """What was found about one issue; which of them a landlord may use is set by its policy."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"


class RemedyKind(StrEnum):
    """What is done to put things right (Complaint Handling Code 2024, 7.1; KCTMO Staff guidance 3.3 to 3.4)."""

    APOLOGY = "apology"
    EXPLANATION = "explanation"
    REPAIR = "repair"
    COMPENSATION = "compensation"
    CHANGE_OF_PRACTICE = "change_of_practice"
    CHANGE_OF_DECISION = "change_of_decision"
    AMENDED_RECORD = "amended_record"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: always the London day, and the instant (aware, UTC) where it is known.

    A history often knows only the day; no time is made up for it.
    """

    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WordsReference:
    """Points at personal words in the vault: their id and a salted SHA-256 commitment (hex)."""

    words: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One matter inside a complaint, numbered from 1 within it; its words stand in the vault."""

    number: int
    category: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is offered for an issue: the amount in pence of compensation, the day it will be done by."""

    kind: RemedyKind
    amount_pence: int | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True)
class IssueOutcome:
    """The finding on one issue with its remedies."""

    number: int
    outcome: Outcome
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A Monday to Friday that a count passed over, and why: the name of the bank holiday or closure."""

    on: date
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder that comes with a deadline: which one, and the London day on which it is raised."""

    kind: str  # approaching, holding_response_due, draft_due
    on: date


@dataclass(frozen=True, slots=True)
class PanelSeat:
    """Somebody on a panel, and the role in which they sit where it is known."""

    officer: str
    role: str | None = None
