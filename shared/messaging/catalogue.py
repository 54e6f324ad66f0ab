"""The catalogue of facts, read from the language itself: each with its name, its meaning, its fields and how it is
routed.
"""

import dataclasses
import inspect
import json
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from shared.complaints.events import EVENT_NAMES
from shared.messaging.asyncapi import asyncapi_document
from shared.messaging.schemas import Schema, schema_of

# A field's meaning stands beside it, as a comment: `due_on: date  # the last day`.
FIELD_WITH_MEANING = re.compile(r"^ {4}(?P<field>\w+): .*?  # (?P<meaning>.+)$", re.MULTILINE)
SCHEMAS = "events"  # the folder beside the catalogue
OPENING = """# Events

Every fact that can stand on the log, in the order of the language. A stored fact keeps its name and its shape for ever:
fields may be added, with a default; anything else is a new name that ends in the next version. Each has a
[JSON Schema](events/) of its `data`. This page and the schemas are written by `redress events --write docs`.

On the bus a fact is a CloudEvent of the type `org.redress.` and its name, on the topic exchange `complaints.events`.
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a fact or of a value in it; `meaning` is empty where the name says it all."""

    name: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact, or one kind of value that facts are made of."""

    name: str
    meaning: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Event(Entry):
    """A fact with the key it is routed under."""

    routing_key: str


def events() -> tuple[Event, ...]:
    """Return every fact of the language."""
    return tuple(
        Event(name, _meaning(kind), _fields(kind), _routing_key(name, kind))
        for name, kind in EVENT_NAMES.items()
    )


def values() -> tuple[Entry, ...]:
    """Return the kinds of value that stand in facts, in the order in which they are met."""
    met: dict[str, Entry] = {}
    for kind in EVENT_NAMES.values():
        _meet(kind, met)
    return tuple(met.values())


def schemas() -> dict[str, Schema]:
    """Return the JSON Schema of each fact by its name."""
    return {name: schema_of(name, kind) for name, kind in EVENT_NAMES.items()}


def documents() -> dict[str, str]:
    """Return everything that is published, by its path beside the catalogue."""
    texts = {"events.md": _markdown(), "asyncapi.json": _asyncapi()}
    for name, schema in schemas().items():
        texts[f"{SCHEMAS}/{name}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return texts


def _asyncapi() -> str:
    return json.dumps(asyncapi_document(events(), schemas=SCHEMAS), indent=2) + "\n"


def _markdown() -> str:
    lines = [OPENING, "| event | meaning |", "|---|---|"]
    lines += [
        f"| [{event.name}](#{_anchor(event.name)}) | {event.meaning.partition('. ')[0].removesuffix('.')} |"
        for event in events()
    ]
    for event in events():
        schema = f"[{event.name}.json]({SCHEMAS}/{event.name}.json)"
        lines += ["", f"## {event.name}", "", event.meaning, ""]
        lines += [f"Routing key `{event.routing_key}`; {schema}.", *_table(event.fields)]
    lines += ["", "## Values in facts"]
    for value in values():
        lines += ["", f"### {value.name}", "", value.meaning, *_table(value.fields)]
    return "\n".join(lines) + "\n"


def _table(fields: tuple[Field, ...]) -> list[str]:
    if not fields:
        return []
    rows = (
        f"| `{field.name}` | {field.type.replace('|', 'or')} | "
        f"{'always' if field.required else 'may be missing'} | {field.meaning} |"
        for field in fields
    )
    return ["", "| field | type | there | meaning |", "|---|---|---|---|", *rows]


def _anchor(name: str) -> str:
    return name.replace(".", "")


def _meaning(kind: type) -> str:
    return " ".join((kind.__doc__ or "").split())


def _fields(kind: Any) -> tuple[Field, ...]:
    hints = typing.get_type_hints(kind)
    meanings = _meanings(kind)
    missing = dataclasses.MISSING
    return tuple(
        Field(
            name=field.name,
            type=_type_name(hints[field.name]),
            required=field.default is missing and field.default_factory is missing,
            meaning=meanings.get(field.name, ""),
        )
        for field in dataclasses.fields(kind)
    )


def _meanings(kind: type) -> Mapping[str, str]:
    found = FIELD_WITH_MEANING.finditer(inspect.getsource(kind))
    return {each["field"]: each["meaning"] for each in found}


def _type_name(hint: Any) -> str:
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        return " | ".join(_type_name(each) for each in typing.get_args(hint))
    if origin is tuple:
        return f"list of {_type_name(typing.get_args(hint)[0])}"
    name: str = hint.__name__
    return _PLAIN_NAMES.get(name, name)


_PLAIN_NAMES = {
    "str": "text", "int": "number", "bool": "yes or no", "date": "day", "datetime": "instant",
    "NoneType": "nothing",
}  # fmt: skip


def _meet(kind: Any, met: dict[str, Entry]) -> None:
    for hint in typing.get_type_hints(kind).values():
        for each in _kinds_in(hint):
            name = each.__name__
            if name in met:
                continue
            if issubclass(each, Enum):
                allowed = ", ".join(f"`{member.value}`" for member in each)
                met[name] = Entry(name, f"{_meaning(each)} One of {allowed}.", ())
            elif hasattr(each, "__dataclass_fields__"):
                met[name] = Entry(name, _meaning(each), _fields(each))
                _meet(each, met)


def _kinds_in(hint: Any) -> tuple[type, ...]:
    inner = [each for each in typing.get_args(hint) if each is not Ellipsis]
    return tuple(kind for each in inner for kind in _kinds_in(each)) if inner else (hint,)


def _routing_key(name: str, kind: type) -> str:
    """Describe what `envelope.routing_key` gives."""
    aggregate, what, version = name.split(".")
    names = {field.name for field in dataclasses.fields(kind)}
    stage = next((f"s{{{each}}}" for each in ("stage", "to_stage") if each in names), "-")
    return f"{{landlord}}.{aggregate}.{stage}.{what}.{version}"
