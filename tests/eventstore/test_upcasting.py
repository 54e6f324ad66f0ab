"""A fact under a retired name is met as its successor by whoever reads it, and handed on as it was stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.workflow.relay import Relay
from shared.complaints.events import EVENT_NAMES, ContactAttempted, NoteAdded
from shared.complaints.values import Channel, WordsReference
from shared.database.pool import Database
from shared.eventstore.codec import UndecodableRecord, UnknownEvent, decode_event
from shared.eventstore.feed import read_feed, read_stored, read_stream
from shared.eventstore.recorder import FeedRecorder
from shared.eventstore.upcasting import UPCASTERS, Upcaster, faults, upcast
from shared.messaging.envelope import FeedEntry, cloud_event, routing_key, to_message
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.clock import SettableClock
from tests.architecture.sources import ROOT
from tests.eventstore.building import BOILER, RIVERSIDE, WED_11_MAR_2026, register
from tests.messaging.following import stored_fact

RETIRED = (
    "complaint.visitor-called.v1"  # a name of this test, with a number where there is a channel now
)
BEFORE = '{"by_phone": 1, "stage": 2}'
NEWER = '{"stage": 2, "weather": {"is": "new"}, "words": null}'


def from_the_first_shape(data: Mapping[str, Any]) -> dict[str, Any]:
    """The retired shape said `by_phone` as a number."""
    return {"stage": data["stage"], "called_by": "phone" if data["by_phone"] else "walk_in"}


def from_the_second_shape(data: Mapping[str, Any]) -> dict[str, Any]:
    """The second called the channel `called_by`."""
    return {"stage": data["stage"], "channel": data["called_by"], "words": None}


@pytest.fixture
def _retired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two names were retired, one after the other."""
    second = "complaint.visitor-called.v2"
    monkeypatch.setitem(UPCASTERS, RETIRED, Upcaster(second, from_the_first_shape))
    monkeypatch.setitem(
        UPCASTERS, second, Upcaster("complaint.contact-attempted.v1", from_the_second_shape)
    )


def test_no_step_of_today_leads_nowhere_and_every_published_name_can_be_read() -> None:
    assert faults() == ()
    published = {path.stem for path in (ROOT / "docs" / "events").iterdir()}
    golden = {path.stem for path in (Path(__file__).parents[1] / "contract/golden").iterdir()}
    assert published | golden <= set(EVENT_NAMES) | set(UPCASTERS)


def test_a_step_that_leads_nowhere_in_a_circle_or_from_today_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, to in {"a.v1": "b.v1", "b.v1": "a.v1", "complaint.note-added.v1": "a.v1"}.items():
        monkeypatch.setitem(UPCASTERS, name, Upcaster(to, dict))
    assert len(faults()) == 4
    assert upcast("complaint.note-added.v1", {}) == ("complaint.note-added.v1", {})
    with pytest.raises(UnknownEvent):
        decode_event("a.v1", {})


@pytest.mark.usefixtures("_retired")
def test_a_retired_fact_is_read_as_its_successor_step_by_step() -> None:
    assert faults() == ()
    assert decode_event(RETIRED, orjson.loads(BEFORE)) == ContactAttempted(2, Channel.PHONE)


def test_who_decides_refuses_an_unknown_field_and_who_consumes_passes_over_it() -> None:
    newer = orjson.loads(NEWER)
    with pytest.raises(UndecodableRecord, match="weather"):
        decode_event("complaint.note-added.v1", newer)
    read = decode_event("complaint.note-added.v1", newer, pass_over_unknown_fields=True)
    assert read == NoteAdded(stage=2)
    nested = {"stage": 1, "words": {"words": "x", "commitment": "y", "also": 1}, "later": 1}
    words = decode_event("complaint.note-added.v1", nested, pass_over_unknown_fields=True)
    assert isinstance(words, NoteAdded)
    assert words.words == WordsReference("x", "y")
    with pytest.raises(UndecodableRecord):  # a wrong value is no unknown field
        decode_event("complaint.note-added.v1", {"stage": "one"}, pass_over_unknown_fields=True)


@pytest.fixture
def owner(database: Any) -> Any:
    """The owner's connections, with a landlord."""
    with Database(database.conninfo, role=None) as owner:
        register(owner, RIVERSIDE)
        yield owner


async def relayed(owner: Database, folder: Path) -> list[dict[str, Any]]:
    """What the relay publishes of the whole feed."""
    taken: list[bytes] = []

    async def take(body: bytes) -> None:
        if b"feed.head" not in body:
            taken.append(body)

    bus = LocalBus(folder)
    await bus.start()
    await bus.subscribe(PROJECTIONS_FEED, take)
    with Database(owner.conninfo, role="redress_workflow") as workflow:
        relay = Relay(database=workflow, bus=bus, clock=SettableClock(WED_11_MAR_2026))
        await relay.step()
        relay.step_down()
    await bus.stop()
    return [orjson.loads(body) for body in taken]


@pytest.mark.postgres
@pytest.mark.usefixtures("_retired")
async def test_replay_feed_and_consumers_take_a_retired_fact_and_subscribers_get_what_was_stored(
    owner: Database, tmp_path: Path
) -> None:
    stored_fact(owner, name=RETIRED, data=BEFORE, stream=BOILER)
    with owner.transaction(RIVERSIDE) as cursor:
        (consumed,) = read_feed(cursor, RIVERSIDE, after=0, limit=9)
        (replayed,) = read_stream(cursor, RIVERSIDE, BOILER)
        (stored,) = read_stored(cursor, RIVERSIDE, after=0, limit=9)
    assert consumed.event == replayed.event == ContactAttempted(2, Channel.PHONE)
    assert consumed.name == RETIRED
    with pytest.raises(ValueError, match="hand on the stored event"):
        cloud_event(consumed)
    (published,) = await relayed(owner, tmp_path)
    assert published == cloud_event(stored)
    assert published["type"] == f"org.redress.{RETIRED}"
    assert published["data"]["by_phone"] == 1
    assert routing_key(stored) == "riverside.complaint.s2.visitor-called.v1"
    entry = FeedEntry.from_body(to_message(stored).body)
    assert entry.record is not None
    assert entry.record.event == consumed.event


@pytest.mark.postgres
async def test_facts_of_a_newer_version_are_published_whole_and_its_fields_passed_over(
    owner: Database, tmp_path: Path
) -> None:
    stored_fact(owner, name="complaint.note-added.v1", data=NEWER, stream=BOILER)
    stored_fact(owner, name="complaint.teleported.v1", data='{"to": 1}', stream=BOILER, version=2)
    note, teleported = await relayed(owner, tmp_path)
    assert note["data"]["weather"] == {"is": "new"}
    assert (teleported["type"], teleported["data"]["to"]) == (
        "org.redress.complaint.teleported.v1",
        1,
    )
    read = FeedEntry.from_body(orjson.dumps(note)).record
    assert read is not None
    assert read.event == NoteAdded(stage=2)
    assert FeedEntry.from_body(orjson.dumps(teleported)).record is None  # looked up, and parked
    with (
        Database(owner.conninfo, role="redress_workflow") as workflow,
        pytest.raises(UndecodableRecord),
    ):
        FeedRecorder(workflow, environment={}).load(RIVERSIDE, BOILER)
