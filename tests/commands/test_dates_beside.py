"""`redress dates POLICY --overlay CODE`: the dates of both, and nothing else changed."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner

from services.redress.main import app

KCTMO, CODE = "kctmo-2010", "hos-code-2024"


def ask(*arguments: str) -> Any:
    """The answer as JSON."""
    answered = CliRunner().invoke(app, ["dates", *arguments, "--json"])
    assert answered.exit_code == 0, answered.output
    return json.loads(answered.output)


def due(duties: list[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """The due dates by duty and stage."""
    return {(duty["duty"], duty["stage"]): duty["due_on"] for duty in duties}


def test_the_codes_dates_stand_beside_those_of_the_policy() -> None:
    alone = ask(KCTMO, "--received", "2026-06-01", "--fact", "acknowledged=2026-06-10")
    both = ask(
        KCTMO, "--received", "2026-06-01", "--fact", "acknowledged=2026-06-10", "--overlay", CODE
    )
    assert both["duties"] == alone["duties"]
    assert "code_duties" not in alone
    assert both["code_policy"] == CODE
    # The acknowledgement was due Monday 8; the answer ten working days after Wednesday 10.
    assert due(both["code_duties"]) == {
        ("acknowledge", 1): "2026-06-08",
        ("respond", 1): "2026-06-24",
    }
    assert due(both["duties"])["respond", 1] == "2026-06-15"


def test_a_third_stage_has_no_date_under_the_code() -> None:
    facts = ("response=2026-06-12", "escalation_requested=2026-06-15", "response:2=2026-06-26")
    asked = [part for fact in facts for part in ("--fact", fact)]
    third = ("--fact", "escalation_requested:3=2026-06-29")
    both = ask(KCTMO, "--received", "2026-06-01", *asked, *third, "--overlay", CODE)
    assert {duty["stage"] for duty in both["duties"]} == {1, 2, 3}
    assert {duty["stage"] for duty in both["code_duties"]} == {1, 2}


def test_the_code_beside_itself_is_not_doubled() -> None:
    assert "code_duties" not in ask(CODE, "--received", "2026-06-01", "--overlay", CODE)


def test_the_text_tells_them_apart_and_an_unknown_pack_is_named() -> None:
    told = (
        CliRunner()
        .invoke(app, ["dates", KCTMO, "--received", "2026-06-01", "--overlay", CODE])
        .output
    )
    assert told.index("Mon 15 Jun 2026") < told.index(f"Beside it, under {CODE}")
    assert told.index(f"Beside it, under {CODE}") < told.index("[Code 6.2]")
    unknown = CliRunner().invoke(
        app, ["dates", KCTMO, "--received", "2026-06-01", "--overlay", "no-code"]
    )
    assert unknown.exit_code == 2
    assert "--overlay" in unknown.output
