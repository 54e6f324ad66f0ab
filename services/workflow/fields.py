"""What a plain form is made of: its fields, their choices, and the action that they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared.complaints.values import Channel, Outcome, RemedyKind

FieldKind = Literal[
    "text",
    "long_text",
    "date",
    "number",
    "tick",
    "choice",
    "officers",
    "exclusions",
    "contents",
    "issues",
    "several",
    "officer",
    "pounds",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that may be chosen, and what a person reads."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    kind: FieldKind
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    preset: bool = False  # a tick that is there before anything is typed


@dataclass(frozen=True, slots=True)
class Action:
    """One command as an officer sees it: its title, one sentence of what it will do, its fields."""

    command: str
    title: str
    sentence: str
    fields: tuple[Field, ...] = ()


def labelled(value: str) -> str:
    """A stored word as a person reads it: `web_form` is `Web form`."""
    return value.replace("_", " ").capitalize()


CHANNELS = tuple(
    Choice(channel.value, labelled(channel.value))
    for channel in Channel
    if channel not in {Channel.UNKNOWN, Channel.API}  # nobody is reached through an interface
)
OUTCOMES = tuple(Choice(outcome.value, labelled(outcome.value)) for outcome in Outcome)
REMEDIES = tuple(Choice(kind.value, labelled(kind.value)) for kind in RemedyKind)
HAPPENED_ON = Field(
    "happened_on",
    "When did this happen?",
    "date",
    hint="The day, if it was not just now. Leave it empty for now.",
    optional=True,
)


SEND_LETTER = Field(
    "send_letter",
    "Redress sends it to the complainant as a letter",
    "tick",
    hint="Leave it out where you told them yourself: then it is recorded, and nothing is sent.",
    optional=True,
    preset=True,
)
SEND_COPY = Field(
    "send_letter",
    "Redress sends it to the representative as a letter",
    "tick",
    hint="It goes to the address on record, or the email where there is none, and says what is written above.",
    optional=True,
)


def channel_field(label: str, *, optional: bool = False) -> Field:
    return Field("channel", label, "choice", choices=CHANNELS, optional=optional)


def words_field(label: str, *, hint: str = "", optional: bool = True) -> Field:
    return Field("words", label, "long_text", hint=hint, optional=optional)


def choices_of(values: Iterable[str]) -> tuple[Choice, ...]:
    """Stored words as choices, in the words that a person reads."""
    return tuple(Choice(value, labelled(value)) for value in values)
