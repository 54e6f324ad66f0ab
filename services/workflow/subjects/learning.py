"""How what was learned from a case is recorded, done and told."""

from datetime import date
from typing import Literal

from services.workflow.body import FurtherBody, OfficerId
from services.workflow.domain.subjects import learning as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import FurtherForm, Number, day_field, number_field


class LearningBody(FurtherBody):
    """Something was learned from the case; an action follows, with an owner and a day."""

    becomes = ask.RecordLearning
    gives_work_in = "owner"
    cause: Literal[
        "delay",
        "communication",
        "records",
        "workmanship",
        "conduct",
        "policy",
        "decision",
        "other",
    ]
    action: Literal[
        "process", "policy", "training", "contractor", "communication", "system", "other"
    ]
    owner: OfficerId
    due_on: date


class LearningDoneBody(FurtherBody):
    """The action was carried out; the words are the evidence."""

    becomes = ask.CompleteLearning
    number: Number


class LearningSharedBody(FurtherBody):
    """What was learned was told to an audience."""

    becomes = ask.ShareLearning
    number: Number
    audience: Literal[
        "staff", "contractors", "residents", "residents_panel", "committee", "governing_body"
    ]


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        LearningBody,
        Action(
            "learning",
            "Record what was learned",
            "Records what was learned from the case, and the action that follows from it.",
            (
                Field("cause", "What led to it", "choice", choices=choices_of(ask.CAUSES)),
                Field("action", "What is changed", "choice", choices=choices_of(ask.ACTIONS)),
                Field("owner", "Who answers for it", "officer"),
                day_field("due_on", "By when"),
                words_field("What was learned, without names", optional=False),
            ),
        ),
    ),
    FurtherForm(
        LearningDoneBody,
        Action(
            "learning-done",
            "Record that an action from learning was carried out",
            "Records that what follows from the case was done, with the evidence.",
            (number_field("learning"), words_field("The evidence", optional=False)),
        ),
    ),
    FurtherForm(
        LearningSharedBody,
        Action(
            "learning-shared",
            "Record who was told what was learned",
            "Records to whom it was told what was learned from the case.",
            (
                number_field("learning"),
                Field("audience", "Who was told", "choice", choices=choices_of(ask.AUDIENCES)),
                words_field("Where or how"),
            ),
        ),
    ),
)
