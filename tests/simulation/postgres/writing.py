"""Runs inserts, updates and deletes: unique keys, checks, row locks, and whose rows they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import psycopg

from tests.simulation.postgres.definitions import Schema, TableDefinition, Unique
from tests.simulation.postgres.expressions import Known, Scope, Value, conjuncts, value_of
from tests.simulation.postgres.querying import Finding, Querying
from tests.simulation.postgres.syntax import Delete, Insert, OnConflict, Update
from tests.simulation.postgres.transactions import Row, Storage
from tests.simulation.postgres.values import BrokenUnique, kept_as

if TYPE_CHECKING:
    from tests.simulation.postgres.server import Session


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement gives back."""

    rows: list[Row]
    count: int


Plan = Callable[[Known], Answer]
Changes = Sequence[tuple[str, Value]]


class Constraints:
    """What every row of a table must fulfil."""

    def __init__(self, definition: TableDefinition, scope: Scope) -> None:
        self._definition = definition
        self._alias = scope.sources[0][0]
        self._checks = [(name, value_of(check, scope)) for name, check in definition.checks]
        self._wheres = {
            unique.name: value_of(unique.where, scope)
            for unique in definition.uniques
            if unique.where is not None
        }

    def refuse(self, known: Known, row: Row) -> None:
        """Raise what the server raises for a row that may not stand there."""
        definition = self._definition
        if definition.is_guarded and row["landlord"] != known.session.here.landlord:
            raise psycopg.errors.InsufficientPrivilege(
                f'new row violates row-level security policy for table "{definition.short_name}"'
            )
        for name, column in definition.columns.items():
            if column.not_null and row[name] is None:
                raise psycopg.errors.NotNullViolation(f"{definition.name}.{name} is NULL")
        alone = Known(known.session, known.parameters)
        alone.rows = {self._alias: row}
        for name, holds in self._checks:
            if holds(alone) is False:
                raise psycopg.errors.CheckViolation(f"{definition.name} violates {name}")

    def keys(self, known: Known, row: Row) -> Iterator[tuple[Unique, tuple[Any, ...]]]:
        """The unique keys that the row takes up."""
        for unique in self._definition.uniques:
            key = tuple(row[column] for column in unique.columns)
            if None in key:
                continue
            if (where := self._wheres.get(unique.name)) is not None:
                alone = Known(known.session, known.parameters)
                alone.rows = {self._alias: row}
                if where(alone) is not True:
                    continue
            yield unique, key


