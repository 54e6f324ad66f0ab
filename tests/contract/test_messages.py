"""Consumers and publishers of different versions side by side.

A message that was ever sent is still taken, and one of a newer version is taken for what is known of it.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.eventstore.codec import stored_from_record
from shared.messaging.envelope import FeedEntry, to_message
from shared.messaging.received import NAME, ComplaintReceived, complaint_received
from tests.contract.stored_histories import HISTORIES

MESSAGES = Path(__file__).parent / "messages"
RECEIVED = sorted(MESSAGES.glob(f"{NAME}.*.json"))
NEWER: dict[str, Any] = {"from_a_newer_version": {"anything": [1, None]}}
FILES = sorted(HISTORIES.glob("*.json"))


@pytest.mark.parametrize("path", RECEIVED, ids=lambda path: path.stem)
def test_a_submission_that_was_ever_sent_is_still_taken(path: Path) -> None:
    sent = orjson.loads(path.read_bytes())
    read = ComplaintReceived.from_body(path.read_bytes())
    again = orjson.loads(complaint_received(read).body)
    # What came later is added; what was said is said still.
    assert sent["data"].items() <= again["data"].items()
    assert {name: again[name] for name in sent if name != "data"} == {
        name: value for name, value in sent.items() if name != "data"
    }


def test_the_shape_that_is_sent_today_is_among_the_stored_messages() -> None:
    today = {field.name for field in dataclasses.fields(ComplaintReceived)}
    stored = [set(orjson.loads(path.read_bytes())["data"]) for path in RECEIVED]
    assert today in stored, f"add the message of today beside the others in {MESSAGES}"


@pytest.mark.parametrize("path", RECEIVED, ids=lambda path: path.stem)
def test_a_submission_of_a_newer_version_is_taken_for_what_is_known_of_it(path: Path) -> None:
    event = orjson.loads(path.read_bytes())
    event |= NEWER
    event["data"] |= NEWER
    event["data"]["words"] |= NEWER
    newer = ComplaintReceived.from_body(orjson.dumps(event))
    assert newer == ComplaintReceived.from_body(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_fact_of_every_shape_is_taken_from_its_message_with_and_without_what_is_newer(
    path: Path,
) -> None:
    for seq, record in enumerate(orjson.loads(path.read_bytes())["records"], start=1):
        stored = stored_from_record(record, seq=seq, previous_hash=bytes(32), hash_=bytes(32))
        body = to_message(stored).body
        entry = FeedEntry.from_body(body)
        assert entry.record is not None
        event = orjson.loads(body)
        event |= NEWER
        event["data"] |= NEWER
        newer = FeedEntry.from_body(orjson.dumps(event))
        assert newer.record is not None
        assert newer.record.event == entry.record.event
