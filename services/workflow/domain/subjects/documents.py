"""Documents and photos: put on a case at any time, and taken off it again with a reason."""

from dataclasses import dataclass

from services.workflow.domain import further
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import NotNow
from services.workflow.domain.step import (
    AnyStep,
    Step,
    entry_of,
    needs_words,
    one_of,
    with_any,
)
from shared.complaints.events import DocumentAdded, DocumentRemoved
from shared.complaints.events.documents import BROUGHT_BY, DOCUMENT_KINDS, REMOVAL_REASONS
from shared.policies.named_rules import named_rule

MOST_DOCUMENTS = 500  # of one case; more is a mistake of some program
FULL_RECORD = named_rule(
    "full_record",
    "What was sent in and what supports the answer is kept with the case.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDocument(FurtherCommand):
    """Put a document on the case; the words are its name and its hash."""

    document: str
    kind: str
    media_type: str
    size: int
    brought_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveDocument(FurtherCommand):
    """Take a document off the case; the words say why."""

    number: int
    reason: str


def _has_room(case: Case) -> None:
    if len(case.complaint.further.of(further.DOCUMENT)) >= MOST_DOCUMENTS:
        raise NotNow(
            f"The case holds {MOST_DOCUMENTS} documents.",
            cited=FULL_RECORD,
            way_out="Put what belongs together into one file.",
        )


def _add(course: Course, command: AddDocument, case: Case) -> None:
    one_of(command.kind, DOCUMENT_KINDS, what="kind of document", cited=FULL_RECORD)
    one_of(command.brought_by, BROUGHT_BY, what="one who brings documents", cited=FULL_RECORD)
    needs_words(
        command,
        "Nothing says which file this is.",
        cited=FULL_RECORD,
        way_out="Upload the file, and name it here.",
    )
    course.tell(
        DocumentAdded(
            stage=case.complaint.stage,
            number=case.complaint.further.next_number(further.DOCUMENT),
            document=command.document,
            kind=command.kind,
            media_type=command.media_type,
            size=command.size,
            brought_by=command.brought_by,
            words=command.words,
        )
    )


def _remove(course: Course, command: RemoveDocument, case: Case) -> None:
    entry = entry_of(case, further.DOCUMENT, command.number, "kept", cited=FULL_RECORD)
    one_of(command.reason, REMOVAL_REASONS, what="reason for it", cited=FULL_RECORD)
    needs_words(
        command,
        "Nothing says why the document is removed.",
        cited=FULL_RECORD,
        way_out="Say why: what is removed cannot be brought back.",
    )
    course.tell(
        DocumentRemoved(entry.stage, entry.number, entry.about, command.reason, command.words)
    )


STEPS: tuple[AnyStep, ...] = (
    Step(
        AddDocument,
        _has_room,
        _add,
        "Keeps a document or photo with the case; also after the close.",
    ),
    Step(
        RemoveDocument,
        with_any(further.DOCUMENT, "kept", cited=FULL_RECORD),
        _remove,
        "Takes a document off the case and deletes it, for a reason.",
    ),
)
