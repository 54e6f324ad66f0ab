"""`redress policy simulate`: a past period judged again under another policy, counted by hand, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.redress.assembly import Installation
from services.redress.commands.importing import import_file
from shared.runtime.clock import SettableClock
from tests.commands.histories import fact, history, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"
# Under the Code ten working days from the acknowledgement on Wednesday 10 June 2026 end on Wednesday 24 June; under
# KCTMO ten from the receipt on Monday 8 June end on Monday 22 June.
BETWEEN = history(
    "LH-0001", fact("received", "2026-06-08"), fact("acknowledged", "2026-06-10"), fact("response", "2026-06-23")
)  # fmt: skip
EARLY = history(
    "LH-0002", fact("received", "2026-06-08"), fact("acknowledged", "2026-06-09"), fact("response", "2026-06-12")
)  # fmt: skip
OTHER_YEAR = history("LH-0003", fact("received", "2025-06-09"), fact("response", "2025-06-12"))
ASKED = ("policy", "simulate", "kctmo-2010", "--landlord", LARKFIELD)


@pytest.fixture
def clock() -> SettableClock:
    """After all of it."""
    return SettableClock(datetime(2026, 7, 1, 9, 30, tzinfo=UTC))


@pytest.fixture
def imported(installed: Installation, written: Written) -> Installation:
    """Three answered cases under the Code."""
    import_file(installed, file=written("cases.jsonl", lines(BETWEEN, EARLY, OTHER_YEAR)))
    return installed


def test_a_machine_reads_then_and_now_by_stage_and_month_and_which_cases_change(
    imported: Installation, terminal: Terminal
) -> None:
    before = imported.recorder.load(LARKFIELD, "LH-2026-000001")
    code, output = terminal(*ASKED, "--from", "2026-01-01", "--to", "2026-12-31", "--json")
    assert code == 0
    answer = json.loads(output[output.index("{") :])
    assert (answer["complaints"], answer["judged"]) == (2, 2)
    (by_stage,) = [each for each in answer["tables"] if each["table"] == "Answered, by stage"]
    (row,) = by_stage["rows"]
    assert (row["Then in time"], row["Then late"]) == (2, 0)
    assert (row["Now in time"], row["Now late"], row["Would have been late"]) == (1, 1, 1)
    (changed,) = [each for each in answer["changed"] if each["duty"] == "respond"]
    assert changed["was_due"] == "2026-06-24"
    assert changed["would_be_due"] == "2026-06-22"
    assert changed["done_on"] == "2026-06-23"
    assert "would have acted otherwise" in answer["cannot_know"]
    assert imported.recorder.load(LARKFIELD, "LH-2026-000001") == before


def test_a_person_reads_it_on_80_columns(imported: Installation, terminal: Terminal) -> None:
    code, output = terminal(*ASKED, "--from", "2026-01-01", "--to", "2026-12-31")
    assert code == 0
    assert "2 of 2 complaints received 2026-01-01 to 2026-12-31" in output
    assert "2 -> 1" in output
    assert "Would have been late: 1" in output
    assert max(map(len, output.splitlines())) <= 80


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--from", "2026-02-01", "--to", "2026-01-01"), "lies before the first day"),
        (("--from", "soon", "--to", "2026-01-01"), "is no date"),
        (
            ("--from", "2026-01-01", "--to", "2026-02-01", "--organisation", "nobody"),
            "is not one of",
        ),
    ],
)
def test_what_cannot_be_is_said_with_the_option(
    imported: Installation, terminal: Terminal, more: tuple[str, ...], said: str
) -> None:
    code, output = terminal(*ASKED, *more)
    assert code == 2
    assert said in " ".join(output.replace("│", " ").split())


def test_an_unknown_pack_is_named_with_those_there_are(terminal: Terminal) -> None:
    code, output = terminal(
        "policy", "simulate", "none", "--landlord", LARKFIELD, "--from", "2026-01-01", "--to", "2026-01-02"
    )  # fmt: skip
    assert code == 2
    assert "kctmo-2010" in output
