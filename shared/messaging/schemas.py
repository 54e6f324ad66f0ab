"""Describes each fact as a JSON Schema, from the same type hints that the codec goes by, and finds what a change would
break.

A schema describes the fact alone (`data` in a record). A reader passes over fields that it does not know: fields may be
added, so a schema forbids none.
"""

import dataclasses
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "$defs"
_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    UUID: {"type": "string", "format": "uuid"},
    type(None): {"type": "null"},
}


def schema_of(name: str, kind: type) -> Schema:
    """Return the schema of the fact that is stored under a name."""
    definitions: dict[str, Schema] = {}
    described = _record(kind, definitions)
    schema: Schema = {"$schema": DIALECT, "title": name, **described}
    if definitions:
        schema[DEFINITIONS] = dict(sorted(definitions.items()))
    return schema


def breaks(old: Schema, new: Schema) -> tuple[str, ...]:
    """Say what the new schema of a name would break for facts stored, and readers written, under the old one."""
    return tuple(_breaks(_Place(old, old), _Place(new, new), where=str(old["title"])))


def _record(kind: Any, definitions: dict[str, Schema]) -> Schema:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    return {
        "description": " ".join((kind.__doc__ or "").split()),
        "type": "object",
        "properties": {field.name: _described(hints[field.name], definitions) for field in fields},
        "required": [field.name for field in fields if _is_required(field)],
    }


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _described(hint: Any, definitions: dict[str, Schema]) -> Schema:
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        return {"anyOf": [_described(each, definitions) for each in typing.get_args(hint)]}
    if origin is tuple:
        return {"type": "array", "items": _described(typing.get_args(hint)[0], definitions)}
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if issubclass(hint, Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    if hint.__name__ not in definitions:
        definitions[hint.__name__] = {}  # a value that holds itself is described once
        definitions[hint.__name__] = _record(hint, definitions)
    return {"$ref": f"#/{DEFINITIONS}/{hint.__name__}"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A part of a schema, with the whole that its references lead into."""

    schema: Schema
    whole: Schema

    def at(self, schema: Schema) -> "_Place":
        reference = schema.get("$ref")
        if reference is None:
            return _Place(schema, self.whole)
        return _Place(self.whole[DEFINITIONS][reference.rpartition("/")[2]], self.whole)

    @property
    def alternatives(self) -> dict[str, "_Place"]:
        """What may stand here, by its JSON type."""
        each = [self.at(schema) for schema in self.schema.get("anyOf", [self.schema])]
        return {place.schema["type"]: place for place in each}


def _breaks(old: _Place, new: _Place, *, where: str) -> Iterator[str]:
    allowed = new.alternatives
    for kind, was in old.alternatives.items():
        if kind not in allowed:
            yield f"{where}: {kind} is no longer allowed"
            continue
        yield from _breaks_within(was, allowed[kind], where=where)


def _breaks_within(old: _Place, new: _Place, *, where: str) -> Iterator[str]:
    was, now = old.schema, new.schema
    if now.get("format", was.get("format")) != was.get("format"):
        yield f"{where}: only the form {now['format']} is still allowed"
    if "enum" in now:
        gone = [value for value in was.get("enum", ()) if value not in now["enum"]]
        if gone or "enum" not in was:
            said = ", ".join(gone) or "any other value"
            yield f"{where}: {said} is no longer allowed"
    if "items" in was:
        yield from _breaks(old.at(was["items"]), new.at(now["items"]), where=f"{where}[]")
    for field in sorted(set(now.get("required", ())) - set(was.get("required", ()))):
        yield f"{where}.{field}: is required now, and stored facts may be without it"
    for field, described in was.get("properties", {}).items():
        if field not in now["properties"]:
            yield f"{where}.{field}: was removed"
        else:
            now_described = new.at(now["properties"][field])
            yield from _breaks(old.at(described), now_described, where=f"{where}.{field}")
