"""What is done on routes other than complaint: a Board member's enquiry is forwarded, a service request remedied."""

from dataclasses import dataclass

from services.workflow.domain import guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import NotInPolicy, NotNow
from services.workflow.domain.step import AnyStep, Step, needs_words, one_of
from shared.complaints.events import EnquiryForwarded, ServiceRequestRemedied
from shared.complaints.values import Channel, Route
from shared.policies.named_rules import named_rule
from shared.policies.policy import Citation, Fact

ENQUIRIES = (Route.BOARD_ENQUIRY, Route.MEMBERS_ENQUIRY)
COPIES = ("chief_executive", "company_secretary", "governance_manager", "line_manager")
FORWARDING = named_rule(
    "forwarding", "Whoever receives a member's enquiry sends it to the team that records it."
)
REMEDYING = named_rule(
    "service_request", "A service request is logged, and remedied as soon as possible."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardEnquiry(FurtherCommand):
    """Record that an enquiry reached the team, and which roles got a copy."""

    channel: Channel
    copied_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyServiceRequest(FurtherCommand):
    """Record that what a service request asked for was done; the words are the evidence."""


def _may_forward(case: Case) -> None:
    guards.is_open(case)
    _on_route(case, *ENQUIRIES, said="Only a member's enquiry is forwarded.", cited=FORWARDING)
    _once(case, Fact.FORWARDED, "The enquiry has reached the team already.", cited=FORWARDING)


def _may_remedy(case: Case) -> None:
    guards.is_open(case)
    said = "Only a service request is remedied without a response."
    _on_route(case, Route.SERVICE_REQUEST, said=said, cited=REMEDYING)
    _once(case, Fact.REMEDIED, "The service request was remedied already.", cited=REMEDYING)


def _on_route(case: Case, *routes: Route, said: str, cited: Citation) -> None:
    if case.complaint.route not in routes:
        raise NotInPolicy(said, cited=cited, way_out="Go on with the case on its own route.")


def _once(case: Case, fact: Fact, said: str, *, cited: Citation) -> None:
    if case.complaint.has(fact):
        raise NotNow(said, cited=cited, way_out="Record anything further as a contact.")


def _forward(course: Course, command: ForwardEnquiry, case: Case) -> None:
    for role in command.copied_to:
        one_of(role, COPIES, what="recipient of copies", cited=FORWARDING)
    stage, copied = case.complaint.stage, tuple(sorted(set(command.copied_to)))
    told = EnquiryForwarded(stage, command.channel, copied, command.words)
    course.do(told, Fact.FORWARDED, stage)


def _remedy(course: Course, command: RemedyServiceRequest, case: Case) -> None:
    needs_words(
        command,
        "Nothing shows that it was remedied.",
        cited=REMEDYING,
        way_out="Say what was done.",
    )
    stage = case.complaint.stage
    course.do(ServiceRequestRemedied(stage, command.words), Fact.REMEDIED, stage)


STEPS: tuple[AnyStep, ...] = (
    Step(
        ForwardEnquiry,
        _may_forward,
        _forward,
        "Records that a member's enquiry reached the team, and who got a copy.",
    ),
    Step(
        RemedyServiceRequest,
        _may_remedy,
        _remedy,
        "Records that what a service request asked for was done.",
    ),
)
