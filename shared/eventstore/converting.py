"""Builds strict converters between frozen values and plain JSON from type hints, once per type.

Nothing is coerced: `1` is no boolean, `"1"` no number, a day has no time, an instant has its zone
and no other spelling than the canonical one.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

_INSTANT_LENGTH = len("2026-03-02T09:30:00.000000Z")
_DAY_LENGTH = len("2026-03-02")


class Unfit(ValueError):
    """A value does not fit its field."""

    def __init__(self, where: str, expected: str, value: object) -> None:
        # The type, not the value: what was put in the wrong place might be somebody's name.
        super().__init__(f"{where}: expected {expected}, got {type(value).__name__}.")


@dataclass(frozen=True, slots=True)
class Converter:
    """Both directions for one type; the second argument says where the value stands."""

    encode: Callable[[Any, str], Any]
    decode: Callable[[Any, str], Any]


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


def _plain(kind: type) -> Converter:
    def same(value: Any, where: str) -> Any:
        if type(value) is not kind:
            raise Unfit(where, kind.__name__, value)
        return value

    return Converter(same, same)


def _optional(hint: Any) -> Converter:
    arguments = [argument for argument in typing.get_args(hint) if argument is not type(None)]
    if len(arguments) != 1 or len(typing.get_args(hint)) != 2:
        raise TypeError(f"Only `X | None` can be stored, not {hint!r}.")
    inner = converter_for(arguments[0])

    def encode(value: Any, where: str) -> Any:
        return None if value is None else inner.encode(value, where)

    def decode(value: Any, where: str) -> Any:
        return None if value is None else inner.decode(value, where)

    return Converter(encode, decode)


def _sequence(hint: Any) -> Converter:
    arguments = typing.get_args(hint)
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        raise TypeError(f"Only `tuple[X, ...]` can be stored, not {hint!r}.")
    inner = converter_for(arguments[0])

    def encode(value: Any, where: str) -> Any:
        if type(value) is not tuple:
            raise Unfit(where, "tuple", value)
        return [inner.encode(member, where) for member in value]

    def decode(value: Any, where: str) -> Any:
        if type(value) is not list:
            raise Unfit(where, "list", value)
        return tuple([inner.decode(member, where) for member in value])

    return Converter(encode, decode)


def _enumeration(kind: type[Enum]) -> Converter:
    members = {member.value: member for member in kind}

    def encode(value: Any, where: str) -> Any:
        if type(value) is not kind:
            raise Unfit(where, kind.__name__, value)
        return value.value

    def decode(value: Any, where: str) -> Any:
        try:
            return members[value]
        except (KeyError, TypeError):
            raise Unfit(where, f"one of {', '.join(map(str, members))}", value) from None

    return Converter(encode, decode)


def _record(kind: type) -> Converter:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    converters = [(field.name, converter_for(hints[field.name])) for field in fields]
    known = frozenset(hints)
    required = frozenset(
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )

    def encode(value: Any, where: str) -> Any:
        if type(value) is not kind:
            raise Unfit(where, kind.__name__, value)
        return {
            name: converter.encode(getattr(value, name), f"{where}.{name}")
            for name, converter in converters
        }

    def decode(value: Any, where: str) -> Any:
        if type(value) is not dict:
            raise Unfit(where, "object", value)
        if not (required <= value.keys() <= known):
            wrong = ", ".join(sorted((required - value.keys()) | (value.keys() - known)))
            raise Unfit(
                where, f"the fields of {kind.__name__} (missing or unknown: {wrong})", value
            )
        return kind(
            **{
                name: converter.decode(value[name], f"{where}.{name}")
                for name, converter in converters
                if name in value
            }
        )

    return Converter(encode, decode)


def _encode_day(value: Any, where: str) -> Any:
    if type(value) is not date:
        raise Unfit(where, "date", value)
    return value.isoformat()


def _decode_day(value: Any, where: str) -> Any:
    try:
        if type(value) is str and len(value) == _DAY_LENGTH and value[4] == value[7] == "-":
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Unfit(where, "a day such as 2026-03-02", value)


def _encode_instant(value: Any, where: str) -> Any:
    if type(value) is not datetime or value.utcoffset() != timedelta(0):
        raise Unfit(where, "an aware instant in UTC", value)
    return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _decode_instant(value: Any, where: str) -> Any:
    try:
        if type(value) is str and len(value) == _INSTANT_LENGTH and value[10::16] == "TZ":
            return datetime.fromisoformat(value[:-1]).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Unfit(where, "an instant such as 2026-03-02T09:30:00.000000Z", value)


def _encode_id(value: Any, where: str) -> Any:
    if type(value) is not UUID:
        raise Unfit(where, "UUID", value)
    return str(value)


def _decode_id(value: Any, where: str) -> Any:
    try:
        if type(value) is str and str(identity := UUID(value)) == value:
            return identity
    except ValueError:
        pass
    raise Unfit(where, "a UUID", value)


_PLAIN = frozenset({str, int, bool})
_SPECIAL = {
    date: Converter(_encode_day, _decode_day),
    datetime: Converter(_encode_instant, _decode_instant),
    UUID: Converter(_encode_id, _decode_id),
}
