"""What `redress dates` answers: dates counted by hand, under the two shipped policies."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from services.redress.main import app
from shared.policy_packs.loader import shipped_pack

KCTMO, CODE = "kctmo-2010", "hos-code-2024"
Due = dict[tuple[str, int], str]


def ask(*arguments: str) -> Due:
    """The due dates that the command gives, by duty and stage."""
    answered = CliRunner().invoke(app, ["dates", *arguments, "--json"])
    assert answered.exit_code == 0, answered.output
    duties = json.loads(answered.output)["duties"]
    return {(duty["duty"], duty["stage"]): duty.get("due_on") or duty["due_at"] for duty in duties}


# Received; under KCTMO acknowledge, holding response, draft, respond.
KCTMO_GRID = (
    ("2025-09-09T10:15", "2025-09-11", "2025-09-18", "2025-09-22", "2025-09-23"),
    ("2025-09-12T18:40", "2025-09-16", "2025-09-23", "2025-09-25", "2025-09-26"),
    ("2025-10-24T16:30", "2025-10-28", "2025-11-04", "2025-11-06", "2025-11-07"),
    ("2026-03-27T09:00", "2026-03-31", "2026-04-09", "2026-04-13", "2026-04-14"),
    ("2025-04-17T11:00", "2025-04-23", "2025-04-30", "2025-05-02", "2025-05-06"),
    ("2025-12-22T14:00", "2025-12-24", "2026-01-05", "2026-01-07", "2026-01-08"),
)
# Received, acknowledged; under the Code acknowledge, respond.
CODE_GRID = (
    ("2025-09-09T10:15", "2025-09-11", "2025-09-16", "2025-09-25"),
    ("2025-09-12T18:40", "2025-09-16", "2025-09-19", "2025-09-30"),
    ("2025-10-24T16:30", "2025-10-28", "2025-10-31", "2025-11-11"),
    ("2026-03-27T09:00", "2026-03-31", "2026-04-07", "2026-04-16"),
    ("2025-04-17T11:00", "2025-04-22", "2025-04-28", "2025-05-07"),
    ("2025-12-22T14:00", "2025-12-24", "2025-12-31", "2026-01-12"),
)
GRID_NAMES = (
    "a plain fortnight", "a Friday evening", "the clocks go back", "the clocks go forward, then Easter",
    "Maundy Thursday", "Christmas",
)  # fmt: skip


@pytest.mark.parametrize(
    ("received", "acknowledge", "holding", "draft", "respond"),
    KCTMO_GRID,
    ids=GRID_NAMES,
)
def test_kctmo_counts_from_receipt(
    received: str, acknowledge: str, holding: str, draft: str, respond: str
) -> None:
    due = ask(KCTMO, "--received", received)
    assert due == {
        ("acknowledge", 1): acknowledge,
        ("contact", 1): acknowledge,
        ("allocate", 1): acknowledge,
        ("holding_response", 1): holding,
        ("draft", 1): draft,
        ("respond", 1): respond,
    }


@pytest.mark.parametrize(
    ("received", "acknowledged", "acknowledge", "respond"),
    CODE_GRID,
    ids=GRID_NAMES,
)
def test_the_code_counts_the_answer_from_the_acknowledgement(
    received: str, acknowledged: str, acknowledge: str, respond: str
) -> None:
    due = ask(CODE, "--received", received, "--fact", f"acknowledged={acknowledged}")
    assert due == {("acknowledge", 1): acknowledge, ("respond", 1): respond}


def test_the_code_counts_from_the_day_the_acknowledgement_was_due_while_there_is_none() -> None:
    due = ask(CODE, "--received", "2025-09-09")
    assert due["respond", 1] == "2025-09-30"


def test_the_code_moves_the_answer_by_an_extension() -> None:
    facts = ("--fact", "acknowledged=2025-09-11", "--fact", "extension=2025-09-19,to=2025-10-09")
    assert ask(CODE, "--received", "2025-09-09", *facts)["respond", 1] == "2025-10-09"


def test_kctmo_runs_through_all_three_stages() -> None:
    facts = (
        "response=2026-03-16", "escalation_requested=2026-04-15", "response:2=2026-04-29",
        "escalation_requested:3=2026-05-08",
    )  # fmt: skip
    due = ask(
        KCTMO, "--received", "2026-03-02", *(part for one in facts for part in ("--fact", one))
    )
    assert due == {
        ("acknowledge", 1): "2026-03-04",
        ("contact", 1): "2026-03-04",
        ("allocate", 1): "2026-03-04",
        ("holding_response", 1): "2026-03-11",
        ("draft", 1): "2026-03-13",
        ("respond", 1): "2026-03-16",
        ("escalation_window", 1): "2026-04-15",
        ("close", 1): "2026-04-16",
        ("acknowledge", 2): "2026-04-17",
        ("contact", 2): "2026-04-17",
        ("holding_response", 2): "2026-04-24",
        ("draft", 2): "2026-04-28",
        ("respond", 2): "2026-04-29",
        ("escalation_window", 2): "2026-05-29",
        ("close", 2): "2026-05-30",
        ("acknowledge", 3): "2026-05-12",
        ("holding_response", 3): "2026-06-15",
        ("draft", 3): "2026-06-17",
        ("respond", 3): "2026-06-18",
    }


def test_silence_closes_a_kctmo_case_the_day_after_the_twentieth_working_day() -> None:
    due = ask(KCTMO, "--received", "2026-03-02", "--fact", "response=2026-03-16")
    assert due["escalation_window", 1] == "2026-04-15"
    assert due["close", 1] == "2026-04-16"


def test_a_board_members_enquiry_is_acknowledged_within_48_hours_over_the_clock_change() -> None:
    due = ask(KCTMO, "--received", "2025-10-24T16:30", "--route", "board_enquiry")
    assert due["acknowledge", 1] == "2025-10-26T15:30:00+00:00"
    assert due["respond", 1] == "2025-11-07"


def test_facts_may_be_given_in_any_order() -> None:
    facts = ("--fact", "escalation_requested=2026-04-15", "--fact", "response=2026-03-16")
    assert ask(KCTMO, "--received", "2026-03-02", *facts)["respond", 2] == "2026-04-29"


def test_every_day_of_a_count_is_named_with_what_it_passed_over() -> None:
    answered = CliRunner().invoke(app, ["dates", CODE, "--received", "2026-03-27", "--json"])
    document = json.loads(answered.output)
    acknowledge = document["duties"][0]
    assert document["policy"] == CODE
    assert len(document["policy_hash"]) == 64
    assert document["received_on"] == "2026-03-27"
    assert acknowledge["clause"] == "Code 6.2"
    assert acknowledge["trigger"] == "received"
    assert [day["date"] for day in acknowledge["counted"]] == [
        "2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02", "2026-04-07",
    ]  # fmt: skip
    assert acknowledge["counted"][4]["skipped"] == [
        {"date": "2026-04-03", "name": "Good Friday"},
        {"date": "2026-04-06", "name": "Easter Monday"},
    ]


def test_the_text_fits_80_columns_and_says_why() -> None:
    answered = CliRunner().invoke(app, ["dates", KCTMO, "--received", "2026-03-27"])
    assert answered.exit_code == 0
    assert max(len(line) for line in answered.output.splitlines()) <= 80
    assert "Tue 31 Mar 2026" in answered.output
    assert "Good Friday Fri 3 Apr 2026" in " ".join(answered.output.split())
    assert "[Procedure, Stage One]" in " ".join(answered.output.split())


def test_a_pack_of_ones_own_is_read_from_its_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("packs") / "slower.toml"
    own = shipped_pack(CODE).replace(
        "span = { working_days = 5 }", "span = { working_days = 6 }", 1
    )
    file.write_text(own, encoding="utf-8")
    assert ask(str(file), "--received", "2025-09-09")["acknowledge", 1] == "2025-09-17"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("nobody-2010", "--received", "2026-03-02"),
            "POLICY: “nobody-2010” is no policy pack; shipped are",
        ),
        (
            ("nowhere.toml", "--received", "2026-03-02"),
            "POLICY: the policy pack nowhere.toml cannot be used",
        ),
        ((KCTMO, "--received", "2 March"), "--received: “2 March” is neither a day such as"),
        ((KCTMO, "--received", "2026-03-29T01:30"), "does not exist in London"),
        ((KCTMO, "--received", "1999-12-31"), "covers 2000-01-01"),
        (
            (KCTMO, "--received", "2026-03-02", "--route", "gossip"),
            "--route: “gossip” is not a route; choose",
        ),
        (
            (KCTMO, "--received", "2026-03-02", "--fact", "response"),
            "--fact: “response” is not of the form",
        ),
        (
            (KCTMO, "--received", "2026-03-02", "--fact", "phoned=2026-03-04"),
            "--fact: “phoned” is not something",
        ),
        (
            (KCTMO, "--received", "2026-03-02", "--fact", "response=2026-02-27"),
            "lies before the receipt",
        ),
    ],
)
def test_what_cannot_be_understood_is_named_with_the_way_out(
    arguments: tuple[str, ...], said: str
) -> None:
    answered = CliRunner().invoke(app, ["dates", *arguments])
    assert answered.exit_code == 2
    assert said in answered.output
