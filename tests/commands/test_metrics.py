"""What Prometheus is told: the stages of a process from the tables, and what the process counted of its work."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from services.redress import metrics as metrics_module
from services.redress.assembly import WORKFLOW, Installation
from services.redress.commands.importing import import_file
from services.redress.commands.verify import troubles
from services.redress.metrics import KEPT_SECONDS, WaitingCollector
from services.redress.operations import operations_application
from services.redress.parts import all_parts
from services.redress.stages import RELAY
from services.workflow.domain.commands import AcknowledgeComplaint
from services.workflow.leading import take_lead
from services.workflow.not_done import ComplaintUnknown
from shared.complaints.values import Channel, Moment
from shared.complaints.working_days import london_day
from shared.messaging.local_bus import LocalBus
from shared.runtime.clock import SettableClock
from tests.commands.histories import DAMP, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
LARKFIELD = "larkfield-homes"
Figures = dict[tuple[str, ...], float]


@pytest.fixture
def imported(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """One case is in the log and in the read models; nobody relayed it."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    capsys.readouterr()
    return installed


@pytest.fixture
def asked(imported: Installation, tmp_path: Path) -> Callable[[], Figures]:
    """Asks a process with all parts as Prometheus does: figures by name and labels."""

    def ask() -> Figures:
        bus = LocalBus(tmp_path / "parked")
        app = operations_application(imported, bus, all_parts(imported, bus))
        with TestClient(app) as client:
            answer = client.get("/metrics")
        assert answer.status_code == 200
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    return ask


def test_what_waits_is_told_with_its_age(
    imported: Installation, asked: Callable[[], Figures], clock: SettableClock
) -> None:
    clock.advance(timedelta(minutes=5))
    found = asked()
    assert found["redress_measured",] == 1
    assert found["redress_relay_unconfirmed_oldest_age_seconds", ""] == 300
    assert found["redress_relay_unconfirmed_oldest_age_seconds", LARKFIELD] == 300
    assert found["redress_projection_lag_events", "projections", ""] == 0
    assert found["redress_projection_lag_seconds", "notifier", LARKFIELD] == 300
    assert found["redress_outbox_oldest_age_seconds", ""] == 0
    assert found["redress_parked_streams", "projections"] == 0
    assert found["redress_pool_connections", WORKFLOW, "idle"] >= 1
    assert imported.clock is clock


def test_overdue_timers_are_told_by_their_age(
    imported: Installation, asked: Callable[[], Figures]
) -> None:
    before = asked()["redress_timer_overdue_age_seconds_bucket", "+Inf"]
    with imported.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        for number, overdue in enumerate((timedelta(seconds=5), timedelta(minutes=20))):
            cursor.execute(
                "INSERT INTO workflow.timer (landlord, stream, duty, stage, kind, generation, due_at)"
                " VALUES (%s, 'LH-2025-000009', 'respond', 1, 'missed', %s, %s)",
                (LARKFIELD, number + 1, imported.clock.now() - overdue),
            )
    found = asked()
    ages = {
        key[1]: value
        for key, value in found.items()
        if key[0].endswith("overdue_age_seconds_bucket")
    }
    edges = ("10.0", "600.0", "3600.0", "+Inf")
    assert [ages[edge] for edge in edges] == [before + 1, before + 1, before + 2, before + 2]
    assert found["redress_timer_oldest_overdue_seconds", LARKFIELD] >= 1200


def test_a_proof_is_told_with_its_age(
    imported: Installation, asked: Callable[[], Figures], clock: SettableClock
) -> None:
    never = asked()
    assert never["redress_chain_verified_through", LARKFIELD] == 0
    assert ("redress_chain_verified_age_seconds", LARKFIELD) not in never
    assert list(troubles(imported, LARKFIELD)) == []
    with imported.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        row = cursor.execute("SELECT seq FROM workflow.feed_head").fetchone()
    assert row is not None
    clock.advance(timedelta(hours=1))
    found = asked()
    assert found["redress_chain_verified_through", LARKFIELD] == row["seq"] > 0
    assert found["redress_chain_verified_age_seconds", LARKFIELD] == 3600


def acknowledge(inst: Installation, reference: str) -> None:
    """What an officer would give."""
    now = inst.clock.now()
    command = AcknowledgeComplaint(
        channel=Channel.EMAIL, happened=Moment(london_day(now), now), actor="amara"
    )
    inst.handling().handle(
        LARKFIELD,
        reference,
        command,
        command_id=uuid4(),
        fingerprint=b"test",
        correlation_id="test",
        causation_id="test",
    )


def test_commands_are_counted_by_how_they_ended(
    imported: Installation, asked: Callable[[], Figures]
) -> None:
    key = ("redress_commands_total", "AcknowledgeComplaint", "unknown")
    before = asked().get(key, 0.0)
    with pytest.raises(ComplaintUnknown):
        acknowledge(imported, "LH-2025-999999")
    found = asked()
    assert found[key] == before + 1
    assert found["redress_command_seconds_count", "AcknowledgeComplaint"] >= 1


def test_a_database_that_is_away_is_told_and_no_error(imported: Installation) -> None:
    collector = WaitingCollector(imported, [RELAY])
    imported.close()
    told = {family.name: family for family in collector.collect()}
    assert told["redress_measured"].samples[0].value == 0


def test_the_worst_landlords_are_named_and_no_more(
    imported: Installation, monkeypatch: pytest.MonkeyPatch, asked: Callable[[], Figures]
) -> None:
    monkeypatch.setattr(metrics_module, "WORST_LANDLORDS", 0)
    names = {key for key in asked() if key[0] == "redress_relay_unconfirmed_oldest_age_seconds"}
    assert names == {("redress_relay_unconfirmed_oldest_age_seconds", "")}
    assert imported.clock is not None


def test_asking_in_a_loop_does_not_load_the_database(imported: Installation) -> None:
    at = [100.0]
    collector = WaitingCollector(imported, [RELAY], monotonic=lambda: at[0])
    first = collector.collect()
    at[0] += KEPT_SECONDS / 2
    assert collector.collect() is first
    at[0] += KEPT_SECONDS
    assert collector.collect() is not first


def test_health_is_on_the_same_port(imported: Installation, tmp_path: Path) -> None:
    bus = LocalBus(tmp_path / "parked")
    with TestClient(operations_application(imported, bus, all_parts(imported, bus))) as client:
        assert client.get("/health/live").json() == {"status": "live"}
        assert client.get("/health/ready").status_code in {200, 503}
        assert client.get("/board").status_code == 404


NAME = re.compile(r"\bredress_[a-z_]+\b")
OPERATION = Path("docs/operation.md")
RULES = Path("deploy/prometheus/redress.rules.yml")


def test_every_figure_is_explained_and_every_alert_is_about_one(
    imported: Installation, asked: Callable[[], Figures]
) -> None:
    with pytest.raises(ComplaintUnknown):
        acknowledge(imported, "LH-2025-999999")
    list(troubles(imported, LARKFIELD))
    with imported.database(WORKFLOW).directory() as cursor:
        take_lead(cursor, "relay", now=imported.clock.now())
    told = {key[0] for key in asked() if key[0].startswith("redress_")}
    told = {re.sub("_(bucket|count|sum|created|gcount|gsum|total)$", "", name) for name in told}
    explained = set(NAME.findall(OPERATION.read_text("utf-8")))
    explained = {re.sub("_(bucket|total)$", "", name) for name in explained}
    assert told == explained
    asked_for = set(NAME.findall(RULES.read_text("utf-8")))
    assert {re.sub("_(bucket|total)$", "", name) for name in asked_for} <= explained
