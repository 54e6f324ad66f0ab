"""How an operator gives and takes back the right to read a feed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.redress.assembly import WORKFLOW, Installation
from services.redress.commands.importing import import_file
from shared.identity.sessions import parse_credential
from shared.registry.subscribers import subscriber_of_token
from tests.commands.histories import LIFT, lines

pytestmark = pytest.mark.postgres
LARKFIELD = "larkfield-homes"


def test_a_token_is_printed_once_works_and_is_revoked(
    installed: Installation,
    written: Callable[[str, str], Path],
    terminal: Callable[..., tuple[int, str]],
) -> None:
    import_file(installed, file=written("cases.jsonl", lines(LIFT)))
    of = ("--landlord", LARKFIELD)
    code, printed = terminal("subscriber", "add", "data-warehouse", *of)
    parsed = parse_credential(printed.strip())
    assert code == 0
    assert parsed is not None
    assert parsed[0] == LARKFIELD
    with installed.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        holder = subscriber_of_token(cursor, landlord=LARKFIELD, token=parsed[1])
    assert holder == "data-warehouse"
    assert terminal("subscriber", "add", "data-warehouse", *of)[0] == 2
    assert "data-warehouse: since" in terminal("subscriber", "list", *of)[1]
    assert terminal("subscriber", "revoke", "data-warehouse", *of)[0] == 0
    assert terminal("subscriber", "revoke", "data-warehouse", *of)[0] == 2
    (listed,) = json.loads(terminal("subscriber", "list", *of, "--json")[1])
    assert listed["revoked_at"] is not None
    assert parsed[1] not in json.dumps(listed)
    assert terminal("subscriber", "add", "Mrs Smith", *of)[0] == 2
    assert terminal("subscriber", "list", "--landlord", "nobody")[0] == 2
