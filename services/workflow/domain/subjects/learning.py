"""Learning from a case: what went wrong, what is changed because of it, that it was done, and who was told; no close of
the case ends it.
"""

from dataclasses import dataclass
from datetime import date

from services.workflow.domain import further, obligations
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.step import (
    AnyStep,
    Step,
    always,
    entry_of,
    needs_words,
    not_before,
    one_of,
    with_any,
)
from shared.complaints.events import LearningDone, LearningRecorded, LearningShared
from shared.policies.named_rules import named_rule

CAUSES = (
    "delay",
    "communication",
    "records",
    "workmanship",
    "conduct",
    "policy",
    "decision",
    "other",
)
ACTIONS = ("process", "policy", "training", "contractor", "communication", "system", "other")
AUDIENCES = (
    "staff",
    "contractors",
    "residents",
    "residents_panel",
    "committee",
    "governing_body",
)
OPEN, DONE = "open", "done"
LEARNED = named_rule(
    "learning",
    "A landlord looks beyond the single complaint, changes what led to it, and tells of it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLearning(FurtherCommand):
    """Record what was learned, as the words say, with the action that follows, its owner and day."""

    cause: str
    action: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteLearning(FurtherCommand):
    """Record that the action was carried out; the words are the evidence."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLearning(FurtherCommand):
    """Record to whom it was told."""

    number: int
    audience: str


def _record(course: Course, command: RecordLearning, case: Case) -> None:
    one_of(command.cause, CAUSES, what="cause", cited=LEARNED)
    one_of(command.action, ACTIONS, what="action that follows", cited=LEARNED)
    needs_words(
        command,
        "Nothing says what was learned.",
        cited=LEARNED,
        way_out="Say what was learned and what is changed, without names.",
    )
    not_before(case, command.due_on, "The day of the action has gone by.", cited=LEARNED)
    stage, number = case.complaint.stage, case.complaint.further.next_number(further.LEARNING)
    course.tell(
        LearningRecorded(
            stage=stage,
            number=number,
            cause=command.cause,
            action=command.action,
            owner=command.owner,
            due_on=command.due_on,
            words=command.words,
        )
    )
    obligations.owe_by(
        course,
        obligations.owed_as(further.LEARNING, number),
        stage=stage,
        by=command.due_on,
        trigger="learning_recorded",
        responsible=command.owner,
        cited=LEARNED,
    )


def _complete(course: Course, command: CompleteLearning, case: Case) -> None:
    entry = entry_of(case, further.LEARNING, command.number, OPEN, cited=LEARNED)
    needs_words(
        command,
        "Nothing shows that the action was carried out.",
        cited=LEARNED,
        way_out="Say what was changed, and where that can be seen.",
    )
    course.tell(LearningDone(entry.stage, entry.number, command.words))
    duty = obligations.owed_as(further.LEARNING, entry.number)
    obligations.fulfil(course, duty, stage=entry.stage)


def _share(course: Course, command: ShareLearning, case: Case) -> None:
    entry = entry_of(case, further.LEARNING, command.number, OPEN, DONE, cited=LEARNED)
    one_of(command.audience, AUDIENCES, what="audience", cited=LEARNED)
    course.tell(LearningShared(entry.stage, entry.number, command.audience, command.words))


STEPS: tuple[AnyStep, ...] = (
    Step(
        RecordLearning,
        always,
        _record,
        "Records what was learned from the case, with an action, its owner and its day.",
    ),
    Step(
        CompleteLearning,
        with_any(further.LEARNING, OPEN, cited=LEARNED),
        _complete,
        "Records that the action was carried out, with the evidence; also after the close.",
    ),
    Step(
        ShareLearning,
        with_any(further.LEARNING, OPEN, DONE, cited=LEARNED),
        _share,
        "Records to whom it was told what was learned.",
    ),
)
