"""A policy in plain English, as sections of short entries: for people to read, and to compare two of
them entry by entry. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.complaints.values import Route
from shared.policies.policy import (
    Citation,
    DateOf,
    Duty,
    DutyTrigger,
    Exclusion,
    Extension,
    Passing,
    Policy,
    Span,
    Stage,
    Trigger,
)
from shared.policies.provisions import Body, Recurring, TimeBar

FIRMNESS = {"must": "must", "should": "should", "normally": "normally", "aims_to": "aims to"}
UNITS = {
    "working_days": "working day",
    "calendar_days": "calendar day",
    "elapsed_hours": "real hour",
    "working_day_hours": "hour on working days",
}
KINDS = {
    "explain": "with the reasons explained",
    "consult": "in consultation with the complainant",
    "agree": "with the complainant's agreement",
    "unstated": "on no condition that the policy states",
}
PASSING = {
    Passing.MISSED: "",
    Passing.MISSED_IF_RESPONSE_LATE: "Missed only if the response is late.",
    Passing.CLOSES_BY_SILENCE: "When it passes in silence, the case is closed.",
    Passing.LAPSES: "When it passes, nothing is missed and the case stays as it is.",
}
MONTHS_OF_A_YEAR = 12
OF_THE_CODE = "beyond a rule of the Code"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a policy says: a name that is unique in its section, sentences, its clause."""

    name: str
    said: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a policy says about one subject."""

    title: str
    entries: tuple[Entry, ...]


def described(policy: Policy) -> tuple[Section, ...]:
    """Return everything a policy says, section by section, without the empty ones."""
    sections = (
        Section("Stages", tuple(_stage(stage) for stage in policy.stages)),
        *_duties(policy),
        Section("Extensions", tuple(_extensions(policy))),
        Section("Checks of responses", tuple(_checks(policy))),
        Section("Money, and what others are asked for", tuple(_money(policy))),
        Section("From stage to stage, and the end", tuple(_course(policy))),
        Section("Who may complain, and of what", tuple(_admission(policy))),
        Section(
            "What is kept out, and where it goes",
            tuple(
                Entry(rule.exclusion, tuple(_exclusion(rule)), rule.cited.clause)
                for rule in policy.exclusions
            ),
        ),
        Section(
            "Where else a complaint may go",
            tuple(
                Entry(body.body, tuple(_body(body)), body.clause)
                for body in policy.bodies
            ),
        ),
        Section(
            "What letters contain",
            tuple(
                Entry(letter.letter, tuple(f"{part}." for part in letter.contains), letter.clause)
                for letter in policy.letters
            ),
        ),
        Section(
            "Other rules",
            tuple(_cited_entry(rule.provision, rule.cited) for rule in policy.provisions),
        ),
        Section("Again and again", tuple(_recurring(rule) for rule in policy.recurring)),
    )  # fmt: skip
    return tuple(section for section in sections if section.entries)


def span_in_words(span: Span) -> str:
    """`10 working days`, `48 hours on working days`."""
    unit = UNITS[span.unit.value]
    if span.count == 1:
        return f"1 {unit}"
    first, _, rest = unit.partition(" on ")
    return f"{span.count} {first}s{' on ' + rest if rest else ''}"


def _stage(stage: Stage) -> Entry:
    seats = "; ".join(" or ".join(seat) for seat in stage.considered_by).replace("_", " ")
    by = f"Considered by {seats}"
    if stage.organisation:
        by += f", of another organisation: {stage.organisation}"
    said = [f"{stage.name}. {by} [{stage.considered_by_clause}]."]
    if stage.independence:
        said.append(f"{stage.independence.rule} [{stage.independence.clause}]")
    if stage.departure:
        said.append(f"It goes {OF_THE_CODE}: {stage.departure}.")
    return Entry(f"stage {stage.number}", tuple(said), stage.clause)


def _duties(policy: Policy) -> Iterator[Section]:
    for route in Route:
        entries = tuple(
            _duty(duty, stage.number)
            for stage in policy.stages
            for duty in policy.duties_at(route=route, stage=stage.number)
        )
        yield Section(f"What is owed on a {route.value.replace('_', ' ')}", entries)


def _duty(duty: Duty, stage: int) -> Entry:
    owed_by = duty.responsible.replace("_", " ")
    when = f"{span_in_words(duty.span)} {_from(duty.trigger)}"
    said = [f"{owed_by.capitalize()} {FIRMNESS[duty.firmness]}: {when}.", duty.cited.rule]
    if duty.otherwise is not None:
        said.append(f"Until then {_from(duty.otherwise.trigger)}: {duty.otherwise.rule}")
    if PASSING[duty.passing]:
        said.append(PASSING[duty.passing])
    if duty.notice is not None:
        before = duty.notice.working_days_before
        ahead = f"{before} working day{'s' * (before > 1)} before" if before else "on the day"
        said.append(f"Reminder {ahead} ({duty.notice.kind.replace('_', ' ')}).")
    return Entry(f"stage {stage}, {duty.duty.replace('_', ' ')}", tuple(said), duty.cited.clause)


def _from(trigger: Trigger) -> str:
    if not isinstance(trigger, DutyTrigger):
        return f"from {trigger.fact.value.replace('_', ' ')}"
    original = ", as first set" if trigger.of is DateOf.ORIGINAL else ""
    name = trigger.duty.replace("_", " ")
    return f"{trigger.direction.value} the day “{name}” is due{original}"


def _extensions(policy: Policy) -> Iterator[Entry]:
    for route in Route:
        for stage in policy.stages:
            for rule in policy.extensions:
                if route not in rule.routes or stage.number not in rule.stages:
                    continue
                on = "" if route is Route.COMPLAINT else f", {route.value.replace('_', ' ')}"
                of = "" if rule.ground is None else f", {rule.ground.replace('_', ' ')}"
                yield Entry(
                    f"stage {stage.number}{on}{of}", tuple(_extension(rule)), rule.cited.clause
                )


def _extension(rule: Extension) -> Iterator[str]:
    usual = ""
    if rule.usual_working_days not in {None, rule.most_working_days}:
        usual = f"usually {rule.usual_working_days}, "
    most = (
        "without a cap"
        if rule.most_working_days is None
        else f"{usual}at most {rule.most_working_days} working days"
    )
    yield f"Longer {KINDS[rule.kind]}, {most}."
    yield rule.cited.rule
    if rule.most_working_days is not None and rule.more_for_good_reason:
        yield "More for good reason, on record."
    if rule.ombudsman_details is not None:
        yield _with_clause(rule.ombudsman_details)
    if rule.authorisation is not None:
        by = rule.authorisation.by.replace("_", " ")
        yield f"Authorised by {by}. {_with_clause(rule.authorisation.cited)}"


def _with_clause(cited: Citation) -> str:
    return f"{cited.rule} [{cited.clause}]"


def _checks(policy: Policy) -> Iterator[Entry]:
    approval = policy.approval
    if approval is not None:
        stages = ", ".join(map(str, approval.stages)) or "every"
        on = ", ".join(route.value.replace("_", " ") for route in approval.routes)
        said = [
            f"Before issue, by {approval.by.replace('_', ' ')}: stage {stages}; {on}.",
            approval.cited.rule,
        ]
        if approval.early is not None:
            early = approval.early
            levels = " or ".join(early.by).replace("_", " ")
            said.append(
                f"Within {early.within_working_days} working days, without an investigation and "
                f"agreed with the complainant, also {levels}: "
                f"{early.cited.rule} [{early.cited.clause}]"
            )
        yield Entry("approval", tuple(said), approval.cited.clause)
    if policy.sampling is not None:
        by = policy.sampling.by.replace("_", " ")
        said = [f"After issue, a sample, by {by}.", policy.sampling.cited.rule]
        yield Entry("sampling", tuple(said), policy.sampling.cited.clause)
    if policy.deemed_receipt is not None:
        arrival = policy.deemed_receipt
        days = ", ".join(
            f"{channel.value.replace('_', ' ')} on working day {count}"
            for channel, count in sorted(arrival.working_days.items())
        )
        said = [f"Counts as received: {days}; anything else the same day.", arrival.cited.rule]
        yield Entry("receipt of a response", tuple(said), arrival.cited.clause)


def _course(policy: Policy) -> Iterator[Entry]:
    yield _cited_entry("next stage", policy.escalation)
    last = policy.last_stage
    yield Entry("last stage", (last.rule, policy.beyond_last_stage), last.clause)
    yield _cited_entry("closing", policy.closing)
    yield _cited_entry("reopening", policy.reopening)
    allowed = ", ".join(outcome.value.replace("_", " ") for outcome in policy.outcomes.allowed)
    said = (f"Findings: {allowed}.", policy.outcomes.cited.rule)
    yield Entry("findings", said, policy.outcomes.cited.clause)


def _admission(policy: Policy) -> Iterator[Entry]:
    yield _cited_entry("exclusion", policy.exclusion_rule)
    if policy.time_bar is not None:
        yield _time_bar(policy.time_bar)
    if policy.standing is not None:
        who = ", ".join(policy.standing.who).replace("_", " ")
        said = (policy.standing.cited.rule, f"They are: {who}.")
        yield Entry("standing for a later stage", said, policy.standing.cited.clause)
    if policy.members_copy is not None:
        copy = {"redacted": "A redacted copy.", "none": "No copy."}[policy.members_copy.copy]
        cited = policy.members_copy.cited
        yield Entry("copy to an MP or Councillor", (copy, cited.rule), cited.clause)
    for conversion in policy.conversions:
        name = f"{conversion.route.value.replace('_', ' ')} that becomes a complaint"
        start = conversion.clock.replace("_", " ")
        said = (f"The clock starts with the {start}.", conversion.cited.rule)
        yield Entry(name, said, conversion.cited.clause)


def _time_bar(bar: TimeBar) -> Entry:
    start = bar.counted_from.replace("_", " ")
    discretion = "with discretion beyond" if bar.discretion else "without discretion"
    said = [f"{bar.months} months from the {start}, {discretion}.", bar.cited.rule]
    if bar.exclusion is not None:
        said.append(f"An older matter is refused as {bar.exclusion.replace('_', ' ')}.")
    return Entry("time bar", tuple(said), bar.cited.clause)


def _exclusion(rule: Exclusion) -> Iterator[str]:
    yield rule.cited.rule
    yield f"Goes to: {rule.destination}"
    if rule.requires is not None:
        yield f"Only where a {rule.requires} is in force."


def _body(body: Body) -> Iterator[str]:
    yield f"{body.name}: {', '.join(body.subjects)}."
    if body.categories:
        categories = ", ".join(body.categories).replace("_", " ")
        yield f"Told of a complaint with an issue of the category: {categories}."


def _money(policy: Policy) -> Iterator[Entry]:
    if policy.compensation is not None:
        levels = "; ".join(
            f"{each.role.replace('_', ' ')} up to £{each.up_to_pence / 100:,.2f}"
            for each in policy.compensation.authorities
        )
        said = (f"Approved by: {levels}.", policy.compensation.cited.rule)
        yield Entry("compensation", said, policy.compensation.cited.clause)
    if policy.contributions is not None:
        by = policy.contributions.by.replace("_", " ")
        said = (f"Asked for by {by}.", policy.contributions.cited.rule)
        yield Entry("parts of other areas", said, policy.contributions.cited.clause)


def _cited_entry(name: str, cited: Citation) -> Entry:
    return Entry(name.replace("_", " "), (cited.rule,), cited.clause)


def _recurring(rule: Recurring) -> Entry:
    years, months = divmod(rule.every_months, MONTHS_OF_A_YEAR)
    often = (
        f"{years} year{'' if years == 1 else 's'}" if not months else f"{rule.every_months} months"
    )
    said = (f"Every {often}, by the role {rule.responsible.replace('_', ' ')}.", rule.cited.rule)
    return Entry(rule.duty, said, rule.cited.clause)
