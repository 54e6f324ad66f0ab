"""`redress duty`: what a landlord owes again and again, such as a review every six months: begun, done, listed."""

import getpass
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.redress.assembly import installation
from services.redress.commands.options import AsJson, By, Data, known_landlord, known_organisation
from services.redress.commands.settings import settings_for
from services.workflow.domain import recurring
from services.workflow.domain.recurring import RecurringDuty
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.domain.timers import timers_after
from shared.complaints.events import RULEBOOK
from shared.complaints.events.oversight import OversightEvent
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.eventstore.feed import read_stream
from shared.policies.provisions import Recurring
from shared.registry.adoptions import PolicyNotAdopted, policies_in_force
from shared.registry.landlords import organisations
from shared.registry.rulebook import tell
from shared.web.wording import short_date

WELL, OVERDUE, REFUSED = 0, 1, 2

duty_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What the policies ask for again and again: begin it, record it as done, see what is due.",
)

Whose = Annotated[str, typer.Option("--landlord", help="Whose rulebook.")]
Of = Annotated[str, typer.Option("--organisation", help="Which organisation owes it.")]
Duty = Annotated[str, typer.Argument(help="Its name, as `redress duty list` has it.")]


@dataclass(frozen=True, slots=True)
class OwedDuty:
    """One line of the list: `state` is overdue, due, not begun or ended."""

    organisation: str
    duty: str
    state: str
    due_on: date | None
    done_on: date | None
    every_months: int
    responsible: str
    rule: str
    clause: str

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()
        }


def owed_duties(database: Database, landlord: str, *, now: datetime) -> tuple[OwedDuty, ...]:
    """What the landlord's organisations owe again and again, and what their policies name that nobody has begun."""
    today = london_day(now)
    with database.transaction(landlord) as cursor:
        rulebook = read_stream(cursor, landlord, RULEBOOK)
        known = recurring.duties_after(entry.event for entry in rulebook)
        named: dict[recurring.Key, Recurring] = {}
        for each in organisations(cursor, landlord):
            for rule in _rules(cursor, landlord, each.organisation, today).values():
                named[each.organisation, rule.duty] = rule
    lines = [_line(duty, today) for duty in known.values()]
    lines += [
        OwedDuty(
            organisation=key[0],
            duty=rule.duty,
            state="not begun",
            due_on=None,
            done_on=None,
            every_months=rule.every_months,
            responsible=rule.responsible,
            rule=rule.cited.rule,
            clause=rule.cited.clause,
        )
        for key, rule in named.items()
        if key not in known
    ]
    return tuple(
        sorted(lines, key=lambda line: (line.due_on or date.max, line.organisation, line.duty))
    )


def _line(known: RecurringDuty, today: date) -> OwedDuty:
    latest = known.latest
    state = "overdue" if latest.due_on < today else "due"
    return OwedDuty(
        organisation=latest.organisation,
        duty=latest.duty,
        state="ended" if known.ended else state,
        due_on=None if known.ended else latest.due_on,
        done_on=known.done_on,
        every_months=latest.every_months,
        responsible=latest.responsible,
        rule=latest.rule,
        clause=latest.clause,
    )


def _rules(cursor: Any, landlord: str, organisation: str, on: date) -> dict[str, Recurring]:
    """What the policies in force name: the own one first, then the one beside it."""
    try:
        own, beside = policies_in_force(cursor, landlord, organisation, on)
    except PolicyNotAdopted:
        return {}
    every = (*(() if beside is None else beside.recurring), *own.recurring)
    return {rule.duty: rule for rule in every}


