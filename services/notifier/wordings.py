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

from services.notifier.letter_words import Value
from services.notifier.letters import LetterKind

LONGEST_WORDING = 10_000
LONGEST_SUBJECT = 200
MOST_NODES = 600
MOST_OF_ONE = 3  # times that one value may stand in a letter: the longest is eight pages
COMMON = (
    "reference", "name", "organisation", "landlord", "what", "route", "stage", "ombudsman"
)  # fmt: skip
MEANINGS: Mapping[str, str] = {
    "reference": "the reference of the case",
    "name": "whom the letter goes to",
    "organisation": "the organisation that handles the case",
    "landlord": "the landlord",
    "what": "complaint, query, service request or enquiry",
    "route": "the same as a word to compare with, such as “complaint”",
    "stage": "the number of the stage",
    "final": "whether the procedure ends with this stage",
    "handlers": "who considers it",
    "responsibilities": "what the policy says you are, and are not, responsible for",
    "understanding": "the complaint as you understood it, and what is wanted",
    "dates": "the dates that the complainant can expect",
    "words": "what the officer wrote",
    "decisions": "what was decided about each issue, with the remedies",
    "outstanding": "what is still to be done, and by when",
    "promise": "what had been promised",
    "old_date": "the date given before",
    "new_date": "the new date",
    "expected_date": "when the answer is expected",
    "reason": "why",
    "clause": "the clause of the policy",
    "destination": "where the matter goes instead",
    "next_stage": "how to ask for the next stage and by when; at the last stage, that it is the last",
    "redacted": "whether something confidential was left out",
    "ombudsman": "the bodies outside, with their addresses",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a letter must hold: the value that says it, in words, with the clause that asks for it."""

    value: str
    what: str
    clause: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter whose wording a landlord may write."""

    kind: LetterKind
    title: str
    extra: tuple[str, ...]
    parts: tuple[Part, ...]
    pack_letters: tuple[str, ...] = ()  # what packs call it where they say what it contains

    @property
    def names(self) -> tuple[str, ...]:
        """The values that its wording may use."""
        return (*COMMON, *self.extra)


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


OMBUDSMAN = Part("ombudsman", "where the complainant may go outside the landlord", "Code 3.7")
REASONS = Part("words", "the reasons", "Code 6.9 and 6.19")
UNDERSTANDING = Part("understanding", "the complaint as it was understood", "Code 5.6")
RESPONSIBLE = Part(
    "responsibilities", "what the landlord is, and is not, responsible for", "Code 5.7"
)
KINDS: Mapping[LetterKind, Kind] = {
    kind.kind: kind
    for kind in (
        Kind(
            LetterKind.ACKNOWLEDGEMENT,
            "Acknowledgement of a complaint",
            ("handlers", "responsibilities", "understanding", "dates"),
            (
                Part("dates", "the dates that can be expected", "Code 6.2 and 6.3"),
                UNDERSTANDING,
                RESPONSIBLE,
                OMBUDSMAN,
            ),
            ("acknowledgement",),
        ),
        Kind(
            LetterKind.ESCALATION_ACKNOWLEDGED,
            "Acknowledgement of a request for the next stage",
            ("handlers", "responsibilities", "understanding", "dates", "final"),
            (
                Part("stage", "the stage", "Code 6.11"),
                Part("dates", "the dates that can be expected", "Code 6.11 and 6.14"),
                UNDERSTANDING,
                RESPONSIBLE,
                OMBUDSMAN,
            ),
            ("acknowledgement",),
        ),
        Kind(
            LetterKind.RESPONSE,
            "Response of a stage",
            ("final", "understanding", "words", "decisions", "outstanding", "next_stage"),
            (
                Part("stage", "the stage", "Code 6.9 and 6.19"),
                Part("understanding", "the complaint definition", "Code 6.9 and 6.19"),
                Part("decisions", "the decision and the remedy", "Code 6.9 and 6.19"),
                REASONS,
                Part("outstanding", "outstanding actions", "Code 6.9 and 6.19"),
                Part("next_stage", "how to ask for the next stage", "Code 6.9"),
                Part("ombudsman", "how to go to the Ombudsman", "Code 6.19"),
            ),
            ("first_response", "final_response"),
        ),
        Kind(
            LetterKind.HOLDING_RESPONSE,
            "Holding response: the answer will be late",
            ("words", "expected_date"),
            (
                Part("words", "why the answer is late", "KCTMO Staff guidance 6.2"),
                Part("expected_date", "when it is expected", "KCTMO Staff guidance 6.2"),
                OMBUDSMAN,
            ),
        ),
        Kind(
            LetterKind.EXTENSION,
            "Extension of the time to answer",
            ("words", "old_date", "new_date"),
            (
                Part("words", "the reasons", "Code 6.4 and 6.15"),
                Part("new_date", "the new date", "Code 6.4 and 6.15"),
                Part("ombudsman", "the Ombudsman’s details", "Code 6.5 and 6.16"),
            ),
        ),
        Kind(
            LetterKind.DATE_MOVED,
            "Date moved by a holiday or a closure",
            ("old_date", "new_date", "reason", "clause"),
            (
                Part("old_date", "the date given before", "Code 6.3 and 6.14"),
                Part("new_date", "the new date", "Code 6.3 and 6.14"),
                Part("reason", "why it moved", "Code 6.4 and 6.15"),
                OMBUDSMAN,
            ),
        ),
        Kind(
            LetterKind.REFUSAL,
            "Refusal, with reasons",
            ("words", "clause", "destination"),
            (
                Part("words", "why the matter is not suitable", "Code 2.4"),
                Part("ombudsman", "the right to take the refusal to the Ombudsman", "Code 2.4"),
            ),
            ("refusal",),
        ),
        Kind(
            LetterKind.UPDATE,
            "Update on how the case stands",
            ("words", "dates"),
            (Part("words", "how the case stands", "Code 5.9"), OMBUDSMAN),
        ),
        Kind(
            LetterKind.PROMISE_KEPT,
            "A promise was kept",
            ("words", "promise"),
            (Part("promise", "what had been promised", "Code 7.3"), OMBUDSMAN),
        ),
        Kind(
            LetterKind.CLOSED,
            "The case was closed",
            ("words", "reason", "clause", "outstanding"),
            (Part("outstanding", "what is still to be done", "Code 7.3"), OMBUDSMAN),
        ),
        Kind(
            LetterKind.CLOSED_BY_SILENCE,
            "Closed because nobody asked for more",
            ("clause",),
            (OMBUDSMAN,),
        ),
        Kind(
            LetterKind.COPY,
            "Copy to a representative, an MP or a Councillor",
            ("words", "redacted"),
            (Part("words", "what is shared", "the policy’s rule on representatives"),),
        ),
    )
}
LETTER_KINDS = frozenset(KINDS)

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
    if unprintable := re.search(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f]", text):
        line = text.count("\n", 0, unprintable.start()) + 1
        return (
            Fault(line, "There is a character that cannot be printed; use letters and spaces."),
        )
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as broken:
        return (Fault(broken.lineno, f"{broken.message}. {ALLOWED_HERE} understood."),)
    except RecursionError:
        return (Fault(None, "Its conditions are nested too deeply."),)
    return (*_constructs(tree, kind), *_missing(tree, kind))


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
            name = type(node).__name__.lower()
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
