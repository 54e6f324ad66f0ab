"""May this be done now, by this person? One guard per command, from the state of the complaint
alone.

`permitted` asks them to say which actions there are; `decisions` asks them first, and then for the
conditions on what exactly was asked (`conditions`).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.workflow.domain.complaint import Complaint
from services.workflow.domain.happenings import REFUSED, WITHDRAWN
from services.workflow.domain.refusals import (
    TRUE_RECORD,
    ConditionNotMet,
    NotIndependent,
    NotInPolicy,
    NotNow,
    NotTrueToTime,
)
from shared.complaints.values import Moment, Route
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.policies.counting import is_late
from shared.policies.named_rules import named_rule
from shared.policies.policy import RESPOND, Citation, Fact, Passing, Policy

INTEREST = named_rule(
    "interest",
    "Nobody considers a complaint in which they have an interest of their own.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint with what it is judged by: its policy, the calendar, the moment and who acts."""

    complaint: Complaint
    policy: Policy
    calendar: WorkingDayCalendar
    moment: Moment
    actor: str | None = None
    actor_role: str | None = None

    def acted_by_role(self, role: str | None) -> "Case":
        """Return the case with the role of who acts, where it is known."""
        return replace(self, actor_role=role)


def true_to_time(moment: Moment, *, now: datetime, opened: Moment | None = None) -> None:
    """Nothing happens in the future, nor before the stage it belongs to was opened."""
    cited = Citation("Things are recorded at the time they happened.", TRUE_RECORD)
    if moment.at is not None and london_day(moment.at) != moment.on:
        raise NotTrueToTime(
            "The day and the instant given are not the same day in London.",
            cited=cited,
            way_out="Give the day on which it happened in London.",
        )
    if moment.on > london_day(now) or (moment.at is not None and moment.at > now):
        raise NotTrueToTime(
            "This lies in the future.", cited=cited, way_out="Record it once it has happened."
        )
    if opened is not None and is_before(moment, opened):
        raise NotTrueToTime(
            f"This lies before the stage was opened on {opened.on.isoformat()}.",
            cited=cited,
            way_out="Give a time from then on.",
        )


def is_open(case: Case) -> None:
    """Only an open complaint is worked on."""
    ending = case.complaint.ending
    if ending is not None:
        because = ending.because.replace("_", " ")
        raise NotNow(
            f"The complaint was closed on {ending.on.isoformat()} ({because}).",
            cited=case.policy.reopening,
            way_out="Reopen it first, with the reason.",
        )


def may_decide(case: Case) -> None:
    """Who closes an open case, keeps it out or gives it to others is not whom it is about."""
    is_open(case)
    not_about_them(case)


def not_about_them(case: Case) -> None:
    """Whom a case is about, or who has an interest in it, decides nothing in it."""
    without_interest(case, *_acting(case))


def may_acknowledge(case: Case) -> None:
    """A stage is acknowledged once, and not after it was answered."""
    is_unanswered(case, cited_for(case, Fact.ACKNOWLEDGED, "It comes before the response."))
    if case.complaint.has(Fact.ACKNOWLEDGED):
        raise NotNow(
            "This stage was already acknowledged.",
            cited=cited_for(case, Fact.ACKNOWLEDGED, "A stage is acknowledged once."),
            way_out="Record anything further as a contact.",
        )


def may_send_holding_response(case: Case) -> None:
    """A holding response comes before the response."""
    is_unanswered(case, cited_for(case, Fact.HOLDING_RESPONSE, "It comes before the response."))


def may_extend(case: Case, ground: str | None = None) -> None:
    """The date of a response moves only while it has not passed, where the policy knows how."""
    cited = cited_for(case, Fact.RESPONSE, "The date of a response that was given stays.")
    is_unanswered(case, cited)
    not_about_them(case)
    complaint, policy = case.complaint, case.policy
    rule = policy.extension(route=complaint.route, stage=complaint.stage, ground=ground)
    response = complaint.deadline(RESPOND)
    if rule is None or response is None:
        on = f" on the ground {ground.replace('_', ' ')}" if ground else ""
        raise NotInPolicy(
            f"The policy knows no extension{on} here.",
            cited=Citation("A date moves only as the policy says.", policy.title),
            way_out="Send a holding response that says when to expect the answer.",
        )
    authorisation = rule.authorisation
    if authorisation is not None and case.actor_role not in {None, authorisation.by}:
        raise ConditionNotMet(
            f"An extension is authorised by the role {authorisation.by.replace('_', ' ')}.",
            cited=authorisation.cited,
            way_out="Tell the complainant, and then ask that team.",
        )
    if is_late(response.latest, case.moment):
        raise NotNow(
            f"The response was due on {response.latest.due_on.isoformat()}: the breach stands.",
            cited=rule.cited,
            way_out="Send a holding response that says when to expect the answer.",
        )


def may_submit_draft(case: Case) -> None:
    """Whoever drafts was not involved before."""
    is_unanswered(case, cited_for(case, Fact.DRAFT_SUBMITTED, "A draft comes before the response."))
    independent(case, *_acting(case))


def may_issue_response(case: Case) -> None:
    """A response goes out once, checked where the policy asks for it, by someone independent."""
    is_unanswered(case, case.policy.outcomes.cited)
    independent(case, *_acting(case))
    complaint = case.complaint
    approval = case.policy.approval_at(route=complaint.route, stage=complaint.stage)
    draft = complaint.draft
    if approval is None:
        return
    if draft is None or draft.approved_by is None:
        raise ConditionNotMet(
            "The response has not been approved.",
            cited=approval.cited,
            way_out="Submit a draft and have it approved.",
        )


