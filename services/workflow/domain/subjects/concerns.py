"""Concerns with a clock in law beside the complaint's: a hazard in the home, misuse of personal data.

Which there are, and how long each may take, is data of the landlord's; a command carries it in.
"""

from dataclasses import dataclass

from services.workflow.domain import further, obligations
from services.workflow.domain.commands import ConcernTerms, FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.step import AnyStep, Step, always, entry_of, needs_words, with_any
from shared.complaints.events import ConcernDealtWith, ConcernMarked
from shared.complaints.values import WordsReference
from shared.policies.policy import Citation, Span

BESIDE = Citation("What the law gives a clock of its own is done in that time.", "Law")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkConcern(FurtherCommand):
    """Mark what the case holds; its clock starts when that happened or came in."""

    concern: str
    span: Span
    cited: Citation
    responsible: str

    @property
    def terms(self) -> ConcernTerms:
        """The concern, and how long it may take."""
        return ConcernTerms(
            concern=self.concern,
            span=self.span,
            cited=self.cited,
            responsible=self.responsible,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DealWithConcern(FurtherCommand):
    """Record that what a concern asks for was done; the words say what."""

    number: int


def mark(course: Course, terms: ConcernTerms, *, words: WordsReference | None = None) -> None:
    """Mark a concern, now; its clock starts with it."""
    complaint = course.complaint
    stage, number = complaint.stage, complaint.further.next_number(further.CONCERN)
    course.tell(ConcernMarked(stage, number, terms.concern, words))
    obligations.owe_after(
        course,
        obligations.owed_as(terms.concern, number),
        stage=stage,
        since=course.moment,
        span=terms.span,
        trigger="concern_marked",
        responsible=terms.responsible,
        cited=terms.cited,
    )


def _mark(course: Course, command: MarkConcern, case: Case) -> None:
    del case  # a concern may come up at any time
    mark(course, command.terms, words=command.words)


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
