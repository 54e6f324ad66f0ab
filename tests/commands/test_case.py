"""What `redress case` prints, and how the commands are called from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.redress.assembly import Installation
from services.redress.commands.case import print_case
from services.redress.commands.importing import import_file
from tests.commands.histories import DAMP, DAMP_DUTIES, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]


@pytest.fixture
def imported(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """One case is in."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    capsys.readouterr()
    return installed


def test_a_case_is_found_by_its_own_reference_and_by_that_of_the_other_system(
    imported: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_case(imported, reference="LH-0001", why=False, as_json=True, landlord=None) == 0
    report = json.loads(capsys.readouterr().out)
    own = report["reference"]
    assert own == "LH-2025-000001"
    assert print_case(imported, reference=own, why=False, as_json=True, landlord=None) == 0
    assert json.loads(capsys.readouterr().out) == report


def test_the_json_counts_each_date_day_by_day_with_its_rule_and_clause(
    imported: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    print_case(imported, reference="LH-0001", why=True, as_json=True, landlord=None)
    duties = json.loads(capsys.readouterr().out)["duties"]
    assert [(row["duty"], row["stage"], row["due_on"]) for row in duties] == [
        row[:3] for row in DAMP_DUTIES
    ]
    late = duties[1]
    assert (late["clause"], late["verdict"]) == ("Code 6.3", "missed by 9 working days")
    assert [day["date"] for day in late["counted"]][::9] == ["2025-12-09", "2025-12-22"]


def test_the_text_fits_80_columns_and_why_counts_the_days(
    imported: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    print_case(imported, reference="LH-0001", why=False, as_json=False, landlord=None)
    short = capsys.readouterr().out
    print_case(imported, reference="LH-0001", why=True, as_json=False, landlord=None)
    long = capsys.readouterr().out
    assert max(len(line) for line in long.splitlines()) <= 80
    assert "missed by 9 working days" in " ".join(short.split())
    assert "[Code 6.3]" not in short
    assert "[Code 6.3]" in " ".join(long.split())


def test_an_unknown_reference_is_exit_code_two(
    imported: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_case(imported, reference="LH-9999", why=False, as_json=False, landlord=None) == 2
    assert "no case has the reference “LH-9999”" in capsys.readouterr().err


def test_two_landlords_with_one_reference_are_asked_apart(
    imported: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {**DAMP, "landlord": "Brackenhill Council", "landlord_kind": "council"}
    import_file(imported, file=written("other.jsonl", lines(other)))
    capsys.readouterr()
    assert print_case(imported, reference="LH-0001", why=False, as_json=True, landlord=None) == 2
    assert "--landlord: brackenhill-council, larkfield-homes" in capsys.readouterr().err
    assert (
        print_case(
            imported, reference="LH-0001", why=False, as_json=True, landlord="brackenhill-council"
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)["landlord"] == "brackenhill-council"
    assert (
        print_case(imported, reference="LH-0001", why=False, as_json=True, landlord="nobody") == 2
    )


def test_the_commands_work_from_a_terminal_and_end_with_their_exit_codes(
    terminal: Callable[..., tuple[int, str]], written: Written
) -> None:
    good = str(written("good.jsonl", lines(DAMP)))
    bad = str(written("bad.jsonl", lines(DAMP) + "{}\n"))
    assert terminal("import", good, "--dry-run")[0] == 0
    assert terminal("case", "LH-0001")[0] == 2
    code, output = terminal("import", bad)
    assert (code, "line 2: reference: is missing" in output) == (1, True)
    assert terminal("import", "nowhere.jsonl")[0] == 2
    code, output = terminal("case", "LH-0001", "--why")
    assert code == 0
    assert "missed by 9 working days" in " ".join(output.split())
