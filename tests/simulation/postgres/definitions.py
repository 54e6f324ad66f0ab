"""The tables as the migrations make them, so that the model's can never be others than the product's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from shared.database.migrate import __file__ as _beside_the_migrations
from tests.simulation.postgres.reading import Reader
from tests.simulation.postgres.statements import read_statement
from tests.simulation.postgres.syntax import Expression, Select
from tests.simulation.postgres.words import NotModelled, Word, words_of

MIGRATIONS = Path(_beside_the_migrations).parent / "migrations"
_FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION\s+([\w.]+)\s*\(", re.IGNORECASE)
_QUOTED_TABLE = re.compile(r"'(\w+\.\w+)'")


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column: its type, whether it may be empty, and what it is when nobody says."""

    type: str
    not_null: bool = False
    default: Expression | None = None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Unique:
    """Columns of which no two rows have the same, among the rows of `where`."""

    name: str
    columns: tuple[str, ...]
    where: Expression | None = None


@dataclass(slots=True)
class TableDefinition:
    """A table without its rows."""

    name: str
    columns: dict[str, ColumnDefinition] = field(default_factory=dict)
    uniques: list[Unique] = field(default_factory=list)
    checks: list[tuple[str, Expression]] = field(default_factory=list)
    is_guarded: bool = False
    is_append_only: bool = False

    @property
    def short_name(self) -> str:
        """The name without its schema, which names of constraints begin with."""
        return self.name.rpartition(".")[2]


@dataclass(slots=True)
class Schema:
    """All tables, the fingerprints of the stored functions, what could not be read, and the plans made."""

    tables: dict[str, TableDefinition] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    first_rows: list[str] = field(default_factory=list)
    plans: dict[str, object] = field(default_factory=dict)

    def table(self, name: str) -> TableDefinition:
        """The table of this name."""
        if name not in self.tables:
            raise NotModelled(f"no table {name}: {self.unreadable.get(name, 'not in a migration')}")
        return self.tables[name]


@lru_cache(maxsize=1)
def migrated_schema() -> Schema:
    """What all migrations of the product make together."""
    schema = Schema()
    for path in sorted(MIGRATIONS.glob("*.sql")):
        apply_definitions(schema, path.read_text("utf-8"))
    return schema


