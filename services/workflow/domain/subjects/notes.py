"""Notes on a case: what those who work on it should know, and the complainant is not told."""

from dataclasses import dataclass

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import TRUE_RECORD
from services.workflow.domain.step import AnyStep, Step, always, needs_words
from shared.complaints.events import NoteAdded
from shared.policies.policy import Citation

RECORD = Citation("A full record is kept of each complaint.", TRUE_RECORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(FurtherCommand):
    """Add a note, as the words say."""


def _add(course: Course, command: AddNote, case: Case) -> None:
    needs_words(command, "The note says nothing.", cited=RECORD, way_out="Write the note.")
    course.tell(NoteAdded(case.complaint.stage, command.words))


# A record is kept after the close too, and a note decides nothing: nobody is kept from writing one.
STEPS: tuple[AnyStep, ...] = (
    Step(AddNote, always, _add, "Adds a note for colleagues; the complainant is not shown it."),
)
