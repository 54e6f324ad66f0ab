"""What is told about the documents and photos of a case. Contents and names are kept sealed."""

from dataclasses import dataclass

from shared.complaints.values import WordsReference

DOCUMENT_KINDS = ("photo", "letter", "email", "report", "evidence", "other")
BROUGHT_BY = ("complainant", "officer", "other")
REMOVAL_REASONS = ("wrong_case", "about_somebody_else", "added_twice", "asked_for", "other")


@dataclass(frozen=True, slots=True)
class DocumentAdded:
    """A document was put on the case. The words are its name and its SHA-256, so that their commitment holds for it."""

    stage: int
    number: int
    document: str  # the id under which its contents are kept
    kind: str  # photo, letter, email, report, evidence, other
    media_type: str
    size: int  # bytes of what is kept
    brought_by: str  # complainant, officer, other
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class DocumentRemoved:
    """A document was taken off the case, for a reason; its contents are deleted."""

    stage: int
    number: int
    document: str
    reason: str  # wrong_case, about_somebody_else, added_twice, asked_for, other
    words: WordsReference | None = None


DocumentEvent = DocumentAdded | DocumentRemoved

NAMES: dict[str, type[DocumentEvent]] = {
    "complaint.document-added.v1": DocumentAdded,
    "complaint.document-removed.v1": DocumentRemoved,
}
