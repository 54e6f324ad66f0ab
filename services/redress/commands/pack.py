"""`redress pack`: writes the evidence of one case into one file, for the Ombudsman or an auditor."""

from pathlib import Path
from typing import Annotated

import typer

from services.projections.evidence import gather
from services.projections.evidence_pack import DocumentUnreadable, evidence_pack
from services.projections.reading import Reading
from services.projections.visibility import CaseUnknown
from services.redress.assembly import PROJECTIONS, Installation, installation
from services.redress.commands.options import Data
from services.redress.commands.settings import settings_for
from shared.identity.sessions import SESSION_LENGTH, acting_as
from shared.registry.landlords import all_landlords

WRITTEN, NOT_WRITTEN = 0, 2


class CannotPack(ValueError):
    """What was asked for cannot be written; the message names the option and the way out."""


def write_pack(
    inst: Installation, *, reference: str, landlord: str | None, by: str, words: bool, out: Path
) -> int:
    """Writes the file and returns its size in bytes; raises CannotPack and writes nothing otherwise."""
    if out.exists():
        raise CannotPack(
            f"--out: {out} exists already; choose another name, nothing is overwritten"
        )
    now = inst.clock.now()
    home = _landlord(inst, landlord)
    with inst.owner.transaction(home) as cursor:
        who = acting_as(cursor, landlord=home, officer=by, until=now + SESSION_LENGTH)
    if who is None:
        raise CannotPack(f"--by: {home} has no officer “{by}”; name whoever asks for the evidence")
    reading = Reading(database=inst.database(PROJECTIONS), vault=inst.vault, clock=inst.clock)
    try:
        evidence = gather(reading, who, reference, words=words, shelf=inst.shelf(PROJECTIONS))
    except CaseUnknown:
        raise CannotPack(
            f"{home} has no case “{reference}” that {by} may see; check the reference against the letter"
        ) from None
    try:
        with out.open("xb") as file:
            evidence_pack(evidence, file)
            return file.tell()
    except DocumentUnreadable as missing:
        out.unlink()
        raise CannotPack(
            f"{reference}: {missing}; see that REDRESS_DOCUMENTS_FOLDER is the folder of the service"
        ) from None


def _landlord(inst: Installation, wanted: str | None) -> str:
    with inst.owner.directory() as cursor:
        known = [each.landlord for each in all_landlords(cursor)]
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted not in known:
        raise CannotPack(f"--landlord: give one of: {', '.join(known) or 'none is registered'}")
    return wanted


def pack_command(
    reference: Annotated[str, typer.Argument(help="The case's reference.")],
    *,
    by: Annotated[str, typer.Option(help="The officer in whose name the evidence is gathered.")],
    out: Annotated[Path, typer.Option(help="The ZIP file to write; it must not exist yet.")],
    landlord: Annotated[
        str | None, typer.Option(help="Whose case, when there are several landlords.")
    ] = None,
    without_words: Annotated[
        bool, typer.Option("--without-words", help="Leave out everything that people wrote.")
    ] = False,
    data: Data = None,
) -> None:
    """Writes the evidence of a case into a ZIP file: readable, as data, with hashes and how to check them.

    Exit code: 0 when the file was written, 2 when it was not.
    """
    with installation(settings_for(data)) as inst:
        try:
            size = write_pack(
                inst,
                reference=reference,
                landlord=landlord,
                by=by,
                words=not without_words,
                out=out,
            )
        except CannotPack as refused:
            typer.echo(str(refused), err=True)
            raise typer.Exit(NOT_WRITTEN) from None
    typer.echo(f"{out}: {size / 1000:.0f} KB")
