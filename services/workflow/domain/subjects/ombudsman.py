"""The Ombudsman: referral, evidence asked for and supplied, the decision, its orders, and a refusal
that it overturns.
"""

from dataclasses import dataclass
from datetime import date

from services.workflow.domain import further, happenings, obligations
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotNow
from services.workflow.domain.step import (
    AnyStep,
    Step,
    always,
    entry_of,
    needs_words,
    one_of,
    refuse_unknown,
    with_any,
)
from shared.complaints.events import (
    EvidenceRequested,
    EvidenceSupplied,
    OmbudsmanDetermined,
    OmbudsmanOrdered,
    OrderComplied,
    ReferredToOmbudsman,
    RefusalOverturned,
)
from shared.complaints.values import WordsReference
from shared.policies.named_rules import named_rule

BODIES = ("housing_ombudsman", "local_government_ombudsman", "first_tier_tribunal")
ITEMS = (
    "complaint_file",
    "correspondence",
    "contact_notes",
    "repair_history",
    "policies",
    "tenancy",
    "compensation",
    "photographs",
    "other",
)
FINDINGS = (
    "severe_maladministration",
    "maladministration",
    "service_failure",
    "reasonable_redress",
    "no_maladministration",
    "outside_jurisdiction",
    "mediated",
)
ORDERS = (
    "apology", "compensation", "repair", "review", "training", "policy_change", "other",
)  # fmt: skip
RESPONSIBLE = "complaints_team"
ANY_TIME = named_rule(
    "ombudsman_at_any_time",
    "The complainant may go to the Ombudsman at any time.",
)
EVIDENCE = named_rule(
    "evidence",
    "The Ombudsman gets the evidence it asks for in the time that its letter states.",
)
ORDERED = named_rule(
    "orders",
    "What the Ombudsman orders is done in the time that its decision states.",
)
REFUSALS = named_rule(
    "refusal", "Whoever is refused is told why, and may take the refusal to the Ombudsman."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferToOmbudsman(FurtherCommand):
    """Record that the complaint reached the Ombudsman, or the body whose subject it is."""

    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidenceRequest(FurtherCommand):
    """Record what the Ombudsman asks for, and by when."""

    items: tuple[str, ...]
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyEvidence(FurtherCommand):
    """Record what went to the Ombudsman, and what is not held."""

    number: int
    items: tuple[str, ...] = ()
    not_held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDetermination(FurtherCommand):
    """Record the Ombudsman's decision."""

    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOrder(FurtherCommand):
    """Record one order of the decision, and by when it is to be complied with."""

    kind: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplyWithOrder(FurtherCommand):
    """Record that an order was complied with; the words are the evidence."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverturnRefusal(FurtherCommand):
    """Record that the Ombudsman overturned the refusal; the case goes on."""


def _is_there(case: Case) -> None:
    if not case.complaint.further.at_ombudsman:
        raise NotNow(
            "The complaint has not reached the Ombudsman.",
            cited=ANY_TIME,
            way_out="Record the referral first.",
        )


def _was_refused(case: Case) -> None:
    ending = case.complaint.ending
    if ending is None or ending.because != happenings.REFUSED:
        raise NotNow(
            "The complaint was not refused.", cited=REFUSALS, way_out="Go on with it as it stands."
        )


def _refer(course: Course, command: ReferToOmbudsman, case: Case) -> None:
    one_of(command.body, BODIES, what="body that decides complaints", cited=ANY_TIME)
    course.tell(ReferredToOmbudsman(case.complaint.stage, command.words, command.body))


def _request(course: Course, command: RecordEvidenceRequest, case: Case) -> None:
    _known_items(command.items)
    if not command.items:
        raise ConditionNotMet(
            "Nothing was asked for.", cited=EVIDENCE, way_out="Name what the letter asks for."
        )
    stage = case.complaint.stage
    number = case.complaint.further.next_number(further.EVIDENCE)
    course.tell(EvidenceRequested(stage, number, command.items, command.due_on, command.words))
    obligations.owe_by(
        course,
        obligations.owed_as(further.EVIDENCE, number),
        stage=stage,
        by=command.due_on,
        trigger="evidence_requested",
        responsible=RESPONSIBLE,
        cited=EVIDENCE,
    )


def _supply(course: Course, command: SupplyEvidence, case: Case) -> None:
    entry = entry_of(case, further.EVIDENCE, command.number, "requested", cited=EVIDENCE)
    given = (*command.items, *command.not_held)
    if not given or not set(given) <= set(entry.items) or len(set(given)) != len(given):
        raise ConditionNotMet(
            "What is supplied is not what is still wanted.",
            cited=EVIDENCE,
            way_out=f"Still wanted: {', '.join(entry.items)}; each is given or said not to be held.",
        )
    told = EvidenceSupplied(
        entry.stage, entry.number, command.items, command.not_held, command.words
    )
    course.tell(told)
    if set(given) == set(entry.items):
        duty = obligations.owed_as(further.EVIDENCE, entry.number)
        obligations.fulfil(course, duty, stage=entry.stage)


def _determine(course: Course, command: RecordDetermination, case: Case) -> None:
    one_of(command.finding, FINDINGS, what="finding of the Ombudsman", cited=ORDERED)
    course.tell(OmbudsmanDetermined(case.complaint.stage, command.words, command.finding))


def _order(course: Course, command: RecordOrder, case: Case) -> None:
    del case
    one_of(command.kind, ORDERS, what="order of the Ombudsman", cited=ORDERED)
    order(course, kind=command.kind, due_on=command.due_on, words=command.words)


def order(course: Course, *, kind: str, due_on: date, words: WordsReference | None) -> None:
    """Give the order its number, and owe it by its day."""
    stage, number = course.complaint.stage, course.complaint.further.next_number(further.ORDER)
    course.tell(OmbudsmanOrdered(stage, number, kind, due_on, words))
    obligations.owe_by(
        course,
        obligations.owed_as(further.ORDER, number),
        stage=stage,
        by=due_on,
        trigger="ombudsman_ordered",
        responsible=RESPONSIBLE,
        cited=ORDERED,
    )


def _comply(course: Course, command: ComplyWithOrder, case: Case) -> None:
    entry = entry_of(case, further.ORDER, command.number, "ordered", cited=ORDERED)
    needs_words(
        command,
        "There is no evidence of compliance.",
        cited=ORDERED,
        way_out="Say what was done and when, as it is told to the Ombudsman.",
    )
    course.tell(OrderComplied(entry.stage, entry.number, command.words))
    obligations.fulfil(course, obligations.owed_as(further.ORDER, entry.number), stage=entry.stage)


def _overturn(course: Course, command: OverturnRefusal, case: Case) -> None:
    needs_words(
        command,
        "Nothing says what the Ombudsman decided.",
        cited=REFUSALS,
        way_out="Put the decision on record.",
    )
    stage, exclusion = case.complaint.stage, case.complaint.refused_as or "not_recorded"
    course.tell(RefusalOverturned(stage, exclusion, command.words))
    happenings.reopen(course, words=command.words)


def _known_items(items: tuple[str, ...]) -> None:
    unknown = ", ".join(item for item in items if item not in ITEMS)
    if unknown:
        refuse_unknown(f"{unknown} is no kind of evidence.", ITEMS, cited=EVIDENCE)


STEPS: tuple[AnyStep, ...] = (
    Step(
        ReferToOmbudsman,
        always,
        _refer,
        "Records that the complaint reached the Ombudsman; no clock stops for it.",
    ),
    Step(
        RecordEvidenceRequest,
        _is_there,
        _request,
        "Records what the Ombudsman asks for, due by the day of its letter.",
    ),
    Step(
        SupplyEvidence,
        with_any(further.EVIDENCE, "requested", cited=EVIDENCE),
        _supply,
        "Records what went to the Ombudsman, and what is not held.",
    ),
    Step(RecordDetermination, _is_there, _determine, "Records the Ombudsman's decision."),
    Step(
        RecordOrder,
        _is_there,
        _order,
        "Records an order of the Ombudsman, due by the day of its decision.",
    ),
    Step(
        ComplyWithOrder,
        with_any(further.ORDER, "ordered", cited=ORDERED),
        _comply,
        "Records that an order was complied with, with the evidence.",
    ),
    Step(
        OverturnRefusal,
        _was_refused,
        _overturn,
        "Opens a refused case again because the Ombudsman decided so.",
    ),
)
