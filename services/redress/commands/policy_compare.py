"""`redress policy compare`: says where a policy is later or looser than a code above it; needs no database."""

import json
import textwrap
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from services.redress.commands.checking import england_calendar
from services.redress.commands.options import AsJson
from services.redress.commands.packs import PackNotFound, pack
from shared.policies.comparing import Departure, Sample, departures
from shared.policies.policy import Policy

COLUMNS = 80
NO_DEPARTURE, DEPARTS, NOT_UNDERSTOOD = 0, 1, 2
SAMPLE_YEAR = 2026


def compare_command(
    own: Annotated[
        str, typer.Argument(help="A shipped policy pack by its name, or the path of one (.toml).")
    ],
    code: Annotated[str, typer.Argument(help="The code to hold it against, in the same way.")],
    *,
    year: Annotated[
        int, typer.Option(help="The year on each day of which a case is counted under both.")
    ] = SAMPLE_YEAR,
    as_json: AsJson = False,
) -> None:
    """List each way in which a policy is later or looser than a code, with both clauses.

    Exit code: 0 when there is none, 1 when there are some, 2 when an argument cannot be understood.
    """
    policy, above = _read("OWN", own), _read("CODE", code)
    calendar = england_calendar()
    if not calendar.first_day.year <= year < calendar.last_day.year:
        known = f"{calendar.first_day.year} to {calendar.last_day.year - 1}"
        typer.echo(f"--year: {year} is not counted; choose from {known}", err=True)
        raise typer.Exit(NOT_UNDERSTOOD)
    found = departures(policy, above, calendar, year=year)
    if as_json:
        typer.echo(json.dumps(answer(policy, above, found), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(lines(policy, above, found)))
    raise typer.Exit(DEPARTS if found else NO_DEPARTURE)


def _read(argument: str, asked: str) -> Policy:
    try:
        return pack(asked).read
    except PackNotFound as missing:
        typer.echo(f"{argument}: {missing}", err=True)
        raise typer.Exit(NOT_UNDERSTOOD) from missing


def answer(own: Policy, code: Policy, found: tuple[Departure, ...]) -> dict[str, Any]:
    """The answer for machines."""
    return {
        "policy": own.policy,
        "policy_hash": own.policy_hash,
        "code": code.policy,
        "code_hash": code.policy_hash,
        "departures": [
            asdict(departure) | {"worst": departure.worst and _sample(departure.worst)}
            for departure in found
        ],
    }


def _sample(worst: Sample) -> dict[str, Any]:
    values = asdict(worst)
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def lines(own: Policy, code: Policy, found: tuple[Departure, ...]) -> list[str]:
    """The answer for people, on 80 columns."""
    if not found:
        return textwrap.wrap(f"{own.title}: nowhere later or looser than {code.title}.", COLUMNS)
    told = textwrap.wrap(f"{own.title}, held against {code.title}:", COLUMNS)
    for departure in found:
        where = f"Stage {departure.stage}: " if departure.stage is not None else ""
        told.append("")
        told += textwrap.wrap(where + departure.said, COLUMNS)
        told += _indented(f"Policy: {departure.own_clause}")
        told += _indented(f"Code: {departure.code_clause}")
        if departure.worst is not None:
            told += _indented(_example(departure.worst))
    return told


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, COLUMNS, initial_indent="  ", subsequent_indent="    ")


def _example(worst: Sample) -> str:
    acknowledged = f", acknowledged {_day(worst.acknowledged_on)}" if worst.acknowledged_on else ""
    return (
        f"Such as: received {_day(worst.received_on)}{acknowledged}; due {_day(worst.own_due_on)} "
        f"by the policy, {_day(worst.code_due_on)} by the Code."
    )


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
