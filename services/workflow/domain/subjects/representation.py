"""Who speaks for the complainant: nothing of the case is told without valid consent, and the clock
runs all the same.
"""

from dataclasses import dataclass
from datetime import date

from services.workflow.domain import further
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotInPolicy, NotNow
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
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    RepresentativeNamed,
    SharedWithRepresentative,
)
from shared.policies.named_rules import named_rule

RELATIONS = ("family", "friend", "advocate", "member", "legal", "support_agency")
MEMBER = "member"  # of Parliament, or of the council
SCOPES = ("everything", "progress", "response")
NO_CONSENT = "without consent"
CONSENTED = "consented"
WITHDRAWN = "withdrawn"
ENDED = "ended"
ANY = (NO_CONSENT, CONSENTED, WITHDRAWN, ENDED)
PERMISSION = named_rule(
    "advocate",
    "Whoever speaks for a complainant has their express permission before anything is shared.",
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
    redacted: bool = False  # what is confidential was left out
    send_letter: bool = False


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
    entry = entry_of(case, further.REPRESENTATIVE, command.number, *ANY, cited=PERMISSION)
    one_of(command.scope, SCOPES, what="scope of consent", cited=PERMISSION)
    not_before(case, command.until, "The consent would have ended already.", cited=PERMISSION)
    stage = case.complaint.stage
    given = entry.given + 1
    course.tell(
        ConsentGiven(stage, entry.number, command.scope, command.until, command.words, given)
    )


def _withdraw(course: Course, command: WithdrawConsent, case: Case) -> None:
    entry = entry_of(case, further.REPRESENTATIVE, command.number, CONSENTED, cited=PERMISSION)
    course.tell(ConsentWithdrawn(case.complaint.stage, entry.number, command.words))


def _share(course: Course, command: ShareWithRepresentative, case: Case) -> None:
    one_of(command.scope, SCOPES, what="scope of consent", cited=PERMISSION)
    entry = entry_of(case, further.REPRESENTATIVE, command.number, *ANY, cited=PERMISSION)
    allowed = case.complaint.further.consent_for(entry.number, on=case.moment.on)
    if allowed is None:
        ended = entry.standing in {CONSENTED, ENDED} and entry.until is not None
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
    if entry.relation == MEMBER and command.scope != "progress":
        _members_copy(case, command)
    stage = case.complaint.stage
    course.tell(
        SharedWithRepresentative(
            stage,
            entry.number,
            command.scope,
            command.words,
            command.redacted,
            command.send_letter,
        )
    )


def _members_copy(case: Case, command: ShareWithRepresentative) -> None:
    """What an MP or a Councillor is sent of a response, as the policy has it."""
    rule = case.policy.members_copy
    if rule is None:
        return
    if rule.copy == "none":
        raise NotInPolicy(
            "An MP or a Councillor is sent no copy of a response.",
            cited=rule.cited,
            way_out="Tell them that the complainant is answered directly.",
        )
    if not command.redacted:
        raise ConditionNotMet(
            "The copy for an MP or a Councillor is not redacted.",
            cited=rule.cited,
            way_out="Leave out what is confidential, or write a letter of its own, and say so.",
        )
    needs_words(
        command,
        "Nothing says what the MP or Councillor was sent.",
        cited=rule.cited,
        way_out="Put the redacted copy on record.",
    )


def end_consent(course: Course, *, number: int, given: int, today: date) -> None:
    """The last day of a consent passed; nothing happens where it was taken back or given anew."""
    entry = course.complaint.further.entry(further.REPRESENTATIVE, number)
    if entry is None or (entry.standing, entry.given) != (CONSENTED, given):
        return
    if entry.until is None or today <= entry.until:
        return
    course.tell(ConsentEnded(course.complaint.stage, number, entry.until))


def _may_be_told(case: Case) -> None:
    """Only whose consent stands may be told anything; one that has ended is named with its day."""
    known = case.complaint.further.of(further.REPRESENTATIVE)
    if any(each.standing == CONSENTED for each in known):
        return
    ended = [each for each in known if each.standing == ENDED]
    if ended:
        raise NotNow(
            f"The consent for representative {ended[-1].number} ended on {ended[-1].until}.",
            cited=PERMISSION,
            way_out="Answer the complainant, or record a new consent first.",
        )
    with_any(further.REPRESENTATIVE, CONSENTED, cited=PERMISSION)(case)


STEPS: tuple[AnyStep, ...] = (
    Step(
        NameRepresentative,
        always,
        _name,
        "Records that somebody speaks for the complainant; nothing is shared without consent.",
    ),
    Step(
        GiveConsent,
        with_any(further.REPRESENTATIVE, *ANY, cited=PERMISSION),
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
        _may_be_told,
        _share,
        "Records what a representative was told, within the consent.",
    ),
)
