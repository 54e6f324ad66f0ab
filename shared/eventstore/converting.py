"""Builds strict converters between frozen values and plain JSON from type hints, once per type.

Nothing is coerced: `1` is no boolean, `"1"` no number, a day has no time, an instant has its zone
and no other spelling than the canonical one.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

_INSTANT_LENGTH = len("2026-03-02T09:30:00.000000Z")
_DAY_LENGTH = len("2026-03-02")
_CANONICAL_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Facts of one command, and those of one case, share their days, instants and ids: reading one anew costs ten times as
# much as finding it again. So many texts of each are remembered, some two megabytes.
REMEMBERED = 4_096

# Where a value stands: a name, or a field within some other place. Only a refusal spells it out.
Where = str | tuple["Where", str]


class Unfit(ValueError):
    """A value does not fit its field."""

    def __init__(self, where: Where, expected: str, value: object) -> None:
        # The type, not the value: what was put in the wrong place might be somebody's name.
        super().__init__(f"{_spelt(where)}: expected {expected}, got {type(value).__name__}.")


def _spelt(where: Where) -> str:
    return where if isinstance(where, str) else f"{_spelt(where[0])}.{where[1]}"


@dataclass(frozen=True, slots=True)
class Converter:
    """Both directions for one type; the second argument says where the value stands."""

    encode: Callable[[Any, Where], Any]
    decode: Callable[[Any, Where], Any]
    # Values of exactly this type are themselves in JSON and need no call.
    plain: type | None = None


def converter_for(hint: Any) -> Converter:
    """Return the converter of a type hint; refuses, when first asked, a hint that has none."""
    return _made(hint)


@cache
def _made(hint: Any) -> Converter:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _optional(hint)
    if origin is tuple:
        return _sequence(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enumeration(hint)
    if hint in _PLAIN:
        return _plain(hint)
    if hint in _SPECIAL:
        return _SPECIAL[hint]
    raise TypeError(f"No strict conversion to JSON is known for {hint!r}.")


def without_unknown(hint: Any, value: Any) -> Any:
    """Return plain JSON without the fields that the type, or a type within it, does not have."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        inner = next(each for each in typing.get_args(hint) if each is not type(None))
        return without_unknown(inner, value)
    if origin is tuple and isinstance(value, list):
        return [without_unknown(typing.get_args(hint)[0], member) for member in value]
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        hints = typing.get_type_hints(hint)
        return {
            name: without_unknown(hints[name], found)
            for name, found in value.items()
            if name in hints
        }
    return value


def _plain(kind: type) -> Converter:
    def same(value: Any, where: Where) -> Any:
        if type(value) is not kind:
            raise Unfit(where, kind.__name__, value)
        return value

    return Converter(same, same, plain=kind)


def _optional(hint: Any) -> Converter:
    arguments = [argument for argument in typing.get_args(hint) if argument is not type(None)]
    if len(arguments) != 1 or len(typing.get_args(hint)) != 2:
        raise TypeError(f"Only `X | None` can be stored, not {hint!r}.")
    inner = converter_for(arguments[0])

    def encode(value: Any, where: Where) -> Any:
        return None if value is None else inner.encode(value, where)

    def decode(value: Any, where: Where) -> Any:
        return None if value is None else inner.decode(value, where)

    return Converter(encode, decode, plain=inner.plain)


def _sequence(hint: Any) -> Converter:
    arguments = typing.get_args(hint)
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        raise TypeError(f"Only `tuple[X, ...]` can be stored, not {hint!r}.")
    inner = converter_for(arguments[0])

    def encode(value: Any, where: Where) -> Any:
        if type(value) is not tuple:
            raise Unfit(where, "tuple", value)
        return [inner.encode(member, where) for member in value]

    def decode(value: Any, where: Where) -> Any:
        if type(value) is not list:
            raise Unfit(where, "list", value)
        return tuple([inner.decode(member, where) for member in value])

    return Converter(encode, decode)


