"""`redress erase`: makes what a person wrote or is known by unreadable for good, and tells it on the log."""

import getpass
import json
from typing import Annotated, Any

import typer

from services.redress.assembly import installation
from services.redress.commands.options import AsJson, Data, known_landlord
from services.redress.commands.settings import settings_for
from services.redress.erasing import ErasureRefused, Held, erase, held, refuse_erasure

DONE, REFUSED = 0, 2


def erase_command(
    *,
    landlord: Annotated[str, typer.Option("--landlord", help="The landlord that keeps the words.")],
    person: Annotated[
        str,
        typer.Option(
            "--person", help="The id of the person, or the reference of a complaint they made."
        ),
    ],
    reason: Annotated[
        str,
        typer.Option(
            "--reason", help="Why, in one sentence that names nobody: it is kept for ever."
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", help="Who decided it; otherwise the account that runs the command."),
    ] = None,
    although_open: Annotated[
        bool, typer.Option("--although-open", help="Although a complaint of theirs is not closed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be erased.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Destroy the key to a person's words: names, addresses, contact details, complaints, letters, notes.

    Facts, dates, outcomes and counts stay, and the log verifies as before. It cannot be undone. Letters in the outbox
    folder and the contents of documents are deleted; what was sent is out of reach, and backups keep the key until
    they expire. Exit code: 0 when the words are gone, also when they were before, 2 when it is refused.
    """
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        try:
            found = held(inst, landlord, person)
            refuse_erasure(found, reason=reason, although_open=although_open or dry_run)
        except ErasureRefused as refusal:
            typer.echo(f"redress: {refusal}", err=True)
            raise typer.Exit(REFUSED) from None
        is_new = False
        if not dry_run:
            is_new = erase(inst, landlord, found, by=by or getpass.getuser(), reason=reason)
    if as_json:
        typer.echo(json.dumps(_told(found, is_new=is_new, dry_run=dry_run), indent=2))
    else:
        typer.echo(_sentence(found, is_new=is_new, dry_run=dry_run))
    raise typer.Exit(DONE)


def _told(found: Held, *, is_new: bool, dry_run: bool) -> dict[str, Any]:
    return {
        "subject": str(found.subject),
        "erased": is_new,
        "dry_run": dry_run,
        "erased_before_at": found.erased_at.isoformat() if found.erased_at else None,
        "words": dict(found.words),
        "cases": list(found.cases),
        "open_cases": list(found.open_cases),
        "letters": len(found.letters),
        "documents": len(found.documents),
    }


def _sentence(found: Held, *, is_new: bool, dry_run: bool) -> str:
    if found.erased_at is not None:
        return f"The words of {found.subject} were erased on {found.erased_at:%Y-%m-%d} already."
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.words.items()) or "no text"
    cases = f"; cases: {', '.join(found.cases)}" if found.cases else ""
    begin = "Would erase" if dry_run or not is_new else "Erased"
    files = f"{len(found.letters)} letters, {len(found.documents)} documents"
    return f"{begin} of {found.subject}: {kinds}; {files}{cases}."
