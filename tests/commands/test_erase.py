"""After an erasure nobody can read what a person wrote or is known by, and everything else stands as it stood."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from psycopg import sql

from services.notifier.sending import Sender
from services.redress.assembly import PROJECTIONS, WORKFLOW, Installation
from services.redress.commands.importing import import_file
from services.redress.commands.verify import troubles
from services.redress.consumers import CONSUMERS
from services.redress.parts import notifier_part
from services.workflow.domain.commands import AcknowledgeComplaint, OpenComplaint, WithdrawComplaint
from shared.complaints.events import RULEBOOK
from shared.complaints.values import Channel, Issue, Moment, Route
from shared.complaints.working_days import london_day
from shared.eventstore.feed import read_stream
from shared.messaging.local_bus import LocalBus
from shared.vault.vault import SubjectErased
from tests.commands.histories import DAMP, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"
CASE = "LH-2026-900001"
CANARIES = ("Canaria Kestrelwing", "7 Plumage Row", "The parrot in the boiler cupboard")
WHY = "The time for which the case had to be kept is over."


@pytest.fixture
async def lived(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """A person complained, got letters on paper and withdrew; the landlord is known from an import."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    subject, words = uuid4(), uuid4()
    with installed.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        kinds = zip(("name", "address", "complaint"), CANARIES, strict=True)
        references = [
            installed.vault.write(
                cursor,
                landlord=LARKFIELD,
                subject=subject,
                words=each,
                kind=kind,
                text=text,
                now=installed.clock.now(),
            )
            for each, (kind, text) in zip((uuid4(), uuid4(), words), kinds, strict=True)
        ]
    now = Moment(london_day(installed.clock.now()), installed.clock.now())
    commands = (
        OpenComplaint(
            reference=CASE,
            organisation=LARKFIELD,
            route=Route.COMPLAINT,
            channel=Channel.LETTER,
            received=now,
            issues=(Issue(1, "heating"),),
            complainant=str(subject),
            words=references[2],
            happened=now,
            actor="complainant",
        ),
        AcknowledgeComplaint(channel=Channel.LETTER, happened=now, actor="amara"),
        WithdrawComplaint(happened=now, actor="amara"),
    )
    for command in commands:
        installed.handling().handle(
            LARKFIELD,
            CASE,
            command,
            command_id=uuid4(),
            fingerprint=b"test",
            correlation_id="test",
            causation_id="test",
        )
    for consumer in CONSUMERS.values():
        consumer.follower(installed).catch_up(LARKFIELD)
    part = notifier_part(installed, LocalBus(installed.settings.data_directory / "parked"))
    (sender,) = (worker for worker in part.workers if isinstance(worker, Sender))
    assert await sender.send_due() > 0
    logged = capsys.readouterr()
    assert not any(canary in logged.out + logged.err for canary in CANARIES)
    return installed


def subject_of(inst: Installation) -> UUID:
    with inst.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        row = cursor.execute(
            "SELECT complainant FROM projections.complaint WHERE reference = %s", (CASE,)
        ).fetchone()
    assert row is not None
    return UUID(row["complainant"])


def stored_anywhere(inst: Installation, *canaries: str) -> list[str]:
    """Where a canary stands in any table, as text or as bytes, or in any file of the data directory."""
    sought = canaries or CANARIES
    needles = [*sought, *(canary.encode().hex() for canary in sought)]
    found = []
    with inst.owner.transaction(LARKFIELD) as cursor:
        tables = cursor.execute(
            "SELECT relnamespace::regnamespace::text AS schema, relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 30
        for table in tables:
            name = sql.Identifier(table["schema"], table["relname"])
            rows = cursor.execute(sql.SQL("SELECT t::text AS row FROM {} AS t").format(name))
            text = "\n".join(row["row"] for row in rows)
            found += [
                f"{table['schema']}.{table['relname']}" for needle in needles if needle in text
            ]
    for path in inst.settings.data_directory.rglob("*"):
        if path.is_file():
            read = path.read_bytes().replace(b"=\r\n", b"").decode("utf-8", "replace")
            found += [str(path) for canary in sought if canary in read]
    return found


def hashes_of(inst: Installation) -> int:
    """By how many hashes the person is found."""
    with inst.owner.transaction(LARKFIELD) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS rows FROM vault.search_hash WHERE subject = %s",
            (subject_of(inst),),
        ).fetchone()
    assert row is not None
    return int(row["rows"])


