"""A written complaints policy as frozen values: what must be done, by when, counted from what, by
whom, and why.

Every rule is a sentence with the clause it stands in, so that each date and each refusal can name
its source.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.complaints.values import Outcome, Route

# The one duty that every stage of a complaint has: only its date can be extended.
RESPOND = "respond"


class Fact(StrEnum):
    """What can start a count or meet a duty, in the words that histories use."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    CONTACTED = "contacted"
    ALLOCATED = "allocated"
    HOLDING_RESPONSE = "holding_response"
    DRAFT_SUBMITTED = "draft_submitted"
    APPROVED = "approved"
    RESPONSE = "response"
    ESCALATION_REQUESTED = "escalation_requested"
    CLOSED = "closed"


class Unit(StrEnum):
    """What a span is counted in."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    ELAPSED_HOURS = "elapsed_hours"  # real hours, on the UTC line
    WORKING_DAY_HOURS = "working_day_hours"  # a 24-hour clock that stands still on other days


class Direction(StrEnum):
    """How a count relates to another duty's due date."""

    BEFORE = "before"
    AFTER = "after"


class DateOf(StrEnum):
    """Which due date of another duty a count starts from, once that has been extended."""

    ORIGINAL = "original"
    CURRENT = "current"


class Passing(StrEnum):
    """What it means that a duty's day passes."""

    MISSED = "missed"
    MISSED_IF_RESPONSE_LATE = "missed_if_response_late"
    CLOSES_BY_SILENCE = "closes_by_silence"


@dataclass(frozen=True, slots=True)
class Citation:
    """A rule in one sentence, and where it stands."""

    rule: str
    clause: str


@dataclass(frozen=True, slots=True)
class FactTrigger:
    """A count that starts on the day something happened."""

    fact: Fact

    def __str__(self) -> str:
        return self.fact.value


@dataclass(frozen=True, slots=True)
class DutyTrigger:
    """A count from the due date of another duty of the same stage, in either direction."""

    direction: Direction
    duty: str
    of: DateOf = DateOf.CURRENT

    def __str__(self) -> str:
        return f"{self.direction.value} {self.duty}"


Trigger = FactTrigger | DutyTrigger


@dataclass(frozen=True, slots=True)
class Span:
    """So many of a unit."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """The reminder that comes with a duty: so many working days before its date, 0 on it."""

    kind: str  # approaching, holding_response_due, draft_due
    working_days_before: int
    clause: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What the count starts from while the trigger itself has not happened."""

    trigger: DutyTrigger
    rule: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What must be done at certain stages of a route, and by when."""

    duty: str
    routes: tuple[Route, ...]
    stages: tuple[int, ...]
    trigger: Trigger
    span: Span
    met_by: tuple[Fact, ...]
    cited: Citation
    firmness: str  # must, normally, aims_to
    responsible: str  # a role, `panel`, or `complainant` for a right that is the complainant's
    otherwise: Otherwise | None
    passing: Passing
    notice: NoticeRule | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a complaint: who considers it, and which rules bind them."""

    number: int
    name: str
    clause: str
    considered_by: tuple[tuple[str, ...], ...]  # one entry a seat: the roles that normally fill it
    considered_by_clause: str
    independence: Citation | None  # no one involved earlier or named in the complaint, where given
    departure: str | None  # a rule of the Complaint Handling Code that the stage goes beyond


@dataclass(frozen=True, slots=True)
class Extension:
    """The condition under which the date of a response may move."""

    stages: tuple[int, ...]
    routes: tuple[Route, ...]
    kind: str  # explain, consult, agree
    cited: Citation
    most_working_days: int | None  # without good reason; none: no cap
    ombudsman_details: Citation | None  # the letter must carry them, where given


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A matter the procedure does not take, and where it goes instead."""

    exclusion: str
    cited: Citation
    destination: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The check that a draft passes before it is issued."""

    routes: tuple[Route, ...]
    by: str
    cited: Citation


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Which findings the policy knows."""

    allowed: tuple[Outcome, ...]
    cited: Citation


@dataclass(frozen=True, slots=True)
class Policy:
    """One written policy in one version; `policy_hash` covers everything in it."""

    policy: str
    version: str
    title: str
    policy_hash: str
    stages: tuple[Stage, ...]
    duties: tuple[Duty, ...]
    extensions: tuple[Extension, ...]
    exclusions: tuple[Exclusion, ...]
    exclusion_rule: Citation
    outcomes: Outcomes
    approval: Approval | None
    escalation: Citation
    last_stage: Citation
    beyond_last_stage: str  # the way out for someone still dissatisfied
    closing: Citation
    reopening: Citation

    def stage(self, number: int) -> Stage | None:
        """Return the stage with that number, where the policy has it."""
        return next((stage for stage in self.stages if stage.number == number), None)

    def duties_at(self, *, route: Route, stage: int) -> tuple[Duty, ...]:
        """Return what must be done at a stage of a route, in the order of the pack."""
        return tuple(duty for duty in self.duties if route in duty.routes and stage in duty.stages)

    def duty(self, name: str, *, route: Route, stage: int) -> Duty | None:
        """Return one duty of a stage by its name."""
        return next(
            (duty for duty in self.duties_at(route=route, stage=stage) if duty.duty == name), None
        )

    def extension(self, *, route: Route, stage: int) -> Extension | None:
        """Return the condition for moving the date of a response, where there is one."""
        return next(
            (rule for rule in self.extensions if route in rule.routes and stage in rule.stages),
            None,
        )

    def exclusion(self, code: str) -> Exclusion | None:
        """Return the exclusion with that code."""
        return next((rule for rule in self.exclusions if rule.exclusion == code), None)

    def asks_for_approval(self, route: Route) -> bool:
        """Say whether a response on that route is checked before it is issued."""
        return self.approval is not None and route in self.approval.routes
