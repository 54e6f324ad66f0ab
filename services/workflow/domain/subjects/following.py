"""What the complainant does while they follow their case: they add to it at any time, and get a code to enter with."""

from dataclasses import dataclass

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import TRUE_RECORD
from services.workflow.domain.step import AnyStep, Step, always, needs_words, one_of
from shared.complaints.events import AccessCodeIssued, InformationAdded
from shared.policies.policy import Citation

OF_THE_CASE = "case"
REACHING_THEM = "reaching_them"
NEXT_STAGE = "next_stage"
ABOUT = (OF_THE_CASE, REACHING_THEM, NEXT_STAGE)
HEARD = Citation("What the complainant says of the case is on record with it.", TRUE_RECORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddInformation(FurtherCommand):
    """Put on record what the complainant, or who speaks for them, adds; the words are theirs."""

    about: str = OF_THE_CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAccessCode(FurtherCommand):
    """Send the complainant a new access code by letter; the words say why."""


def _add(course: Course, command: AddInformation, case: Case) -> None:
    one_of(command.about, ABOUT, what="kind of information", cited=HEARD)
    needs_words(command, "Nothing was added.", cited=HEARD, way_out="Put in what was said.")
    course.tell(InformationAdded(case.complaint.stage, command.about, command.words))


def _issue(course: Course, command: IssueAccessCode, case: Case) -> None:
    course.tell(AccessCodeIssued(case.complaint.stage, command.words))


STEPS: tuple[AnyStep, ...] = (
    Step(
        AddInformation,
        always,
        _add,
        "Puts on record what the complainant adds to the case, and reminds who handles it.",
    ),
    Step(
        IssueAccessCode,
        always,
        _issue,
        "Sends the complainant a letter with a new code to follow the case; older codes end.",
    ),
)
