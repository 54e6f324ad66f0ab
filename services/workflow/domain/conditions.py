"""The policy's conditions on what exactly is asked: the panel, the new date, the findings, the
ground, the reason.
"""

from datetime import date

from services.workflow.domain.checking import cited_for_check
from services.workflow.domain.commands import (
    AllocateComplaint,
    CloseComplaint,
    EscalateComplaint,
    ExtendDeadline,
    IssueResponse,
    RefuseComplaint,
    ReturnDraft,
)
from services.workflow.domain.guards import Case, cited_for
from services.workflow.domain.happenings import DISSATISFIED, LATE
from services.workflow.domain.refusals import TRUE_RECORD, ConditionNotMet, NotInPolicy
from shared.complaints.values import IssueOutcome, Outcome, Route, WordsReference
from shared.policies.deadlines import DeadlineState
from shared.policies.named_rules import named_rule
from shared.policies.policy import RESPOND, Citation, Exclusion, Extension, Fact

CLOSING_REASONS = ("final_response", "resolved", "other")


def seats_filled(case: Case, command: AllocateComplaint) -> None:
    """As many people consider a stage as the policy has seats, each of them once."""
    stage = case.policy.stage(case.complaint.stage)
    if stage is None:
        return
    seats, handlers = stage.considered_by, command.handlers
    if len(handlers) == len(seats) == len(set(handlers)):
        return
    normally = "; ".join(" or ".join(seat).replace("_", " ") for seat in seats)
    raise ConditionNotMet(
        f"{stage.name} is considered by {len(seats)}, and {len(set(handlers))} were named.",
        cited=Citation(f"It is normally considered by: {normally}.", stage.considered_by_clause),
        way_out=f"Name {len(seats)}, each once.",
    )


def handed_over_for_a_reason(case: Case, command: AllocateComplaint) -> None:
    """A stage that somebody considers already goes to others only for a reason on record."""
    before = case.complaint.handlers
    if not before or command.words is not None or set(before) == set(command.handlers):
        return
    raise ConditionNotMet(
        f"The stage is with {', '.join(before)}, and nothing says why it goes to others.",
        cited=cited_for(case, Fact.ALLOCATED, "A stage changes hands for a reason on record."),
        way_out="Put the reason on record.",
    )


def extended_to(case: Case, command: ExtendDeadline) -> tuple[date, Extension]:
    """Return the new date, which the policy's condition for moving it allows."""
    complaint = case.complaint
    rule = case.policy.extension(
        route=complaint.route, stage=complaint.stage, ground=command.ground
    )
    response = complaint.deadline(RESPOND)
    if rule is None or response is None:
        raise ValueError("Ask guards.may_extend first.")
    to_on = _asked_date(case, command, rule=rule, from_on=response.latest.due_on)
    _condition_of_kind(command, rule)
    _told_before_authorised(case, command, rule)
    if rule.ombudsman_details is not None and not command.ombudsman_details_given:
        raise ConditionNotMet(
            "The letter does not give the Ombudsman's contact details.",
            cited=rule.ombudsman_details,
            way_out="Give them, and say so.",
        )
    latest = rule.most_working_days and case.calendar.working_days_after(
        response.original.due_on, rule.most_working_days
    )
    if latest and to_on > latest and not (command.good_reason and rule.more_for_good_reason):
        raise ConditionNotMet(
            f"The date may move to {latest.isoformat()} at most.",
            cited=rule.cited,
            way_out="Choose an earlier day, or give the good reason there is for more."
            if rule.more_for_good_reason
            else "Choose an earlier day, or send a holding response, which leaves the date as it is.",
        )
    return to_on, rule


def findings_complete(case: Case, command: IssueResponse) -> Outcome | None:
    """Return the outcome of the whole; every issue is found, with an outcome the policy knows."""
    complaint, outcomes = case.complaint, case.policy.outcomes
    allowed = ", ".join(outcome.value.replace("_", " ") for outcome in outcomes.allowed)
    for found in command.issues:
        if found.outcome not in outcomes.allowed:
            raise NotInPolicy(
                f"The policy knows no outcome {found.outcome.value.replace('_', ' ')}.",
                cited=outcomes.cited,
                way_out=f"Choose from: {allowed}.",
            )
    numbers = [found.number for found in command.issues]
    expected = complaint.issues if complaint.route is Route.COMPLAINT else tuple(numbers)
    if sorted(numbers) != sorted(expected) or len(numbers) != len(set(numbers)):
        raise ConditionNotMet(
            "The response does not give one outcome for each issue.",
            cited=outcomes.cited,
            way_out=f"Give one for each of the issues {', '.join(map(str, complaint.issues))}.",
        )
    return _rolled_up(command.issues, allowed=outcomes.allowed)


def may_close_because(case: Case, command: CloseComplaint) -> None:
    """A case closes with its written response, or for a reason in words."""
    closing = case.policy.closing
    if command.because not in CLOSING_REASONS:
        raise NotInPolicy(
            f"{command.because} is no reason to close.",
            cited=closing,
            way_out=f"Choose from: {', '.join(CLOSING_REASONS)}.",
        )
    if command.words is not None:
        return
    if not case.complaint.has(Fact.RESPONSE) and not case.complaint.has(Fact.REMEDIED):
        raise ConditionNotMet(
            "This stage has no written response.",
            cited=closing,
            way_out="Issue the response, or put the reason for closing without it on record.",
        )
    if _may_still_ask(case):
        raise ConditionNotMet(
            "The complainant may still ask for the next stage.",
            cited=closing,
            way_out="Let the time pass, or put the reason for closing now on record.",
        )


