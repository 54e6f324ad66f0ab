"""Rows, who may change them, and when others see it: storage, locks and transactions."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

import psycopg

from tests.simulation.postgres.definitions import TableDefinition

Row = dict[str, Any]
Key = tuple[Any, ...]

LOCK_LIMIT_SECONDS = 10.0
# Besides the unique keys, what rows are looked up by.
LOOKED_UP_BY = (
    ("landlord",),
    ("landlord", "stream"),
    ("landlord", "reference"),
    ("landlord", "subject"),
)


class Turns(Protocol):
    """How a session waits, and where others may come between."""

    def connecting(self) -> None:
        """A connection is asked for; may raise that there is none to be had."""

    def round_trip(self, session: Any, *, what: str) -> AbstractContextManager[None]:
        """Around what the server does: the message to it, and its answer, may each be lost."""

    def wait(self, until: Callable[[], bool], *, seconds: float) -> bool:
        """Wait for the condition; False when the seconds have passed."""

    def moved(self) -> None:
        """Say that somebody may have what he waits for."""


class Storage:
    """The committed rows of one table, and the ways to find them."""

    def __init__(self, definition: TableDefinition) -> None:
        self.definition = definition
        self.rows: dict[int, Row] = {}
        self.counter = 0
        self.counted: dict[str, int] = defaultdict(int)
        names = set(definition.columns)
        wanted = [unique.columns for unique in definition.uniques] + list(LOOKED_UP_BY)
        self.indexes: dict[Key, dict[Key, dict[int, None]]] = {
            columns: {} for columns in wanted if names.issuperset(columns)
        }
        # One index in order: of the first unique key, for "everything after".
        self.ordered_by = self._ordered_columns()
        self.ordered: dict[Key, list[tuple[Any, int]]] = defaultdict(list)

    def _ordered_columns(self) -> Key:
        for unique in self.definition.uniques:
            if self.definition.columns[unique.columns[-1]].type in {"bigint", "integer"}:
                return unique.columns
        return ()

    def next_id(self) -> int:
        """A name for a new row inside the server."""
        self.counter += 1
        return self.counter

    def put(self, row_id: int, row: Row | None) -> None:
        """Make a row what it is from now on; None: gone."""
        before = self.rows.pop(row_id, None)
        if before is not None:
            self._index(row_id, before, present=False)
        if row is not None:
            self.rows[row_id] = row
            self._index(row_id, row, present=True)

    def _index(self, row_id: int, row: Row, *, present: bool) -> None:
        for columns, index in self.indexes.items():
            key = tuple([_hashable(row[column]) for column in columns])
            if present:
                index.setdefault(key, {})[row_id] = None
            else:
                index[key].pop(row_id, None)
        if self.ordered_by:
            prefix = tuple([row[column] for column in self.ordered_by[:-1]])
            entry = (row[self.ordered_by[-1]], row_id)
            if present:
                insort(self.ordered[prefix], entry)
            else:
                self.ordered[prefix].remove(entry)

    def above(self, prefix: Key, least: Any) -> Iterator[int]:
        """The rows of the ordered index that come after `least`."""
        entries = self.ordered.get(prefix, [])
        for place in range(bisect_right(entries, (least, 1 << 62)), len(entries)):
            yield entries[place][1]


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


class Holder:
    """Who can hold locks: a transaction, or a session."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.locks: list[Hashable] = []
        self.is_over = False  # its connection is gone: it gets nothing any more


class Locks:
    """Who holds what, alone or with others, and who waits for whom."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Holder] = {}
        self._shared: dict[Hashable, dict[Holder, None]] = {}
        self._waits: dict[Holder, Holder] = {}

    def _in_the_way(self, holder: Holder, key: Hashable, *, shared: bool) -> Holder | None:
        alone = self._held.get(key)
        if alone is not None:
            return None if alone is holder else alone
        others = () if shared else self._shared.get(key, ())
        return next((other for other in others if other is not holder), None)

    def is_free(self, holder: Holder, key: Hashable, *, shared: bool = False) -> bool:
        """Whether nobody else is in the way."""
        return self._in_the_way(holder, key, shared=shared) is None

    def try_take(self, holder: Holder, key: Hashable, *, shared: bool = False) -> bool:
        """Take it unless somebody else has it."""
        if not self.is_free(holder, key, shared=shared):
            return False
        if shared:
            self._shared.setdefault(key, {})[holder] = None
            holder.locks.append(key)
        elif key not in self._held:
            self._held[key] = holder
            holder.locks.append(key)
        return True

    def take(self, holder: Holder, key: Hashable, turns: Turns, *, shared: bool = False) -> bool:
        """Take it, and say whether it had to be waited for; a circle of waiting is broken here."""
        waited = False

        def may_go_on() -> bool:
            return holder.is_over or self.is_free(holder, key, shared=shared)

        while not self.try_take(holder, key, shared=shared):
            waited = True
            self._refuse_circle(holder, self._in_the_way(holder, key, shared=shared))
            try:
                in_time = turns.wait(may_go_on, seconds=LOCK_LIMIT_SECONDS)
            finally:
                self._waits.pop(holder, None)
            if holder.is_over:
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            if not in_time:
                raise psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")
        return waited

    def _refuse_circle(self, holder: Holder, other: Holder | None) -> None:
        first = other
        while other is not None:
            if other is holder:
                raise psycopg.errors.DeadlockDetected("deadlock detected")
            other = self._waits.get(other)
        if first is not None:
            self._waits[holder] = first

    def release(self, holder: Holder, *, kept: int = 0) -> None:
        """Give back what was taken after the first `kept`."""
        for key in holder.locks[kept:]:
            if self._held.get(key) is holder:
                del self._held[key]
            if key in self._shared:
                self._shared[key].pop(holder, None)
        del holder.locks[kept:]


class Transaction(Holder):
    """What one transaction changed and holds; others see it when it is committed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.landlord: str | None = None
        self.is_failed = False
        self.changes: dict[Storage, dict[int, Row | None]] = {}
        self._savepoints: list[tuple[dict[Storage, dict[int, Row | None]], int, str | None]] = []

    def current(self, storage: Storage, row_id: int) -> Row | None:
        """The row as this transaction sees it now."""
        changed = self.changes.get(storage)
        if changed is not None and row_id in changed:
            return changed[row_id]
        return storage.rows.get(row_id)

    def put(self, storage: Storage, row_id: int, row: Row | None) -> None:
        """Change a row, for this transaction alone so far."""
        self.changes.setdefault(storage, {})[row_id] = row

    def candidates(self, storage: Storage, found: Iterable[int]) -> Iterator[tuple[int, Row]]:
        """Of the rows found among the committed, and of all own changes, what is visible."""
        changed = self.changes.get(storage, {})
        for row_id in list(found):
            if row_id not in changed and (row := storage.rows.get(row_id)) is not None:
                yield row_id, row
        for row_id, row in list(changed.items()):
            if row is not None:
                yield row_id, row

    def set_savepoint(self) -> None:
        """Remember this state."""
        changes = {storage: dict(rows) for storage, rows in self.changes.items()}
        self._savepoints.append((changes, len(self.locks), self.landlord))

    def forget_savepoint(self) -> None:
        """Keep what was done since."""
        self._savepoints.pop()

    def back_to_savepoint(self) -> int:
        """Undo what was done since; returns how many locks are kept."""
        self.changes, kept, self.landlord = self._savepoints.pop()
        self.is_failed = False
        return kept
