"""What is done differently for a person, or kept from somebody: restrictions and adjustments with
their review, and marks that keep a case from all but named roles.
"""

from dataclasses import dataclass
from datetime import date

from services.workflow.domain import further, guards, obligations
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
    one_of,
    with_any,
)
from shared.complaints.events import (
    AccessRestricted,
    AdjustmentMade,
    AdjustmentReviewed,
    BehaviourRestricted,
    RestrictionReviewed,
)
from shared.policies.named_rules import named_rule
from shared.policies.policy import Citation

RESTRICTIONS = ("one_contact", "written_only", "set_times", "no_visits")
ADJUSTMENTS = (
    "large_print",
    "audio",
    "braille",
    "easy_read",
    "translation",
    "interpreter",
    "extra_time",
    "by_phone",
    "home_visit",
    "other",
)
IN_A_LANGUAGE = ("translation", "interpreter")
MARKS = ("staff_conduct", "board_conduct")
RESPONSIBLE = "complaints_team"
IN_FORCE = "in force"
BEHAVIOUR = named_rule(
    "behaviour",
    "Limits on how a complainant may reach the landlord have reasons and are reviewed.",
)
ADJUSTED = named_rule(
    "reasonable_adjustments",
    "Adjustments are agreed, kept on record and reviewed.",
)
CONFIDENTIAL = named_rule(
    "restricted_access",
    "A complaint about a member of staff or of the Board is seen only by those who must see it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictBehaviour(FurtherCommand):
    """Limit how the complainant may reach the landlord, until a review."""

    kind: str
    review_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRestriction(FurtherCommand):
    """Keep a restriction until another review, or end it."""

    number: int
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeAdjustment(FurtherCommand):
    """Do something differently for this person, until a review; a translation names its language,
    as ISO 639 has it.
    """

    kind: str
    review_on: date
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAdjustment(FurtherCommand):
    """Keep an adjustment until another review, or end it."""

    number: int
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictAccess(FurtherCommand):
    """Let only these roles see the case; the role of who gives the command is among them."""

    mark: str
    roles: tuple[str, ...]
    actor_role: str | None = None


def _restrict(course: Course, command: RestrictBehaviour, case: Case) -> None:
    one_of(command.kind, RESTRICTIONS, what="restriction", cited=BEHAVIOUR)
    needs_words(
        command,
        "No reasons are given for the restriction.",
        cited=BEHAVIOUR,
        way_out="Give them, as the complainant was told.",
    )
    stage, number = case.complaint.stage, case.complaint.further.next_number(further.RESTRICTION)
    told = BehaviourRestricted(stage, number, command.kind, command.review_on, command.words)
    _review_due(case, command.review_on, cited=BEHAVIOUR)
    course.tell(told)
    _owe_review(
        course, further.RESTRICTION, number, stage=stage, by=command.review_on, cited=BEHAVIOUR
    )


def _review_restriction(course: Course, command: ReviewRestriction, case: Case) -> None:
    entry = entry_of(case, further.RESTRICTION, command.number, IN_FORCE, cited=BEHAVIOUR)
    _review_due(case, command.review_on, cited=BEHAVIOUR)
    kept, stage, number = command.review_on is not None, entry.stage, entry.number
    told = RestrictionReviewed(stage, number, kept, command.review_on, command.words)
    course.tell(told)
    _reviewed(
        course, further.RESTRICTION, number, stage=stage, by=command.review_on, cited=BEHAVIOUR
    )


def _adjust(course: Course, command: MakeAdjustment, case: Case) -> None:
    one_of(command.kind, ADJUSTMENTS, what="adjustment", cited=ADJUSTED)
    _review_due(case, command.review_on, cited=ADJUSTED)
    if command.kind == "translation" and command.language is None:
        raise ConditionNotMet(
            "Nothing says into which language.", cited=ADJUSTED, way_out="Name the language."
        )
    if command.language is not None and command.kind not in IN_A_LANGUAGE:
        raise ConditionNotMet(
            f"A language says nothing about {command.kind.replace('_', ' ')}.",
            cited=ADJUSTED,
            way_out="Name one for a translation or an interpreter only.",
        )
    stage, number = case.complaint.stage, case.complaint.further.next_number(further.ADJUSTMENT)
    kind, review_on, words = command.kind, command.review_on, command.words
    course.tell(AdjustmentMade(stage, number, kind, review_on, words, command.language))
    _owe_review(
        course, further.ADJUSTMENT, number, stage=stage, by=command.review_on, cited=ADJUSTED
    )


def _review_adjustment(course: Course, command: ReviewAdjustment, case: Case) -> None:
    entry = entry_of(case, further.ADJUSTMENT, command.number, IN_FORCE, cited=ADJUSTED)
    _review_due(case, command.review_on, cited=ADJUSTED)
    kept, stage, number = command.review_on is not None, entry.stage, entry.number
    course.tell(AdjustmentReviewed(stage, number, kept, command.review_on, command.words))
    _reviewed(course, further.ADJUSTMENT, number, stage=stage, by=command.review_on, cited=ADJUSTED)


def _restrict_access(course: Course, command: RestrictAccess, case: Case) -> None:
    one_of(command.mark, MARKS, what="mark", cited=CONFIDENTIAL)
    if command.actor_role not in command.roles:
        raise ConditionNotMet(
            "Who marks the case could not see it any more.",
            cited=CONFIDENTIAL,
            way_out="Name your own role among those who may see it.",
        )
    about = case.complaint.named_officers | case.complaint.further.conflicted
    stage, roles = case.complaint.stage, tuple(sorted(set(command.roles)))
    kept_from = tuple(sorted(about))
    course.tell(AccessRestricted(stage, command.mark, roles, kept_from, command.words))


def _review_due(case: Case, review_on: date | None, *, cited: Citation) -> None:
    if review_on is not None and review_on <= case.moment.on:
        raise ConditionNotMet(
            "The day of the review has gone by.", cited=cited, way_out="Choose a later day."
        )


def _reviewed(
    course: Course, kind: str, number: int, *, stage: int, by: date | None, cited: Citation
) -> None:
    obligations.fulfil(course, _duty(kind, number), stage=stage)
    if by is not None:
        _owe_review(course, kind, number, stage=stage, by=by, cited=cited)


def _owe_review(
    course: Course, kind: str, number: int, *, stage: int, by: date, cited: Citation
) -> None:
    obligations.owe_by(
        course,
        _duty(kind, number),
        stage=stage,
        by=by,
        trigger=f"{kind}_set",
        responsible=RESPONSIBLE,
        cited=cited,
    )


def _duty(kind: str, number: int) -> str:
    return obligations.owed_as(f"review_of_{kind}", number)


STEPS: tuple[AnyStep, ...] = (
    Step(
        RestrictBehaviour,
        guards.not_about_them,
        _restrict,
        "Limits how the complainant may reach the landlord, until a review.",
    ),
    Step(
        ReviewRestriction,
        with_any(further.RESTRICTION, IN_FORCE, cited=BEHAVIOUR),
        _review_restriction,
        "Keeps a restriction until another review, or ends it.",
    ),
    Step(
        MakeAdjustment,
        always,
        _adjust,
        "Does something differently for this person, until a review.",
    ),
    Step(
        ReviewAdjustment,
        with_any(further.ADJUSTMENT, IN_FORCE, cited=ADJUSTED),
        _review_adjustment,
        "Keeps an adjustment until another review, or ends it.",
    ),
    Step(
        RestrictAccess,
        guards.not_about_them,
        _restrict_access,
        "Lets only some roles see the case, and never an officer it is about.",
    ),
)
