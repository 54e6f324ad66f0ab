"""`redress calendar`: a landlord closes a day, sees first what that moves, and can show afterwards why it moved."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.redress.assembly import WORKFLOW, Installation
from services.redress.commands.calendar import adopt, told
from services.redress.commands.case import find_report
from services.redress.commands.importing import import_file
from services.redress.commands.verify import troubles
from shared.calendars.england import revised_document
from shared.registry.calendars import AdoptedCalendar, adopted_calendars
from shared.registry.rulebook import AdoptionRefused
from shared.runtime.clock import SettableClock
from tests.commands.histories import fact, history, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"
FRI_12_JUN_2026 = datetime(2026, 6, 12, 9, 30, tzinfo=UTC)
FRI_19_JUN_2026 = date(2026, 6, 19)
WHY = "A national day of mourning was proclaimed for Friday 19 June."
# E22: under the Code, received and acknowledged on Wednesday 10 June 2026.
MOURNED = history("LH-0022", fact("received", "2026-06-10"), fact("acknowledged", "2026-06-10"))


@pytest.fixture
def clock() -> SettableClock:
    """Two days after the receipt."""
    return SettableClock(FRI_12_JUN_2026)


@pytest.fixture
def imported(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """The case is in, with its dates ahead."""
    import_file(installed, file=written("cases.jsonl", lines(MOURNED)))
    capsys.readouterr()
    return installed


def current(inst: Installation) -> AdoptedCalendar:
    """The calendar in use."""
    with inst.owner.transaction(LARKFIELD) as cursor:
        return adopted_calendars(cursor, LARKFIELD)[0]


def mourning(
    inst: Installation, *, dry_run: bool, reason: str | None = WHY, **changes: Any
) -> dict[str, Any]:
    """Adopt the day of mourning, or other changes."""
    before = current(inst)
    document = revised_document(
        before.document, **(changes or {"holidays": {FRI_19_JUN_2026: "Day of mourning"}})
    )
    return adopt(inst, LARKFIELD, before, document, by="amal", reason=reason, dry_run=dry_run)


def due(inst: Installation, *, code: bool = False) -> dict[str, Any]:
    """The response's date as `redress case --json` shows it."""
    report = find_report(inst, "LH-0022", landlord=None).as_json()
    rows: list[dict[str, Any]] = report["code_duties" if code else "duties"]
    return next(row for row in rows if row["duty"] == "respond")


def test_a_dry_run_names_each_date_that_would_move_and_changes_nothing(
    imported: Installation,
) -> None:
    before = current(imported)
    answer = mourning(imported, dry_run=True)
    (moved,) = [each for each in answer["moved"] if each["duty"] == "respond"]
    assert (moved["from_on"], moved["to_on"]) == (date(2026, 6, 24), date(2026, 6, 25))
    assert "respond: Wed 24 Jun 2026 -> Thu 25 Jun 2026" in "\n".join(told(answer))
    assert current(imported) == before
    assert due(imported)["due_on"] == "2026-06-24"
    assert list(troubles(imported, LARKFIELD)) == []


def test_the_case_shows_the_count_of_before_and_the_count_of_now(imported: Installation) -> None:
    answer = mourning(imported, dry_run=False)
    assert (answer["cases"], answer["cases_moved"]) == (1, 1)
    row = due(imported)
    assert (row["due_on"], row["earlier_due_on"][-1]) == ("2026-06-25", "2026-06-24")
    (recount,) = row["recounted"]
    assert (recount["reason"], recount["from_on"]) == (WHY, "2026-06-24")
    assert recount["counted"][-1] == {"day": 10, "date": "2026-06-24", "skipped": []}
    assert {"date": "2026-06-19", "name": "Day of mourning"} in [
        day for each in row["counted"] for day in each["skipped"]
    ]
    text = find_report(imported, "LH-0022", landlord=None).as_text(why=True)
    assert "first counted to Wed 24 Jun 2026, then again to Thu 25 Jun 2026" in text
    assert max(map(len, text.splitlines())) <= 80
    assert list(troubles(imported, LARKFIELD)) == []


def test_a_closure_of_the_office_tells_which_day_the_law_still_asks_for(
    imported: Installation,
) -> None:
    answer = mourning(imported, dry_run=True, office_closures={FRI_19_JUN_2026: "Moving house"})
    (moved,) = [each for each in answer["moved"] if each["duty"] == "respond"]
    assert moved["lawful_on"] == date(2026, 6, 24)
    said = "\n".join(told(answer))
    assert "by law it stays Wed 24 Jun 2026" in said
    assert "Fri 19 Jun 2026 closed: Moving house, the landlord's own closure" in said


