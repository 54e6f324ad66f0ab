"""Reads whole statements: queries, inserts, updates, deletes, and what begins and ends a transaction."""

from __future__ import annotations

from functools import lru_cache

from tests.simulation.postgres.reading import Reader
from tests.simulation.postgres.syntax import (
    Call,
    Cast,
    Change,
    Column,
    Control,
    Delete,
    Expression,
    Insert,
    OnConflict,
    Order,
    Output,
    Select,
    Source,
    Statement,
    Update,
)
from tests.simulation.postgres.words import NotModelled, words_of

# What may follow a table without being its alias.
_NO_ALIAS = frozenset(
    {"where", "order", "limit", "for", "join", "left", "inner", "using", "on", "set", "values",
     "select", "returning", "union", "group", "from"}
)  # fmt: skip


@lru_cache(maxsize=4096)
def read_statement(text: str) -> Statement:
    """The statement; refuses what the model does not know."""
    reader = Reader(words_of(text), select=_select)
    found = _statement(reader)
    reader.skip(";")
    if reader.next.kind != "end":
        raise NotModelled(f"what follows is unknown: {reader.next.text} … in {text.strip()[:200]}")
    return found


def read_expression(text: str) -> Expression:
    """An expression alone, such as a check or a default."""
    return Reader(words_of(text), select=_select).expression()


def _statement(reader: Reader) -> Statement:
    if reader.comes("select") or reader.comes("with"):
        return _select(reader)
    if reader.skip("insert", "into"):
        return _insert(reader)
    if reader.skip("update"):
        return _update(reader)
    if reader.skip("delete", "from"):
        return _delete(reader)
    for what in ("begin", "commit", "rollback"):
        if reader.skip(what):
            return Control(what)
    raise NotModelled(f"no statement begins with {reader.next.text}")


def _select(reader: Reader) -> Select:
    named: list[tuple[str, Select]] = []
    if reader.skip("with"):
        named.append(_named_query(reader))
        while reader.skip(","):
            named.append(_named_query(reader))
    reader.expect("select")
    distinct = reader.skip("distinct")
    # EXISTS (SELECT FROM …) has no outputs.
    outputs = () if reader.comes("from") else _outputs(reader)
    sources = _sources(reader) if reader.skip("from") else ()
    where = reader.expression() if reader.skip("where") else None
    group = reader.expressions() if reader.skip("group", "by") else ()
    union = _select(reader) if reader.skip("union") else None
    order = _order(reader) if reader.skip("order", "by") else ()
    limit = reader.expression() if reader.skip("limit") else None
    for_share = reader.skip("for", "share")
    for_update = for_share or reader.skip("for", "update")
    return Select(
        outputs, sources, where, order, limit, distinct,
        for_update=for_update,
        for_share=for_share,
        skip_locked=for_update and reader.skip("skip", "locked"),
        named=tuple(named),
        union=union,
        group=group,
    )  # fmt: skip


def _named_query(reader: Reader) -> tuple[str, Select]:
    name = reader.name()
    reader.expect("as")
    reader.skip("materialized")
    reader.expect("(")
    query = _select(reader)
    reader.expect(")")
    return name, query


def _outputs(reader: Reader) -> tuple[Output, ...]:
    found = [_output(reader)]
    while reader.skip(","):
        found.append(_output(reader))
    return tuple(found)


def _output(reader: Reader) -> Output:
    expression = reader.expression()
    return Output(expression, reader.name() if reader.skip("as") else _own_name(expression))


def _own_name(expression: Expression) -> str:
    match expression:
        case Column(name=name):
            return name
        case Call(name=name):
            return name.rpartition(".")[2]
        case Cast(of=of):
            return _own_name(of)
        case _:
            return "?column?"


def _sources(reader: Reader) -> tuple[Source, ...]:
    found = [_source(reader)]
    while True:
        if reader.skip(","):
            found.append(_source(reader))
        elif reader.comes("left") or reader.comes("join"):
            is_optional = reader.skip("left")
            reader.expect("join")
            found.append(_joined(reader, is_optional=is_optional))
        else:
            return tuple(found)


