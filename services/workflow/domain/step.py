"""What makes a command outside the stages: the command, its guard, what it does, and how that is
told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NoReturn, TypeVar

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.further import Entry
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import (
    TRUE_RECORD,
    ConditionNotMet,
    NothingThere,
    NotInPolicy,
    NotNow,
)
from shared.policies.policy import Citation

C = TypeVar("C", bound=FurtherCommand)


@dataclass(frozen=True, slots=True)
class Step(Generic[C]):
    """One command: `guard` asks whether it may be given now at all, `act` checks what was asked."""

    command: type[C]
    guard: Callable[[Case], None]
    act: Callable[[Course, C, Case], None]
    does: str


AnyStep = Step[Any]


def always(case: Case) -> None:
    """At any time, also after the case was closed."""
    del case


def with_any(kind: str, *standings: str, cited: Citation) -> Callable[[Case], None]:
    """Make the guard of a command that needs an entry of a kind, standing in one of these ways."""

    def guard(case: Case) -> None:
        if not any(each.standing in standings for each in case.complaint.further.of(kind)):
            raise NotNow(
                f"There is no {_plain(kind)} that this could be about.",
                cited=cited,
                way_out=f"Record the {_plain(kind)} first.",
            )

    return guard


def entry_of(case: Case, kind: str, number: int, *standings: str, cited: Citation) -> Entry:
    """Return the entry that a command names, which must stand in one of these ways."""
    found = case.complaint.further.entry(kind, number)
    if found is None:
        known = ", ".join(str(each.number) for each in case.complaint.further.of(kind)) or "none"
        raise NothingThere(
            f"There is no {_plain(kind)} {number}.",
            cited=Citation("What is recorded names what is there.", TRUE_RECORD),
            way_out=f"Choose from: {known}.",
        )
    if found.standing not in standings:
        raise NotNow(
            f"The {_plain(kind)} {number} stands as {found.standing}.",
            cited=cited,
            way_out=f"This needs one that is {' or '.join(standings)}.",
        )
    return found


def needs_words(command: FurtherCommand, said: str, *, cited: Citation, way_out: str) -> None:
    """Refuse what is asked without the words that the rule asks for."""
    if command.words is None:
        raise ConditionNotMet(said, cited=cited, way_out=way_out)


def one_of(value: str, known: tuple[str, ...], *, what: str, cited: Citation) -> None:
    """Refuse a word that is not among those that are known."""
    if value not in known:
        refuse_unknown(f"{value} is no {what}.", known, cited=cited)


def refuse_unknown(said: str, known: tuple[str, ...], *, cited: Citation) -> NoReturn:
    """Refuse, and name what there is to choose from."""
    raise NotInPolicy(said, cited=cited, way_out=f"Choose from: {', '.join(known)}.")


def not_before(case: Case, day: date | None, said: str, *, cited: Citation) -> None:
    """Refuse a day to come that has already gone by."""
    if day is not None and day < case.moment.on:
        raise ConditionNotMet(said, cited=cited, way_out="Give the day itself, or a later one.")


def _plain(kind: str) -> str:
    return kind.replace("_", " ")
