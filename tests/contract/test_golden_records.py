"""A fact that was stored once is read for ever, and is still stored in the same bytes."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from shared.complaints.events import EVENT_NAMES, ComplaintEvent
from shared.eventstore.codec import from_record, name_of, to_record
from shared.eventstore.record import RecordedEvent
from tests.contract.examples import EXAMPLES, envelope_of

GOLDEN = Path(__file__).parent / "golden"


def record_of(event: ComplaintEvent) -> str:
    """The canonical text of an example."""
    return to_record(
        envelope_of(event),
        landlord="riverside",
        stream="RC-2026-000042",
        version=7,
        command_id=UUID("99999999-2222-4333-8444-555555555555"),
        recorded_at=datetime(2026, 4, 2, 7, 15, 30, 250_000, tzinfo=UTC),
    )


def read(text: str) -> RecordedEvent:
    """The fact as a reader of the feed gets it."""
    return from_record(text, seq=7, previous_hash=bytes(32), hash_=bytes(32))


def test_every_fact_of_the_language_has_one_golden_record() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == sorted(EVENT_NAMES)
    assert sorted(name_of(event) for event in EXAMPLES) == sorted(EVENT_NAMES)


@pytest.mark.parametrize("event", EXAMPLES, ids=name_of)
def test_a_golden_record_reads_as_its_fact_and_is_written_in_the_same_bytes(
    event: ComplaintEvent,
) -> None:
    golden = (GOLDEN / f"{name_of(event)}.json").read_bytes()
    fact = read(golden.decode())
    assert fact.event == event
    assert record_of(event).encode() == golden
    new = envelope_of(event)
    assert (fact.event_id, fact.happened, fact.known_at) == (
        new.event_id,
        new.happened,
        new.known_at,
    )
    assert (fact.actor, fact.origin, fact.name) == (new.actor, "import", name_of(event))


@pytest.mark.parametrize("event", EXAMPLES, ids=name_of)
def test_what_may_be_left_out_is_written_as_null_and_read_back(event: ComplaintEvent) -> None:
    sparse = envelope_of(event)
    may_be_left_out = ("words", "received_at", "due_at", "source_reference", "amount_pence", "by")
    optional = {
        field.name: None
        for field in fields(event)
        if field.name in may_be_left_out and "None" in str(field.type)
    }
    without = replace(
        sparse,
        event=replace(event, **optional),  # type: ignore[arg-type]  # not every fact has each
        known_at=None,
    )
    text = to_record(
        without,
        landlord="riverside",
        stream="RC-2026-000042",
        version=1,
        command_id=UUID(int=1),
        recorded_at=datetime(2026, 4, 2, tzinfo=UTC),
    )
    assert read(text).event == without.event
    assert read(text).known_at is None