def apply_definitions(schema: Schema, script: str) -> None:
    """Carry out the definitions of a script; what makes no table is passed over."""
    for statement in _statements(script):
        first = statement.split(None, 2)[:2]
        begins = " ".join(first).upper()
        try:
            if begins == "CREATE TABLE":
                _create_table(schema, statement)
            elif begins == "ALTER TABLE":
                _alter_table(schema, statement)
            elif begins == "CREATE UNIQUE":
                _create_unique_index(schema, statement)
            elif begins in {"CREATE FUNCTION", "CREATE OR"}:
                _remember_function(schema, statement)
            elif begins == "INSERT INTO":
                schema.first_rows.append(statement)
            elif begins == "CREATE TRIGGER":
                _create_trigger(schema, statement)
        except NotModelled as unknown:
            name = re.search(r"(\w+\.\w+)", statement)
            schema.unreadable[name.group(1) if name else statement[:60]] = str(unknown)
        if "registry.guard(" in statement and begins.startswith("SELECT"):
            _guard(schema, statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, without comments; a function's body belongs to its statement."""
    text = re.sub(r"--[^\n]*", "", script)
    current: list[str] = []
    for place, piece in enumerate(text.split("$$")):
        if place % 2:
            current.append(f"$${piece}$$")
            continue
        *whole, begun = piece.split(";")
        for end in whole:
            yield "".join([*current, end]).strip()
            current = []
        current.append(begun)
    if "".join(current).strip():
        yield "".join(current).strip()


def _reader(text: str) -> Reader:
    def no_query(_: Reader) -> Select:
        raise NotModelled("a query inside a definition")

    return Reader(words_of(text), select=no_query)


def _create_table(schema: Schema, statement: str) -> None:
    reader = _reader(statement)
    reader.expect("create", "table")
    reader.skip("if", "not", "exists")
    table = TableDefinition(reader.dotted())
    reader.expect("(")
    if reader.skip("like"):
        _like(schema, table, of=reader.dotted())
    else:
        _part(reader, table)
        while reader.skip(","):
            _part(reader, table)
        reader.expect(")")
    schema.tables[table.name] = table


def _like(schema: Schema, table: TableDefinition, *, of: str) -> None:
    like = schema.table(of)
    table.columns = dict(like.columns)
    table.checks = list(like.checks)
    table.uniques = [
        replace(unique, name=unique.name.replace(like.short_name, table.short_name))
        for unique in like.uniques
    ]


def _part(reader: Reader, table: TableDefinition) -> None:
    named = reader.name() if reader.skip("constraint") else None
    if reader.comes("primary", "key") or reader.comes("unique"):
        _unique(reader, table, named)
    elif reader.skip("check", "("):
        table.checks.append((named or f"{table.short_name}_check", reader.expression()))
        reader.expect(")")
    elif reader.skip("foreign", "key"):
        reader.names()
        _references(reader)
    else:
        _column(reader, table)


def _unique(reader: Reader, table: TableDefinition, named: str | None) -> None:
    is_primary = reader.skip("primary", "key")
    if not is_primary:
        reader.expect("unique")
    columns = reader.names()
    _add_unique(table, columns, is_primary=is_primary, named=named)


def _add_unique(
    table: TableDefinition, columns: tuple[str, ...], *, is_primary: bool, named: str | None = None
) -> None:
    own = "pkey" if is_primary else "_".join((*columns, "key"))
    table.uniques.append(Unique(named or f"{table.short_name}_{own}", columns))
    if is_primary:
        for column in columns:
            table.columns[column] = replace(table.columns[column], not_null=True)


def _references(reader: Reader) -> None:
    # Whether what is referred to exists is not checked here: the real server does that.
    reader.expect("references")
    reader.dotted()
    if reader.comes("("):
        reader.names()
    while reader.skip("on"):
        reader.name()
        reader.name()


def _column(reader: Reader, table: TableDefinition) -> None:
    name = reader.name()
    kind = reader.type_name()
    if reader.skip("("):
        while not reader.skip(")"):
            reader.take()
    table.columns[name] = ColumnDefinition(kind, counts=kind in {"bigserial", "serial"})
    while not (reader.comes(",") or reader.comes(")") or reader.next.kind == "end"):
        _column_clause(reader, table, name)


def _column_clause(reader: Reader, table: TableDefinition, name: str) -> None:
    column = table.columns[name]
    if reader.skip("not", "null"):
        table.columns[name] = replace(column, not_null=True)
    elif reader.skip("primary", "key"):
        _add_unique(table, (name,), is_primary=True)
    elif reader.skip("unique"):
        _add_unique(table, (name,), is_primary=False)
    elif reader.skip("default"):
        table.columns[name] = replace(column, default=reader.value())
    elif reader.skip("check", "("):
        table.checks.append((f"{table.short_name}_{name}_check", reader.expression()))
        reader.expect(")")
    elif reader.comes("references"):
        _references(reader)
    elif reader.skip("generated", "always", "as", "identity"):
        table.columns[name] = replace(column, counts=True)
    elif not reader.skip("null"):
        raise NotModelled(f"column {name}: {reader.next.text}")


def _alter_table(schema: Schema, statement: str) -> None:
    reader = _reader(statement)
    reader.expect("alter", "table")
    table = schema.table(reader.dotted())
    _alteration(reader, table)
    while reader.skip(","):
        _alteration(reader, table)


def _alteration(reader: Reader, table: TableDefinition) -> None:
    if reader.skip("add", "column"):
        reader.skip("if", "not", "exists")
        _column(reader, table)
    elif reader.skip("drop", "constraint"):
        name = reader.name()
        table.uniques = [unique for unique in table.uniques if unique.name != name]
        table.checks = [check for check in table.checks if check[0] != name]
    elif reader.skip("drop", "column"):
        del table.columns[reader.name()]
    elif reader.skip("alter", "column"):
        _altered_column(reader, table)
    elif reader.skip("add"):
        _part(reader, table)
    else:
        _pass_over(reader)


def _altered_column(reader: Reader, table: TableDefinition) -> None:
    name = reader.name()
    if reader.skip("drop", "not", "null"):
        table.columns[name] = replace(table.columns[name], not_null=False)
    elif reader.skip("set", "not", "null"):
        table.columns[name] = replace(table.columns[name], not_null=True)
    elif reader.skip("drop", "default"):
        table.columns[name] = replace(table.columns[name], default=None)
    else:
        reader.expect("set", "default")
        table.columns[name] = replace(table.columns[name], default=reader.value())


def _pass_over(reader: Reader) -> None:
    """Row-level security and owners are the same for every table of ours, or nobody's matter."""
    while not reader.comes(",") and reader.next.kind != "end":
        reader.take()


def _create_unique_index(schema: Schema, statement: str) -> None:
    reader = _reader(statement)
    reader.expect("create", "unique", "index")
    name = reader.name()
    reader.expect("on")
    table = schema.table(reader.dotted())
    columns = reader.names()
    where = reader.expression() if reader.skip("where") else None
    table.uniques.append(Unique(name, columns, where))


def _remember_function(schema: Schema, statement: str) -> None:
    found = _FUNCTION.match(statement)
    if found:
        text = " ".join(statement.split())
        schema.functions[found.group(1)] = hashlib.sha256(text.encode()).hexdigest()[:16]


def _create_trigger(schema: Schema, statement: str) -> None:
    words: tuple[Word, ...] = words_of(statement)
    texts = [word.text for word in words]
    if "refuse_rewriting" in texts:
        place = texts.index("on")
        schema.table(f"{texts[place + 1]}.{texts[place + 3]}").is_append_only = True


def _guard(schema: Schema, statement: str) -> None:
    for name in _QUOTED_TABLE.findall(statement):
        if name in schema.tables:
            schema.tables[name].is_guarded = True


__all__ = ["MIGRATIONS", "Schema", "TableDefinition", "migrated_schema", "read_statement"]
