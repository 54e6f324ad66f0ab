"""Updates at intervals agreed with the complainant: each has its day, a missed one is seen, the answer ends them."""

from dataclasses import dataclass

from services.workflow.domain import further, guards, obligations
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.further import Entry
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotNow
from services.workflow.domain.step import AnyStep, Step, needs_words
from shared.complaints.events import UpdateGiven, UpdatesAgreed
from shared.complaints.values import Channel
from shared.policies.named_rules import named_rule
from shared.policies.policy import Fact, Span, Unit

LONGEST_INTERVAL = 60  # working days: a quarter of a year
RESPONSIBLE = "complaints_team"
INFORMED = named_rule(
    "updates",
    "Where a response is out of time, suitable intervals are agreed to keep the resident informed.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeUpdates(FurtherCommand):
    """Agree how often the complainant hears how the case stands, in working days."""

    every_working_days: int
    agreed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpdate(FurtherCommand):
    """Record that the complainant was told how the case stands; the words are what was said."""

    channel: Channel
    send_letter: bool = False


def _unanswered(case: Case) -> None:
    guards.is_open(case)
    if case.complaint.has(Fact.RESPONSE):
        raise NotNow(
            "This stage was already answered.",
            cited=INFORMED,
            way_out="Put what there is still to do on record as a promise.",
        )


def _with_interval(case: Case) -> None:
    _unanswered(case)
    _interval(case)


def _interval(case: Case) -> Entry:
    """Return the interval in force at this stage."""
    stage = case.complaint.stage
    known = [each for each in case.complaint.further.of(further.UPDATE) if each.stage == stage]
    if not known:
        raise NotNow(
            "No interval was agreed for this stage.",
            cited=INFORMED,
            way_out="Agree one first, or record what was said as a contact.",
        )
    return known[-1]


def _agree(course: Course, command: AgreeUpdates, case: Case) -> None:
    if not 1 <= command.every_working_days <= LONGEST_INTERVAL:
        raise ConditionNotMet(
            f"An interval of {command.every_working_days} working days keeps nobody informed.",
            cited=INFORMED,
            way_out=f"Choose from 1 to {LONGEST_INTERVAL} working days.",
        )
    if not command.agreed:
        needs_words(
            command,
            "The complainant has not agreed to the interval.",
            cited=INFORMED,
            way_out="Agree it, or say why the landlord sets it.",
        )
    obligations.end_updates(course, "another interval was agreed")
    stage, number = case.complaint.stage, case.complaint.further.next_number(further.UPDATE)
    every = command.every_working_days
    course.tell(UpdatesAgreed(stage, number, every, command.agreed, command.words))
    _owe_next(course, number, stage=stage, every=every)


def _give(course: Course, command: GiveUpdate, case: Case) -> None:
    entry = _interval(case)
    if command.channel is Channel.UNKNOWN:
        raise ConditionNotMet(
            "It is not said how the complainant was told.", cited=INFORMED, way_out="Name the way."
        )
    needs_words(command, "Nothing was told.", cited=INFORMED, way_out="Say how the case stands.")
    course.tell(
        UpdateGiven(entry.stage, entry.number, command.channel, command.words, command.send_letter)
    )
    duty = obligations.owed_as(further.UPDATE, entry.number)
    obligations.fulfil(course, duty, stage=entry.stage)
    _owe_next(course, entry.number, stage=entry.stage, every=int(entry.about))


def _owe_next(course: Course, number: int, *, stage: int, every: int) -> None:
    obligations.owe_after(
        course,
        obligations.owed_as(further.UPDATE, number),
        stage=stage,
        since=course.moment,
        span=Span(every, Unit.WORKING_DAYS),
        trigger="updates_agreed",
        responsible=RESPONSIBLE,
        cited=INFORMED,
    )


STEPS: tuple[AnyStep, ...] = (
    Step(
        AgreeUpdates,
        _unanswered,
        _agree,
        "Agrees how often the complainant hears how the case stands; each update has its day.",
    ),
    Step(
        GiveUpdate,
        _with_interval,
        _give,
        "Records that the complainant was told how the case stands, and sets the next day.",
    ),
)
