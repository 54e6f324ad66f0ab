"""What differs between two sets of figures: which counts, and which cases came or went. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.projections.performance import Cell, Line, Performance, Table


@dataclass(frozen=True, slots=True)
class ChangedCount:
    """One count, as it was and as it became; None where it is withheld."""

    row: str
    column: str
    before: Cell
    after: Cell
    came: tuple[str, ...]  # cases behind the row that were not behind it before
    went: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedTable:
    """A table in which something differs."""

    title: str
    counts: tuple[ChangedCount, ...]


def compared(before: Performance, after: Performance) -> tuple[ChangedTable, ...]:
    """The tables that differ, in the order in which the figures show them."""
    was = {table.key: table for table in before.tables}
    became = {table.key: table for table in after.tables}
    found = (_changed(was.get(key), became.get(key)) for key in dict.fromkeys([*became, *was]))
    return tuple(table for table in found if table.counts)


def _changed(before: Table | None, after: Table | None) -> ChangedTable:
    was, became = _lines(before), _lines(after)
    columns = _columns(before, after)
    counts: list[ChangedCount] = []
    for name in dict.fromkeys([*became, *was]):
        one, other = was.get(name), became.get(name)
        had, has = _references(one), _references(other)
        counts += [
            ChangedCount(
                name,
                column,
                _cell(before, one, column),
                _cell(after, other, column),
                came=tuple(each for each in has if each not in had),
                went=tuple(each for each in had if each not in has),
            )
            for column in columns
            if _cell(before, one, column) != _cell(after, other, column)
        ]
    title = next(table.title for table in (after, before) if table is not None)
    return ChangedTable(title, tuple(counts))


def _lines(table: Table | None) -> dict[str, Line]:
    return {row.name: row for row in table.rows} if table else {}


def _columns(*tables: Table | None) -> Sequence[str]:
    return list(dict.fromkeys(column for table in tables if table for column in table.columns))


def _references(line: Line | None) -> tuple[str, ...]:
    return line.references if line else ()


def _cell(table: Table | None, line: Line | None, column: str) -> Cell:
    """The count; a row or a column that is not there counts nothing."""
    if table is None or line is None or column not in table.columns:
        return 0
    return line.cells[table.columns.index(column)]
