"""Runs queries: finds rows by keys where it can, joins, locks, sorts and limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tests.simulation.postgres.definitions import Schema
from tests.simulation.postgres.expressions import Known, Scope, Value, conjuncts, value_of
from tests.simulation.postgres.functions import OVER_ROWS
from tests.simulation.postgres.sorting import lookup_key, once, sorting
from tests.simulation.postgres.syntax import (
    Call,
    Cast,
    Column,
    Expression,
    Operation,
    Output,
    Select,
    Source,
    Star,
)
from tests.simulation.postgres.transactions import Row, Storage
from tests.simulation.postgres.words import NotModelled

Query = Callable[[Known], list[Row]]
RowsOf = Callable[[Known], Iterable[Row]]


class Finding:
    """How the rows of one table are found, before the whole condition is asked."""

    def __init__(
        self, table: str, alias: str, schema: Schema, parts: Sequence[Expression], scope: Scope
    ) -> None:
        self.table = table
        self.alias = alias
        self._guarded = schema.table(table).is_guarded
        self._equal: dict[str, Value] = {}
        self._above: dict[str, Value] = {}
        before = Scope(scope.sources, query=scope.query, outer=scope.outer, named=scope.named)
        before.sources = [each for each in scope.sources if each[0] != alias]
        self._learn(parts, scope, before)

    def _learn(self, parts: Sequence[Expression], scope: Scope, before: Scope) -> None:
        for part in parts:
            if not isinstance(part, Operation) or part.sign not in {"=", ">"}:
                continue
            left, right = part.operands
            if isinstance(left, Column) and scope.find(left) == self.alias:
                if not _mentions(right, self.alias, scope):
                    known = self._equal if part.sign == "=" else self._above
                    known.setdefault(left.name, value_of(right, before))
            elif (
                part.sign == "="
                and isinstance(right, Column)
                and scope.find(right) == self.alias
                and not _mentions(left, self.alias, scope)
            ):
                self._equal.setdefault(right.name, value_of(left, before))

    def rows(self, known: Known) -> Iterator[tuple[int, Row]]:
        """The rows that may match, with their names inside the server."""
        storage = known.session.server.storage(self.table)
        transaction = known.session.here
        for row_id, row in transaction.candidates(storage, self._found(storage, known)):
            if not self._guarded or row["landlord"] == transaction.landlord:
                yield row_id, row

    def _found(self, storage: Storage, known: Known) -> Iterable[int]:
        equal = {name: find(known) for name, find in self._equal.items()}
        if storage.ordered_by and storage.ordered_by[-1] in self._above:
            prefix = storage.ordered_by[:-1]
            if all(name in equal for name in prefix):
                least = self._above[storage.ordered_by[-1]](known)
                return storage.above(tuple(equal[name] for name in prefix), least)
        best: tuple[str, ...] = ()
        for columns in storage.indexes:
            if len(columns) > len(best) and all(name in equal for name in columns):
                best = columns
        if not best:
            return storage.rows
        return storage.indexes[best].get(tuple(lookup_key(equal[name]) for name in best), ())


def _mentions(expression: Expression, alias: str, scope: Scope) -> bool:
    """Whether the value depends on the table itself, or on one that is joined later."""
    match expression:
        case Column():
            names = [name for name, _ in scope.sources]
            found = scope.find(expression)
            return found in names and names.index(found) >= names.index(alias)
        case Operation(operands=operands):
            return any(_mentions(each, alias, scope) for each in operands)
        case Call(arguments=arguments):
            return any(_mentions(each, alias, scope) for each in arguments)
        case Cast(of=of):
            return _mentions(of, alias, scope)
        case _:
            return False


class Querying:
    """Makes functions of queries, for one set of tables."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def scope(self, sources: Sequence[tuple[str, Sequence[str]]]) -> Scope:
        """A scope in which queries may be nested."""
        return Scope(sources, query=self.query)

    def columns(self, source: Source, outer: Scope) -> tuple[str, ...]:
        """The columns that a source has."""
        if source.query is not None:
            return self._output_names(source.query, outer)
        if source.table is None:
            return source.columns
        if source.table in outer.named:
            return outer.named[source.table]
        return tuple(self._schema.table(source.table).columns)

    def _output_names(self, select: Select, outer: Scope) -> tuple[str, ...]:
        scope = self._inner_scope(select, outer)
        return tuple(name for output in select.outputs for name in self._names_of(output, scope))

    def _names_of(self, output: Output, scope: Scope) -> list[str]:
        if not isinstance(output.expression, Star):
            return [output.name]
        of = output.expression.of
        return [name for alias, columns in scope.sources if of in {None, alias} for name in columns]

    def _inner_scope(self, select: Select, outer: Scope) -> Scope:
        named: dict[str, tuple[str, ...]] = {}
        scope = Scope([], query=self.query, outer=outer)
        for name, query in select.named:
            named[name] = self._output_names(query, scope)
            scope = Scope([], query=self.query, outer=outer, named=dict(named))
        for source in select.sources:
            scope.sources.append((source.alias, self.columns(source, scope)))
        return scope

    def query(self, select: Select, outer: Scope) -> Query:
        """The function of a query: its rows as dictionaries."""
        scope = self._inner_scope(select, outer)
        named = [(name, self.query(query, scope)) for name, query in select.named]
        matching = self._matching(select, scope)
        answer = self._answer(select, scope)
        union = None if select.union is None else self.query(select.union, outer)

        def run(known: Known) -> list[Row]:
            kept_rows = known.rows
            known.rows = dict(kept_rows)
            for name, rows_of in named:
                known.named[name] = rows_of(known)
            found = answer(known, matching(known))
            known.rows = kept_rows
            return found if union is None else once([*found, *union(known)])

        return run

    def _matching(self, select: Select, scope: Scope) -> Callable[[Known], list[dict[str, Row]]]:
        """All combinations of rows that fulfil the conditions, locked where that is asked."""
        condition = None if select.where is None else value_of(select.where, scope)
        parts = conjuncts(select.where)
        joining = [self._joining(source, scope, parts) for source in select.sources]
        if select.for_update:
            return self._locking(select, scope, condition, parts)

        def walk(known: Known, place: int, found: list[dict[str, Row]]) -> None:
            if place == len(joining):
                if condition is None or condition(known) is True:
                    found.append(dict(known.rows))
                return
            alias, rows_of, on, empty = joining[place]
            matched = False
            for row in rows_of(known):
                known.rows[alias] = row
                if on is None or on(known) is True:
                    matched = True
                    walk(known, place + 1, found)
            if not matched and empty is not None:
                known.rows[alias] = empty
                walk(known, place + 1, found)

        def matching(known: Known) -> list[dict[str, Row]]:
            found: list[dict[str, Row]] = []
            walk(known, 0, found)
            return found

        return matching

    def _joining(
        self, source: Source, scope: Scope, parts: Sequence[Expression]
    ) -> tuple[str, RowsOf, Value | None, Row | None]:
        conditions = [*conjuncts(source.on), *self._using(source, scope)]
        on = None
        if conditions:
            whole = conditions[0]
            for further in conditions[1:]:
                whole = Operation("and", (whole, further))
            on = value_of(whole, scope)
        empty = None
        if source.is_optional:
            empty = dict.fromkeys(dict(scope.sources)[source.alias])
            parts = ()  # what is asked of the whole row must not hide that there was no match
        return source.alias, self.rows_of(source, scope, [*parts, *conditions]), on, empty

    def _using(self, source: Source, scope: Scope) -> Iterator[Expression]:
        names = [alias for alias, _ in scope.sources]
        for column in source.using:
            earlier = next(
                alias
                for alias, columns in scope.sources[: names.index(source.alias)]
                if column in columns
            )
            yield Operation("=", (Column(column, source.alias), Column(column, earlier)))

    def rows_of(self, source: Source, scope: Scope, parts: Sequence[Expression] = ()) -> RowsOf:
        """The function that gives the rows of a source, by keys where `parts` of the condition name them."""
        if source.query is not None:
            return self.query(
                source.query, Scope([], query=self.query, outer=scope.outer, named=scope.named)
            )
        if source.table is None:
            return _side_by_side(source, [value_of(each, scope) for each in source.arrays])
        table = source.table
        if table in scope.named:
            return lambda known: known.named[table]
        finding = Finding(table, source.alias, self._schema, parts, scope)
        return lambda known: [row for _, row in finding.rows(known)]

    def _locking(
        self, select: Select, scope: Scope, condition: Value | None, parts: Sequence[Expression]
    ) -> Callable[[Known], list[dict[str, Row]]]:
        if len(select.sources) != 1 or select.sources[0].table is None:
            raise NotModelled("FOR UPDATE of more than one table")
        source = select.sources[0]
        finding = Finding(select.sources[0].table, source.alias, self._schema, parts, scope)
        sort = sorting(select.order, scope)
        limit = None if select.limit is None else value_of(select.limit, scope)

        def fulfils(known: Known, row: Row) -> bool:
            known.rows[source.alias] = row
            return condition is None or condition(known) is True

        def locking(known: Known) -> list[dict[str, Row]]:
            session = known.session
            storage = session.server.storage(finding.table)
            found = [each for each in finding.rows(known) if fulfils(known, each[1])]
            found.sort(key=lambda each: sort(known, {source.alias: each[1]}))
            most = None if limit is None else limit(known)
            locked: list[dict[str, Row]] = []
            for row_id, _ in found:
                if most is not None and len(locked) >= most:
                    break
                current = session.lock_row(
                    storage, row_id, skip=select.skip_locked, shared=select.for_share
                )
                if current is not None and fulfils(known, current):
                    locked.append({source.alias: current})
            return locked

        return locking

    def _answer(
        self, select: Select, scope: Scope
    ) -> Callable[[Known, list[dict[str, Row]]], list[Row]]:
        outputs = self._outputs(select.outputs, scope)
        sort = sorting(select.order, scope, outputs=select.outputs)
        limit = None if select.limit is None else value_of(select.limit, scope)
        over_rows = any(_is_over_rows(output.expression) for output in select.outputs)
        group = [value_of(each, scope) for each in select.group]

        def answer(known: Known, matching: list[dict[str, Row]]) -> list[Row]:
            if over_rows or group:
                return [_one(known, outputs, rows) for rows in _groups(known, matching, group)]
            if select.order and not select.for_update:
                matching.sort(key=lambda rows: sort(known, rows))
            if limit is not None and not select.distinct and (most := limit(known)) is not None:
                matching = matching[:most]
            found = []
            for rows in matching:
                known.rows = {**known.rows, **rows}
                found.append({name: value(known) for name, value in outputs})
            return once(found) if select.distinct else found

        return answer

    def _outputs(self, outputs: Sequence[Output], scope: Scope) -> list[tuple[str, Value]]:
        found: list[tuple[str, Value]] = []
        for output in outputs:
            if isinstance(output.expression, Star):
                of = output.expression.of
                found += [
                    (name, value_of(Column(name, alias), scope))
                    for alias, columns in scope.sources
                    if of in {None, alias}
                    for name in columns
                ]
            else:
                # Columns without a name stay apart, because an insert takes them by place. Of two with
                # one name a row as dictionary keeps the later, here as in psycopg.
                name = f"? {len(found)}" if output.name == "?column?" else output.name
                found.append((name, value_of(output.expression, scope)))
        return found

    def outputs(self, outputs: Sequence[Output], scope: Scope) -> list[tuple[str, Value]]:
        """What RETURNING gives back."""
        return self._outputs(outputs, scope)


