"""Values as the server keeps them and gives them back: ids, instants, documents, bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.types.json import Json, Jsonb

from tests.simulation.postgres.words import NotModelled


class BrokenUnique(psycopg.errors.UniqueViolation):
    """A unique key is there already; `diag` names it, as that of the server does."""

    def __init__(self, constraint: str) -> None:
        super().__init__(f'duplicate key value violates unique constraint "{constraint}"')
        self._constraint = constraint

    @property
    def diag(self) -> Any:
        """What the server says about the error."""
        return SimpleNamespace(constraint_name=self._constraint)


def _instant(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.astimezone(UTC)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value)


def _bytes(value: Any) -> bytes:
    return bytes.fromhex(value[2:]) if isinstance(value, str) else bytes(value)


def _document(value: Any) -> Any:
    if isinstance(value, Jsonb | Json):
        return orjson.loads(orjson.dumps(value.obj))
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return value if isinstance(value, str) else str(value)


_KEPT_AS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "uuid": lambda value: value if isinstance(value, UUID) else UUID(value),
    "integer": int,
    "int": int,
    "bigint": int,
    "smallint": int,
    "bigserial": int,
    "boolean": bool,
    "date": _day,
    "timestamptz": _instant,
    "bytea": _bytes,
    "jsonb": _document,
    "json": _document,
    "double": float,
    "numeric": float,
}


def kept_as(kind: str, value: Any) -> Any:
    """The value as a column or a cast of this type has it."""
    if value is None:
        return None
    if kind.endswith("[]"):
        return [kept_as(kind[:-2], each) for each in value]
    if kind not in _KEPT_AS:
        raise NotModelled(f"the type {kind}")
    return _KEPT_AS[kind](value)