def _enumeration(kind: type[Enum]) -> Converter:
    members = {member.value: member for member in kind}

    def encode(value: Any, where: Where) -> Any:
        if type(value) is not kind:
            raise Unfit(where, kind.__name__, value)
        return value.value

    def decode(value: Any, where: Where) -> Any:
        try:
            return members[value]
        except (KeyError, TypeError):
            raise Unfit(where, f"one of {', '.join(map(str, members))}", value) from None

    return Converter(encode, decode)


def _record(kind: type) -> Converter:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    converters = {field.name: converter_for(hints[field.name]) for field in fields}
    return Converter(_record_encoder(kind, converters), _record_decoder(kind, converters))


def _record_encoder(
    kind: type, converters: dict[str, Converter]
) -> Callable[[Any, Where], dict[str, Any]]:
    encoders = [(name, each.plain, each.encode) for name, each in converters.items()]
    left_out = {
        field.name: field.default
        for field in dataclasses.fields(kind)
        if field.metadata.get("added_later", False)
    }

    def encode(value: Any, where: Where) -> dict[str, Any]:
        if type(value) is not kind:
            raise Unfit(where, kind.__name__, value)
        encoded = {}
        for name, plain, encoder in encoders:
            found = getattr(value, name)
            encoded[name] = found if type(found) is plain else encoder(found, (where, name))
        for name, default in left_out.items():
            if getattr(value, name) == default:
                del encoded[name]
        return encoded

    return encode


def _record_decoder(kind: type, converters: dict[str, Converter]) -> Callable[[Any, Where], Any]:
    decoders = [(name, each.plain, each.decode) for name, each in converters.items()]
    known = frozenset(converters)
    required = frozenset(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )

    def decode(value: Any, where: Where) -> Any:
        if type(value) is not dict:
            raise Unfit(where, "object", value)
        if not (required <= value.keys() <= known):
            wrong = ", ".join(sorted((required - value.keys()) | (value.keys() - known)))
            raise Unfit(
                where, f"the fields of {kind.__name__} (missing or unknown: {wrong})", value
            )
        arguments = {}
        for name, plain, decoder in decoders:
            if name in value:
                found = value[name]
                arguments[name] = found if type(found) is plain else decoder(found, (where, name))
        return kind(**arguments)

    return decode


def _encode_day(value: Any, where: Where) -> Any:
    if type(value) is not date:
        raise Unfit(where, "date", value)
    return value.isoformat()


def _day_of(text: str) -> date:
    if len(text) == _DAY_LENGTH and text[4] == text[7] == "-":
        return date.fromisoformat(text)
    raise ValueError


def _encode_instant(value: Any, where: Where) -> Any:
    if type(value) is not datetime or value.utcoffset() != timedelta(0):
        raise Unfit(where, "an aware instant in UTC", value)
    return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _instant_of(text: str) -> datetime:
    # The library reads weeks, commas and more: the marks leave one spelling.
    marks = tuple(text[place : place + 1] for place in (4, 7, 10, 19, 26))
    if len(text) == _INSTANT_LENGTH and marks == ("-", "-", "T", ".", "Z"):
        return datetime.fromisoformat(text)
    raise ValueError


def _encode_id(value: Any, where: Where) -> Any:
    if type(value) is not UUID:
        raise Unfit(where, "UUID", value)
    return str(value)


def _id_of(text: str) -> UUID:
    if _CANONICAL_ID.fullmatch(text):
        return UUID(int=int(text.replace("-", ""), 16))
    raise ValueError


def _from_text(read: Callable[[str], Any], expected: str) -> Callable[[Any, Where], Any]:
    """Decode what is a text in JSON, each text once while it is remembered."""
    remembered = lru_cache(REMEMBERED)(read)

    def decode(value: Any, where: Where) -> Any:
        try:
            if type(value) is str:
                return remembered(value)
        except ValueError:
            pass
        raise Unfit(where, expected, value)

    return decode


_PLAIN = frozenset({str, int, bool})
_SPECIAL = {
    date: Converter(_encode_day, _from_text(_day_of, "a day such as 2026-03-02")),
    datetime: Converter(
        _encode_instant,
        _from_text(_instant_of, "an instant such as 2026-03-02T09:30:00.000000Z"),
    ),
    UUID: Converter(_encode_id, _from_text(_id_of, "a UUID")),
}
