"""What is wrong with a policy although its form is right: a stage that never begins, a count that
never starts, a window that closes too soon. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.complaints.values import Moment, Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.deadlines import Deadline, deadlines_after
from shared.policies.policy import (
    LETTERS,
    RESPOND,
    Citation,
    Duty,
    DutyTrigger,
    Fact,
    FactTrigger,
    Policy,
)

SAMPLE_YEAR = 2026
NO_CLAUSE = frozenset({"none", "tbc", "tbd", "todo", "n/a", "na", "unknown", "clause"})
TABLES = (
    "approval", "sampling", "deemed_receipt", "time_bar", "standing", "members_copy",
    "compensation", "contributions",
)  # fmt: skip
# What can happen at a stage after it began; each is a command that an officer may give.
AT_ANY_STAGE = frozenset(Fact) - {Fact.RECEIVED, Fact.ESCALATION_REQUESTED, Fact.CLOSED}

# What happens on some routes alone.
ONLY_ON: dict[Fact, frozenset[Route]] = {
    Fact.FORWARDED: frozenset({Route.BOARD_ENQUIRY, Route.MEMBERS_ENQUIRY}),
    Fact.REMEDIED: frozenset({Route.SERVICE_REQUEST}),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where in the policy it stands."""

    where: str
    said: str


def findings(policy: Policy) -> tuple[Finding, ...]:
    """Return everything that the form of a pack cannot see."""
    return (
        *_unreachable_stages(policy),
        *_unstarted_duties(policy),
        *_unmet_duties(policy),
        *_long_extensions(policy),
        *_early_windows(policy),
        *_missing_clauses(policy),
        *_missing_destinations(policy),
        *_unknown_letters(policy),
    )


def _unreachable_stages(policy: Policy) -> Iterator[Finding]:
    for stage in policy.stages:
        begins = _beginning(stage.number)
        duties = policy.duties_at(route=Route.COMPLAINT, stage=stage.number)
        if not any(_starts_from(duty, duties, begins) for duty in duties):
            yield Finding(
                f"stage {stage.number}",
                f"nobody can reach it: nothing is counted from {begins.value}, which opens it",
            )
    for place, duty in enumerate(policy.duties, start=1):
        beyond = [route.value for route in duty.routes if route is not Route.COMPLAINT]
        if beyond and any(number > 1 for number in duty.stages):
            yield Finding(
                f"duties.{place} ({duty.duty})",
                f"nobody can reach stage 2 on the route {', '.join(beyond)}: only a complaint has "
                "further stages",
            )


def _unstarted_duties(policy: Policy) -> Iterator[Finding]:
    for place, duty in enumerate(policy.duties, start=1):
        for stage in duty.stages:
            for route in duty.routes:
                duties = policy.duties_at(route=route, stage=stage)
                given = AT_ANY_STAGE | {_beginning(stage)}
                if duty in duties and not any(_starts_from(duty, duties, fact) for fact in given):
                    yield Finding(
                        f"duties.{place} ({duty.duty})",
                        f"no event gives its trigger {duty.trigger} at stage {stage}",
                    )


def _unmet_duties(policy: Policy) -> Iterator[Finding]:
    for place, duty in enumerate(policy.duties, start=1):
        for route in duty.routes:
            if not any(route in ONLY_ON.get(fact, Route) for fact in duty.met_by):
                named = " or ".join(fact.value for fact in duty.met_by)
                yield Finding(
                    f"duties.{place} ({duty.duty})",
                    f"nothing meets it: on the route {route.value} there is no {named}",
                )


def _starts_from(duty: Duty, duties: tuple[Duty, ...], fact: Fact) -> bool:
    """Say whether the fact starts the count, itself or through the duties that it counts from."""
    triggers = (duty.trigger, *((duty.otherwise.trigger,) if duty.otherwise else ()))
    for trigger in triggers:
        if isinstance(trigger, FactTrigger) and trigger.fact is fact:
            return True
        if isinstance(trigger, DutyTrigger):
            anchor = next((other for other in duties if other.duty == trigger.duty), None)
            if anchor is not None and anchor != duty and _starts_from(anchor, duties, fact):
                return True
    return False


def _beginning(stage: int) -> Fact:
    return Fact.RECEIVED if stage == 1 else Fact.ESCALATION_REQUESTED


