"""Makes functions of expressions: each takes what is known at the moment and gives a value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tests.simulation.postgres.syntax import (
    Call,
    Cast,
    Column,
    Expression,
    Inner,
    Literal,
    Operation,
    Parameter,
    Quantified,
    Select,
    Several,
    Star,
)
from tests.simulation.postgres.transactions import Row
from tests.simulation.postgres.values import kept_as
from tests.simulation.postgres.words import NotModelled

if TYPE_CHECKING:
    from tests.simulation.postgres.server import Session

Value = Callable[["Known"], Any]


class Known:
    """What an expression may look at: given values, the present row of each source, the session."""

    __slots__ = ("group", "named", "parameters", "rows", "session")

    def __init__(self, session: Session, parameters: Any) -> None:
        self.session = session
        self.parameters = parameters
        self.rows: dict[str, Row] = {}
        self.named: dict[str, list[Row]] = {}
        self.group: list[dict[str, Row]] = []


class Scope:
    """Which names mean which column of which source."""

    def __init__(
        self,
        sources: Sequence[tuple[str, Sequence[str]]],
        *,
        query: Callable[[Select, Scope], Callable[[Known], list[Row]]],
        outer: Scope | None = None,
        named: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.sources = list(sources)
        self.query = query
        self.outer = outer
        self.named: dict[str, tuple[str, ...]] = {**(outer.named if outer else {}), **(named or {})}

    def find(self, column: Column) -> str | None:
        """The source of a column."""
        for alias, columns in self.sources:
            if column.of in {None, alias} and column.name in columns:
                return alias
        return self.outer.find(column) if self.outer else None


def _null_safe(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def safe(left: Any, right: Any) -> Any:
        return None if left is None or right is None else work(left, right)

    return safe


def _concatenated(left: Any, right: Any) -> Any:
    if isinstance(left, list):
        return left + (right if isinstance(right, list) else [right])
    if isinstance(left, bytes):
        return left + right
    return f"{left}{right}"


def _like(value: str, pattern: str) -> bool:
    parts = [
        ".*" if sign == "%" else "." if sign == "_" else re.escape(sign)
        for sign in pattern.replace("%%", "%")
    ]
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def _member(document: Any, key: Any) -> Any:
    if isinstance(document, dict):
        return document.get(key)
    return document[key] if isinstance(key, int) and key < len(document) else None


def _member_text(document: Any, key: Any) -> Any:
    return kept_as("text", _member(document, key))


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "=": _null_safe(operator.eq),
    "<>": _null_safe(operator.ne),
    "!=": _null_safe(operator.ne),
    "<": _null_safe(operator.lt),
    "<=": _null_safe(operator.le),
    ">": _null_safe(operator.gt),
    ">=": _null_safe(operator.ge),
    "+": _null_safe(operator.add),
    "-": _null_safe(operator.sub),
    "*": _null_safe(operator.mul),
    "||": _null_safe(_concatenated),
    "like": _null_safe(_like),
    "~": _null_safe(lambda value, pattern: re.search(pattern, value) is not None),
    "->": _null_safe(_member),
    "->>": _null_safe(_member_text),
    "is not distinct from": lambda left, right: left == right,
    "is": lambda left, right: left is right,
}


def value_of(expression: Expression, scope: Scope) -> Value:
    """The function of an expression."""
    match expression:
        case Literal(value=value):
            return lambda _: value
        case Parameter(key=key):
            return lambda known: known.parameters[key]
        case Column():
            return _column(expression, scope)
        case Operation(sign=sign, operands=operands):
            return _operation(sign, [value_of(each, scope) for each in operands])
        case Call():
            return _call(expression, scope)
        case _:
            return _made_of_others(expression, scope)


def _made_of_others(expression: Expression, scope: Scope) -> Value:
    match expression:
        case Cast(of=of, to=to):
            plain = value_of(of, scope)
            return lambda known: kept_as(to, plain(known))
        case Several(items=items):
            parts = [value_of(item, scope) for item in items]
            return lambda known: [part(known) for part in parts]
        case Inner():
            return _inner(expression, scope)
        case Quantified():
            return _quantified(expression, scope)
        case _:
            raise NotModelled("* where a value is wanted")


def _column(column: Column, scope: Scope) -> Value:
    alias, name = scope.find(column), column.name
    if alias is None:
        whole = next((each for each, _ in scope.sources if each == name), None)
        raise NotModelled(
            f"the whole row {name} as a value" if whole else f"no column {column.of}.{name}"
        )
    found: str = alias
    return lambda known: known.rows[found][name]


def _operation(sign: str, parts: list[Value]) -> Value:
    if sign == "not":
        (only,) = parts
        return lambda known: None if (value := only(known)) is None else not value
    left, right = parts
    if sign == "and":
        return lambda known: _both(left(known), right, known)
    if sign == "or":
        return lambda known: _either(left(known), right, known)
    if sign not in BINARY:
        raise NotModelled(f"the operator {sign}")
    work = BINARY[sign]
    return lambda known: work(left(known), right(known))


def _both(left: Any, right: Value, known: Known) -> bool | None:
    if left is False:
        return False
    other = right(known)
    if other is False:
        return False
    return None if left is None or other is None else True


def _either(left: Any, right: Value, known: Known) -> bool | None:
    if left is True:
        return True
    other = right(known)
    if other is True:
        return True
    return None if left is None or other is None else False


def _call(call: Call, scope: Scope) -> Value:
    # The functions know sessions, which know expressions.
    from tests.simulation.postgres.functions import FUNCTIONS, OVER_ROWS  # noqa: PLC0415

    if call.name in OVER_ROWS:
        return _over_rows(call, scope)
    arguments = [value_of(each, scope) for each in call.arguments]
    if call.name == "coalesce":
        return lambda known: next(
            (value for each in arguments if (value := each(known)) is not None), None
        )
    if call.name not in FUNCTIONS:
        raise NotModelled(f"the function {call.name}")
    work = FUNCTIONS[call.name]
    return lambda known: work(known.session, *[each(known) for each in arguments])


def _over_rows(call: Call, scope: Scope) -> Value:
    from tests.simulation.postgres.functions import OVER_ROWS  # noqa: PLC0415

    work = OVER_ROWS[call.name]
    counts_rows = call.arguments == (Star(),)
    argument = value_of(Literal(1) if counts_rows else call.arguments[0], scope)
    only = None if call.only is None else value_of(call.only, scope)

    def over_rows(known: Known) -> Any:
        kept = known.rows
        values = []
        for rows in known.group:
            known.rows = rows
            if (only is None or only(known) is True) and (value := argument(known)) is not None:
                values.append(value)
        known.rows = kept
        return work(values)

    return over_rows


def _inner(inner: Inner, scope: Scope) -> Value:
    run = scope.query(inner.query, scope)
    if inner.asks_existence:
        return lambda known: bool(run(known))

    def one_value(known: Known) -> Any:
        rows = run(known)
        return next(iter(rows[0].values())) if rows else None

    return one_value


def _quantified(quantified: Quantified, scope: Scope) -> Value:
    left, work = value_of(quantified.left, scope), BINARY[quantified.sign]
    decides = quantified.any_is_enough
    right: Value
    if isinstance(quantified.right, Inner):
        run = scope.query(quantified.right.query, scope)

        def right(known: Known) -> Any:
            return [next(iter(row.values())) for row in run(known)]
    else:
        right = value_of(quantified.right, scope)

    def compared(known: Known) -> bool | None:
        value, among = left(known), right(known)
        found = [] if among is None else [work(value, each) for each in among]
        if decides in found:
            return decides
        return None if among is None or None in found else not decides

    return compared


def conjuncts(expression: Expression | None) -> list[Expression]:
    """The parts of a condition that must all hold."""
    if expression is None:
        return []
    if isinstance(expression, Operation) and expression.sign == "and":
        return [part for each in expression.operands for part in conjuncts(each)]
    return [expression]
