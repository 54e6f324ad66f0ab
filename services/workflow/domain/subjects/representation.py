"""Who speaks for the complainant: nothing of the case is told without valid consent, and the clock
runs all the same.
"""

from dataclasses import dataclass
from datetime import date

from services.workflow.domain import further
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
    one_of,
    with_any,
)
from shared.complaints.events import (
    ConsentGiven,
    ConsentWithdrawn,
    RepresentativeNamed,
    SharedWithRepresentative,
)
from shared.policies.policy import Citation

RELATIONS = ("family", "friend", "advocate", "member", "legal", "support_agency")
SCOPES = ("everything", "progress", "response")
NO_CONSENT = "without consent"
CONSENTED = "consented"
WITHDRAWN = "withdrawn"
PERMISSION = Citation(
    "Whoever speaks for a complainant has their express permission before anything is shared.",
    "Policy 2.4 footnote 1; Code 5.4",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRepresentative(FurtherCommand):
    """Record that somebody speaks for the complainant; the words say who, and how to reach them."""

    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent(FurtherCommand):
    """Record the complainant's consent, with its scope and its end."""

    number: int
    scope: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent(FurtherCommand):
    """Record that the complainant took the consent back."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareWithRepresentative(FurtherCommand):
    """Record that a representative was told something of the case."""

    number: int
    scope: str


def _name(course: Course, command: NameRepresentative, case: Case) -> None:
    one_of(command.relation, RELATIONS, what="relation to the complainant", cited=PERMISSION)
    needs_words(
        command,
        "Nothing says who the representative is.",
        cited=PERMISSION,
        way_out="Give the name, and how to reach them.",
    )
    number = case.complaint.further.next_number(further.REPRESENTATIVE)
    stage = case.complaint.stage
    course.tell(RepresentativeNamed(stage, number, command.relation, command.words))


def _consent(course: Course, command: GiveConsent, case: Case) -> None:
    standings = (NO_CONSENT, CONSENTED, WITHDRAWN)
    entry = entry_of(case, further.REPRESENTATIVE, command.number, *standings, cited=PERMISSION)
    one_of(command.scope, SCOPES, what="scope of consent", cited=PERMISSION)
    not_before(case, command.until, "The consent would have ended already.", cited=PERMISSION)
    stage = case.complaint.stage
    course.tell(ConsentGiven(stage, entry.number, command.scope, command.until, command.words))


def _withdraw(course: Course, command: WithdrawConsent, case: Case) -> None:
    entry = entry_of(case, further.REPRESENTATIVE, command.number, CONSENTED, cited=PERMISSION)
    course.tell(ConsentWithdrawn(case.complaint.stage, entry.number, command.words))


def _share(course: Course, command: ShareWithRepresentative, case: Case) -> None:
    one_of(command.scope, SCOPES, what="scope of consent", cited=PERMISSION)
    standings = (NO_CONSENT, CONSENTED, WITHDRAWN)
    entry = entry_of(case, further.REPRESENTATIVE, command.number, *standings, cited=PERMISSION)
    allowed = case.complaint.further.consent_for(entry.number, on=case.moment.on)
    if allowed is None:
        ended = entry.standing == CONSENTED and entry.until is not None
        said = f"The consent ended on {entry.until}." if ended else "There is no consent."
        raise ConditionNotMet(
            said,
            cited=PERMISSION,
            way_out="Answer the complainant, and record the consent before sharing anything.",
        )
    if allowed not in {command.scope, "everything"}:
        raise ConditionNotMet(
            f"The consent is for {allowed} only.",
            cited=PERMISSION,
            way_out="Keep to it, or ask the complainant for more.",
        )
    stage = case.complaint.stage
    course.tell(SharedWithRepresentative(stage, entry.number, command.scope, command.words))


STEPS: tuple[AnyStep, ...] = (
    Step(
        NameRepresentative,
        always,
        _name,
        "Records that somebody speaks for the complainant; nothing is shared without consent.",
    ),
    Step(
        GiveConsent,
        with_any(further.REPRESENTATIVE, NO_CONSENT, CONSENTED, WITHDRAWN, cited=PERMISSION),
        _consent,
        "Records the complainant's consent, with its scope and its end.",
    ),
    Step(
        WithdrawConsent,
        with_any(further.REPRESENTATIVE, CONSENTED, cited=PERMISSION),
        _withdraw,
        "Records that the complainant took the consent back.",
    ),
    Step(
        ShareWithRepresentative,
        with_any(further.REPRESENTATIVE, CONSENTED, cited=PERMISSION),
        _share,
        "Records what a representative was told, within the consent.",
    ),
)
