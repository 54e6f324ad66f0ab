"""What a written policy says besides its duties: time bars, who may ask, who is told what, and where
else a complaint may go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.complaints.values import Channel, Route

if TYPE_CHECKING:
    from shared.policies.policy import Citation


@dataclass(frozen=True, slots=True)
class DeemedReceipt:
    """When what was sent counts as received: so many working days on by channel, else that day."""

    working_days: Mapping[Channel, int]
    cited: Citation


@dataclass(frozen=True, slots=True)
class TimeBar:
    """How old a matter may be when it is first complained of.

    `exclusion` is the ground on which an older matter is refused, where the policy has one for it.
    """

    months: int
    counted_from: str  # event, event_or_awareness
    discretion: bool
    cited: Citation
    exclusion: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a contact on another route becomes a complaint, and from when its clock then runs."""

    route: Route
    clock: str  # conversion, first_receipt
    cited: Citation


@dataclass(frozen=True, slots=True)
class Standing:
    """Who may ask for a later stage."""

    who: tuple[str, ...]
    cited: Citation


@dataclass(frozen=True, slots=True)
class MembersCopy:
    """What an MP or a Councillor is sent of a response to somebody they wrote for."""

    copy: str  # redacted, none
    cited: Citation


@dataclass(frozen=True, slots=True)
class Body:
    """An ombudsman or a tribunal, and the subjects that go there.

    `categories` are the categories of issues that are its subjects; a body without any takes all
    that no other body names.
    """

    body: str
    name: str
    subjects: tuple[str, ...]
    clause: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterContents:
    """What a letter of the policy must contain."""

    letter: str
    contains: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Authority:
    """How much money a role may approve, in pence."""

    role: str
    up_to_pence: int


@dataclass(frozen=True, slots=True)
class Compensation:
    """Who approves compensation, and up to how much."""

    authorities: tuple[Authority, ...]
    cited: Citation

    def limit_of(self, role: str | None) -> int:
        """Return what a role may approve, in pence; nothing where it is not named."""
        return next((each.up_to_pence for each in self.authorities if each.role == role), 0)


@dataclass(frozen=True, slots=True)
class Recurring:
    """What is owed again and again about complaints as a whole, every so many months."""

    duty: str
    every_months: int
    responsible: str
    cited: Citation


@dataclass(frozen=True, slots=True)
class Provision:
    """A rule under a name: a refusal cites it where it is about that; else people follow it."""

    provision: str
    cited: Citation
