"""What a command brings with it besides its codes: words, to be sealed, and a document that was uploaded before."""

from uuid import UUID, uuid5

from services.workflow.body import CommandBody
from services.workflow.handling import Handling
from shared.documents.rows import Shelved, waiting
from shared.vault.sealing import SealedWords


def sealed_text(
    handling: Handling, landlord: str, body: CommandBody, subject: UUID, command_id: UUID
) -> SealedWords | None:
    """The words of the body, sealed for the person under an id that follows from the command's."""
    text = body.text()
    if text is None:
        return None
    return handling.seal(
        landlord,
        subject=subject,
        words=uuid5(command_id, "words"),
        kind=body.words_kind,
        text=text,
    )


def named_document(
    handling: Handling, landlord: str, body: CommandBody, subject: UUID
) -> Shelved | None:
    """The document that the body names, if it waits to be put on a case of this person."""
    wanted = body.shelved()
    if wanted is None:
        return None
    with handling.database.transaction(landlord) as cursor:
        return waiting(
            cursor,
            landlord=landlord,
            document=wanted,
            subject=subject,
            now=handling.clock.now(),
        )
