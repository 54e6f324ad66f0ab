"""Who complains and since when: the standing of the complainant, and an old matter taken all the same."""

from dataclasses import dataclass
from datetime import date

from services.workflow.domain import admission, guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotInPolicy, NotNow
from services.workflow.domain.step import AnyStep, Step, needs_words, one_of
from shared.complaints.events import DiscretionUsed, StandingRecorded
from shared.complaints.values import Route
from shared.policies.policy import Fact
from shared.policies.provisions import TimeBar

STANDINGS = (
    "applicant",
    "tenant",
    "leaseholder",
    "licensee",
    "shared_owner",
    "freeholder",
    "former_occupier",
    "household_member",
    "none",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStanding(FurtherCommand):
    """Record what ties the complainant to the landlord, as it was when the matter arose."""

    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseDiscretion(FurtherCommand):
    """Take a matter that is older than the policy takes; the words are the reasons."""

    arose_on: date
    known_on: date | None = None


def _may_record(case: Case) -> None:
    if case.policy.standing is None or case.complaint.route is not Route.COMPLAINT:
        raise NotInPolicy(
            "The policy asks for nobody's standing here.",
            cited=case.policy.escalation,
            way_out="Take the request as it comes.",
        )


def _record(course: Course, command: RecordStanding, case: Case) -> None:
    standing = case.policy.standing
    cited = case.policy.escalation if standing is None else standing.cited
    one_of(command.standing, STANDINGS, what="standing", cited=cited)
    course.tell(StandingRecorded(case.complaint.stage, command.standing, command.words))


def _may_use_discretion(case: Case) -> None:
    guards.is_open(case)
    bar = case.policy.time_bar
    if bar is None or not bar.discretion:
        raise NotInPolicy(
            "The policy knows no age beyond which a matter is taken at discretion.",
            cited=case.policy.exclusion_rule,
            way_out="Take the complaint as it comes.",
        )
    answered = any(fact is Fact.RESPONSE for fact, _ in case.complaint.done)
    if case.complaint.further.taken_late or answered:
        raise NotNow(
            "The matter was taken already.", cited=bar.cited, way_out="Go on with it as it stands."
        )


def _use(course: Course, command: UseDiscretion, case: Case) -> None:
    bar = _bar(case)
    needs_words(
        command,
        "Nothing says why the matter is taken in spite of its age.",
        cited=bar.cited,
        way_out="Put the reasons on record.",
    )
    arose_on, known_on = command.arose_on, command.known_on
    admission.dates_make_sense(case, arose_on=arose_on, known_on=known_on)
    last = admission.barred_after(bar, arose_on=arose_on, known_on=known_on)
    if case.complaint.received.on <= last:
        raise ConditionNotMet(
            f"The matter is not too old: it could be complained of until {last.isoformat()}.",
            cited=bar.cited,
            way_out="Go on with it: nothing is in its way.",
        )
    stage, clause = case.complaint.stage, bar.cited.clause
    course.tell(DiscretionUsed(stage, arose_on, known_on, clause, command.words))


def _bar(case: Case) -> TimeBar:
    bar = case.policy.time_bar
    if bar is None:  # the guard refused it
        raise ValueError("Ask the guard first.")
    return bar


STEPS: tuple[AnyStep, ...] = (
    Step(
        RecordStanding,
        _may_record,
        _record,
        "Records what ties the complainant to the landlord, which a later stage may ask for.",
    ),
    Step(
        UseDiscretion,
        _may_use_discretion,
        _use,
        "Takes a matter that is older than the policy takes, with the reasons.",
    ),
)
