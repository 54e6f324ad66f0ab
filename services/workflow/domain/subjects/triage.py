"""Triage: under which heading a contact is handled, revised without losing when it came in."""

from dataclasses import dataclass

from services.workflow.domain import guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotNow
from services.workflow.domain.step import AnyStep, Step, always, needs_words, one_of
from shared.complaints.events import CaseLinked, RouteChanged
from shared.complaints.values import Route
from shared.policies.named_rules import named_rule
from shared.policies.policy import Fact

RELATIONS = ("split_off", "converted_from", "follows", "related")
CONVERSION = "conversion"
FIRST_RECEIPT = "first_receipt"
TRIAGE = named_rule(
    "triage",
    "It is made clear with the person whether this is a complaint, and the person decides.",
)
LINKED = named_rule("linked_cases", "Cases that belong together name each other.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRoute(FurtherCommand):
    """Handle the contact under another heading, for a reason in words."""

    to_route: Route
    agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCase(FurtherCommand):
    """Name another case that belongs to this one."""

    to_reference: str
    relation: str


def clock_of(case: Case, to_route: Route) -> str:
    """Name what the clock of a revised triage counts from: as the policy says; otherwise a query
    counts from its conversion, and what was a complaint all along from its receipt.
    """
    from_route = case.complaint.route
    rule = case.policy.conversion(from_route)
    if to_route is Route.COMPLAINT and rule is not None:
        return rule.clock
    is_converted = from_route is Route.QUERY and to_route is Route.COMPLAINT
    return CONVERSION if is_converted else FIRST_RECEIPT


def _may_change(case: Case) -> None:
    guards.may_decide(case)
    if case.complaint.stage > 1 or case.complaint.has(Fact.RESPONSE):
        raise NotNow(
            "The contact was already answered under its heading.",
            cited=TRIAGE,
            way_out="Open a complaint of its own, and link the two.",
        )


def _change(course: Course, command: ChangeRoute, case: Case) -> None:
    complaint = case.complaint
    if command.to_route is complaint.route:
        raise ConditionNotMet(
            "It is handled under this heading already.",
            cited=TRIAGE,
            way_out="Choose another one, or leave it.",
        )
    needs_words(
        command,
        "Nothing says why the triage is revised.",
        cited=TRIAGE,
        way_out="Put the reason on record.",
    )
    if complaint.route is Route.COMPLAINT and not command.agreed:
        raise ConditionNotMet(
            "The complainant has not agreed that it is no complaint.",
            cited=TRIAGE,
            way_out="Ask the complainant; who wants to complain, complains.",
        )
    clock = clock_of(case, command.to_route)
    since = course.moment if clock == CONVERSION else complaint.received
    course.lift("it is handled under another heading", stage=complaint.stage)
    course.tell(
        RouteChanged(
            stage=complaint.stage,
            from_route=complaint.route,
            to_route=command.to_route,
            clock=clock,
            counts_from_on=since.on,
            counts_from_at=since.at,
            agreed=command.agreed,
            words=command.words,
        )
    )
    course.begin_anew(Fact.RECEIVED, complaint.stage, since=since)


def _link(course: Course, command: LinkCase, case: Case) -> None:
    one_of(command.relation, RELATIONS, what="relation between cases", cited=LINKED)
    if command.to_reference == case.complaint.reference:
        raise ConditionNotMet(
            "A case is not linked to itself.", cited=LINKED, way_out="Give the other reference."
        )
    stage = case.complaint.stage
    course.tell(CaseLinked(stage, command.to_reference, command.relation, command.words))


STEPS: tuple[AnyStep, ...] = (
    Step(
        ChangeRoute,
        _may_change,
        _change,
        "Handles the contact under another heading; its first receipt stays on record.",
    ),
    Step(LinkCase, always, _link, "Names another case that belongs to this one."),
)
