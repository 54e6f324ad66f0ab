"""`redress policy simulate`: how a past period would have gone under a policy; nothing is written."""

import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.projections.simulation import Outcome, Scope, count_of, whole
from services.projections.simulation_tables import (
    CHANGES,
    COLUMNS,
    DUTIES,
    change_of,
    counts_of,
    tables,
)
from services.redress.assembly import PROJECTIONS, Installation, installation
from services.redress.commands.adoption_options import typed_day
from services.redress.commands.options import AsJson, Data, known_landlord
from services.redress.commands.packs import Pack, PackNotFound, pack
from services.redress.commands.settings import settings_for
from shared.registry.landlords import organisations

WIDTH = 80
NOT_UNDERSTOOD = 2
CANNOT_KNOW = (
    "People would have acted otherwise: with an earlier date an answer may have gone out earlier. "
    "What happened is taken as it happened; only the dates are counted anew, by today's calendar."
)


def simulate_command(
    asked: Annotated[
        str, typer.Argument(metavar="PACK", help="A shipped pack by its name, or a file (.toml).")
    ],
    *,
    landlord: Annotated[str, typer.Option("--landlord", help="Whose complaints are judged.")],
    from_on: Annotated[
        str, typer.Option("--from", help="Received from this day, such as 2025-01-01.")
    ],
    to_on: Annotated[str, typer.Option("--to", help="Received until this day.")],
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="Of one body only.")
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Judge the complaints of a period again with the dates that a policy would have given.

    Exit code: 0 judged; 2 when an argument cannot be understood.
    """
    first, last = typed_day("--from", from_on), typed_day("--to", to_on)
    if last < first:
        raise typer.BadParameter(f"lies before the first day, {first}", param_hint="--to")
    try:
        chosen = pack(asked)
    except PackNotFound as missing:
        typer.echo(" ".join(str(missing).split()), err=True)
        raise typer.Exit(NOT_UNDERSTOOD) from None
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        if organisation is not None:
            _known_organisation(inst, landlord, organisation)
        inst.catch_up_projections(landlord)
        scope = Scope(landlord, organisation, first, last, inst.clock.now())
        answer = simulate(inst, scope, chosen)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        typer.echo("\n".join(told(answer)))


def _known_organisation(inst: Installation, landlord: str, organisation: str) -> None:
    with inst.owner.transaction(landlord) as cursor:
        known = [each.organisation for each in organisations(cursor, landlord)]
    if organisation not in known:
        raise typer.BadParameter(
            f"“{organisation}” is not one of {landlord}; it has: {', '.join(known) or 'none'}",
            param_hint="--organisation",
        )


def simulate(inst: Installation, scope: Scope, chosen: Pack) -> dict[str, Any]:
    """Judges batch by batch, with a bar on a terminal."""
    database = inst.database(PROJECTIONS)
    with database.transaction(scope.landlord) as cursor:
        complaints = count_of(cursor, scope)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    judged, outcomes = 0, list[Outcome]()
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task("judging again", total=complaints)
        for batch in whole(database, scope, chosen.read):
            judged += batch.judged
            outcomes += batch.outcomes
            progress.advance(task, len(batch.references))
    return {
        "landlord": scope.landlord,
        "organisation": scope.organisation,
        "policy": chosen.policy,
        "version": chosen.read.version,
        "from": scope.from_on,
        "to": scope.to_on,
        "complaints": complaints,
        "judged": judged,
        "cannot_know": CANNOT_KNOW,
        "tables": _tables(outcomes),
        "changed": list(_changed(outcomes)),
    }


def _tables(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    counted = counts_of(
        (each.duty, each.stage, each.opened_on, each.then, each.now) for each in outcomes
    )
    return [
        {
            "table": table.title,
            "rows": [
                {"row": row.name, **dict(zip(COLUMNS, row.cells, strict=True))}
                for row in table.rows
            ],
        }
        for table in tables(counted, withhold=False)
    ]


def _changed(outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    for each in outcomes:
        change = change_of(each.then, each.now)
        if change is not None:
            yield {
                "reference": each.reference,
                "stage": each.stage,
                "duty": each.duty,
                "change": CHANGES[change],
                "was_due": each.then_due,
                "would_be_due": each.now_due,
                "done_on": each.done_on,
            }


def told(answer: dict[str, Any]) -> Iterator[str]:
    """The answer for people, on 80 columns: what changes by stage and month, then the cases."""
    yield (
        f"{answer['judged']:,} of {answer['complaints']:,} complaints received "
        f"{answer['from']} to {answer['to']},"
    )
    yield f"judged again under {answer['policy']} ({answer['version']})."
    yield from textwrap.wrap(CANNOT_KNOW, WIDTH)
    for table in answer["tables"]:
        yield ""
        yield table["table"]
        yield f"  {'':<15}{'in time':>16}{'late':>16}{'open':>14}"
        for row in table["rows"]:
            cells = [row[column] for column in COLUMNS]
            pairs = [f"{then} -> {now}" for then, now in zip(cells[:3], cells[3:6], strict=True)]
            yield f"  {row['row']:<15}{pairs[0]:>16}{pairs[1]:>16}{pairs[2]:>14}"
    for change in CHANGES.values():
        found = [each for each in answer["changed"] if each["change"] == change]
        yield ""
        yield f"{change}: {len(found):,}"
        for each in found[:WIDTH]:
            duty = next(words for name, words in DUTIES.items() if name == each["duty"]).lower()
            yield (
                f"  {each['reference']} stage {each['stage']} {duty}: due {each['was_due']}, "
                f"then {each['would_be_due']}"
            )
        if len(found) > WIDTH:
            yield f"  and {len(found) - WIDTH:,} more: --json lists all"
