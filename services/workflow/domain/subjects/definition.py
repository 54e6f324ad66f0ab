"""What the complaint is, in words agreed with the complainant, and which issues belong to it."""

from dataclasses import dataclass

from services.workflow.domain import further, guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import TRUE_RECORD, ConditionNotMet, NotInPolicy, NotNow
from services.workflow.domain.step import AnyStep, Step, needs_words, one_of
from shared.complaints.events import ComplaintDefined, IssueAdded, IssueSplitOff
from shared.complaints.values import Issue, Route
from shared.policies.named_rules import named_rule
from shared.policies.policy import Citation, Fact

PARTS = ("complaint", "desired_outcome")
DEFINED = named_rule(
    "definition",
    "The complaint is put in words with the complainant, and so is what would put it right.",
)
FOLDED_IN = named_rule(
    "further_issues",
    "Further issues join the complaint while its response is not out; later ones stand alone.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineComplaint(FurtherCommand):
    """Put one part in words: what is complained of, or what is wanted."""

    part: str
    agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIssue(FurtherCommand):
    """Fold a further issue into the complaint."""

    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitIssue(FurtherCommand):
    """Let an issue go on as a complaint of its own, which was opened under another reference."""

    number: int
    to_reference: str


def _may_define(case: Case) -> None:
    guards.is_open(case)


def _may_change_issues(case: Case) -> None:
    guards.is_open(case)
    if case.complaint.route is not Route.COMPLAINT:
        raise NotInPolicy(
            "Only a complaint is answered issue by issue.",
            cited=FOLDED_IN,
            way_out="Make it a complaint first.",
        )
    if case.complaint.has(Fact.RESPONSE):
        raise NotNow(
            "The response of this stage is out.",
            cited=FOLDED_IN,
            way_out="Log a complaint of its own about it.",
        )


def _may_split(case: Case) -> None:
    _may_change_issues(case)
    guards.not_about_them(case)


def _define(course: Course, command: DefineComplaint, case: Case) -> None:
    one_of(command.part, PARTS, what="part of a definition", cited=DEFINED)
    needs_words(
        command,
        "Nothing defines the complaint.",
        cited=DEFINED,
        way_out="Put it in words, as it was confirmed to the complainant.",
    )
    version = case.complaint.further.next_number(f"{further.DEFINITION} {command.part}")
    stage = case.complaint.stage
    course.tell(ComplaintDefined(stage, command.part, version, command.agreed, command.words))


def _add(course: Course, command: AddIssue, case: Case) -> None:
    # Numbers are never used again, also where the last issue was split off.
    number = case.complaint.last_issue + 1
    issue = Issue(number, command.category)
    course.tell(IssueAdded(case.complaint.stage, issue, command.words))


def _split(course: Course, command: SplitIssue, case: Case) -> None:
    issues = case.complaint.issues
    if command.number not in issues:
        raise NotInPolicy(
            f"The complaint has no issue {command.number}.",
            cited=FOLDED_IN,
            way_out=f"Choose from: {', '.join(map(str, issues))}.",
        )
    if len(issues) == 1:
        raise ConditionNotMet(
            "It is the only issue.",
            cited=FOLDED_IN,
            way_out="Go on with this complaint, or let the complainant withdraw it.",
        )
    if command.to_reference == case.complaint.reference:
        raise ConditionNotMet(
            "A complaint is not split off to itself.",
            cited=Citation("What is recorded names what is there.", TRUE_RECORD),
            way_out="Log the other complaint first, and give its reference.",
        )
    stage = case.complaint.stage
    course.tell(IssueSplitOff(stage, command.number, command.to_reference, command.words))


STEPS: tuple[AnyStep, ...] = (
    Step(
        DefineComplaint,
        _may_define,
        _define,
        "Puts what is complained of, or what is wanted, in words: a new version of it.",
    ),
    Step(AddIssue, _may_change_issues, _add, "Folds a further issue into the complaint."),
    Step(
        SplitIssue,
        _may_split,
        _split,
        "Lets an issue go on as a complaint of its own, under its own reference.",
    ),
)
