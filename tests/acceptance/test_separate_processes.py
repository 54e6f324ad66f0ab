"""Every service in a process of its own on real servers, while the broker stops and each process is
killed once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from services.projections.rebuilding import verify
from services.redress.assembly import make_key_file
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from tests.acceptance.running import RunningProcess, environment
from tests.chaos.deployment import LANDLORD, WITH_HTTP, register
from tests.chaos.verdict import REMINDERS, waiting
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.support.postgres import TestDatabase
from tests.support.rabbitmq import RabbitServer

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.postgres,
    pytest.mark.rabbitmq,
    pytest.mark.timeout(420),
]

COMPLAINTS = 1_000
CLIENTS = 8
SETTLED_WITHIN_SECONDS = 240.0
WITHOUT_HTTP = ("timers", "relay")


@dataclass(frozen=True)
class Deployment:
    """Six processes, their database and their broker."""

    processes: dict[str, RunningProcess]
    broker: RabbitServer
    database: Database
    outbox: Path

    def scalar(self, statement: str) -> Any:
        """One figure of the landlord's rows, read as the owner."""
        with self.database.transaction(LANDLORD) as cursor:
            row = cursor.execute(statement).fetchone()
            assert row is not None
            return next(iter(row.values()))

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Rows of the landlord, read as the owner."""
        with self.database.transaction(LANDLORD) as cursor:
            return cursor.execute(statement).fetchall()


@pytest.fixture
def deployment(
    database: TestDatabase, own_rabbit: RabbitServer, tmp_path: Path
) -> Iterator[Deployment]:
    data = tmp_path / "data"
    make_key_file(data / "vault.key")
    register(database.conninfo)
    variables = environment(
        data,
        DATABASE_URL=database.conninfo,
        RABBITMQ_URL=own_rabbit.url(),
        REDRESS_LANDLORD=LANDLORD,
    )
    processes = {
        name: RunningProcess(
            name,
            variables=variables,
            log=tmp_path / f"{name}.log",
            port=free_port() if name in WITH_HTTP else None,
        )
        for name in (*WITH_HTTP, *WITHOUT_HTTP)
    }
    with ExitStack() as ending, Database(database.conninfo, role=None) as owner:
        for process in processes.values():
            process.start()
            ending.callback(process.end)
        for name in WITH_HTTP:
            processes[name].serving()
        yield Deployment(processes, own_rabbit, owner, data / "outbox")


class Chaos:
    """Does one thing to the deployment each time another share of the complaints was accepted."""

    def __init__(self, deployment: Deployment) -> None:
        processes = deployment.processes

        def killed(name: str) -> Callable[[], None]:
            def kill_and_start() -> None:
                processes[name].kill()
                processes[name].start()

            return kill_and_start

        self._steps: list[Callable[[], None]] = [
            killed("intake"),
            deployment.broker.stop,
            killed("workflow"),
            killed("relay"),
            deployment.broker.start,
            killed("timers"),
            killed("projections"),
            killed("notifier"),
        ]
        self._every = COMPLAINTS // (len(self._steps) + 1)
        self._accepted = 0
        self._lock = threading.Lock()

    def accepted(self) -> None:
        """Called by a client for each accepted complaint; the client that reaches a share does its
        step.
        """
        with self._lock:
            self._accepted += 1
            is_time = self._accepted % self._every == 0
            step = self._steps.pop(0) if is_time and self._steps else None
        if step is not None:
            step()

    @property
    def is_over(self) -> bool:
        """Whether everything was done."""
        return not self._steps


def post_until_accepted(address: str, number: int) -> str:
    """What a client does: sends, and sends again under the same key until there is an answer."""
    # Received long enough ago for the first dates to have passed unmet, so that reminders are due.
    received_at = datetime.now(UTC) - timedelta(days=7)
    body = {
        "organisation": "north-tmo",
        "complainant": {"name": f"Resident {number}", "email": f"resident{number}@example.org"},
        "complaint": f"The boiler of flat {number} has failed again.",
        "received_at": received_at.replace(microsecond=number).isoformat(),
    }

    def sent() -> str | None:
        try:
            answer = httpx.post(
                f"{address}/api/v1/complaints",
                json=body,
                headers={"Idempotency-Key": f"complaint-{number}"},
                timeout=15.0,
            )
        except httpx.TransportError:
            return None  # killed at this moment: whether it was stored is unknown
        if answer.status_code >= 500:
            return None
        assert answer.status_code == 201, answer.text
        return str(answer.json()["reference"])

    reference = eventually(sent, within_seconds=90)
    assert reference is not None
    return reference


def test_no_complaint_is_lost_or_doubled_while_everything_is_killed_once(
    deployment: Deployment,
) -> None:
    chaos = Chaos(deployment)

    def client(number: int) -> str:
        reference = post_until_accepted(deployment.processes["intake"].address, number)
        chaos.accepted()
        return reference

    with ThreadPoolExecutor(CLIENTS) as clients:
        accepted = list(clients.map(client, range(COMPLAINTS)))
    assert chaos.is_over
    assert len(set(accepted)) == COMPLAINTS

    eventually(lambda: settled(deployment), within_seconds=SETTLED_WITHIN_SECONDS)
    every_accepted_complaint_is_in_the_log_once(deployment, accepted)
    the_feed_has_no_gap_and_its_chain_holds(deployment)
    with Database(deployment.database.conninfo, role="redress_projections") as database:
        assert verify(database, LANDLORD) == []
    every_reminder_was_sent_once(deployment)
    nothing_was_parked(deployment)


def settled(deployment: Deployment) -> bool:
    """Nothing waits anywhere: outbox, timers, relay, consumers, letters."""
    left = waiting(deployment.scalar, accepted=COMPLAINTS)
    assert not left, left
    return True


def every_accepted_complaint_is_in_the_log_once(
    deployment: Deployment, accepted: list[str]
) -> None:
    opened = Counter(
        row["stream"]
        for row in deployment.rows(
            "SELECT stream FROM workflow.event WHERE name = 'complaint.opened.v1'"
        )
    )
    assert opened == Counter(accepted)


def the_feed_has_no_gap_and_its_chain_holds(deployment: Deployment) -> None:
    numbers = [row["seq"] for row in deployment.rows("SELECT seq FROM workflow.event ORDER BY seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    with deployment.database.transaction(LANDLORD) as cursor:
        report = verify_feed(cursor, LANDLORD)
    assert report.broken is None
    assert report.verified_through == len(numbers)


def every_reminder_was_sent_once(deployment: Deployment) -> None:
    reminders = deployment.rows("SELECT event_id, name FROM workflow.event")
    due = Counter(str(row["event_id"]) for row in reminders if row["name"] in REMINDERS)
    assert len(due) >= COMPLAINTS  # each complaint has missed at least its acknowledgement
    letters = deployment.rows("SELECT event_id, state FROM notifier.letter")
    assert {row["state"] for row in letters} == {"sent"}
    assert Counter(str(row["event_id"]) for row in letters) == due
    files = [path.name for path in deployment.outbox.rglob("*.eml")]
    assert Counter(name[:36] for name in files) == due


def nothing_was_parked(deployment: Deployment) -> None:
    for schema in ("projections", "notifier"):
        assert deployment.scalar(f"SELECT count(*) FROM {schema}.parked") == 0  # noqa: S608 - two names of our own
