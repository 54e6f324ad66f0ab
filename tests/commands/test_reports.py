"""`redress report`, `redress homes` and `redress duty` on a database: from the log, to the log, and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.redress.assembly import WORKFLOW, Installation
from services.redress.commands.duties import owed_duties
from services.redress.commands.importing import import_file
from services.workflow.reconciling import reconcile
from services.workflow.timers import TimerService
from shared.complaints.events import RULEBOOK
from shared.complaints.events.oversight import RecurringDutyMissed
from shared.eventstore.feed import head, read_stream
from tests.commands.histories import DAMP, LIFT, lines

pytestmark = pytest.mark.postgres
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"
WHOSE = ("--landlord", LARKFIELD)
OF = ("--organisation", LARKFIELD)
# These days are gone by whenever the test runs: commands in a terminal go by the machine's clock.
LONG_AGO, LATER = "2020-01-31", "2020-09-01"


@pytest.fixture
def imported(
    installed: Installation,
    written: Callable[[str, str], Path],
    capsys: pytest.CaptureFixture[str],
) -> Installation:
    """Two cases are in the log."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP, LIFT)))
    capsys.readouterr()
    return installed


def answer(terminal: Terminal, *arguments: str) -> Any:
    """The answer in JSON."""
    code, output = terminal(*arguments, "--json")
    assert code in {0, 1}, output
    return json.loads(output)


def test_the_annual_report_is_made_from_the_log_and_made_again_from_its_place(
    imported: Installation, terminal: Terminal
) -> None:
    report = answer(terminal, "report", "annual", *WHOSE, "--year", "2025")
    assert report["received"] == {"1": 2, "2": 1}
    assert report["own_times"]["1"] == {
        "in_time": 1,
        "in_time_after_extension": 0,
        "late": 1,
        "open": 0,
    }
    published = ("report", "publish", *WHOSE, "--year", "2025", "--on", "2026-06-01")
    code, output = terminal(*published, "--where", "https://larkfield.example/complaints")
    assert code == 0, output
    now = answer(terminal, "report", "annual", *WHOSE, "--year", "2025")
    assert now["published"]["report_hash"] == report["report_hash"] == now["report_hash"]
    up_to = str(now["published"]["up_to"])
    again = answer(terminal, "report", "annual", *WHOSE, "--year", "2025", "--up-to", up_to)
    assert again == report
    code, text = terminal("report", "annual", *WHOSE, "--year", "2025")
    assert (code, "Published on Monday 1 June 2026" in text) == (0, True)
    assert "Restated" not in text


def test_homes_are_counted_with_a_day_and_the_report_counts_against_them(
    imported: Installation, terminal: Terminal
) -> None:
    for homes, day in (("900", "2025-03-31"), ("1000", "2026-03-31")):
        code, output = terminal("homes", "count", homes, *WHOSE, *OF, "--as-at", day)
        assert code == 0, output
    counts = answer(terminal, "homes", "list", *WHOSE)
    assert [(row["homes"], row["as_at"]) for row in counts] == [
        (900, "2025-03-31"),
        (1_000, "2026-03-31"),
    ]
    (row,) = answer(terminal, "report", "annual", *WHOSE, "--year", "2025")["organisations"]
    assert (row["homes"], row["stage_1"], row["stage_1_per_1000_homes"]) == (1_000, None, None)


def test_a_duty_is_begun_done_and_due_again(imported: Installation, terminal: Terminal) -> None:
    before = answer(terminal, "duty", "list", *WHOSE)
    assert {(row["duty"], row["state"]) for row in before} == {
        ("annual_report", "not begun"),
        ("self_assessment", "not begun"),
    }
    begin = ("duty", "begin", "annual_report", *WHOSE, *OF)
    assert terminal(*begin, "--since", LONG_AGO)[0] == 0
    code, output = terminal(*begin, "--since", LONG_AGO)
    assert (code, "owes annual report already" in output) == (2, True)
    assert "Code 8.1 and 8.2" in output
    listed = ("duty", "list", *WHOSE)
    assert terminal(*listed)[0] == 1  # overdue since 31 January 2021
    done = ("duty", "done", "annual_report", *WHOSE, *OF, "--on", LATER)
    assert terminal(*done, "--evidence", "Minutes of the board.")[0] == 0
    rows = {row["duty"]: row for row in answer(terminal, *listed)}
    owed = rows["annual_report"]
    assert (owed["due_on"], owed["done_on"]) == ("2021-09-01", LATER)
    end = ("duty", "end", "annual_report", *WHOSE, *OF, "--reason", "Merged into another.")
    assert terminal(*end)[0] == 0
    states = {row["duty"]: row["state"] for row in answer(terminal, *listed)}
    assert states["annual_report"] == "ended"


def test_a_duty_that_nobody_does_is_missed_by_its_timer_once(
    imported: Installation, terminal: Terminal
) -> None:
    terminal("duty", "begin", "annual_report", *WHOSE, *OF, "--since", LONG_AGO)
    workflow = imported.database(WORKFLOW)
    now = imported.clock.now()
    assert reconcile(workflow, LARKFIELD, now=now) == []
    timers = TimerService(recorder=imported.recorder, database=workflow, clock=imported.clock)
    assert timers.fire_due(LARKFIELD) == 1
    assert timers.fire_due(LARKFIELD) == 0
    with imported.owner.transaction(LARKFIELD) as cursor:
        told = [entry.event for entry in read_stream(cursor, LARKFIELD, RULEBOOK)]
    missed = [event for event in told if isinstance(event, RecurringDutyMissed)]
    assert missed == [RecurringDutyMissed(LARKFIELD, "annual_report", 1, date(2021, 1, 31))]
    states = [line.state for line in owed_duties(imported.owner, LARKFIELD, now=now)]
    assert states == ["overdue", "not begun"]
    assert reconcile(workflow, LARKFIELD, now=now) == []
    assert imported.catch_up_projections(LARKFIELD) > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "annual", "--landlord", "nobody", "--year", "2025"), "not registered"),
        (("report", "annual", *WHOSE, "--year", "1999"), "--year"),
        (("homes", "count", "2000000", *WHOSE, *OF, "--as-at", LONG_AGO), "1000000"),
        (("homes", "count", "1", *WHOSE, *OF, "--as-at", "2090-01-01"), "in the future"),
        (
            ("homes", "count", "1", *WHOSE, "--organisation", "x", "--as-at", LONG_AGO),
            "not one of",
        ),
        (("duty", "begin", "tea", *WHOSE, *OF, "--since", LONG_AGO), "no policy in force"),
        (("duty", "end", "tea", *WHOSE, *OF, "--reason", "None."), "is not owed"),
        (
            ("report", "publish", *WHOSE, "--year", "2025", "--on", "2025-01-01", "--where", "x"),
            "when the year began",
        ),
        (
            ("report", "respond", *WHOSE, "--year", "2025", "--on", "2026-04-01", "--where", " "),
            "names nobody",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_and_changes_nothing(
    imported: Installation, terminal: Terminal, arguments: tuple[str, ...], said: str
) -> None:
    with imported.owner.transaction(LARKFIELD) as cursor:
        before = head(cursor, LARKFIELD)
    code, output = terminal(*arguments)
    assert code == 2, output
    assert said in " ".join(output.replace("│", " ").split())
    with imported.owner.transaction(LARKFIELD) as cursor:
        assert head(cursor, LARKFIELD) == before