def _one(known: Known, outputs: list[tuple[str, Value]], rows: list[dict[str, Row]]) -> Row:
    known.group = rows
    if rows:
        known.rows = {**known.rows, **rows[0]}
    return {name: value(known) for name, value in outputs}


def _groups(
    known: Known, matching: list[dict[str, Row]], group: list[Value]
) -> list[list[dict[str, Row]]]:
    if not group:
        return [matching]
    found: dict[Any, list[dict[str, Row]]] = {}
    for rows in matching:
        known.rows = {**known.rows, **rows}
        found.setdefault(tuple(lookup_key(each(known)) for each in group), []).append(rows)
    return list(found.values())


def _is_over_rows(expression: Expression) -> bool:
    match expression:
        case Call(name=name, arguments=arguments):
            return name in OVER_ROWS or any(map(_is_over_rows, arguments))
        case Operation(operands=operands):
            return any(map(_is_over_rows, operands))
        case Cast(of=of):
            return _is_over_rows(of)
        case _:
            return False


def _side_by_side(source: Source, arrays: list[Value]) -> RowsOf:
    def rows_of(known: Known) -> list[Row]:
        values = [array(known) or [] for array in arrays]
        if source.is_numbered:
            values.append(range(1, len(values[0]) + 1))
        return [dict(zip(source.columns, each, strict=True)) for each in zip(*values, strict=True)]

    return rows_of
