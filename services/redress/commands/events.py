"""`redress events`: the catalogue of the facts that Redress stores and publishes."""

import dataclasses
import json
import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer

from shared.eventstore.upcasting import UPCASTERS
from shared.messaging.catalogue import SCHEMAS, Event, documents, events, schemas
from shared.messaging.schemas import breaks

COLUMNS = 80
WRITTEN, REFUSED = 0, 1


def as_json() -> list[dict[str, Any]]:
    """The catalogue for machines, each event with its JSON Schema."""
    described = schemas()
    return [{**dataclasses.asdict(event), "schema": described[event.name]} for event in events()]


def as_text() -> str:
    """The catalogue for people, on 80 columns."""
    return "\n\n".join("\n".join(_lines(event)) for event in events())


def write(folder: Path) -> tuple[str, ...]:
    """Writes the catalogue and the schemas; or nothing, and says why, if that would break what was published."""
    refusals = would_break(folder)
    if refusals:
        return refusals
    for path, text in documents().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return ()


def would_break(folder: Path) -> tuple[str, ...]:
    """What the language of today breaks of the schemas in a folder."""
    now, broken = schemas(), list[str]()
    for path in sorted((folder / SCHEMAS).glob("*.json")):
        if path.stem in now:
            broken += breaks(json.loads(path.read_text(encoding="utf-8")), now[path.stem])
        elif path.stem not in UPCASTERS:  # the schema of a retired name stays published
            broken.append(
                f"{path.stem}: was removed, and stored facts bear the name: retire it with an upcaster"
            )
    return tuple(broken)


def _lines(event: Event) -> list[str]:
    lines = [event.name, *_wrapped(event.meaning, 2), *_wrapped(f"routed: {event.routing_key}", 2)]
    for field in event.fields:
        optional = "" if field.required else ", may be missing"
        meaning = f": {field.meaning}" if field.meaning else ""
        lines += _wrapped(f"{field.name} ({field.type}{optional}){meaning}", 4)
    return lines


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        COLUMNS,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_on_hyphens=False,
        break_long_words=False,
    )


def events_command(
    *,
    as_json_: Annotated[
        bool, typer.Option("--json", help="Answer in JSON, with a JSON Schema for each event.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--write",
            help="Write events.md and events/*.json into this folder; refused when a schema there would be broken.",
        ),
    ] = None,
) -> None:
    """List the events that Redress stores and publishes, with their fields and routing keys.

    Exit code: 0, or 1 when --write is refused.
    """
    if folder is not None:
        refusals = write(folder)
        for refusal in refusals:
            typer.echo(refusal, err=True)
        raise typer.Exit(REFUSED if refusals else WRITTEN)
    typer.echo(json.dumps(as_json(), ensure_ascii=False, indent=2) if as_json_ else as_text())
