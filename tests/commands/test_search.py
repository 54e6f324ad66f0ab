"""`redress search rebuild` makes anew by what sealed words are found, for every landlord or for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.redress.assembly import Installation
from services.redress.commands.importing import import_file
from tests.commands.histories import DAMP, lines

pytestmark = pytest.mark.postgres
LARKFIELD = "larkfield-homes"
Terminal = Callable[..., tuple[int, str]]


@pytest.fixture
def imported(installed: Installation, written: Callable[[str, str], Path]) -> Installation:
    """A case with words in it."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    return installed


def rows(inst: Installation) -> list[dict[str, object]]:
    with inst.owner.transaction(LARKFIELD) as cursor:
        return cursor.execute("SELECT * FROM vault.search_hash ORDER BY words, hash").fetchall()


def test_what_an_import_wrote_is_found_and_a_rebuild_writes_the_same_again(
    imported: Installation, terminal: Terminal
) -> None:
    before = rows(imported)
    assert before
    with imported.owner.transaction(LARKFIELD) as cursor:
        cursor.execute("DELETE FROM vault.search_hash")
    code, output = terminal("search", "rebuild", "--at-once", "1", "--json")
    assert code == 0, output
    (told,) = json.loads(output.splitlines()[-1])["landlords"]
    assert told["landlord"] == LARKFIELD
    assert told["hashes"] == len(before)
    assert rows(imported) == before
    code, output = terminal("search", "rebuild", "--landlord", LARKFIELD)
    assert code == 0
    assert f"found by {len(before):,} hashes" in output
    assert rows(imported) == before


def test_an_unknown_landlord_is_refused(imported: Installation, terminal: Terminal) -> None:
    code, output = terminal("search", "rebuild", "--landlord", "nobody")
    assert code == 2
    assert "is not registered" in output
