"""How a document that was uploaded is put on a case, and taken off it again."""

from typing import Any
from uuid import UUID

from pydantic import Field as BodyField

from services.workflow.body import FurtherBody, Given
from services.workflow.domain.subjects import documents as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import Code, FurtherForm, Number, number_field
from shared.complaints.events.documents import BROUGHT_BY, DOCUMENT_KINDS, REMOVAL_REASONS

UPLOADED = "documents"  # its form has a page of its own, because files come with it


class DocumentBody(FurtherBody):
    """A document that was uploaded before is put on the case. Its words are its name and its hash."""

    becomes = ask.AddDocument
    words: None = BodyField(default=None, description="none: the name came with the upload")
    document: UUID = BodyField(description="the id that the upload was answered with")
    kind: Code
    brought_by: Code

    def shelved(self) -> UUID | None:
        """The document it names."""
        return self.document

    def known(self, given: Given) -> dict[str, Any]:
        """What was found out about the file when it was uploaded."""
        if given.document is None:
            raise ValueError("a document is put on a case from the shelf")
        return {
            "document": str(self.document),
            "media_type": given.document.media_type,
            "size": given.document.size,
        }


class DocumentRemovalBody(FurtherBody):
    """A document is taken off the case, for a reason, and its contents are deleted."""

    becomes = ask.RemoveDocument
    number: Number
    reason: Code


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        DocumentBody,
        Action(
            UPLOADED,
            "Add documents or photos",
            "Keeps files with the case: what the complainant sent, and what supports the answer.",
            (
                Field("kind", "What they are", "choice", choices=choices_of(DOCUMENT_KINDS)),
                Field("brought_by", "Who brought them", "choice", choices=choices_of(BROUGHT_BY)),
            ),
        ),
    ),
    FurtherForm(
        DocumentRemovalBody,
        Action(
            "document-removals",
            "Remove a document",
            "Takes a document off the case and deletes it for good; that it was there, and why it "
            "was removed, stays on record.",
            (
                number_field("document"),
                Field("reason", "Why", "choice", choices=choices_of(REMOVAL_REASONS)),
                words_field("The reason in words", optional=False),
            ),
        ),
    ),
)