def may_escalate(case: Case) -> None:
    """The next stage is open once this one is answered, or late; beyond the last there is none."""
    complaint, policy = case.complaint, case.policy
    if complaint.route is not Route.COMPLAINT:
        raise NotInPolicy(
            "Only a complaint has further stages.",
            cited=policy.escalation,
            way_out="Open a complaint about it.",
        )
    if policy.stage(complaint.stage + 1) is None:
        raise NotInPolicy(
            "There is no further stage.", cited=policy.last_stage, way_out=policy.beyond_last_stage
        )
    if complaint.ending is not None and complaint.ending.because in {REFUSED, WITHDRAWN}:
        is_open(case)
    _has_standing(case)
    response = complaint.deadline(RESPOND)
    late = response is not None and is_late(response.latest, case.moment)
    if not complaint.has(Fact.RESPONSE) and not late:
        until = "" if response is None else f", due on {response.latest.due_on.isoformat()}"
        raise NotNow(
            f"The response is not out yet{until}.",
            cited=policy.escalation,
            way_out="Wait for it; once it is late, that alone opens the next stage.",
        )


def _has_standing(case: Case) -> None:
    """What is known of the complainant decides; what is not known keeps nobody out (Code 5.11)."""
    rule, standing = case.policy.standing, case.complaint.further.standing
    if rule is None or standing is None or standing in rule.who:
        return
    who = ", ".join(rule.who).replace("_", " ")
    raise NotInPolicy(
        f"A later stage is open to: {who}; the complainant is recorded as: "
        f"{standing.replace('_', ' ')}.",
        cited=rule.cited,
        way_out=f"Record the standing again if it is another. {case.policy.beyond_last_stage}",
    )


def may_refuse(case: Case) -> None:
    """A matter is kept out before it is answered, not after."""
    may_decide(case)
    if any(fact is Fact.RESPONSE for fact, _ in case.complaint.done):
        raise NotNow(
            "A response was already issued.",
            cited=case.policy.exclusion_rule,
            way_out="Close the complaint, or let the next stage consider it.",
        )


def may_reopen(case: Case) -> None:
    """Only what is closed can be reopened."""
    if case.complaint.ending is None:
        raise NotNow(
            "The complaint is open.",
            cited=case.policy.reopening,
            way_out="Go on with it as it stands.",
        )


def needs_reason_to_escalate(case: Case) -> bool:
    """Say whether the request comes after the time there was to ask, where that closed the case or
    ended the right to ask.

    A request counts by the day it was received, even if it is recorded after the close. Where
    the policy sets no time to ask, none is needed.
    """
    complaint = case.complaint
    passing = {Passing.LAPSES}
    if complaint.ending is not None:
        passing.add(Passing.CLOSES_BY_SILENCE)
    return any(
        is_late(known.latest, case.moment)
        for duty in case.policy.duties_at(route=complaint.route, stage=complaint.stage)
        if duty.passing in passing
        and Fact.ESCALATION_REQUESTED in duty.met_by
        and (known := complaint.deadline(duty.duty)) is not None
    )


def independent(case: Case, *officers: str) -> None:
    """Nobody considers a complaint about them, and at a later stage nobody what they handled before."""
    complaint = case.complaint
    without_interest(case, *officers)
    stage = case.policy.stage(complaint.stage)
    if stage is None or stage.independence is None:
        return
    for officer in officers:
        if officer in complaint.involved_before(complaint.stage):
            raise NotIndependent(
                f"Officer {officer} took part at an earlier stage.",
                cited=stage.independence,
                way_out="Choose someone who was not involved before.",
            )


def without_interest(case: Case, *officers: str) -> None:
    """At no stage anybody decides on a complaint about them, or one in which they have an interest."""
    stage = case.policy.stage(case.complaint.stage)
    about_them = INTEREST if stage is None or stage.independence is None else stage.independence
    for officer in officers:
        if officer in case.complaint.named_officers:
            raise NotIndependent(
                f"Officer {officer} is named in the complaint.",
                cited=about_them,
                way_out="Choose someone the complaint is not about.",
            )
        if officer in case.complaint.further.conflicted:
            raise NotIndependent(
                f"Officer {officer} has an interest in the case.",
                cited=INTEREST,
                way_out="Choose someone without an interest in it.",
            )


def cited_for(case: Case, fact: Fact, rule: str) -> Citation:
    """Cite the duty that a fact meets; where the policy has none, the rule is the product's own."""
    complaint = case.complaint
    duties = case.policy.duties_at(route=complaint.route, stage=complaint.stage)
    clauses = (duty.cited.clause for duty in duties if fact in duty.met_by)
    return Citation(rule, next(clauses, TRUE_RECORD))


def is_unanswered(case: Case, cited: Citation) -> None:
    """Nothing changes in an answer that was given."""
    is_open(case)
    if case.complaint.has(Fact.RESPONSE):
        raise NotNow(
            "This stage was already answered.",
            cited=cited,
            way_out="If the complainant is not satisfied, open the next stage.",
        )


def _acting(case: Case) -> tuple[str, ...]:
    return () if case.actor is None else (case.actor,)


def is_before(moment: Moment, opened: Moment) -> bool:
    """Say whether a moment lies before another; where one of them is a day alone, by their days."""
    if moment.at is not None and opened.at is not None:
        return moment.at < opened.at
    return moment.on < opened.on
