"""With tracing switched on one trace runs from a request over RabbitMQ to its letter; off, there is no trace of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.redress.assembly import WORKFLOW, Installation
from services.redress.commands.importing import import_file
from services.redress.failures import NotConfigured
from services.redress.parts import all_parts
from services.redress.serving import application
from services.redress.traces import traced
from shared.identity.sessions import begin_session, credential
from shared.messaging.rabbit_bus import RabbitBus
from shared.registry.officers import Officer, register_officer
from shared.runtime.otlp import OpenTelemetry
from shared.runtime.settings import Settings
from shared.runtime.tracing import is_traced, traced_by
from tests.commands.histories import DAMP, lines
from tests.support.eventually import eventually_async

pytestmark = pytest.mark.timeout(180)
LARKFIELD = "larkfield-homes"
BOILER: dict[str, Any] = {
    "landlord": LARKFIELD,
    "organisation": LARKFIELD,
    "channel": "email",
    "issues": ["repairs"],
    "complainant": {"name": "Jo Canaryname", "email": "canary@example.org"},
    "complaint": "The Canaryboiler has been off for a week.",
}
TOKEN = "token-of-an-officer-0123456789"
CALLERS_TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLERS_SPAN = 0xB7AD6B7169203331
CALLERS_HEADER = {"traceparent": f"00-{CALLERS_TRACE}-{CALLERS_SPAN:016x}-01"}


@pytest.fixture
def kept() -> Iterator[InMemorySpanExporter]:
    """What a collector would be sent."""
    exporter = InMemorySpanExporter()
    with traced_by(OpenTelemetry(SimpleSpanProcessor(exporter), service="test")):
        yield exporter


@pytest.fixture
def officer(installed: Installation, written: Callable[[str, str], Path]) -> dict[str, str]:
    """The headers of an officer of a landlord that has policies and a history."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    with installed.owner.transaction(LARKFIELD) as cursor:
        register_officer(
            cursor,
            Officer(LARKFIELD, "amara", LARKFIELD, "Amara", "amara@example.org", "complaints_team"),
        )
        begin_session(
            cursor, landlord=LARKFIELD, officer="amara", token=TOKEN, now=installed.clock.now()
        )
    return {"Authorization": f"Bearer {credential(LARKFIELD, TOKEN)}"}


async def test_one_trace_runs_from_the_request_over_the_broker_to_the_letter(
    installed: Installation,
    officer: dict[str, str],
    rabbit_url: str,
    kept: InMemorySpanExporter,
) -> None:
    async with serving(installed, rabbit_url) as client:
        reference = await complain(client)
        await eventually_async(lambda: stands(client, reference, officer))
        answer = await asyncio.to_thread(
            client.post,
            f"/api/v1/complaints/{reference}/acknowledgement",
            json={"channel": "letter"},
            headers=officer | {"Idempotency-Key": "acknowledge-1"},
        )
        assert answer.status_code == 201, answer.text
        spans = await eventually_async(lambda: whole(kept, until="letter acknowledgement"))
    letter = named(spans, "letter acknowledgement")
    (request,) = (
        span for span in spans if span.name == "POST /api/v1/complaints/{reference}/acknowledgement"
    )
    way = names_up_to_the_root(letter, spans)
    assert way[:2] == ["letter acknowledgement", "apply notifier.feed.v1"]
    assert way[-2:] == ["command AcknowledgeComplaint", request.name]
    assert {
        "publish org.redress.complaint.acknowledged.v1",
        "consume notifier.feed.v1",
        "consume projections.feed.v1",
        "apply projections.feed.v1",
    } <= {span.name for span in spans if below(span, request)}
    assert letter.context.trace_id == request.context.trace_id
    append = named([span for span in spans if below(span, request)], "append")
    command = named(
        [span for span in spans if below(span, request)], "command AcknowledgeComplaint"
    )
    assert append.parent is not None
    assert append.parent.span_id == command.context.span_id
    assert command.attributes is not None
    assert command.attributes["redress.complaint"] == reference
    assert command.attributes["redress.outcome"] == "done"
    assert command.attributes["redress.correlation_id"]
    applied = named([span for span in spans if below(span, request)], "apply notifier.feed.v1")
    assert applied.attributes is not None
    assert (
        applied.attributes["redress.correlation_id"] == command.attributes["redress.correlation_id"]
    )


async def test_the_trace_of_whoever_calls_goes_on_to_the_opening_of_the_complaint(
    installed: Installation,
    officer: dict[str, str],
    rabbit_url: str,
    kept: InMemorySpanExporter,
) -> None:
    async with serving(installed, rabbit_url) as client:
        reference = await complain(client, headers=CALLERS_HEADER)
        await eventually_async(lambda: stands(client, reference, officer))
        spans = await eventually_async(lambda: whole(kept, until="apply projections.feed.v1"))
    ours = [span for span in spans if f"{span.context.trace_id:032x}" == CALLERS_TRACE]
    assert {
        "POST /api/v1/complaints",
        "publish org.redress.intake.complaint-received.v1",
        "consume workflow.complaint-received.v1",
        "command OpenComplaint",
        "append",
        "publish org.redress.complaint.opened.v1",
        "consume projections.feed.v1",
        "apply projections.feed.v1",
    } <= {span.name for span in ours}