def read_words(inst: Installation) -> str | None:
    with inst.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        return inst.vault.read_kind(cursor, LARKFIELD, subject_of(inst), "name")


async def test_nothing_of_a_person_is_left_and_everything_else_still_verifies(
    lived: Installation, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_words(lived) == CANARIES[0]
    assert hashes_of(lived) > 0
    letters = [path for path in stored_anywhere(lived) if path.endswith(".eml")]
    assert letters, "no letter held the name: the scan would prove nothing"
    code, output = terminal(
        "erase",
        "--landlord",
        LARKFIELD,
        "--person",
        CASE,
        "--by",
        "amara",
        "--reason",
        WHY,
        "--json",
    )
    assert code == 0, output
    told = json.loads(output)
    assert told["erased"]
    assert told["words"] == {"address": 1, "complaint": 1, "name": 1, "sent_letter": 1}
    assert told["cases"] == [CASE]
    assert stored_anywhere(lived) == []
    assert read_words(lived) is None
    assert hashes_of(lived) == 0
    for consumer in CONSUMERS.values():
        consumer.follower(lived).catch_up(LARKFIELD)
    assert list(troubles(lived, LARKFIELD)) == []
    logged = capsys.readouterr()
    assert not any(canary in logged.out + logged.err for canary in CANARIES)


async def test_the_erasure_stands_on_the_log_once(lived: Installation, terminal: Terminal) -> None:
    subject = subject_of(lived)
    arguments = ("erase", "--landlord", LARKFIELD, "--person", str(subject), "--reason", WHY)
    assert terminal(*arguments, "--by", "amara")[0] == 0
    code, output = terminal(*arguments)
    assert (code, "already" in output) == (0, True)
    with lived.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        told = [
            entry
            for entry in read_stream(cursor, LARKFIELD, RULEBOOK)
            if entry.name == "rulebook.words-erased.v1"
        ]
        with pytest.raises(SubjectErased):
            lived.vault.subject_key(
                cursor, landlord=LARKFIELD, subject=subject, now=lived.clock.now()
            )
    (erased,) = told
    assert erased.actor == "amara"
    assert erased.event.subject == str(subject)  # type: ignore[union-attr]
    assert erased.event.texts == 4  # type: ignore[union-attr]


async def test_a_dry_run_erases_nothing(lived: Installation, terminal: Terminal) -> None:
    code, output = terminal(
        "erase", "--landlord", LARKFIELD, "--person", CASE, "--reason", WHY, "--dry-run"
    )
    assert code == 0
    assert output.startswith(
        f"Would erase of {subject_of(lived)}: 1 address, 1 complaint, 1 name, 1 sent_letter; "
    )
    assert read_words(lived) == CANARIES[0]


@pytest.mark.parametrize(
    ("arguments", "because"),
    [
        (("--person", "LH-2026-999999"), "neither the id of a person nor the reference"),
        (("--person", str(UUID(int=7))), "nothing is kept of"),
        (("--reason", " "), "is one sentence"),
        (("--landlord", "nobody"), "“nobody” is not registered"),
    ],
)
async def test_what_cannot_be_erased_is_refused(
    lived: Installation, terminal: Terminal, arguments: tuple[str, str], because: str
) -> None:
    given = {"--landlord": LARKFIELD, "--person": CASE, "--reason": WHY} | {
        arguments[0]: arguments[1]
    }
    code, output = terminal("erase", *(word for option in given.items() for word in option))
    assert code == 2
    assert because in " ".join(output.split())
    assert read_words(lived) == CANARIES[0]


async def test_whoever_still_waits_for_an_answer_is_not_erased_by_mistake(
    lived: Installation, terminal: Terminal
) -> None:
    with lived.database(PROJECTIONS).transaction(LARKFIELD) as cursor:
        cursor.execute(
            "UPDATE projections.complaint SET standing = 'open' WHERE reference = %s", (CASE,)
        )
    arguments = ("erase", "--landlord", LARKFIELD, "--person", CASE, "--reason", WHY)
    code, output = terminal(*arguments)
    assert code == 2
    assert f"{CASE} is open" in output
    assert terminal(*arguments, "--although-open")[0] == 0
    assert read_words(lived) is None