@duty_commands.command("list")
def list_command(
    *,
    landlord: Whose,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List what is due and by when. Exit code: 0, 1 when something is overdue, 2 when it cannot be said."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        found = owed_duties(inst.owner, landlord, now=inst.clock.now())
    if as_json:
        typer.echo(json.dumps([line.as_json() for line in found], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_told(line) for line in found) or "Nothing recurs.")
    raise typer.Exit(OVERDUE if any(line.state == "overdue" for line in found) else WELL)


def _told(line: OwedDuty) -> str:
    when = short_date(line.due_on) if line.due_on else "-"
    last = f", done {short_date(line.done_on)}" if line.done_on else ""
    return (
        f"{line.state.upper():<10} {when:<16} {line.organisation}: {line.duty.replace('_', ' ')}"
        f"{last}\n  {line.rule} ({line.clause})"
    )


@duty_commands.command("begin")
def begin_command(
    duty: Duty,
    *,
    landlord: Whose,
    organisation: Of,
    since: Annotated[
        datetime,
        typer.Option(
            "--since", formats=["%Y-%m-%d"], help="When it was done last, or the count begins."
        ),
    ],
    by: By = None,
    data: Data = None,
) -> None:
    """Begin a duty that a policy in force names; its next day is counted from --since."""

    def decide(
        known: RecurringDuty | None, rule: Recurring | None, today: date
    ) -> tuple[OversightEvent, ...]:
        if rule is None:
            raise typer.BadParameter(
                f"no policy in force of {organisation} names it; see redress duty list",
                param_hint="DUTY",
            )
        return recurring.begin(
            known, rule, organisation=organisation, counted_from=since.date(), today=today
        )

    _carry_out(data, landlord, organisation, duty, by=by, decide=decide)


@duty_commands.command("done")
def done_command(
    duty: Duty,
    *,
    landlord: Whose,
    organisation: Of,
    on: Annotated[
        datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day it was done.")
    ],
    evidence: Annotated[
        str, typer.Option(help="One sentence that names nobody, such as where the minutes are.")
    ],
    by: By = None,
    data: Data = None,
) -> None:
    """Record that a duty was done; the next day is counted from then."""

    def decide(
        known: RecurringDuty | None, rule: Recurring | None, today: date
    ) -> tuple[OversightEvent, ...]:
        named, day = f"{organisation}: {duty}", on.date()
        return recurring.done(known, rule, named=named, done_on=day, today=today, evidence=evidence)

    _carry_out(data, landlord, organisation, duty, by=by, decide=decide)


@duty_commands.command("end")
def end_command(
    duty: Duty,
    *,
    landlord: Whose,
    organisation: Of,
    reason: Annotated[str, typer.Option(help="Why, in one sentence that names nobody.")],
    by: By = None,
    data: Data = None,
) -> None:
    """Record that a duty is owed no more, such as when another policy is adopted."""

    def decide(
        known: RecurringDuty | None, _rule: Recurring | None, _today: date
    ) -> tuple[OversightEvent, ...]:
        return recurring.end(known, named=f"{organisation}: {duty}", reason=reason)

    _carry_out(data, landlord, organisation, duty, by=by, decide=decide)


Decide = Callable[[RecurringDuty | None, Recurring | None, date], tuple[OversightEvent, ...]]


def _carry_out(
    data: Path | None,
    landlord: str,
    organisation: str,
    duty: str,
    *,
    by: str | None,
    decide: Decide,
) -> None:
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        now = inst.clock.now()
        today = london_day(now)
        with inst.owner.transaction(landlord) as cursor:
            # Two at once would both count from the same day: the rulebook is theirs one by one.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/' || %s, 0))",
                (landlord, RULEBOOK),
            )
            known_organisation(cursor, landlord, organisation)
            rulebook = read_stream(cursor, landlord, RULEBOOK)
            known = recurring.duties_after(entry.event for entry in rulebook).get(
                (organisation, duty)
            )
            rule = _rules(cursor, landlord, organisation, today).get(duty)
            try:
                events = decide(known, rule, today)
            except ComplaintRuleBroken as refused:
                typer.echo(f"{refused} ({refused.rule} {refused.clause})", err=True)
                raise typer.Exit(REFUSED) from None
            for event in events:
                set_, ended = timers_after([event])
                tell(
                    cursor,
                    landlord=landlord,
                    event=event,
                    by=by or getpass.getuser(),
                    now=now,
                    timers_set=set_,
                    timers_ended=ended,
                )
        owed = next(
            line
            for line in owed_duties(inst.owner, landlord, now=now)
            if (line.organisation, line.duty) == (organisation, duty)
        )
    typer.echo(_told(owed))