@pytest.mark.parametrize(
    ("reason", "changes", "said"),
    [
        (None, {}, "--reason: is missing"),
        ("Two\nlines", {}, "one sentence"),
        (" ", {}, "one sentence"),
    ],
)
def test_what_cannot_be_adopted_says_why(
    imported: Installation, reason: str | None, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(AdoptionRefused, match=said):
        mourning(imported, dry_run=True, reason=reason, **changes)


def test_the_calendar_in_use_is_not_adopted_again(imported: Installation) -> None:
    before = current(imported)
    with pytest.raises(AdoptionRefused, match="in use already"):
        adopt(imported, LARKFIELD, before, before.document, by="amal", reason=WHY, dry_run=False)


def test_from_the_terminal_a_day_is_closed_shown_listed_and_counted(
    imported: Installation, terminal: Terminal
) -> None:
    asked = ("--landlord", LARKFIELD, "--holiday", "2027-06-18=Jubilee", "--reason", "Proclaimed.")
    code, output = terminal("calendar", "adopt", *asked, "--by", "amal", "--dry-run")
    assert code == 0
    assert "would be adopted in place of" in output
    code, output = terminal("calendar", "adopt", *asked, "--by", "amal", "--json")
    assert code == 0
    revision = json.loads(output)["revision"]
    code, output = terminal("calendar", "show", "--landlord", LARKFIELD, "--year", "2027", "--json")
    shown = json.loads(output)
    assert shown["revision"] == revision
    assert {"on": "2027-06-18", "name": "Jubilee", "office_closure": False} in shown["closed"]
    code, output = terminal("calendar", "show", "--landlord", LARKFIELD, "--year", "2027")
    assert "Fri 18 Jun 2027  Jubilee" in output
    assert "Counting again what runs: finished." in output
    assert shown["recount"]["calendar_revision"] == revision
    code, output = terminal("calendar", "list", "--landlord", LARKFIELD)
    assert len(output.splitlines()) == 2
    assert output.startswith(f"{revision}, adopted ")
    assert "by amal: Proclaimed." in output
    code, output = terminal("calendar", "replan", "--landlord", LARKFIELD)
    assert code == 0
    assert "dates of" in output
    code, output = terminal("calendar", "replan", "--landlord", LARKFIELD, "--dry-run", "--json")
    assert json.loads(output)["dates_moved"] == 0
    with imported.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        row = cursor.execute("SELECT finished_at FROM workflow.recount").fetchone()
    assert row is not None
    assert row["finished_at"] is not None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--holiday", "2026-06-19"), "write it as 2026-06-19=Name"),
        (("--holiday", "19/6/26=X"), "write one such as 2026-06-19"),
        (("--closure", "2026-06-20=X"), "Saturday or Sunday"),
        (("--open", "2026-06-19"), "is not closed"),
        (("--file", "nowhere.json"), "cannot be read"),
        (("--file", "nowhere.json", "--england"), "leave one of the two out"),
        ((), "in use already"),
        (("--holiday", "2027-06-18=X", "--by", "Amal Smith"), "is no id"),
    ],
)
@pytest.mark.usefixtures("imported")
def test_bad_input_is_refused_with_the_field_and_the_way_out(
    terminal: Terminal, asked: tuple[str, ...], said: str
) -> None:
    where = ("calendar", "adopt", "--landlord", LARKFIELD, "--reason", "Why not.")
    code, output = terminal(*where, *asked)
    assert code == 2
    assert said in " ".join(output.replace("│", " ").split())


@pytest.mark.usefixtures("imported")
def test_a_change_by_another_between_dry_run_and_adoption_is_named_and_refused(
    terminal: Terminal,
) -> None:
    asked = ("calendar", "adopt", "--landlord", LARKFIELD, "--reason", "Proclaimed.", "--json")
    mine = (*asked, "--holiday", "2027-06-18=Jubilee", "--by", "amal")
    seen = json.loads(terminal(*mine, "--dry-run")[1])["replaces"]
    theirs = (*asked, "--closure", "2027-06-17=Moving house", "--by", "bea", "--replaces", seen)
    assert terminal(*theirs)[0] == 0
    code, output = terminal(*mine, "--replaces", seen)
    assert code == 2
    assert "--replaces: The calendar was changed meanwhile by bea" in output
    assert "Thursday 17 June 2027 is closed (Moving house)" in output
    assert "with --dry-run" in output
    shown = json.loads(
        terminal("calendar", "show", "--landlord", LARKFIELD, "--year", "2027", "--json")[1]
    )
    assert "Jubilee" not in [day["name"] for day in shown["closed"]]
    seen = json.loads(terminal(*mine, "--dry-run")[1])["replaces"]
    assert terminal(*mine, "--replaces", seen)[0] == 0


@pytest.mark.usefixtures("imported")
def test_an_unknown_landlord_is_named_with_those_there_are(terminal: Terminal) -> None:
    for command in ("show", "list", "adopt", "replan"):
        code, output = terminal("calendar", command, "--landlord", "nobody")
        assert code == 2
        assert LARKFIELD in output
