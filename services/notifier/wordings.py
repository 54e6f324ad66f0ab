"""The wordings of letters: what a landlord may write for each kind, and what it may not leave out or put in. Pure.

A wording is plain text with `{{ name }}` and `{% if name %}`, and nothing else of Jinja: it is read as a syntax tree,
and whatever is not in the short list here is refused with its line. Its first line is the subject.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from services.notifier.letter_facts import LetterKind
from services.notifier.letter_words import Value
from services.notifier.wording_kinds import Kind

LONGEST_WORDING = 10_000
LONGEST_SUBJECT = 200
MOST_NODES = 600
MOST_OF_ONE = 3  # times that one value may stand in a letter: the longest is eight pages


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a wording is not taken: where, and what is allowed or missing."""

    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording in use: the landlord's own in a version, or the built-in one."""

    text: str
    version: int | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of its text."""
        return sha256(self.text.encode()).hexdigest()


_ENVIRONMENT = SandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters.clear()
_ENVIRONMENT.tests.clear()
# What people call the constructs that are not taken.
CALLED = {
    "Getattr": "a point after a name",
    "Getitem": "square brackets after a name",
    "Call": "round brackets after a name",
    "Filter": "a | after a name",
    "FilterBlock": "filter",
    "Test": "is",
    "CondExpr": "if inside of {{ }}",
    "Concat": "~",
    "Mul": "*",
    "Pow": "**",
}
ALLOWED_HERE = "Only {{ name }}, {% if name %}, {% elif name %}, {% else %} and {% endif %} are"
_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


@cache
def built_in(kind: LetterKind) -> Wording:
    """The wording that Redress comes with."""
    source = files("services.notifier").joinpath(f"templates/{kind.value}.txt")
    return Wording(source.read_text(encoding="utf-8"))


def normalised(text: str) -> str:
    """What was typed or pasted, with plain line ends and spaces."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = (re.sub(r"[^\S\n]", " ", line).rstrip() for line in plain.split("\n"))
    return "\n".join(lines).strip() + "\n"


def faults(kind: Kind, text: str) -> tuple[Fault, ...]:
    """Why this wording cannot be put in force; none: it can."""
    if len(text) > LONGEST_WORDING:
        return (
            Fault(None, f"It has {len(text)} characters; at most {LONGEST_WORDING} are taken."),
        )
    subject = text.partition("\n")[0].strip()
    if not subject or len(subject) > LONGEST_SUBJECT:
        return (
            Fault(
                1,
                f"The first line is the subject: give one of at most {LONGEST_SUBJECT} characters.",
            ),
        )
    if "{%" in subject:
        return (Fault(1, "The first line is the subject, and holds no {% … %}."),)
    if unprintable := re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
        line = text.count("\n", 0, unprintable.start()) + 1
        return (
            Fault(line, "There is a character that cannot be printed; use letters and spaces."),
        )
    try:
        tree = _ENVIRONMENT.parse(text)
        return (*_constructs(tree, kind), *_missing(tree, kind))
    except TemplateSyntaxError as broken:
        return (Fault(broken.lineno, f"{broken.message}. {ALLOWED_HERE} understood."),)
    except RecursionError:
        return (Fault(None, "Its conditions are nested too deeply."),)


def rendered(wording: Wording, said: Mapping[str, Value]) -> tuple[str, str]:
    """Subject and text of a letter in this wording."""
    text = _ENVIRONMENT.from_string(wording.text).render(**said)
    subject, _, body = text.partition("\n")
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", body).strip()


def _constructs(tree: nodes.Template, kind: Kind) -> Iterator[Fault]:
    counted: dict[str, int] = {}
    for place, node in enumerate(_every(tree)):
        if place >= MOST_NODES:
            yield Fault(None, "It has too many parts; write more of it as plain text.")
            return
        if isinstance(node, nodes.Name):
            counted[node.name] = counted.get(node.name, 0) + 1
            if node.name not in kind.names:
                allowed = ", ".join(kind.names)
                yield Fault(node.lineno, f"“{node.name}” is not known here. Known are: {allowed}.")
        elif isinstance(node, nodes.Compare):
            if not _compares(node):
                yield Fault(
                    node.lineno,
                    "A value can be compared by == and != with a text in quotation marks; "
                    "the stage also by < and > with a number.",
                )
        elif not isinstance(node, (*_PLAIN, nodes.Operand, nodes.Const)):
            name = CALLED.get(type(node).__name__, type(node).__name__.lower())
            yield Fault(node.lineno, f"“{name}” is not taken here. {ALLOWED_HERE} taken.")
            return
    for name, times in counted.items():
        if times > MOST_OF_ONE * 2:
            yield Fault(None, f"“{name}” stands there {times} times; at most {MOST_OF_ONE * 2}.")


def _every(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _every(child)


def _compares(node: nodes.Compare) -> bool:
    """One value against one constant of its own kind, so that it cannot fail in a letter."""
    (operand, *more) = node.ops
    if more or not isinstance(node.expr, nodes.Name) or not isinstance(operand.expr, nodes.Const):
        return False
    value = operand.expr.value
    if node.expr.name == "stage":
        return type(value) is int and operand.op in {"eq", "ne", "lt", "lteq", "gt", "gteq"}
    return type(value) is str and operand.op in {"eq", "ne"}


def _missing(tree: nodes.Template, kind: Kind) -> Iterator[Fault]:
    said = set(_always(tree.body))
    for part in kind.parts:
        if part.value not in said:
            yield Fault(
                None,
                f"It must always say {part.what} ({part.clause}): put {{{{ {part.value} }}}} in, outside "
                f"of any condition, or under {{% if {part.value} %}} alone.",
            )


def _always(body: list[nodes.Node], given: frozenset[str] = frozenset()) -> Iterator[str]:
    """The values that stand in every letter, as far as there is anything to say under them.

    `given` are the values that are not empty here: a part under its own condition is not lost.
    """
    for node in body:
        if isinstance(node, nodes.Output):
            for one in node.nodes:
                if isinstance(one, nodes.Name) and (not given or given == {one.name}):
                    yield one.name
        elif isinstance(node, nodes.If) and isinstance(node.test, nodes.Name) and not given:
            yield from _always(node.body, frozenset({node.test.name}))
