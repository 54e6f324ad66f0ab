"""What an operator does with a landlord's officers from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.redress.assembly import Installation
from services.redress.commands.importing import import_file
from tests.commands.histories import LIFT, lines

pytestmark = pytest.mark.postgres
LARKFIELD = "larkfield-homes"
OF = ("--landlord", LARKFIELD)
Terminal = Callable[..., tuple[int, str]]
NELL = ("--name", "Nell Okoro", "--email", "nell@example.org", "--role", "administrator")


@pytest.fixture
def organisation(
    installed: Installation,
    written: Callable[[str, str], Path],
    capsys: pytest.CaptureFixture[str],
) -> str:
    """The one organisation of a landlord that came with an import."""
    import_file(installed, file=written("cases.jsonl", lines(LIFT)))
    capsys.readouterr()
    return LARKFIELD


def people(terminal: Terminal, *more: str) -> list[dict[str, Any]]:
    code, said = terminal("people", "list", *OF, "--json", *more)
    assert code == 0
    found: list[dict[str, Any]] = json.loads(said)
    return found


def test_somebody_is_added_changed_ended_and_taken_back(
    terminal: Terminal, organisation: str
) -> None:
    at = ("--organisation", organisation)
    assert terminal("people", "add", "desk-7", *OF, *NELL, *at)[0] == 0
    assert [one["officer"] for one in people(terminal)] == ["desk-7"]
    second = ("--name", "Ola", "--email", "ola@example.org", "--role", "administrator")
    assert terminal("people", "add", "desk-8", *OF, *second, *at)[0] == 0
    code, said = terminal("people", "change", "desk-7", *OF, "--role", "manager", "--json")
    assert (code, json.loads(said)["role"]) == (0, "manager")
    assert terminal("people", "end", "desk-7", *OF)[0] == 0
    assert [one["officer"] for one in people(terminal)] == ["desk-8"]
    assert people(terminal, "--all")[0]["ended_at"] is not None
    assert terminal("people", "end", "desk-7", *OF, "--back")[0] == 0
    assert "Nell Okoro" in terminal("people", "list", *OF)[1]


def test_the_last_administrator_cannot_be_ended_from_a_terminal_either(
    terminal: Terminal, organisation: str
) -> None:
    terminal("people", "add", "desk-7", *OF, *NELL, "--organisation", organisation)
    code, said = terminal("people", "end", "desk-7", *OF)
    assert code == 2
    assert "last administrator" in said


def test_what_is_not_known_is_refused(terminal: Terminal, organisation: str) -> None:
    assert terminal("people", "end", "nobody", *OF)[0] == 2
    assert terminal("people", "change", "nobody", *OF)[0] == 2
    assert terminal("people", "list", "--landlord", "nowhere")[0] == 2
    code, said = terminal("people", "add", "desk-7", *OF, *NELL, "--organisation", "nowhere")
    assert code == 2
    assert said.startswith("organisation:")
