"""One complaint leads from the request that brought it to the letter that was sent, by what the log says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from services.intake.handover import Handover
from services.notifier.sending import Sender
from services.redress.assembly import INTAKE, Installation
from services.redress.commands.importing import import_file
from services.redress.consumers import CONSUMERS
from services.redress.parts import all_parts, notifier_part
from services.redress.serving import application
from services.workflow.domain.commands import AcknowledgeComplaint
from services.workflow.receiving import Receiving
from shared.complaints.values import Channel, Moment
from shared.complaints.working_days import london_day
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import COMPLAINT_RECEIVED
from tests.commands.histories import DAMP, lines
from tests.support.eventually import eventually_async

pytestmark = pytest.mark.postgres
LARKFIELD = "larkfield-homes"
BOILER = {
    "landlord": LARKFIELD,
    "organisation": LARKFIELD,
    "channel": "email",
    "issues": ["repairs"],
    "complainant": {"name": "Jo Canaryname", "address": "1 Canary Row"},
    "complaint": "The boiler has been off for a week.",
}


@pytest.mark.usefixtures("logging_everything")
async def test_a_complaint_is_followed_from_its_request_to_its_letter(
    installed: Installation, written_history: Path, tmp_path: Path
) -> None:
    import_file(installed, file=written_history)
    bus = LocalBus(tmp_path / "parked")
    await bus.start()
    with capture_logs() as captured:
        await bus.subscribe(COMPLAINT_RECEIVED, Receiving(installed.handling()))
        app = application(installed, bus, all_parts(installed, bus))
        answer = TestClient(app).post(
            "/api/v1/complaints", json=BOILER, headers={"Idempotency-Key": "key-1"}
        )
        assert answer.status_code == 201, answer.text
        handover = Handover(database=installed.database(INTAKE), bus=bus, clock=installed.clock)
        assert await handover.hand_over() == 1

        async def opened() -> bool:
            return any(line["event"] == "command_done" for line in captured)

        await eventually_async(opened)
        now = installed.clock.now()
        acknowledge = AcknowledgeComplaint(
            channel=Channel.LETTER, happened=Moment(london_day(now), now), actor="amara"
        )
        installed.handling().handle(
            LARKFIELD,
            answer.json()["reference"],
            acknowledge,
            command_id=uuid4(),
            fingerprint=b"test",
            correlation_id="request-7",
            causation_id="request-7",
        )
        CONSUMERS["notifier"].follower(installed).catch_up(LARKFIELD)
        part = notifier_part(installed, bus)
        (sender,) = (worker for worker in part.workers if isinstance(worker, Sender))
        await sender.send_due()
    await bus.stop()
    told = [dict(line) for line in captured]
    taken = _only(told, "submission_taken")
    done, acknowledged = (line for line in told if line["event"] == "command_done")
    owed = [line for line in told if line["event"] == "letter_owed"]
    sent = {line["letter"] for line in told if line["event"] == "letter"}
    assert taken["correlation_id"] == done["correlation_id"] == done["causation_id"]
    assert taken["complaint"] == done["complaint"] == answer.json()["reference"]
    assert owed
    assert {line["correlation_id"] for line in owed} == {acknowledged["correlation_id"]}
    assert acknowledged["correlation_id"] == "request-7"
    assert {line["letter"] for line in owed} == sent
    assert "Canary" not in str(told)


def _only(told: list[dict[str, Any]], event: str) -> dict[str, Any]:
    (line,) = (each for each in told if each["event"] == event)
    return line


@pytest.fixture
def logging_everything() -> Iterator[None]:
    """Every line is told, whatever a command before this test asked the log to leave out."""
    kept = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**kept)


@pytest.fixture
def written_history(written: Callable[[str, str], Path]) -> Path:
    return written("cases.jsonl", lines(DAMP))
