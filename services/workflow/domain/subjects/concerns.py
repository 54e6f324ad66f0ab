"""Concerns with a clock in law beside the complaint's: a hazard in the home, misuse of personal data.

Which there are, and how long each may take, is data of the landlord's; a command carries it in.
"""

from dataclasses import dataclass

from services.workflow.domain import further, obligations
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.step import AnyStep, Step, always, entry_of, needs_words, with_any
from shared.complaints.events import ConcernDealtWith, ConcernMarked
from shared.policies.policy import Citation, Span

BESIDE = Citation("What the law gives a clock of its own is done in that time.", "Law")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkConcern(FurtherCommand):
    """Mark what the case holds; its clock starts when that happened or came in."""

    concern: str
    span: Span
    cited: Citation
    responsible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealWithConcern(FurtherCommand):
    """Record that what a concern asks for was done; the words say what."""

    number: int


def _mark(course: Course, command: MarkConcern, case: Case) -> None:
    stage, number = case.complaint.stage, case.complaint.further.next_number(further.CONCERN)
    course.tell(ConcernMarked(stage, number, command.concern, command.words))
    obligations.owe_after(
        course,
        obligations.owed_as(command.concern, number),
        stage=stage,
        since=case.moment,
        span=command.span,
        trigger="concern_marked",
        responsible=command.responsible,
        cited=command.cited,
    )


def _deal_with(course: Course, command: DealWithConcern, case: Case) -> None:
    entry = entry_of(case, further.CONCERN, command.number, "open", cited=BESIDE)
    needs_words(command, "Nothing says what was done.", cited=BESIDE, way_out="Say what was done.")
    course.tell(ConcernDealtWith(entry.stage, entry.number, command.words))
    duty = obligations.owed_as(entry.about, entry.number)
    obligations.fulfil(course, duty, stage=entry.stage)


STEPS: tuple[AnyStep, ...] = (
    Step(
        MarkConcern,
        always,
        _mark,
        "Starts a clock in law beside the complaint's: a hazard, or misuse of personal data.",
    ),
    Step(
        DealWithConcern,
        with_any(further.CONCERN, "open", cited=BESIDE),
        _deal_with,
        "Records that what a concern asks for was done.",
    ),
)
