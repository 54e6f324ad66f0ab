"""What `redress verify` proves, what it finds, and how `redress feed tail` shows the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import psycopg
import pytest

from services.redress.assembly import PROJECTIONS, WORKFLOW, Installation
from services.redress.commands.importing import import_file
from services.redress.commands.verify import troubles
from shared.eventstore.feed import head
from tests.commands.histories import DAMP, LIFT, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"
FIRST_OF_THE_CASES = 4  # its calendar, its policy and the code beside it were adopted before


@pytest.fixture
def imported(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """Two cases are in the log and in the read models."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP, LIFT)))
    capsys.readouterr()
    return installed


@pytest.fixture
def end(imported: Installation) -> int:
    """The number of the last event of the feed."""
    with imported.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        return head(cursor, LARKFIELD)


def test_an_installation_that_is_right_is_found_whole(
    imported: Installation, terminal: Terminal, end: int
) -> None:
    assert list(troubles(imported, LARKFIELD)) == []
    code, output = terminal("verify")
    assert code == 0
    assert f"{LARKFIELD}: whole, {end} events, head " in output


def test_progress_is_told_for_each_of_the_three_proofs(imported: Installation, end: int) -> None:
    told: dict[str, tuple[int, int]] = {}

    def counting(what: str) -> AbstractContextManager[Callable[[int, int], None]]:
        return nullcontext(lambda done, of: told.update({what: (done, of)}))

    assert list(troubles(imported, LARKFIELD, counting=counting)) == []
    assert told == {
        "events chained": (end, end),
        "cases' timers": (2, 2),
        "facts folded": (end, end),
    }


def test_a_changed_read_model_is_found(imported: Installation, terminal: Terminal) -> None:
    with imported.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        cursor.execute("UPDATE projections.deadline SET missed = NOT missed")
    code, output = terminal("verify", "--landlord", LARKFIELD)
    assert code == 1
    assert "the read model deadlines_board has" in output


def test_a_timer_that_the_log_does_not_know_is_found_and_not_mended(imported: Installation) -> None:
    with imported.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        cursor.execute(
            "INSERT INTO workflow.timer (landlord, stream, duty, stage, kind, generation, due_at)"
            " VALUES (%s, 'LH-2025-000001', 'respond', 1, 'missed', 7, '2040-01-01')",
            (LARKFIELD,),
        )
    for _ in range(2):
        (found,) = troubles(imported, LARKFIELD)
        assert found == (
            "the missed timer of respond at stage 1 of LH-2025-000001 is not as the log says: left over"
        )


def test_an_edited_log_is_found(imported: Installation) -> None:
    with psycopg.connect(imported.conninfo) as owner:
        owner.execute("SELECT set_config('redress.landlord', %s, false)", (LARKFIELD,))
        owner.execute("ALTER TABLE workflow.event DISABLE TRIGGER append_only")
        owner.execute(
            "UPDATE workflow.event SET record = replace(record, '2025-12-01', '2025-12-02')"
            " WHERE seq = %s",
            (FIRST_OF_THE_CASES,),
        )
        owner.execute("ALTER TABLE workflow.event ENABLE TRIGGER append_only")
    assert list(troubles(imported, LARKFIELD)) == [
        f"the log is broken at event {FIRST_OF_THE_CASES}: its text does not have its hash"
    ]


def test_a_reader_that_is_ahead_of_the_log_tells_that_the_log_lost_its_end(
    imported: Installation, end: int
) -> None:
    with imported.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        cursor.execute("UPDATE workflow.relay_cursor SET seq = 900")
    with imported.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        cursor.execute("UPDATE projections.position SET seq = 901")
    assert list(troubles(imported, LARKFIELD))[:2] == [
        f"the relay has published up to event 900, and the log ends at {end}",
        f"projections has taken up to event 901, and the log ends at {end}",
    ]


@pytest.mark.usefixtures("imported")
def test_an_unknown_landlord_is_exit_code_two(terminal: Terminal) -> None:
    assert terminal("verify", "--landlord", "nobody")[0] == 2
    assert terminal("feed", "tail", "--landlord", "nobody")[0] == 2


def test_the_tail_of_a_feed_is_one_event_per_line(end: int, terminal: Terminal) -> None:
    code, output = terminal("feed", "tail")
    assert code == 0
    assert [json.loads(line)["feedseq"] for line in output.splitlines()] == list(
        range(end - 9, end + 1)
    )
    code, output = terminal("feed", "tail", "--landlord", LARKFIELD, "--after", str(end - 2))
    assert [json.loads(line)["feedprev"] for line in output.splitlines()] == [end - 2, end - 1]


def test_the_proof_is_told_to_programs_too(
    imported: Installation, terminal: Terminal, end: int
) -> None:
    code, output = terminal("verify", "--json")
    (told,) = json.loads(output[output.index("[\n") :])
    assert code == 0
    assert (told["landlord"], told["events"], told["troubles"]) == (LARKFIELD, end, [])
    assert len(told["head"]) == 64
    with imported.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        cursor.execute("UPDATE projections.deadline SET missed = NOT missed")
    code, output = terminal("verify", "--json")
    (told,) = json.loads(output[output.index("[\n") :])
    assert (code, len(told["troubles"])) == (1, 1)
