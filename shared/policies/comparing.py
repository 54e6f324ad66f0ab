"""Where a written policy is later or looser than a code above it, each departure with both clauses.

Dates are compared by counting the same case under both, received on every day of a year, and not by
comparing numbers: ten working days of one event may well end before five of another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.complaints.events import DeadlineSet
from shared.complaints.values import Moment, Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.deadlines import Deadline, deadlines_after
from shared.policies.policy import Citation, Duty, Extension, Fact, Policy

ACKNOWLEDGE = "acknowledge"
NO_INFORMAL_STAGE = "no_informal_stage"
WHOLE_CODE = "the Code as a whole"


@dataclass(frozen=True, slots=True)
class Sample:
    """One case under both: received, acknowledged, and due under the one and the other."""

    received_on: date
    acknowledged_on: date | None
    own_due_on: date
    code_due_on: date
    working_days_later: int


@dataclass(frozen=True, slots=True)
class Departure:
    """One way in which the policy is later or looser; `worst` is the sample that is furthest off."""

    kind: str  # later, missing, stages, informal_stage, time_bar, extension, independence
    stage: int | None
    duty: str | None
    said: str
    own_clause: str
    code_clause: str
    worst: Sample | None = None


def departures(
    own: Policy, code: Policy, calendar: WorkingDayCalendar, *, year: int
) -> tuple[Departure, ...]:
    """Return every departure from the code, stage by stage, then those of the policy as a whole."""
    shared = [stage.number for stage in code.stages if own.stage(stage.number) is not None]
    return (
        *(each for stage in shared for each in _later(own, code, calendar, stage=stage, year=year)),
        *(each for stage in shared for each in _extended(own, code, stage=stage)),
        *(each for stage in shared for each in _dependent(own, code, stage=stage)),
        *_more_stages(own, code),
        *_informal(own, code),
        *_barred_sooner(own, code),
    )


def _later(
    own: Policy, code: Policy, calendar: WorkingDayCalendar, *, stage: int, year: int
) -> Iterator[Departure]:
    samples = tuple(_samples(own, code, calendar, stage=stage, year=year))
    for duty in code.duties_at(route=Route.COMPLAINT, stage=stage):
        mine = own.duty(duty.duty, route=Route.COMPLAINT, stage=stage)
        if mine is None:
            yield Departure(
                "missing",
                stage,
                duty.duty,
                f"No date is set to {_plain(duty)}; the Code says: {duty.cited.rule}",
                own.title,
                duty.cited.clause,
            )
            continue
        late = [
            sample for name, sample in samples if name == duty.duty and sample.working_days_later
        ]
        if late:
            worst = max(late, key=lambda sample: _how_bad(sample, calendar))
            yield _told_later(mine, duty, worst, stage=stage)


def _how_bad(sample: Sample, calendar: WorkingDayCalendar) -> tuple[int, bool, timedelta]:
    """By working days; among equals an ordinary day with a bank holiday in its count tells most."""
    return (
        sample.working_days_later,
        calendar.is_working_day(sample.received_on),
        sample.own_due_on - sample.code_due_on,
    )


def _told_later(own: Duty, code: Duty, worst: Sample, *, stage: int) -> Departure:
    days = worst.working_days_later
    return Departure(
        "later",
        stage,
        code.duty,
        f"The date to {_plain(code)} may lie {days} working day{'s' if days > 1 else ''} after the "
        "Code's.",
        own.cited.clause,
        code.cited.clause,
        worst,
    )


def _samples(
    own: Policy, code: Policy, calendar: WorkingDayCalendar, *, stage: int, year: int
) -> Iterator[tuple[str, Sample]]:
    """The same case under both, begun on each day of the year: acknowledged at once, and on the
    last day that the policy allows.
    """
    begins = Fact.RECEIVED if stage == 1 else Fact.ESCALATION_REQUESTED
    day = date(year, 1, 1)
    while day.year == year:
        first = _dates(own, calendar, stage=stage, facts=((begins, day),))
        last_day = first[ACKNOWLEDGE].due_on if ACKNOWLEDGE in first else None
        for acknowledged_on in dict.fromkeys((day, last_day)):
            facts = [(begins, day)]
            if acknowledged_on is not None:
                facts.append((Fact.ACKNOWLEDGED, acknowledged_on))
            mine = _dates(own, calendar, stage=stage, facts=facts)
            theirs = _dates(code, calendar, stage=stage, facts=facts)
            for name in mine.keys() & theirs.keys():
                due_on, code_due_on = mine[name].due_on, theirs[name].due_on
                later = calendar.working_days_between(code_due_on, due_on)
                yield name, Sample(day, acknowledged_on, due_on, code_due_on, later)
        day += timedelta(days=1)


def _dates(
    policy: Policy,
    calendar: WorkingDayCalendar,
    *,
    stage: int,
    facts: Sequence[tuple[Fact, date]],
) -> Mapping[str, DeadlineSet]:
    known: dict[str, Deadline] = {}
    for fact, on in facts:
        for told in deadlines_after(
            policy,
            calendar,
            route=Route.COMPLAINT,
            stage=stage,
            fact=fact,
            moment=Moment(on),
            known=known,
        ):
            known[told.duty] = Deadline(told, told)
    return {name: deadline.latest for name, deadline in known.items()}


def _extended(own: Policy, code: Policy, *, stage: int) -> Iterator[Departure]:
    mine = own.extension(route=Route.COMPLAINT, stage=stage)
    theirs = code.extension(route=Route.COMPLAINT, stage=stage)
    if mine is None or theirs is None:
        return
    for said, cited in _looser_extension(mine, theirs):
        yield Departure("extension", stage, "respond", said, mine.cited.clause, cited.clause)


def _looser_extension(own: Extension, code: Extension) -> Iterator[tuple[str, Citation]]:
    cap = code.most_working_days
    if cap is not None and own.most_working_days is None:
        yield f"An extension has no cap; the Code's is {cap} working days.", code.cited
    elif cap is not None and own.most_working_days is not None and own.most_working_days > cap:
        said = (
            f"An extension may take {own.most_working_days} working days; the Code's cap is {cap}."
        )
        yield said, code.cited
    if own.kind == "unstated":
        yield "An extension needs no condition; under the Code it is explained.", code.cited
    if code.ombudsman_details is not None and own.ombudsman_details is None:
        yield (
            "Whoever is told of an extension need not be given the Ombudsman's details.",
            code.ombudsman_details,
        )


def _dependent(own: Policy, code: Policy, *, stage: int) -> Iterator[Departure]:
    mine, theirs = own.stage(stage), code.stage(stage)
    if mine and theirs and theirs.independence is not None and mine.independence is None:
        yield Departure(
            "independence",
            stage,
            None,
            "Nothing keeps out of this stage whoever considered the complaint before.",
            mine.considered_by_clause,
            theirs.independence.clause,
        )


def _more_stages(own: Policy, code: Policy) -> Iterator[Departure]:
    for stage in own.stages:
        if code.stage(stage.number) is None:
            said = f"{stage.name} goes beyond the {len(code.stages)} stages of the Code."
            clause = code.last_stage.clause
            yield Departure("stages", stage.number, None, said, stage.clause, clause)


def _informal(own: Policy, code: Policy) -> Iterator[Departure]:
    conversion = own.conversion(Route.QUERY)
    if conversion is None:
        return
    clauses = (each.cited.clause for each in code.provisions if each.provision == NO_INFORMAL_STAGE)
    yield Departure(
        "informal_stage",
        None,
        None,
        "A complaint may first be handled as a query, which is an informal stage.",
        conversion.cited.clause,
        next(clauses, WHOLE_CODE),
    )


def _barred_sooner(own: Policy, code: Policy) -> Iterator[Departure]:
    mine, theirs = own.time_bar, code.time_bar
    if mine is None or theirs is None:
        return
    ways = []
    if mine.months < theirs.months:
        ways.append(f"after {mine.months} months instead of {theirs.months}")
    if mine.counted_from == "event" and theirs.counted_from != "event":
        ways.append("counted from the event, even where the complainant learnt of it later")
    if theirs.discretion and not mine.discretion:
        ways.append("without discretion")
    if ways:
        said = f"A matter is kept out {', '.join(ways)}."
        yield Departure("time_bar", None, None, said, mine.cited.clause, theirs.cited.clause)


def _plain(duty: Duty) -> str:
    return duty.duty.replace("_", " ")
