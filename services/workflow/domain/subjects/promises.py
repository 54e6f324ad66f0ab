"""Promises: made with an owner and a day, kept with evidence, told to the complainant; no close of
the case ends them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.workflow.domain import further, obligations
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet
from services.workflow.domain.step import (
    AnyStep,
    Step,
    always,
    entry_of,
    needs_words,
    not_before,
    with_any,
)
from shared.complaints.events import PromiseKept, PromiseMade, PromiseTold
from shared.complaints.values import Channel, IssueOutcome
from shared.policies.named_rules import named_rule

OWED = named_rule(
    "promises",
    "What was promised is done in time, and the complainant is told when it is done.",
)
RESPONSIBLE = "complaints_team"  # answers for a promise of which no owner is known


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePromise(FurtherCommand):
    """Promise what the words say, by a day; the owner answers for it."""

    by: date
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPromise(FurtherCommand):
    """Record that a promise was kept; the words are the evidence."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPromiseKept(FurtherCommand):
    """Record that the complainant was told that a promise was kept."""

    number: int
    channel: Channel
    send_letter: bool = False


def promise_remedies(course: Course, issues: Iterable[IssueOutcome], *, owner: str) -> None:
    """Take every remedy that the response names a day for as a promise."""
    for issue in issues:
        for remedy in issue.remedies:
            if remedy.by is not None:
                promise(
                    course,
                    PromiseMade(course.complaint.stage, remedy.by, issue=issue.number),
                    owner=owner,
                )


def promise(course: Course, made: PromiseMade, *, owner: str | None) -> None:
    """Give the promise its number, and owe it where a day was named; a history may know no owner."""
    number = course.complaint.further.next_number(further.PROMISE)
    course.tell(PromiseMade(made.stage, made.by, made.words, number, owner, made.issue))
    if made.by is not None:
        obligations.owe_by(
            course,
            obligations.owed_as(further.PROMISE, number),
            stage=made.stage,
            by=made.by,
            trigger="promise_made",
            responsible=owner or RESPONSIBLE,
            cited=OWED,
        )


def _make(course: Course, command: MakePromise, case: Case) -> None:
    needs_words(
        command,
        "Nothing says what is promised.",
        cited=OWED,
        way_out="Put the promise in words, as the complainant was given it.",
    )
    not_before(case, command.by, "The day of the promise has gone by.", cited=OWED)
    stage = case.complaint.stage
    promise(course, PromiseMade(stage, command.by, command.words), owner=command.owner)


def _keep(course: Course, command: KeepPromise, case: Case) -> None:
    entry = entry_of(case, further.PROMISE, command.number, "made", cited=OWED)
    needs_words(
        command,
        "There is no evidence that the promise was kept.",
        cited=OWED,
        way_out="Say what was done, when and by whom, or where the evidence is.",
    )
    course.tell(PromiseKept(entry.stage, command.words, entry.number))
    duty = obligations.owed_as(further.PROMISE, entry.number)
    obligations.fulfil(course, duty, stage=entry.stage)


def _tell(course: Course, command: TellPromiseKept, case: Case) -> None:
    entry = entry_of(case, further.PROMISE, command.number, "kept", cited=OWED)
    if command.channel is Channel.UNKNOWN:
        raise ConditionNotMet(
            "It is not said how the complainant was told.", cited=OWED, way_out="Name the way."
        )
    course.tell(
        PromiseTold(entry.stage, entry.number, command.channel, command.words, command.send_letter)
    )


STEPS: tuple[AnyStep, ...] = (
    Step(MakePromise, always, _make, "Puts a promise on record, with its owner and its day."),
    Step(
        KeepPromise,
        with_any(further.PROMISE, "made", cited=OWED),
        _keep,
        "Records that a promise was kept, with the evidence; also after the close.",
    ),
    Step(
        TellPromiseKept,
        with_any(further.PROMISE, "kept", cited=OWED),
        _tell,
        "Records that the complainant was told that a promise was kept.",
    ),
)
