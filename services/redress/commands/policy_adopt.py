"""`redress policy adopt`: puts a policy in force from a day on, or for a time, and tells so on the landlord's feed."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from services.redress.assembly import WORKFLOW, Installation, installation
from services.redress.commands.adoption_options import (
    REFUSED,
    By,
    DryRun,
    Reason,
    Whose,
    typed_day,
    who,
)
from services.redress.commands.options import AsJson, Data, known_landlord
from services.redress.commands.packs import Pack, PackNotFound, pack
from services.redress.commands.settings import settings_for
from services.workflow import policy_adopting
from services.workflow.policy_adopting import Wanted, sound
from shared.eventstore.append import StreamMoved
from shared.registry.calendars import CalendarNotAdopted
from shared.registry.rulebook import AdoptionRefused
from shared.web.wording import short_date


def adopt_command(
    asked: Annotated[
        str, typer.Argument(metavar="PACK", help="A shipped pack by its name, or a file (.toml).")
    ],
    *,
    landlord: Whose,
    organisation: Annotated[str, typer.Option("--organisation", help="Which body adopts it.")],
    effective_from: Annotated[
        str, typer.Option("--from", help="Its first day, such as 2026-06-01.")
    ],
    until: Annotated[
        str | None,
        typer.Option("--until", help="Its last day; afterwards what was in force before is again."),
    ] = None,
    overlay: Annotated[
        str | None,
        typer.Option(
            "--overlay", help="A pack to run beside it, such as a code, for the same time."
        ),
    ] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="Adopt PACK itself to run beside the own policy.")
    ] = False,
    by: By = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Put a policy in force for what an organisation receives from a day on. No open case moves to it.

    Exit code: 0 adopted, or in a dry run adoptable; 2 refused, with the reason.
    """
    if overlay is not None and beside:
        raise typer.BadParameter("PACK runs beside already: leave one out", param_hint="--overlay")
    first = typed_day("--from", effective_from)
    last = None if until is None else typed_day("--until", until)
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        try:
            wanted = Wanted(
                landlord=landlord,
                organisation=organisation,
                own=None if beside else _sound(asked),
                beside=_sound(asked) if beside else None if overlay is None else _sound(overlay),
                effective_from=first,
                until=last,
                by=who(by),
                reason=reason,
            )
            answer = adopt(inst, wanted, dry_run=dry_run)
        except (AdoptionRefused, PackNotFound, CalendarNotAdopted, StreamMoved) as refused:
            typer.echo(" ".join(str(refused).split()), err=True)
            raise typer.Exit(REFUSED) from None
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        typer.echo("\n".join(told(answer)))


def _sound(asked: str) -> Pack:
    return sound(pack(asked), asked=asked)


def adopt(inst: Installation, wanted: Wanted, *, dry_run: bool) -> dict[str, Any]:
    """Adopts under the role of the service that may append, and brings the read models up to date."""
    answer = policy_adopting.adopt(
        inst.database(WORKFLOW), wanted, now=inst.clock.now(), dry_run=dry_run
    )
    if not dry_run:
        inst.catch_up_projections(wanted.landlord)
    return answer


def told(answer: dict[str, Any]) -> Iterator[str]:
    """The answer for people."""
    until = f" until {short_date(answer['until'])}" if answer["until"] else ""
    doing = "would be" if answer["dry_run"] else "is"
    if not answer["changed"]:
        yield f"{answer['organisation']}: that is in force already; nothing {doing} changed."
        return
    yield (
        f"{answer['organisation']}: {_said(answer['in_force_then'])} {doing} in force from "
        f"{short_date(answer['from'])}{until}; before: {_said(answer['in_force_before'])}."
    )
    if answer["until"]:
        yield f"Afterwards {_said(answer['in_force_after'])} is in force again."
    yield "No open case moves: each keeps the policy of its day of receipt."
    for each in answer["open_cases"]:
        since = (
            f", {each['received_since']} of them received since then"
            if each["received_since"]
            else ""
        )
        yield f"  {each['cases']} stay under {each['policy']}{since}"
    yield f"What is received on {short_date(answer['from'])} is due, before and then:"
    for each in answer["dates"]:
        under = " under the policy beside" if each["beside"] else ""
        days = [short_date(day) if day else "no date" for day in (each["before"], each["then"])]
        yield f"  {each['duty'].replace('_', ' ')}{under}: {' -> '.join(dict.fromkeys(days))}"


def _said(names: dict[str, str | None] | None) -> str:
    if names is None:
        return "no policy"
    beside = f" beside {names['overlay']}" if names["overlay"] else ""
    return f"{names['policy']} ({names['version']}){beside}"
