"""`redress dates`: says what the dates would be, under a policy and from a few facts, and stores nothing."""

import json
import re
import textwrap
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer

from services.redress.commands.checking import england_calendar
from services.redress.commands.history_format import FACT_KINDS
from services.redress.commands.moments import NotAMoment, typed_moment
from services.redress.commands.packs import PackNotFound, pack
from services.workflow.domain.history import HistoricFact
from services.workflow.domain.schedule import ScheduledDuty, dates_for
from shared.complaints.values import Channel, Moment, Route
from shared.complaints.working_days import LONDON, CalendarDoesNotKnow, WorkingDayCalendar
from shared.policies.policy import Policy

COLUMNS = 80
ANSWERED, NOT_UNDERSTOOD = 0, 2
FACT = re.compile(
    r"(?P<what>[a-z_]+)(:(?P<stage>[1-9]))?=(?P<when>[^,]+)(,to=(?P<to>[^,]+))?(,by=(?P<by>.+))?"
)
TYPEABLE = tuple(kind for kind in FACT_KINDS if kind != "received")


class NotUnderstood(ValueError):
    """An option says something that cannot be; the message names it, the rule and the way out."""


def typed_fact(text: str, received: Moment) -> HistoricFact:
    """The fact that `acknowledged=2026-03-04` or `response:2=2026-04-29` tells of; raises NotUnderstood."""
    found = FACT.fullmatch(text)
    if found is None:
        raise NotUnderstood(
            f"--fact: “{text}” is not of the form WHAT=DAY or WHAT:STAGE=DAY; write, for example, "
            "acknowledged=2026-03-04 or response:2=2026-04-29T16:00"
        )
    if found["what"] not in TYPEABLE:
        raise NotUnderstood(
            f"--fact: “{found['what']}” is not something that happens; choose from {', '.join(TYPEABLE)}"
        )
    if found["by"] and found["by"] not in set(Channel):
        raise NotUnderstood(
            f"--fact: “{found['by']}” is not a channel; choose from {', '.join(Channel)}"
        )
    moment = _moment("--fact", found["when"])
    if moment.on < received.on:
        raise NotUnderstood(
            f"--fact: {found['what']} on {moment.on} lies before the receipt on {received.on}: "
            "nothing is done about a complaint before it is received; correct one of the two"
        )
    return HistoricFact(
        what=found["what"],
        moment=moment,
        stage=int(found["stage"]) if found["stage"] else None,
        to=_moment("--fact", found["to"]).on if found["to"] else None,
        agreed=True if found["what"] == "extension" else None,
        channel=Channel(found["by"]) if found["by"] else Channel.UNKNOWN,
    )


def _moment(option: str, text: str) -> Moment:
    try:
        return typed_moment(text)
    except NotAMoment as wrong:
        raise NotUnderstood(f"{option}: {wrong}") from wrong


def schedule(
    asked: str,
    *,
    received: str,
    facts: Sequence[str],
    route: str,
    overlay: str | None = None,
    closed: Sequence[str] = (),
) -> tuple[Policy, WorkingDayCalendar, Moment, tuple[ScheduledDuty, ...]]:
    """Everything the answer is made of; raises NotUnderstood."""
    try:
        policy = pack(asked).read
    except PackNotFound as missing:
        raise NotUnderstood(f"POLICY: {missing}") from missing
    try:
        beside = None if overlay is None else pack(overlay).read
    except PackNotFound as missing:
        raise NotUnderstood(f"--overlay: {missing}") from missing
    if route not in set(Route):
        raise NotUnderstood(f"--route: “{route}” is not a route; choose from {', '.join(Route)}")
    moment = _moment("--received", received)
    told = sorted((typed_fact(text, moment) for text in facts), key=_when)
    calendar = _without(england_calendar(), [_moment("--closed", text).on for text in closed])
    try:
        duties = dates_for(policy, calendar, moment, told, route=Route(route), overlay=beside)
    except CalendarDoesNotKnow as beyond:
        raise NotUnderstood(f"--received, --fact: {beyond} Give days within it.") from beyond
    return policy, calendar, moment, duties


def _without(calendar: WorkingDayCalendar, closed: Sequence[date]) -> WorkingDayCalendar:
    if not closed:
        return calendar
    days = sorted(closed)
    return WorkingDayCalendar(
        revision="+".join((calendar.revision, *(day.isoformat() for day in days))),
        first_day=calendar.first_day,
        last_day=calendar.last_day,
        closures={**calendar.closures, **dict.fromkeys(days, "closed for this question")},
    )


def _when(fact: HistoricFact) -> tuple[date, float]:
    return fact.moment.on, fact.moment.at.timestamp() if fact.moment.at else 0.0


def as_json(
    policy: Policy, calendar: WorkingDayCalendar, received: Moment, duties: Sequence[ScheduledDuty]
) -> dict[str, Any]:
    """The answer for machines."""
    own, beside = own_and_beside(duties)
    answer: dict[str, Any] = {
        "policy": policy.policy,
        "policy_hash": policy.policy_hash,
        "calendar_revision": calendar.revision,
        "received_on": received.on.isoformat(),
        "duties": [_duty_as_json(duty) for duty in own],
    }
    if beside:
        answer["code_policy"] = beside[0].overlay
        answer["code_duties"] = [_duty_as_json(duty) for duty in beside]
    return answer


