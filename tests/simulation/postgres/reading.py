"""Reads words; and from words, expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

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
    Several,
    Star,
)
from tests.simulation.postgres.words import END, NotModelled, Word

if TYPE_CHECKING:
    from tests.simulation.postgres.syntax import Select

COMPARISONS = frozenset({"=", "<>", "!=", "<", ">", "<=", ">=", "~"})
CONSTANTS: dict[str, object] = {"null": None, "true": True, "false": False}


class Reader:
    """A place in the words of one statement."""

    def __init__(self, words: Sequence[Word], *, select: Callable[[Reader], Select]) -> None:
        self._words = words
        self._select = select
        self._place = 0
        self._positional = 0

    @property
    def next(self) -> Word:
        """The word that comes."""
        return self._words[self._place] if self._place < len(self._words) else END

    def after(self, words: int) -> Word:
        """A later word."""
        place = self._place + words
        return self._words[place] if place < len(self._words) else END

    def take(self) -> Word:
        """The word that comes, which is behind us then."""
        word = self.next
        self._place += 1
        return word

    def comes(self, *texts: str) -> bool:
        """Whether these words come."""
        return all(
            self.after(place).text == text and self.after(place).kind != "text"
            for place, text in enumerate(texts)
        )

    def skip(self, *texts: str) -> bool:
        """Pass over these words if they come."""
        if not self.comes(*texts):
            return False
        self._place += len(texts)
        return True

    def expect(self, *texts: str) -> None:
        """Pass over these words, which must come."""
        if not self.skip(*texts):
            rest = " ".join(word.text for word in self._words[self._place : self._place + 8])
            raise NotModelled(f"{' '.join(texts)} was expected before: {rest}")

    def name(self) -> str:
        """A name."""
        word = self.take()
        if word.kind != "name":
            raise NotModelled(f"a name was expected, not {word.text!r}")
        return word.text

    def dotted(self) -> str:
        """A name with its schema."""
        name = self.name()
        while self.skip("."):
            name = f"{name}.{self.name()}"
        return name

    def names(self) -> tuple[str, ...]:
        """Names in brackets."""
        self.expect("(")
        found = [self.name()]
        while self.skip(","):
            found.append(self.name())
        self.expect(")")
        return tuple(found)

    def expressions(self) -> tuple[Expression, ...]:
        """One or more, with commas between."""
        found = [self.expression()]
        while self.skip(","):
            found.append(self.expression())
        return tuple(found)

    def expression(self) -> Expression:
        """All that may stand where a value is wanted."""
        found = self._both()
        while self.skip("or"):
            found = Operation("or", (found, self._both()))
        return found

    def _both(self) -> Expression:
        found = self._negated()
        while self.skip("and"):
            found = Operation("and", (found, self._negated()))
        return found

    def _negated(self) -> Expression:
        if self.skip("not"):
            return Operation("not", (self._negated(),))
        return self._compared()

    def _compared(self) -> Expression:
        found = self._joined()
        while True:
            if self.next.kind == "sign" and self.next.text in COMPARISONS:
                found = self._comparison(found, self.take().text)
            elif self.skip("is"):
                found = self._judged(found)
            elif self.comes("not", "like") or self.comes("like"):
                negated = self.skip("not")
                self.expect("like")
                found = Operation("like", (found, self._joined()))
                found = Operation("not", (found,)) if negated else found
            elif self.comes("in") or self.comes("not", "in"):
                negated = self.skip("not")
                self.expect("in")
                found = self._membership(found)
                found = Operation("not", (found,)) if negated else found
            else:
                return found

    def _comparison(self, left: Expression, sign: str) -> Expression:
        if not (self.comes("any") or self.comes("all")):
            return Operation(sign, (left, self._joined()))
        any_is_enough = self.take().text == "any"
        self.expect("(")
        right = Inner(self._select(self)) if self.comes("select") else self.expression()
        self.expect(")")
        return Quantified(sign, left, right, any_is_enough)

    def _membership(self, left: Expression) -> Expression:
        self.expect("(")
        right: Expression
        right = Inner(self._select(self)) if self.comes("select") else Several(self.expressions())
        self.expect(")")
        return Quantified("=", left, right, any_is_enough=True)

    def _judged(self, found: Expression) -> Expression:
        negated = self.skip("not")
        if self.skip("distinct"):
            self.expect("from")
            judged = Operation("is not distinct from", (found, self._joined()))
            return judged if negated else Operation("not", (judged,))
        wanted = Literal(CONSTANTS[self.take().text])
        judged = Operation("is", (found, wanted))
        return Operation("not", (judged,)) if negated else judged

    def value(self) -> Expression:
        """A value without comparisons, such as a default."""
        return self._joined()

    def _joined(self) -> Expression:
        found = self._sum()
        while self.next.kind == "sign" and self.next.text in {"||", "->>", "->"}:
            found = Operation(self.take().text, (found, self._sum()))
        return found

    def _sum(self) -> Expression:
        found = self._product()
        while self.next.kind == "sign" and self.next.text in {"+", "-"}:
            found = Operation(self.take().text, (found, self._product()))
        return found

    def _product(self) -> Expression:
        found = self._cast()
        while self.next.kind == "sign" and self.next.text in {"*", "/"}:
            found = Operation(self.take().text, (found, self._cast()))
        return found

    def _cast(self) -> Expression:
        found = self._plain()
        while self.skip("::"):
            found = Cast(found, self.type_name())
        return found

    def type_name(self) -> str:
        """The name of a type, with brackets where it is an array."""
        name = self.dotted()
        if self.skip("[", "]"):
            name += "[]"
        return name

    def _plain(self) -> Expression:
        word = self.next
        if word.kind == "number":
            self.take()
            return Literal(float(word.text) if "." in word.text else int(word.text))
        if word.kind == "text":
            return Literal(self.take().text)
        if word.kind == "parameter":
            return self._parameter()
        if word.kind == "name":
            return self._named()
        if self.skip("("):
            return self._in_brackets()
        if self.skip("*"):
            return Star()
        if self.skip("-"):
            return Operation("-", (Literal(0), self._cast()))
        raise NotModelled(f"no value begins with {word.text!r}")

    def _parameter(self) -> Parameter:
        name = self.take().text
        if name:
            return Parameter(name)
        self._positional += 1
        return Parameter(self._positional - 1)

    def _in_brackets(self) -> Expression:
        if self.comes("select"):
            inner = Inner(self._select(self))
            self.expect(")")
            return inner
        found = self.expressions()
        self.expect(")")
        return found[0] if len(found) == 1 else Several(found)

    def _named(self) -> Expression:
        if self.next.text in CONSTANTS:
            return Literal(CONSTANTS[self.take().text])
        if self.skip("exists", "("):
            inner = Inner(self._select(self), asks_existence=True)
            self.expect(")")
            return inner
        if self.skip("array", "["):
            items = () if self.comes("]") else self.expressions()
            self.expect("]")
            return Several(items)
        name = self.name()
        if self.skip("("):
            return self._call(name)
        if not self.skip("."):
            return Column(name)
        if self.skip("*"):
            return Star(of=name)
        further = self.name()
        return self._call(f"{name}.{further}") if self.skip("(") else Column(further, of=name)

    def _call(self, name: str) -> Call:
        arguments = () if self.comes(")") else self.expressions()
        self.expect(")")
        only = None
        if self.skip("filter", "(", "where"):
            only = self.expression()
            self.expect(")")
        return Call(name, arguments, only)