class Writing:
    """Makes functions of the statements that change rows."""

    def __init__(self, schema: Schema, querying: Querying) -> None:
        self._schema = schema
        self._querying = querying

    def _constraints(self, definition: TableDefinition) -> Constraints:
        scope = self._querying.scope([(definition.short_name, tuple(definition.columns))])
        return Constraints(definition, scope)

    def insert(self, insert: Insert) -> Plan:
        """The function of an insert."""
        definition = self._schema.table(insert.table)
        if not insert.columns:
            insert = replace(insert, columns=tuple(definition.columns))
        nothing = self._querying.scope([])
        defaults = {
            name: value_of(column.default, nothing)
            for name, column in definition.columns.items()
            if column.default is not None and name not in insert.columns
        }
        values_of = self._new_values(insert, nothing)
        scope = self._querying.scope([(insert.alias, tuple(definition.columns))])
        returning = self._querying.outputs(insert.returning, scope)
        store = self._storing(insert, definition)

        def run(known: Known) -> Answer:
            storage = known.session.server.storage(insert.table)
            stored: list[Row] = []
            touched: set[int] = set()
            for values in values_of(known):
                row = dict.fromkeys(definition.columns)
                for name, default in defaults.items():
                    row[name] = default(known)
                row.update(zip(insert.columns, values, strict=True))
                row = _kept(storage, row)
                if (done := store(known, storage, row, touched)) is not None:
                    stored.append(done)
            answer = []
            for row in stored if returning else ():
                known.rows = {insert.alias: row}
                answer.append({name: value(known) for name, value in returning})
            return Answer(answer, len(stored))

        return run

    def _new_values(self, insert: Insert, scope: Scope) -> Callable[[Known], list[list[Any]]]:
        if insert.query is not None:
            query = self._querying.query(insert.query, scope)
            # By place, as the server has it: names of outputs may repeat.
            return lambda known: [list(row.values()) for row in query(known)]
        rows = [[value_of(value, scope) for value in row] for row in insert.rows]
        return lambda known: [[value(known) for value in row] for row in rows]

    def _storing(
        self, insert: Insert, definition: TableDefinition
    ) -> Callable[[Known, Storage, Row, set[int]], Row | None]:
        constraints = self._constraints(definition)
        conflict = insert.conflict
        columns = tuple(definition.columns)
        scope = self._querying.scope([(insert.alias, columns), ("excluded", columns)])
        changes, where = _resolution(conflict, scope)

        def store(known: Known, storage: Storage, row: Row, touched: set[int]) -> Row | None:
            constraints.refuse(known, row)
            session = known.session
            for unique, key in _arbiter_first(constraints.keys(known, row), conflict):
                there = _claim(session, storage, unique, key)
                if there is None:
                    continue
                if not _is_foreseen(unique, conflict):
                    raise BrokenUnique(unique.name)
                if not changes:
                    return None
                if there[0] in touched:
                    raise psycopg.errors.CardinalityViolation(
                        "ON CONFLICT DO UPDATE command cannot affect row a second time"
                    )
                touched.add(there[0])
                current = session.lock_row(storage, there[0])
                if current is None:
                    continue
                known.rows = {insert.alias: current, "excluded": row}
                if where is not None and where(known) is not True:
                    return None
                return _change(known, storage, (there[0], current), changes, constraints)
            row_id = storage.next_id()
            touched.add(row_id)
            session.here.put(storage, row_id, row)
            return row

        return store

    def update(self, update: Update) -> Plan:
        """The function of an update."""
        definition = self._schema.table(update.table)
        matching = self._matching(update)
        scope = matching.scope
        changes = [(each.column, value_of(each.value, scope)) for each in update.changes]
        returning = self._querying.outputs(update.returning, scope)
        constraints = self._constraints(definition)

        def run(known: Known) -> Answer:
            _refuse_rewriting(definition)
            storage = known.session.server.storage(update.table)
            count, answer = 0, []
            for row_id, row in matching.locked(known, storage):
                changed = _change(known, storage, (row_id, row), changes, constraints)
                count += 1
                if returning:
                    known.rows[update.alias] = changed
                    answer.append({name: value(known) for name, value in returning})
            return Answer(answer, count)

        return run

    def delete(self, delete: Delete) -> Plan:
        """The function of a delete."""
        definition = self._schema.table(delete.table)
        matching = self._matching(
            Update(delete.table, delete.alias, (), sources=delete.sources, where=delete.where)
        )
        returning = self._querying.outputs(delete.returning, matching.scope)

        def run(known: Known) -> Answer:
            _refuse_rewriting(definition)
            storage = known.session.server.storage(delete.table)
            count, answer = 0, []
            for row_id, row in matching.locked(known, storage):
                known.session.here.put(storage, row_id, None)
                count += 1
                known.rows[delete.alias] = row
                answer.append({name: value(known) for name, value in returning})
            return Answer(answer if returning else [], count)

        return run

    def _matching(self, update: Update) -> Matching:
        outer = self._querying.scope([])
        sources = [(one.alias, self._querying.columns(one, outer)) for one in update.sources]
        columns = tuple(self._schema.table(update.table).columns)
        scope = self._querying.scope([*sources, (update.alias, columns)])
        finding = Finding(update.table, update.alias, self._schema, conjuncts(update.where), scope)
        condition = None if update.where is None else value_of(update.where, scope)
        others = [self._querying.rows_of(source, scope) for source in update.sources]
        aliases = [source.alias for source in update.sources]
        return Matching(scope, finding, condition, list(zip(aliases, others, strict=True)))