def _joined(reader: Reader, *, is_optional: bool) -> Source:
    source = _source(reader)
    using: tuple[str, ...] = ()
    on = None
    if reader.skip("using"):
        using = reader.names()
    else:
        reader.expect("on")
        on = reader.expression()
    return Source(
        source.alias, source.table, source.query, source.arrays, source.columns,
        using=using, on=on, is_optional=is_optional,
    )  # fmt: skip


def _source(reader: Reader) -> Source:
    if reader.skip("unnest", "("):
        arrays = reader.expressions()
        reader.expect(")")
        is_numbered = reader.skip("with", "ordinality")
        reader.skip("as")
        alias = reader.name()
        unnamed = tuple(f"{alias}_{place}" for place in range(len(arrays)))
        own = (alias,) if len(arrays) == 1 else unnamed
        columns = reader.names() if reader.comes("(") else own
        return Source(alias, arrays=arrays, columns=columns, is_numbered=is_numbered)
    if reader.skip("("):
        query = _select(reader)
        reader.expect(")")
        reader.skip("as")
        return Source(reader.name(), query=query)
    table = reader.dotted()
    return Source(_alias(reader, table), table=table)


def _alias(reader: Reader, table: str) -> str:
    if reader.skip("as"):
        return reader.name()
    if reader.next.kind == "name" and reader.next.text not in _NO_ALIAS:
        return reader.name()
    return table.rpartition(".")[2]


def _order(reader: Reader) -> tuple[Order, ...]:
    found = [_order_by(reader)]
    while reader.skip(","):
        found.append(_order_by(reader))
    return tuple(found)


def _order_by(reader: Reader) -> Order:
    by = reader.expression()
    descending = reader.skip("desc")
    reader.skip("asc")
    empty_first = descending  # unless it is said
    if reader.skip("nulls"):
        empty_first = reader.take().text == "first"
    return Order(by, descending, empty_first)


def _insert(reader: Reader) -> Insert:
    table = reader.dotted()
    alias = _alias(reader, table)
    columns = () if reader.comes("values") else reader.names()
    rows: list[tuple[Expression, ...]] = []
    query = None
    if reader.skip("values"):
        rows.append(_row(reader))
        while reader.skip(","):
            rows.append(_row(reader))
    else:
        query = _select(reader)
    return Insert(
        table, alias, columns, tuple(rows), query,
        conflict=_conflict(reader) if reader.skip("on", "conflict") else None,
        returning=_outputs(reader) if reader.skip("returning") else (),
    )  # fmt: skip


def _row(reader: Reader) -> tuple[Expression, ...]:
    reader.expect("(")
    found = reader.expressions()
    reader.expect(")")
    return found


def _conflict(reader: Reader) -> OnConflict:
    columns = reader.names() if reader.comes("(") else ()
    reader.expect("do")
    if reader.skip("nothing"):
        return OnConflict(columns, None)
    reader.expect("update", "set")
    changes = _changes(reader)
    return OnConflict(columns, changes, reader.expression() if reader.skip("where") else None)


def _changes(reader: Reader) -> tuple[Change, ...]:
    found = [_change(reader)]
    while reader.skip(","):
        found.append(_change(reader))
    return tuple(found)


def _change(reader: Reader) -> Change:
    column = reader.name()
    reader.expect("=")
    return Change(column, reader.expression())


def _update(reader: Reader) -> Update:
    table = reader.dotted()
    alias = _alias(reader, table)
    reader.expect("set")
    return Update(
        table, alias, _changes(reader),
        sources=_sources(reader) if reader.skip("from") else (),
        where=reader.expression() if reader.skip("where") else None,
        returning=_outputs(reader) if reader.skip("returning") else (),
    )  # fmt: skip


def _delete(reader: Reader) -> Delete:
    table = reader.dotted()
    alias = _alias(reader, table)
    return Delete(
        table, alias,
        sources=_sources(reader) if reader.skip("using") else (),
        where=reader.expression() if reader.skip("where") else None,
        returning=_outputs(reader) if reader.skip("returning") else (),
    )  # fmt: skip