async def test_a_trace_holds_no_personal_data_and_no_address_that_could_be_a_secret(
    installed: Installation,
    officer: dict[str, str],
    rabbit_url: str,
    kept: InMemorySpanExporter,
) -> None:
    async with serving(installed, rabbit_url) as client:
        reference = await complain(client)
        await eventually_async(lambda: stands(client, reference, officer))
        for address in ("/calendars/canarysecret.ics", "/find?q=Canaryname"):
            await asyncio.to_thread(client.get, address, headers=officer)
        await eventually_async(lambda: whole(kept, until="apply notifier.feed.v1"))
    assert "canary" not in "".join(span.to_json() for span in kept.get_finished_spans()).lower()


async def test_what_is_stored_is_the_same_with_and_without_a_trace(
    installed: Installation, officer: dict[str, str], rabbit_url: str
) -> None:
    async with serving(installed, rabbit_url) as client:
        reference = await complain(client, headers=CALLERS_HEADER)
        await eventually_async(lambda: stands(client, reference, officer))
    with installed.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        noted = cursor.execute("SELECT count(*) AS noted FROM workflow.command_trace").fetchone()
        records = cursor.execute("SELECT record::text AS record FROM workflow.event").fetchall()
    assert noted == {"noted": 0}
    assert not any("trace" in row["record"] for row in records)


def test_without_the_switch_nothing_of_the_sdk_is_imported() -> None:
    asked = (
        "import sys, services.redress.main;"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk',"
        " 'opentelemetry.exporter'))])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True
    )
    assert answer.stdout.strip() == "[]"
    with traced(Settings(), service="test"):
        assert not is_traced()


def test_asked_for_and_not_installed_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "shared.runtime.otlp", None)
    with pytest.raises(NotConfigured, match=r"pip install 'redress\[tracing\]'"):
        traced(Settings(traces_endpoint="http://127.0.0.1:4318"), service="test")


@asynccontextmanager
async def serving(inst: Installation, rabbit_url: str) -> AsyncIterator[TestClient]:
    """Every service in this process, over the broker."""
    bus, stop = RabbitBus(rabbit_url), asyncio.Event()
    parts = all_parts(inst, bus)
    await bus.start()
    for part in parts:
        for queue, handler in part.subscriptions:
            await bus.subscribe(queue, handler)
    workers = [asyncio.create_task(one.run(stop)) for part in parts for one in part.workers]
    await eventually_async(bus.connected)
    try:
        yield TestClient(application(inst, bus, parts), base_url="http://127.0.0.1:8000")
    finally:
        stop.set()
        await asyncio.gather(*workers)
        await bus.stop()


async def complain(client: TestClient, headers: dict[str, str] | None = None) -> str:
    answer = await asyncio.to_thread(
        client.post,
        "/api/v1/complaints",
        json=BOILER,
        headers={"Idempotency-Key": "boiler-1", **(headers or {})},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


async def stands(client: TestClient, reference: str, officer: dict[str, str]) -> bool:
    address = f"/api/v1/complaints/{reference}"
    return (await asyncio.to_thread(client.get, address, headers=officer)).status_code == 200


async def whole(kept: InMemorySpanExporter, *, until: str) -> tuple[ReadableSpan, ...]:
    """All spans, once the steps of both consumers in a trace with one of that name have ended."""
    spans = kept.get_finished_spans()
    for last in (span for span in spans if span.name == until):
        names = {span.name for span in spans if span.context.trace_id == last.context.trace_id}
        if not {"consume notifier.feed.v1", "consume projections.feed.v1"} <= names:
            continue
        known = {span.context.span_id for span in spans}
        if all(
            span.parent is None or span.parent.span_id in known | {CALLERS_SPAN}
            for span in spans
            if span.context.trace_id == last.context.trace_id
        ):
            return spans
    return ()


def named(spans: list[ReadableSpan] | tuple[ReadableSpan, ...], name: str) -> ReadableSpan:
    return next(span for span in spans if span.name == name)


def below(span: ReadableSpan, other: ReadableSpan) -> bool:
    return bool(span.context.trace_id == other.context.trace_id)


def names_up_to_the_root(last: ReadableSpan, spans: tuple[ReadableSpan, ...]) -> list[str]:
    known = {span.context.span_id: span for span in spans}
    found: list[str] = []
    step: ReadableSpan | None = last
    while step is not None:
        found.append(step.name)
        step = known.get(step.parent.span_id) if step.parent is not None else None
    return found