@dataclass(frozen=True, slots=True)
class Matching:
    """Which rows an update or a delete is about."""

    scope: Scope
    finding: Finding
    condition: Value | None
    others: list[tuple[str, Callable[[Known], Any]]]

    def locked(self, known: Known, storage: Storage) -> Iterator[tuple[int, Row]]:
        """Each row once, locked, as it is now; `known.rows` is set for what it becomes."""
        found: dict[int, tuple[Row, dict[str, Row]]] = {}
        self._collect(known, 0, found)
        for row_id, (row, beside) in found.items():
            known.rows = dict(beside)
            current = known.session.lock_row(storage, row_id)
            if current is None:
                continue
            known.rows[self.finding.alias] = current
            if current is row or self.condition is None or self.condition(known) is True:
                yield row_id, current

    def _collect(
        self, known: Known, place: int, found: dict[int, tuple[Row, dict[str, Row]]]
    ) -> None:
        if place < len(self.others):
            alias, rows_of = self.others[place]
            for row in list(rows_of(known)):
                known.rows[alias] = row
                self._collect(known, place + 1, found)
            return
        for row_id, row in self.finding.rows(known):
            if row_id in found:
                continue
            known.rows[self.finding.alias] = row
            if self.condition is None or self.condition(known) is True:
                found[row_id] = (row, dict(known.rows))


def _resolution(conflict: OnConflict | None, scope: Scope) -> tuple[Changes, Value | None]:
    """What becomes of a row that is there already, and under which condition."""
    if conflict is None or conflict.changes is None:
        return [], None
    changes = [(each.column, value_of(each.value, scope)) for each in conflict.changes]
    return changes, None if conflict.where is None else value_of(conflict.where, scope)


def _kept(storage: Storage, row: Row) -> Row:
    definition = storage.definition
    kept: Row = {}
    for name, column in definition.columns.items():
        value = row[name]
        if value is None and column.counts:
            # Numbers are not given again when a transaction is undone.
            storage.counted[name] += 1
            value = storage.counted[name]
        kept[name] = kept_as(column.type, value)
    return kept


def _arbiter_first(
    keys: Iterator[tuple[Unique, tuple[Any, ...]]], conflict: OnConflict | None
) -> list[tuple[Unique, tuple[Any, ...]]]:
    return sorted(keys, key=lambda each: not _is_foreseen(each[0], conflict))


def _is_foreseen(unique: Unique, conflict: OnConflict | None) -> bool:
    if conflict is None:
        return False
    return not conflict.columns or set(conflict.columns) == set(unique.columns)


def _claim(
    session: Session, storage: Storage, unique: Unique, key: tuple[Any, ...]
) -> tuple[int, Row] | None:
    """Take the key, or give the row that has it; waits for whoever is about to have it or to go."""
    while True:
        there = _holder_of(session, storage, unique, key)
        if there is None:
            claim = ("unique", storage.definition.name, unique.name, key)
            waited = session.take_lock(claim)
            if not waited:
                return _holder_of(session, storage, unique, key)
        elif session.is_row_free(storage, there[0]):
            return there
        else:
            session.lock_row(storage, there[0])


def _holder_of(
    session: Session, storage: Storage, unique: Unique, key: tuple[Any, ...]
) -> tuple[int, Row] | None:
    index = storage.indexes[unique.columns].get(key, {})
    for row_id, row in session.here.candidates(storage, index):
        if all(row[name] == part for name, part in zip(unique.columns, key, strict=True)):
            return row_id, row
    return None


def _change(
    known: Known,
    storage: Storage,
    old: tuple[int, Row],
    changes: Changes,
    constraints: Constraints,
) -> Row:
    row_id, row = old
    changed = dict(row)
    for column, value in changes:
        changed[column] = kept_as(storage.definition.columns[column].type, value(known))
    constraints.refuse(known, changed)
    if any(
        changed[column] != row[column]
        for unique in storage.definition.uniques
        for column in unique.columns
    ):
        for unique, key in constraints.keys(known, changed):
            there = _claim(known.session, storage, unique, key)
            if there is not None and there[0] != row_id:
                raise BrokenUnique(unique.name)
    known.session.here.put(storage, row_id, changed)
    return changed


def _refuse_rewriting(definition: TableDefinition) -> None:
    if definition.is_append_only:
        raise psycopg.errors.RestrictViolation("the log is append-only")


__all__ = ["Answer", "Plan", "Writing"]