def own_and_beside(
    duties: Sequence[ScheduledDuty],
) -> tuple[list[ScheduledDuty], list[ScheduledDuty]]:
    """The duties under the policy that was asked for, and those under the one beside it."""
    own = [duty for duty in duties if duty.overlay is None]
    return own, [duty for duty in duties if duty.overlay is not None]


def _duty_as_json(duty: ScheduledDuty) -> dict[str, Any]:
    due = (
        {"due_at": duty.due_at.astimezone(LONDON).isoformat()}
        if duty.due_at is not None
        else {"due_on": duty.due_on.isoformat()}
    )
    return {
        "duty": duty.duty,
        "stage": duty.stage,
        **due,
        **({"target_on": duty.target_on.isoformat()} if duty.target_on else {}),
        "trigger": duty.trigger,
        "trigger_on": duty.trigger_on.isoformat(),
        "span": duty.span,
        "unit": duty.unit,
        "rule": duty.rule,
        "clause": duty.clause,
        "counted": [
            {
                "day": day.day,
                "date": day.date.isoformat(),
                "skipped": [
                    {"date": each.on.isoformat(), "name": each.name} for each in day.skipped
                ],
            }
            for day in duty.counted
        ],
    }


def as_text(policy: Policy, received: Moment, duties: Sequence[ScheduledDuty]) -> str:
    """The answer for people, on 80 columns: each date, and under it why."""
    own, beside = own_and_beside(duties)
    lines = [f"{policy.title}; received {_day(received.on)}", *_lines(own)]
    if beside:
        lines += ["", f"Beside it, under {beside[0].overlay}", *_lines(beside)]
    return "\n".join(lines)


def _lines(duties: Sequence[ScheduledDuty]) -> list[str]:
    lines: list[str] = []
    for duty in duties:
        due = _day(duty.due_on)
        if duty.due_at is not None:
            due += f" {duty.due_at.astimezone(LONDON):%H:%M}"
        heading = f"Stage {duty.stage}  {duty.duty.replace('_', ' ')}"
        lines.append(f"{heading:<32}{due}")
        lines += textwrap.wrap(
            _why(duty), COLUMNS, initial_indent=" " * 9, subsequent_indent=" " * 9
        )
    return lines


def _why(duty: ScheduledDuty) -> str:
    skipped = [f"{each.name} {_day(each.on)}" for day in duty.counted for each in day.skipped]
    without = f", without {', '.join(skipped)}" if skipped else ""
    target = (
        f" Work to {_day(duty.target_on)}: a late start buys no time." if duty.target_on else ""
    )
    unit = duty.unit.replace("_", " ")
    span = f"{duty.span} {unit.removesuffix('s') if duty.span == 1 else unit}"
    trigger = duty.trigger.replace("_", " ")
    return (
        f"{span}, {trigger} {_day(duty.trigger_on)}{without}. {duty.rule} [{duty.clause}]{target}"
    )


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def dates_command(
    policy: Annotated[
        str, typer.Argument(help="A shipped policy pack by its name, or the path of one (.toml).")
    ],
    *,
    received: Annotated[
        str,
        typer.Option(help="When it was received: 2026-03-02, or 2026-03-02T09:30 (London time)."),
    ],
    fact: Annotated[
        list[str] | None,
        typer.Option(
            help="Something that happened, with its stage if not the current one: acknowledged=2026-03-04, "
            "response:2=2026-04-29,by=letter, extension=2026-03-12,to=2026-03-30. May be given several times."
        ),
    ] = None,
    route: Annotated[str, typer.Option(help=f"One of {', '.join(Route)}.")] = Route.COMPLAINT.value,
    overlay: Annotated[
        str | None,
        typer.Option(
            help="A policy that runs beside it, such as the statutory code: a shipped pack or a path."
        ),
    ] = None,
    closed: Annotated[
        list[str] | None,
        typer.Option(help="A further day that does not count. May be given several times."),
    ] = None,
    as_json_: Annotated[
        bool, typer.Option("--json", help="Answer in JSON, counted day by day.")
    ] = False,
) -> None:
    """Answers “what would the dates be?” without storing anything; needs no database.

    Working days are those of England. Exit code: 0, or 2 when an option cannot be understood.
    """
    try:
        read, calendar, moment, duties = schedule(
            policy,
            received=received,
            facts=fact or (),
            route=route,
            overlay=overlay,
            closed=closed or (),
        )
    except NotUnderstood as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(NOT_UNDERSTOOD) from wrong
    if as_json_:
        typer.echo(
            json.dumps(as_json(read, calendar, moment, duties), ensure_ascii=False, indent=2)
        )
    else:
        typer.echo(as_text(read, moment, duties))
    raise typer.Exit(ANSWERED)
