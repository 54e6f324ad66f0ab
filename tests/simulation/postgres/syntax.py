"""What statements are made of, once they are read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the text."""

    value: object


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that is given: by its place, or by its name."""

    key: int | str


@dataclass(frozen=True, slots=True)
class Column:
    """A column, with the name of its table where it is given."""

    name: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Star:
    """All columns, of one table or of all."""

    of: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """Operands and what is done with them."""

    sign: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function; one over rows may be over some of them only."""

    name: str
    arguments: tuple[Expression, ...]
    only: Expression | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """A value as another type."""

    of: Expression
    to: str


@dataclass(frozen=True, slots=True)
class Several:
    """A row or an array."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Inner:
    """A query in brackets: its one value, or whether it has rows at all."""

    query: Select
    asks_existence: bool = False


@dataclass(frozen=True, slots=True)
class Quantified:
    """A comparison with any or all of an array or of a query's rows."""

    sign: str
    left: Expression
    right: Expression
    any_is_enough: bool


Expression = (
    Literal | Parameter | Column | Star | Operation | Call | Cast | Several | Inner | Quantified
)


@dataclass(frozen=True, slots=True)
class Output:
    """One column of an answer."""

    expression: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: a table, a query, or arrays side by side; and how they are joined."""

    alias: str
    table: str | None = None
    query: Select | None = None
    arrays: tuple[Expression, ...] = ()
    columns: tuple[str, ...] = ()
    using: tuple[str, ...] = ()
    on: Expression | None = None
    is_optional: bool = False
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to sort by."""

    by: Expression
    descending: bool = False
    empty_first: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A query."""

    outputs: tuple[Output, ...]
    sources: tuple[Source, ...] = ()
    where: Expression | None = None
    order: tuple[Order, ...] = ()
    limit: Expression | None = None
    distinct: bool = False
    for_update: bool = False
    for_share: bool = False
    skip_locked: bool = False
    named: tuple[tuple[str, Select], ...] = ()
    union: Select | None = None
    group: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A column and what it becomes."""

    column: str
    value: Expression


@dataclass(frozen=True, slots=True)
class OnConflict:
    """What becomes of a row that is there already."""

    columns: tuple[str, ...]
    changes: tuple[Change, ...] | None
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """New rows: listed, or from a query."""

    table: str
    alias: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...] = ()
    query: Select | None = None
    conflict: OnConflict | None = None
    returning: tuple[Output, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Update:
    """Rows that become others."""

    table: str
    alias: str
    changes: tuple[Change, ...]
    sources: tuple[Source, ...] = ()
    where: Expression | None = None
    returning: tuple[Output, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Delete:
    """Rows that go."""

    table: str
    alias: str
    sources: tuple[Source, ...] = ()
    where: Expression | None = None
    returning: tuple[Output, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Control:
    """Where a transaction begins, ends or goes back to: begin, commit, rollback."""

    what: str


Statement = Select | Insert | Update | Delete | Control
