"""`redress projection` as an operator uses it: list, rebuild, switch, verify, drop."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.projections.rebuilding import begin_or_resume
from services.redress.assembly import PROJECTIONS, Installation
from services.redress.commands.importing import import_file
from tests.commands.histories import DAMP, LIFT, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"


@pytest.fixture
def imported(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """Two cases are in the log and in the read models."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP, LIFT)))
    capsys.readouterr()
    return installed


@pytest.mark.usefixtures("imported")
def test_a_rebuild_serves_at_once_and_the_way_back_is_open(terminal: Terminal) -> None:
    code, output = terminal("projection", "rebuild", "--json")
    assert code == 0
    rebuilt = json.loads(output[output.index("{") :])
    assert (rebuilt["version"], rebuilt["state"], rebuilt["served_until"]) == (2, "serving", None)
    code, output = terminal("projection", "verify")
    assert code == 0
    assert output.endswith("Every read model equals a fresh fold of the feed.\n")
    code, output = terminal("projection", "switch", "1")
    assert (code, output) == (0, "Version 1 serves.\n")
    code, output = terminal("projection", "drop", "2")
    assert (code, output) == (0, "Version 2 is dropped.\n")


def test_the_list_tells_how_far_a_build_came(imported: Installation, terminal: Terminal) -> None:
    begin_or_resume(imported.owner, clock=imported.clock)
    code, output = terminal("projection", "list", "--json")
    assert code == 0
    told = json.loads(output)
    newest, serving = told["versions"]
    assert (newest["version"], newest["state"], newest["facts_folded"]) == (2, "building", 0)
    assert (serving["version"], serving["state"], serving["behind"]) == (1, "serving", 0)
    assert newest["behind"] > 10
    assert serving["bytes"] > 0
    code, output = terminal("projection", "list")
    assert code == 0
    assert "building" in output
    assert max(map(len, output.splitlines())) <= 80


@pytest.mark.usefixtures("imported")
def test_a_version_can_be_looked_at_before_it_serves(terminal: Terminal) -> None:
    code, output = terminal("projection", "rebuild", "--no-switch")
    assert code == 0
    assert output.endswith("Version 2 is ready: redress projection switch 2\n")
    code, output = terminal("projection", "verify", "--version", "2", "--json")
    assert (code, json.loads(output[output.index("[") :])) == (0, [])


def test_one_landlord_is_mended_in_place(imported: Installation, terminal: Terminal) -> None:
    with imported.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        cursor.execute("UPDATE projections.deadline SET missed = NOT missed")
    code, output = terminal("projection", "verify", "--landlord", LARKFIELD)
    assert code == 1
    assert f"{LARKFIELD}: deadlines_board has " in output
    code, output = terminal("projection", "rebuild", "--landlord", LARKFIELD)
    assert code == 0
    assert f"{LARKFIELD}: " in output
    assert terminal("projection", "verify")[0] == 0


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("arguments", "because"),
    [
        (("switch", "9"), "there is no version 9"),
        (("drop", "1"), "version 1 serves: switch to another one first"),
        (("verify", "--landlord", "nobody"), "“nobody” is not registered"),
        (("rebuild", "--landlord", "nobody"), f"there are: {LARKFIELD}"),
    ],
)
def test_what_cannot_be_is_exit_code_two(
    terminal: Terminal, arguments: tuple[str, ...], because: str
) -> None:
    code, output = terminal("projection", *arguments)
    assert code == 2
    assert because in output