def excluded(case: Case, code: str) -> Exclusion:
    """Return the ground on which the matter is kept out."""
    exclusion = case.policy.exclusion(code)
    if exclusion is None:
        codes = ", ".join(rule.exclusion for rule in case.policy.exclusions)
        raise NotInPolicy(
            f"The policy knows no ground {code}.",
            cited=case.policy.exclusion_rule,
            way_out=f"Choose from: {codes}."
            if codes
            else "It lists no grounds: take the complaint.",
        )
    return exclusion


def told_of_refusal(command: RefuseComplaint) -> None:
    """A refusal gives its reasons, and says that the Ombudsman may be asked about it."""
    cited = named_rule(
        "refusal", "Whoever is refused is told why, and may take the refusal to the Ombudsman."
    )
    if command.words is None:
        raise ConditionNotMet(
            "No reasons are given for the refusal.",
            cited=cited,
            way_out="Give them, as the complainant is told.",
        )
    if not command.ombudsman_told:
        raise ConditionNotMet(
            "The complainant is not told of the right to go to the Ombudsman.",
            cited=cited,
            way_out="Tell them of it in the letter, and say so.",
        )


def reason_given(case: Case, words: WordsReference | None) -> None:
    """A case that was closed, or whose time to ask is over, goes on only for a reason on record."""
    if words is None:
        after = "a closed complaint" if case.complaint.ending else "it after the time to ask"
        raise ConditionNotMet(
            f"No reason is given for going on with {after}.",
            cited=case.policy.reopening if case.complaint.ending else case.policy.escalation,
            way_out="Put the reason on record.",
        )


def change_named(case: Case, command: ReturnDraft) -> None:
    """Who gets a draft back is told what is to be changed."""
    if command.words is None:
        raise ConditionNotMet(
            "Nothing says what is to be changed.",
            cited=cited_for_check(case),
            way_out="Say what the draft lacks, or what is wrong in it.",
        )


def escalates_because(case: Case, command: EscalateComplaint) -> str | None:
    """Return why the next stage is asked for, where the command says so."""
    if command.because not in {None, DISSATISFIED, LATE}:
        raise NotInPolicy(
            f"{command.because} does not say why the next stage is asked for.",
            cited=case.policy.escalation,
            way_out=f"Say {DISSATISFIED} or {LATE}, or leave it out.",
        )
    return command.because


def _asked_date(case: Case, command: ExtendDeadline, *, rule: Extension, from_on: date) -> date:
    days = command.by_working_days
    if days is None and command.to_on is None:
        days = rule.usual_working_days
    if (command.to_on is None) == (days is None):
        raise ConditionNotMet(
            "An extension names a day, or a number of working days.",
            cited=rule.cited,
            way_out="Give one of the two.",
        )
    to_on = command.to_on or case.calendar.working_days_after(from_on, days or 0)
    if to_on <= from_on:
        raise ConditionNotMet(
            f"The new date is not after {from_on.isoformat()}.",
            cited=rule.cited,
            way_out="Choose a later day.",
        )
    if not case.calendar.is_working_day(to_on):
        raise ConditionNotMet(
            f"{to_on.isoformat()} is not a working day.",
            cited=Citation("A date that was moved is counted in working days.", TRUE_RECORD),
            way_out="Choose a working day.",
        )
    return to_on


def _condition_of_kind(command: ExtendDeadline, rule: Extension) -> None:
    if rule.kind == "agree" and not command.agreed:
        raise ConditionNotMet(
            "The complainant has not agreed to the new date.",
            cited=rule.cited,
            way_out="Agree it, or send a holding response, which leaves the date as it is.",
        )
    if rule.kind in {"explain", "consult"} and command.words is None:
        raise ConditionNotMet(
            "The reasons for the new date were not given to the complainant.",
            cited=rule.cited,
            way_out="Put what was written to the complainant on record.",
        )


def _told_before_authorised(case: Case, command: ExtendDeadline, rule: Extension) -> None:
    authorisation = rule.authorisation
    if authorisation is None:
        return
    if command.told_on is None:
        raise ConditionNotMet(
            "Nothing says when the complainant was told of the extension.",
            cited=authorisation.cited,
            way_out="Tell the complainant first, and give the day.",
        )
    if command.told_on > case.moment.on:
        raise ConditionNotMet(
            "The complainant would be told only after the extension is authorised.",
            cited=authorisation.cited,
            way_out="Tell the complainant first.",
        )


def _may_still_ask(case: Case) -> bool:
    complaint = case.complaint
    for known in complaint.deadlines_at(complaint.stage).values():
        duty = case.policy.duty(known.latest.duty, route=complaint.route, stage=complaint.stage)
        asking = duty is not None and Fact.ESCALATION_REQUESTED in duty.met_by
        if asking and known.state is DeadlineState.RUNNING:
            return True
    return False


def _rolled_up(issues: tuple[IssueOutcome, ...], *, allowed: tuple[Outcome, ...]) -> Outcome | None:
    found = {issue.outcome for issue in issues}
    if len(found) <= 1:
        return next(iter(found), None)
    return Outcome.PARTLY_UPHELD if Outcome.PARTLY_UPHELD in allowed else Outcome.UPHELD
