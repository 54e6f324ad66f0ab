"""What an operator can do about parked events from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg import sql

from services.projections.following import TABLES, apply_to_read_models
from services.projections.rebuilding import rebuild, verify
from services.redress.assembly import PROJECTIONS, Installation
from services.redress.commands.importing import import_file
from services.redress.consumers import CONSUMERS
from shared.eventstore.feed import read_stream
from tests.commands.histories import DAMP, LIFT, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"
DAMP_CASE = "LH-2025-000001"


@pytest.fixture
def poisoned(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> list[int]:
    """The numbers of the damp case's events, of which the read models could not take the first."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP, LIFT)))
    capsys.readouterr()
    with installed.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        cursor.execute(
            "INSERT INTO projections.parked (landlord, consumer, seq, stream, event_id, reason, error, parked_at)"
            " SELECT landlord, 'projections.feed.v1', seq, stream, event_id,"
            " CASE version WHEN 1 THEN 'poison' ELSE 'held' END, 'KeyError at caseload.py:9', recorded_at"
            " FROM workflow.event WHERE stream = %s",
            (DAMP_CASE,),
        )
        rows = cursor.execute("SELECT seq FROM projections.parked ORDER BY seq").fetchall()
        for table in TABLES.values():
            cursor.execute(
                sql.SQL("DELETE FROM projections.{} WHERE reference = %s").format(
                    sql.Identifier(table)
                ),
                (DAMP_CASE,),
            )
    return [int(row["seq"]) for row in rows]


def test_the_list_names_the_event_that_failed_and_how_many_wait(
    poisoned: list[int], terminal: Terminal
) -> None:
    code, output = terminal("parked", "list")
    assert code == 0
    assert f"projections {LARKFIELD} {DAMP_CASE}: event {poisoned[0]} since" in output
    assert f"{len(poisoned) - 1} behind it: KeyError at caseload.py:9" in output
    assert len(output.splitlines()) == 1
    assert terminal("parked", "list", "--consumer", "notifier") == (0, "Nothing is parked.\n")
    assert len(json.loads(terminal("parked", "list", "--json")[1])) == len(poisoned)


def test_a_retry_applies_the_case_after_its_cause_was_mended(
    poisoned: list[int], terminal: Terminal, installed: Installation
) -> None:
    code, output = terminal("parked", "retry", DAMP_CASE)
    assert (code, output) == (0, f"projections: {len(poisoned)} applied, 0 still parked\n")
    assert verify(installed.database(PROJECTIONS), LARKFIELD) == []
    assert terminal("parked", "retry", DAMP_CASE)[0] == 2


def test_a_skipped_event_is_on_record_and_left_out_of_every_later_rebuild(
    poisoned: list[int], terminal: Terminal, installed: Installation
) -> None:
    last = poisoned[-1]
    skip = ("parked", "skip", DAMP_CASE, "--consumer", "projections", "--by", "operator-1")
    assert terminal(*skip, str(last), "--reason", "written twice")[0] == 2
    with installed.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        cursor.execute("DELETE FROM projections.parked WHERE seq <> %s", (last,))
        for event in read_stream(cursor, LARKFIELD, DAMP_CASE)[:-1]:
            apply_to_read_models(cursor, event)
    code, output = terminal(*skip, str(last), "--reason", "written twice")
    assert code == 0
    assert output.endswith(f"event {last} is given up; 0 behind it applied\n")
    code, output = terminal("parked", "show", DAMP_CASE, "--json")
    (shown,) = json.loads(output)
    assert (shown["state"], shown["seq"], shown["reason"]) == ("skipped", last, "written twice")
    assert (shown["skipped_by"], shown["error"]) == ("operator-1", "KeyError at caseload.py:9")
    for _ in range(2):
        assert verify(installed.database(PROJECTIONS), LARKFIELD) == []
        assert terminal("parked", "list") == (0, "Nothing is parked.\n")
        rebuild(installed.database(PROJECTIONS), LARKFIELD)


@pytest.mark.parametrize("reason", ["ask j.smith@example.org", "x" * 201, "two\nlines"])
def test_a_reason_that_cannot_be_kept_for_ever_is_refused(
    poisoned: list[int], terminal: Terminal, reason: str
) -> None:
    number = str(poisoned[0])
    code, _ = terminal(
        "parked", "skip", DAMP_CASE, number, "--consumer", "projections", "--reason", reason
    )
    assert code == 2


@pytest.mark.usefixtures("installed")
def test_what_is_not_known_is_refused(terminal: Terminal) -> None:
    assert terminal("parked", "show", "LH-2025-999999")[0] == 2
    assert terminal("parked", "list", "--consumer", "intake")[0] == 2
    assert terminal("parked", "list", "--landlord", "nobody")[0] == 2


def test_both_consumers_can_be_asked(installed: Installation) -> None:
    names = {name: consumer.follower(installed).name for name, consumer in CONSUMERS.items()}
    assert names == {"projections": "projections.feed.v1", "notifier": "notifier.feed.v1"}
