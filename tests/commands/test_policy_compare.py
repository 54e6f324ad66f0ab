"""`redress policy compare OWN CODE`: what a board and a complaints team read, and what programs read."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from services.redress.main import app

CODE = "hos-code-2024"


def compare(*arguments: str) -> Result:
    """The command's answer."""
    return CliRunner().invoke(app, ["policy", "compare", *arguments])


def test_each_departure_stands_with_both_clauses_and_a_case_that_shows_it() -> None:
    told = compare("bancroft-tmc", CODE)
    assert told.exit_code == 1
    assert "Stage 1: The date to respond may lie 10 working days after the Code's." in told.output
    assert "  Policy: 7, Stage 1 Complaints\n  Code: Code 6.3\n" in told.output
    assert "Such as: received " in told.output
    assert max(len(line) for line in told.output.splitlines()) <= 80


def test_programs_get_the_same_in_json() -> None:
    answered = compare("bancroft-tmc", CODE, "--json")
    answer = json.loads(answered.output)
    assert answered.exit_code == 1
    assert (answer["policy"], answer["code"]) == ("bancroft-tmc", CODE)
    later = next(one for one in answer["departures"] if one["kind"] == "later")
    assert later["worst"]["working_days_later"] == 10
    assert all(one["own_clause"] and one["code_clause"] for one in answer["departures"])


def test_a_policy_that_departs_nowhere_is_exit_code_nought() -> None:
    told = compare(CODE, CODE)
    assert told.exit_code == 0
    assert "nowhere later or looser" in told.output.replace("\n", " ")
    assert json.loads(compare(CODE, CODE, "--json").output)["departures"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such-pack", CODE), "OWN: "),
        ((CODE, "no-such-pack"), "CODE: "),
        ((CODE, CODE, "--year", "2099"), "--year: "),
    ],
)
def test_what_cannot_be_understood_is_exit_code_two(arguments: tuple[str, ...], said: str) -> None:
    answered = compare(*arguments)
    assert answered.exit_code == 2
    assert said in answered.output
