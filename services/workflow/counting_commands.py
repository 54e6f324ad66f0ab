"""Counts commands by how they ended and how long they took, and makes each a step of its trace."""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from services.workflow.domain.commands import Command
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.not_done import (
    CommandIdReused,
    ComplaintUnknown,
    TooManyConflicts,
    VersionMoved,
)
from shared.runtime.metrics import COMMAND_SECONDS, COMMANDS
from shared.runtime.tracing import span

_OUTCOMES: tuple[tuple[type[Exception], str], ...] = (
    (ComplaintRuleBroken, "refused"),
    (VersionMoved, "conflict"),
    (TooManyConflicts, "conflict"),
    (ComplaintUnknown, "unknown"),
    (CommandIdReused, "refused"),
)
_REFUSALS = tuple(known for known, _ in _OUTCOMES)


Further = ParamSpec("Further")
Office = TypeVar("Office")


class Answer(Protocol):
    """What a command that was carried out is answered with."""

    @property
    def replayed(self) -> bool:
        """Whether it was carried out before."""


Answered = TypeVar("Answered", bound=Answer)


def counted(
    handle: Callable[Concatenate[Office, str, str, Command, Further], Answered],
) -> Callable[Concatenate[Office, str, str, Command, Further], Answered]:
    """The same method, counted."""

    @wraps(handle)
    def counting(
        office: Office,
        landlord: str,
        stream: str,
        command: Command,
        /,
        *further: Further.args,
        **named: Further.kwargs,
    ) -> Answered:
        kind = type(command).__name__
        outcome = "failed"
        began = time.monotonic()
        ids = {"landlord": landlord, "complaint": stream, **_ids(named)}
        with span(f"command {kind}", refusals=_REFUSALS, **ids) as step:
            try:
                answered = handle(office, landlord, stream, command, *further, **named)
                outcome = "repeated" if answered.replayed else "done"
            except _REFUSALS as refusal:
                outcome = next(name for known, name in _OUTCOMES if isinstance(refusal, known))
                raise
            else:
                return answered
            finally:
                step.say(outcome=outcome)
                COMMANDS.labels(kind, outcome).inc()
                COMMAND_SECONDS.labels(kind).observe(time.monotonic() - began)

    return counting


def _ids(named: Mapping[str, object]) -> dict[str, str]:
    """Those arguments of a command that say what it is part of."""
    names = ("command_id", "correlation_id", "causation_id")
    return {name: str(named[name]) for name in names if name in named}