def _long_extensions(policy: Policy) -> Iterator[Finding]:
    for place, rule in enumerate(policy.extensions, start=1):
        usual, most = rule.usual_working_days, rule.most_working_days
        if usual is not None and most is not None and usual > most:
            yield Finding(
                f"extensions.{place}",
                f"it is usually {usual} working days, longer than its cap of {most}",
            )


def _early_windows(policy: Policy) -> Iterator[Finding]:
    """On the earliest course a stage can take, no time to ask ends before the answer is due."""
    received = Moment(date(SAMPLE_YEAR, 6, 1))
    for stage in policy.stages:
        known = _set_by(policy, stage.number, received)
        response = known.get(RESPOND)
        for duty in policy.duties_at(route=Route.COMPLAINT, stage=stage.number):
            window = known.get(duty.duty)
            if Fact.ESCALATION_REQUESTED not in duty.met_by or window is None or response is None:
                continue
            if window.latest.due_on <= response.latest.due_on:
                yield Finding(
                    f"stage {stage.number}",
                    f"{duty.duty} closes on day {_days(received, window)} before the response is "
                    f"due on day {_days(received, response)}",
                )


def _set_by(policy: Policy, stage: int, began: Moment) -> dict[str, Deadline]:
    calendar = WorkingDayCalendar(
        revision="every Monday to Friday",
        first_day=began.on - timedelta(days=800),
        last_day=began.on + timedelta(days=1600),
        closures={},
    )
    told = deadlines_after(
        policy,
        calendar,
        route=Route.COMPLAINT,
        stage=stage,
        fact=_beginning(stage),
        moment=began,
        known={},
    )
    return {each.duty: Deadline(each, each) for each in told}


def _days(began: Moment, deadline: Deadline) -> int:
    return (deadline.latest.due_on - began.on).days


def _missing_clauses(policy: Policy) -> Iterator[Finding]:
    for where, clause in _clauses(policy):
        if not any(sign.isalnum() for sign in clause) or clause.strip().casefold() in NO_CLAUSE:
            yield Finding(where, f"the clause is missing: “{clause}” names no place in the policy")


def _clauses(policy: Policy) -> Iterator[tuple[str, str]]:
    for where, cited in _cited(policy):
        if cited is not None:
            yield where, cited.clause
    for place, duty in enumerate(policy.duties, start=1):
        if duty.notice is not None:
            yield f"duties.{place} ({duty.duty}).notice", duty.notice.clause
    for stage in policy.stages:
        yield f"stage {stage.number}", stage.clause
        yield f"stage {stage.number}, considered by", stage.considered_by_clause
    for body in policy.bodies:
        yield f"bodies ({body.body})", body.clause
    for letter in policy.letters:
        yield f"letters ({letter.letter})", letter.clause


def _cited(policy: Policy) -> Iterator[tuple[str, Citation | None]]:
    yield "escalation", policy.escalation
    yield "last_stage", policy.last_stage
    yield "closing", policy.closing
    yield "reopening", policy.reopening
    yield "outcomes", policy.outcomes.cited
    yield "exclusion_rule", policy.exclusion_rule
    for place, duty in enumerate(policy.duties, start=1):
        yield f"duties.{place} ({duty.duty})", duty.cited
    for place, extension in enumerate(policy.extensions, start=1):
        yield f"extensions.{place}", extension.cited
        yield f"extensions.{place}.ombudsman_details", extension.ombudsman_details
    for exclusion in policy.exclusions:
        yield f"exclusions ({exclusion.exclusion})", exclusion.cited
    for stage in policy.stages:
        yield f"stage {stage.number}, independence", stage.independence
    for rule in policy.provisions:
        yield f"provisions ({rule.provision})", rule.cited
    for name in TABLES:
        table = getattr(policy, name)
        yield name, None if table is None else table.cited
    for conversion in policy.conversions:
        yield f"conversions ({conversion.route.value})", conversion.cited


def _unknown_letters(policy: Policy) -> Iterator[Finding]:
    for letter in policy.letters:
        if letter.letter not in LETTERS:
            yield Finding(
                f"letters ({letter.letter})",
                f"nothing asks for such a letter: there are {', '.join(LETTERS)}",
            )


def _missing_destinations(policy: Policy) -> Iterator[Finding]:
    for exclusion in policy.exclusions:
        if not any(sign.isalpha() for sign in exclusion.destination):
            yield Finding(
                f"exclusions ({exclusion.exclusion})",
                "it has no destination: say where the matter goes instead",
            )
