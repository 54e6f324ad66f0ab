"""The verdict of a chaos run finds each kind of damage: a check that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from services.workflow.domain.commands import RecordContactAttempt
from shared.complaints.values import Channel
from shared.database.pool import Database
from tests.chaos.deployment import Deployment
from tests.chaos.load import History
from tests.chaos.outside import Outside
from tests.chaos.verdict import (
    Evidence,
    answers_that_differ,
    gaps,
    letters_not_sent_once,
    lost_or_doubled_commands,
    lost_or_doubled_complaints,
    parked,
    what_subscribers_missed,
)
from tests.support.postgres import TestDatabase
from tests.workflow.office import LANDLORD, Office, new_office

BOILER, DAMP = "RC-2026-000001", "RC-2026-000002"


@dataclass
class Installed:
    """The tables of an installation, without its processes."""

    owner: Database
    data: Path

    def rows(self, statement: str) -> list[dict[str, Any]]:
        with self.owner.transaction(LANDLORD) as cursor:
            return cursor.execute(statement.encode()).fetchall()

    def scalar(self, statement: str) -> Any:
        rows = self.rows(statement)
        return next(iter(rows[0].values())) if rows else 0


@dataclass(frozen=True)
class Heard(Outside):
    """A subscriber who was told these places."""

    url: str = ""
    told: list[int] = field(default_factory=list)

    def places(self) -> list[int]:
        return self.told


@pytest.fixture
def office(database: TestDatabase, tmp_path: Path) -> Any:
    with ExitStack() as opened:

        def connect(conninfo: str, *, role: str | None) -> Database:
            return opened.enter_context(Database(conninfo, role=role, max_size=4))

        yield new_office(database.conninfo, tmp_path, connect)


@pytest.fixture
def evidence(office: Office, tmp_path: Path) -> Evidence:
    """Two complaints with a command each, and users who were told just that."""
    history = History()
    for number, reference in enumerate((BOILER, DAMP)):
        office.open(reference)
        attempt = RecordContactAttempt(channel=Channel.PHONE, happened=office.now(), actor="ben")
        version = office.give(reference, attempt, key="attempt").version
        history.complaints[f"complaint-{number}"] = reference
        history.commands[f"attempt-{number}"] = (reference, version)
    installed = Installed(office.owner, tmp_path)
    head = installed.scalar("SELECT seq FROM workflow.feed_head")
    return Evidence(history, Heard(told=list(range(1, head + 1))), cast("Deployment", installed))


def damage_log(office: Office, statement: str) -> None:
    """What nobody can do who keeps to the rules: past the trigger that guards the log."""
    with office.owner.transaction(LANDLORD) as cursor:
        cursor.execute("ALTER TABLE workflow.event DISABLE TRIGGER append_only")
        cursor.execute(statement.encode())


ALL = (
    lost_or_doubled_complaints,
    lost_or_doubled_commands,
    answers_that_differ,
    gaps,
    what_subscribers_missed,
    letters_not_sent_once,
    parked,
)


def test_undamaged_nothing_is_found(evidence: Evidence) -> None:
    assert [found for check in ALL for found in check(evidence)] == []


def test_a_lost_complaint_is_found(evidence: Evidence) -> None:
    evidence.history.complaints["another"] = "RC-2026-000009"
    assert list(lost_or_doubled_complaints(evidence)) == ["RC-2026-000009 was accepted and is lost"]


def test_a_complaint_that_nobody_made_is_found(evidence: Evidence) -> None:
    del evidence.history.complaints["complaint-1"]
    assert DAMP in "".join(lost_or_doubled_complaints(evidence))


def test_a_lost_command_is_found(evidence: Evidence) -> None:
    evidence.history.commands["another"] = (BOILER, 99)
    assert "version 99 and is lost" in "".join(lost_or_doubled_commands(evidence))


def test_a_command_that_was_done_twice_is_found(evidence: Evidence, office: Office) -> None:
    attempt = RecordContactAttempt(channel=Channel.PHONE, happened=office.now(), actor="ben")
    office.give(BOILER, attempt, key="the same again, under another id")
    assert BOILER in "".join(lost_or_doubled_commands(evidence))


def test_an_answer_that_differs_is_found(evidence: Evidence) -> None:
    evidence.history.contradictions.append("attempt-1 was answered with [8, 9]")
    assert list(answers_that_differ(evidence))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM workflow.event WHERE seq = 3",
        "DELETE FROM workflow.event WHERE seq = 1",
        "UPDATE workflow.feed_head SET seq = seq + 1",
    ],
)
def test_a_gap_is_found(statement: str, evidence: Evidence, office: Office) -> None:
    damage_log(office, statement)
    assert list(gaps(evidence))


@pytest.mark.parametrize(
    "told", [lambda all_: all_[:-1], lambda all_: [*all_[:2], *all_[3:]], lambda all_: all_[::-1]]
)
def test_what_a_subscriber_missed_or_heard_in_another_order_is_found(
    told: Callable[[list[int]], list[int]], evidence: Evidence
) -> None:
    heard = replace(evidence, outside=Heard(told=told(evidence.outside.places())))
    assert list(what_subscribers_missed(heard))


def test_what_a_subscriber_heard_twice_is_no_fault(evidence: Evidence) -> None:
    places = evidence.outside.places()
    assert not list(what_subscribers_missed(replace(evidence, outside=Heard(told=places * 2))))


def test_a_letter_without_a_reminder_is_found(evidence: Evidence) -> None:
    outbox = evidence.deployment.data / "outbox" / LANDLORD
    outbox.mkdir(parents=True)
    (outbox / "0f8fad5b-d9cb-469f-a165-70867728950e-team.eml").touch()
    assert list(letters_not_sent_once(evidence)) == ["0 letters are 1 files"]


def test_something_parked_is_found(evidence: Evidence, office: Office) -> None:
    with office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "INSERT INTO projections.parked (landlord, consumer, seq, stream, event_id, reason,"
            " error, parked_at) VALUES (%s, 'c', 1, %s, gen_random_uuid(), 'poison', 'e', now())",
            (LANDLORD, BOILER),
        )
    assert list(parked(evidence)) == ["1 events are parked by projections"]
