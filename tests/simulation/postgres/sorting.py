"""Sorts rows as the server does, and keeps one of those that are the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.simulation.postgres.expressions import Known, Scope, Value, value_of
from tests.simulation.postgres.syntax import Column, Order, Output
from tests.simulation.postgres.transactions import Row


class _Descending:
    """A key that sorts the other way round."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and other.key == self.key

    __hash__ = None  # type: ignore[assignment]  # a key for sorting is never looked up


def sorting(
    order: Sequence[Order], scope: Scope, *, outputs: Sequence[Output] = ()
) -> Callable[[Known, dict[str, Row]], list[Any]]:
    """The key of a row under ORDER BY; an output may be named there."""
    by_name = {output.name: output.expression for output in outputs}
    keys: list[tuple[Value, Order]] = []
    for each in order:
        by = each.by
        if isinstance(by, Column) and scope.find(by) is None:
            by = by_name[by.name]
        keys.append((value_of(by, scope), each))

    def sort(known: Known, rows: dict[str, Row]) -> list[Any]:
        known.rows = {**known.rows, **rows}
        found: list[Any] = []
        for value, how in keys:
            key = value(known)
            found.append((key is None) != how.empty_first)
            key = 0 if key is None else key
            found.append(_Descending(key) if how.descending else key)
        return found

    return sort


def once(rows: list[Row]) -> list[Row]:
    """The rows without repetitions."""
    found: dict[Any, Row] = {}
    for row in rows:
        found.setdefault(tuple(lookup_key(value) for value in row.values()), row)
    return list(found.values())


def lookup_key(value: Any) -> Any:
    """The value as a key to look up by."""
    return tuple(value) if isinstance(value, list) else value
