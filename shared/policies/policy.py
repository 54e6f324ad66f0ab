"""A written complaints policy as frozen values: what must be done, by when, counted from what, by
whom, and why.

Every rule is a sentence with the clause it stands in, so that each date and each refusal can name
its source.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from shared.complaints.values import Channel, Outcome, Route
from shared.policies.provisions import (
    Body,
    Compensation,
    Conversion,
    DeemedReceipt,
    LetterContents,
    MembersCopy,
    Provision,
    Recurring,
    Standing,
    TimeBar,
)

# The one duty that every stage of a complaint has: only its date can be extended.
RESPOND = "respond"
# The letters of which a policy may say what they contain.
LETTERS = ("acknowledgement", "first_response", "final_response", "refusal")
# What officers owe one another: no promise to the complainant, and told to nobody outside.
BETWEEN_OFFICERS = frozenset({"draft", "allocate", "early_resolution", "forward", "stretch_target"})


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
    RESPONSE_RECEIVED = "response_received"  # follows from the response and how it was sent
    ESCALATION_REQUESTED = "escalation_requested"
    CLOSED = "closed"
    FORWARDED = "forwarded"  # a member's enquiry, to the team that records it
    REMEDIED = "remedied"  # a service request


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
    LAPSES = "lapses"  # it is over and nobody is in breach


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
    firmness: str  # must, should, normally, aims_to
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
    organisation: str | None = None  # who considers it, where that is another organisation


@dataclass(frozen=True, slots=True)
class Authorisation:
    """Who lets something happen, and in which order."""

    by: str
    cited: Citation


@dataclass(frozen=True, slots=True)
class Extension:
    """The condition under which the date of a response may move; `ground` is what must have happened
    where it is not for any reason, such as advice on a legal representative's matter.
    """

    stages: tuple[int, ...]
    routes: tuple[Route, ...]
    kind: str  # explain, consult, agree; unstated where the policy names no condition
    cited: Citation
    most_working_days: int | None  # none: no cap
    ombudsman_details: Citation | None  # the letter must carry them, where given
    more_for_good_reason: bool = True  # whether a good reason goes beyond the cap
    usual_working_days: int | None = None  # how long the policy itself says it will be
    authorisation: Authorisation | None = None
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A matter the procedure does not take, and where it goes instead.

    `requires` is what must be on record first, where the policy keeps a matter out only together
    with it: `restriction`, a limit on how the complainant may reach the landlord.
    """

    exclusion: str
    cited: Citation
    destination: str
    requires: str | None = None


@dataclass(frozen=True, slots=True)
class EarlyResolution:
    """A lower level that may sign off what is resolved so many working days after receipt, where
    it needed no investigation and the complainant agrees.
    """

    within_working_days: int
    by: tuple[str, ...]
    cited: Citation


@dataclass(frozen=True, slots=True)
class Approval:
    """The check that a draft passes before it is issued; at all stages where none are named."""

    routes: tuple[Route, ...]
    by: str
    cited: Citation
    stages: tuple[int, ...] = ()
    early: EarlyResolution | None = None


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
    sampling: Authorisation | None = None  # who looks at a sample of responses after their issue
    deemed_receipt: DeemedReceipt | None = None
    time_bar: TimeBar | None = None
    conversions: tuple[Conversion, ...] = ()
    standing: Standing | None = None
    members_copy: MembersCopy | None = None
    bodies: tuple[Body, ...] = ()
    letters: tuple[LetterContents, ...] = ()
    provisions: tuple[Provision, ...] = ()
    recurring: tuple[Recurring, ...] = ()
    compensation: Compensation | None = None
    contributions: Authorisation | None = None  # who asks other areas for their part of an answer

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

    def extension(self, *, route: Route, stage: int, ground: str | None = None) -> Extension | None:
        """Return the condition for moving the date of a response, on that ground or (None) for any
        reason, where there is one.
        """
        return next(
            (
                rule
                for rule in self.extensions
                if route in rule.routes and stage in rule.stages and rule.ground == ground
            ),
            None,
        )

    def exclusion(self, code: str) -> Exclusion | None:
        """Return the exclusion with that code."""
        return next((rule for rule in self.exclusions if rule.exclusion == code), None)

    def approval_at(self, *, route: Route, stage: int) -> Approval | None:
        """Return the check that a response passes before it is issued, where there is one."""
        approval = self.approval
        if approval is None or route not in approval.routes:
            return None
        return approval if stage in (approval.stages or (stage,)) else None

    def conversion(self, route: Route) -> Conversion | None:
        """Return how a contact on that route becomes a complaint, where the policy says."""
        return next((rule for rule in self.conversions if rule.route is route), None)

    def provision(self, name: str) -> Citation | None:
        """Return the rule that the policy states under a name, where it states one."""
        if name == "compensation" and self.compensation is not None:
            return self.compensation.cited
        return next((rule.cited for rule in self.provisions if rule.provision == name), None)

    def letter(self, name: str) -> LetterContents | None:
        """Return what a letter must contain, where the policy says."""
        return next((rule for rule in self.letters if rule.letter == name), None)

    def bodies_for(self, categories: Collection[str]) -> tuple[Body, ...]:
        """Return where a complaint about these subjects may go, in the order of the policy."""
        named = {category: body for body in self.bodies for category in body.categories}
        found = {named[each].body for each in categories if each in named}
        if not found or any(each not in named for each in categories):
            found |= {body.body for body in self.bodies if not body.categories}
        return tuple(body for body in self.bodies if body.body in found)

    def days_to_arrive(self, channel: Channel) -> int:
        """Return how many working days on something sent that way counts as received."""
        deemed = self.deemed_receipt
        return 0 if deemed is None else deemed.working_days.get(channel, 0)
