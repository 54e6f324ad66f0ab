"""`redress case`: prints what happened in a case, what was due when and why, and what was late, from the log alone."""

import json
from dataclasses import dataclass
from typing import Annotated

import typer

from services.projections.case_report import CaseReport, case_report
from services.redress.assembly import installation
from services.redress.commands.options import AsWholeJson, Data
from services.redress.commands.settings import settings_for
from services.redress.installation import CommandInstallation
from shared.complaints.events import RULEBOOK
from shared.eventstore.feed import stream_by_source_reference
from shared.eventstore.record import RecordedEvent
from shared.registry.calendars import current_calendar
from shared.registry.landlords import all_landlords

FOUND, NOT_FOUND = 0, 2


class CaseNotFound(LookupError):
    """No case, or more than one, answers to the reference; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Found:
    landlord: str
    events: tuple[RecordedEvent, ...]


def find_report(parts: CommandInstallation, reference: str, *, landlord: str | None) -> CaseReport:
    """The report of the case with that reference, ours or that of the system it came from; raises CaseNotFound."""
    with parts.owner.directory() as cursor:
        known = [each.landlord for each in all_landlords(cursor)]
    if landlord is not None and landlord not in known:
        raise CaseNotFound(
            f"--landlord: “{landlord}” is not registered; there are: {', '.join(known) or 'none'}"
        )
    found = [
        case
        for slug in ([landlord] if landlord else known)
        if (case := _find(parts, slug, reference)) is not None
    ]
    if not found:
        raise CaseNotFound(
            f"no case has the reference “{reference}”: check it against the letter, or the file it was imported from"
        )
    if len(found) > 1:
        owners = ", ".join(case.landlord for case in found)
        raise CaseNotFound(
            f"several landlords have a case “{reference}”; say which with --landlord: {owners}"
        )
    with parts.owner.transaction(found[0].landlord) as cursor:
        calendar = current_calendar(cursor, found[0].landlord)
    return case_report(found[0].events, calendar)


def _find(parts: CommandInstallation, landlord: str, reference: str) -> _Found | None:
    # The rulebook is a stream of the same log, and no case.
    events = () if reference == RULEBOOK else parts.recorder.load(landlord, reference)
    if not events:
        with parts.owner.transaction(landlord) as cursor:
            stream = stream_by_source_reference(cursor, landlord, reference)
        events = parts.recorder.load(landlord, stream) if stream is not None else ()
    return _Found(landlord, events) if events else None


def print_case(
    parts: CommandInstallation, *, reference: str, why: bool, as_json: bool, landlord: str | None
) -> int:
    """Prints the report and returns the exit code."""
    try:
        report = find_report(parts, reference, landlord=landlord)
    except CaseNotFound as missing:
        typer.echo(str(missing), err=True)
        return NOT_FOUND
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        typer.echo(report.as_text(why=why), nl=False)
    return FOUND


def case_command(
    reference: Annotated[
        str,
        typer.Argument(
            help="The case's reference, ours or that of the system it was imported from."
        ),
    ],
    *,
    why: Annotated[
        bool,
        typer.Option("--why", help="Count every due date day by day, with its rule and clause."),
    ] = False,
    as_json: AsWholeJson = False,
    landlord: Annotated[
        str | None, typer.Option(help="Whose case, when several landlords have the reference.")
    ] = None,
    data: Data = None,
) -> None:
    """Prints a case: its history, every duty with its due date, met or missed and by how many working days.

    Exit code: 0 when the case was found, 2 when it was not.
    """
    with installation(settings_for(data)) as parts:
        code = print_case(parts, reference=reference, why=why, as_json=as_json, landlord=landlord)
    raise typer.Exit(code)
