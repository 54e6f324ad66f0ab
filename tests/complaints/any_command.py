"""Builds any command there is, from its fields: the sensible, the odd and the impossible alike."""

from __future__ import annotations

import dataclasses
import sys
import typing
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from random import Random
from types import UnionType
from typing import Any

from services.workflow.domain import commands as ask
from services.workflow.domain.subjects import STEPS
from shared.complaints.values import Moment, WordsReference
from shared.complaints.working_days import london_day
from shared.policies.policy import Policy
from tests.complaints import steps

OFFICERS = (
    steps.TEAM, steps.TEAM_COLLEAGUE, steps.MANAGER, steps.HEAD, steps.CHIEF, steps.BOARD_MEMBER,
    steps.COUNCIL_MEMBER,
)  # fmt: skip
ACTORS = (*OFFICERS, "complainant")
# What the free texts of commands may say; a command picks the word that it knows, or a wrong one.
WORDS_OF_FIELDS: dict[str, tuple[str | None, ...]] = {
    "because": ("final_response", "resolved", "other", "dissatisfied", "late", "whim"),
    "actor_role": (None, "complaints_team", "manager", "head_of_service"),
    "kind": ("missed", "notice"),
    "owner": OFFICERS,
    "officer": OFFICERS,
    "duty": ("respond", "acknowledge", "holding_response", "escalation_window"),
}
UNKNOWN_WORD = "nothing_of_the_kind"
MOSTLY = 0.8


def every_command() -> tuple[type[ask.Asked], ...]:
    """Return every command there is, by name; one more class of them is found by itself."""
    found: dict[str, type[ask.Asked]] = {}
    waiting = [*ask.Asked.__subclasses__(), *STEPS]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        # A dataclass with slots is made anew, and the class before it lingers: take what has the name.
        stands = getattr(sys.modules[kind.__module__], kind.__name__, None) is kind
        if stands and not kind.__subclasses__():
            found[kind.__name__] = kind
    return tuple(found[name] for name in sorted(found))


EVERY_COMMAND = every_command()


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What a command may speak of: the time, the policy, and the words its module knows."""

    now: datetime
    policy: Policy
    vocabulary: tuple[str, ...] = ()

    @property
    def today(self) -> date:
        """The day in London."""
        return london_day(self.now)


def any_command(chance: Random, around: Surroundings, kind: type[ask.Asked]) -> Any:
    """Make one command of a kind."""
    around = dataclasses.replace(around, vocabulary=_vocabulary(kind.__module__))
    given = {name: _field(chance, name, hint, around) for name, hint in _hints(kind).items()}
    given["happened"] = _moment(chance, around)
    given["actor"] = chance.choice(ACTORS)
    return kind(**given)


def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _vocabulary(module: str) -> tuple[str, ...]:
    """The words that stand as constants in the module of a command: parts, kinds, scopes, reasons."""
    constants = [value for name, value in vars(sys.modules[module]).items() if name.isupper()]
    listed = [value for value in constants if isinstance(value, tuple | frozenset | dict)]
    return tuple(sorted({word for value in listed for word in value if isinstance(word, str)}))


def _moment(chance: Random, around: Surroundings) -> Moment:
    """Mostly now; at times earlier, on a day without a time, or in the future."""
    now, today = around.now, around.today
    days = [Moment(today - timedelta(days=days)) for days in (-1, 0, 1, 4)]
    before = now - timedelta(hours=30)
    return chance.choice([*[Moment(today, now)] * 12, Moment(london_day(before), before), *days])


def _field(chance: Random, name: str, hint: Any, around: Surroundings) -> Any:
    if hint not in {str, str | None}:
        return _value(chance, hint, around)
    words = _texts(name, around)
    return chance.choice([word for word in words if word is not None or hint is not str])


def _texts(name: str, around: Surroundings) -> tuple[str | None, ...]:
    if name == "exclusion":
        return (*(rule.exclusion for rule in around.policy.exclusions), UNKNOWN_WORD)
    known = WORDS_OF_FIELDS.get(name)
    return (*(known or around.vocabulary or ("RB-2026-000002",)), UNKNOWN_WORD)


def _value(chance: Random, hint: Any, around: Surroundings) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {UnionType, typing.Union}:
        some = [each for each in arguments if each is not type(None)]
        return _value(chance, chance.choice(some), around) if chance.random() < MOSTLY else None
    if origin is tuple:
        return tuple(_field(chance, "", arguments[0], around) for _ in range(chance.randint(0, 3)))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return chance.choice(list(hint))
    if hint is Moment:
        return _moment(chance, around)
    if hint is WordsReference:
        return steps.A_LETTER
    if dataclasses.is_dataclass(hint):
        fields = {name: _field(chance, name, each, around) for name, each in _hints(hint).items()}
        return hint(**fields)  # type: ignore[operator]  # a class, not an instance
    return _plain(chance, around)[hint]


def _plain(chance: Random, around: Surroundings) -> dict[Any, Any]:
    return {
        int: chance.choice([1, 1, 1, 2, 3, 60]),
        bool: chance.random() < MOSTLY,
        date: around.today + timedelta(days=chance.choice([-3, 0, 1, 5, 12, 30])),
        datetime: around.now,
    }
