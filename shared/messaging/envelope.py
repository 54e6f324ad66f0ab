"""A fact of the log as a CloudEvent, the heartbeat of a feed, and the way back.

Every organisation's consumer follows one contract with the numbers on the message: `feedprev` is my
position: apply; `feedseq` is not above it: a duplicate, acknowledge; else something was lost: pull
the feed from my position. A heartbeat carries the head of the feed, so that a lost last message
shows too. The data are ids, dates, outcomes and amounts; personal words never travel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from shared.complaints.events import RULEBOOK
from shared.eventstore.codec import (
    UndecodableRecord,
    UnknownEvent,
    canonical,
    encode_event,
    from_record,
    instant_text,
    name_of,
)
from shared.eventstore.record import RecordedEvent, StoredEvent
from shared.messaging.bus import Message, RejectMessage
from shared.messaging.cloud_events import (
    DATA_CONTENT_TYPE,
    SPECIFICATION,
    TYPE_PREFIX,
    happened_time,
)

HEAD_NAME = "feed.head.v1"

# What a record holds beside the fact, and travels with the fact's own fields in `data`.
_BESIDE_THE_FACT = ("happened_on", "happened_at", "known_at", "actor", "origin", "command_id")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What a follower needs of a message: its place in the feed, and the fact where it has one.

    `record` is None for a heartbeat, and for a fact that this version cannot read: the follower
    then looks into the feed itself, where trouble with one fact is dealt with.
    """

    landlord: str
    seq: int
    previous_seq: int
    record: RecordedEvent | None

    @classmethod
    def from_body(cls, body: bytes) -> "FeedEntry":
        """Reads a message; RejectMessage when it does not say where in which feed it stands."""
        try:
            event = orjson.loads(body)
            landlord, seq, previous = event["landlord"], event["feedseq"], event["feedprev"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise RejectMessage("not an entry of a feed: landlord, feedseq, feedprev") from None
        if not (isinstance(landlord, str) and isinstance(seq, int) and isinstance(previous, int)):
            raise RejectMessage("not an entry of a feed: landlord, feedseq, feedprev")
        record = None if event.get("type") == TYPE_PREFIX + HEAD_NAME else _readable(event)
        return cls(landlord, seq, previous, record)


def cloud_event(event: RecordedEvent | StoredEvent) -> dict[str, Any]:
    """The structured JSON of one fact; attribute names are lower case as CloudEvents asks.

    A stored event goes out as it was stored, whatever this version thinks of it.
    """
    return {
        "specversion": SPECIFICATION,
        "id": str(event.event_id),
        "source": _source(event),
        "type": TYPE_PREFIX + event.name,
        "subject": event.stream,
        "time": happened_time(on=event.happened.on, at=event.happened.at),
        "recordedtime": instant_text(event.recorded_at),
        "datacontenttype": DATA_CONTENT_TYPE,
        "sequence": f"{event.version:020}",
        "partitionkey": event.stream,
        "correlationid": event.correlation_id,
        "causationid": event.causation_id,
        "landlord": event.landlord,
        "feedseq": event.seq,
        "feedprev": event.seq - 1,
        "feedhash": event.hash.hex(),
        "feedprevhash": event.previous_hash.hex(),
        "data": {
            **_fact(event),
            "happened_on": event.happened.on.isoformat(),
            "happened_at": _optional_instant(event.happened.at),
            "known_at": _optional_instant(event.known_at),
            "actor": event.actor,
            "origin": event.origin,
            "command_id": str(event.command_id),
        },
    }


def to_message(event: RecordedEvent | StoredEvent) -> Message:
    """The message that carries one fact to the events exchange."""
    return Message(
        message_id=str(event.event_id),
        routing_key=routing_key(event),
        type=TYPE_PREFIX + event.name,
        body=orjson.dumps(cloud_event(event)),
        correlation_id=event.correlation_id,
        timestamp=event.recorded_at,
        partition=f"{event.landlord}/{event.stream}",
    )


def routing_key(event: RecordedEvent | StoredEvent) -> str:
    """`{landlord}.complaint.{s<stage>}.{event}.v1`; `-` for a fact without a stage, as all of the
    `rulebook` are.
    """
    aggregate, what, version = event.name.split(".")
    fact = _fact(event)
    stage = fact.get("stage", fact.get("to_stage"))
    return f"{event.landlord}.{aggregate}.{'-' if stage is None else f's{stage}'}.{what}.{version}"


def heartbeat_message(landlord: str, *, seq: int, now: datetime) -> Message:
    """Tells the head of a landlord's feed."""
    message_id = f"{landlord}/feed/{seq}/{instant_text(now)}"
    body = {
        "specversion": SPECIFICATION,
        "id": message_id,
        "source": f"/landlords/{landlord}/feed",
        "type": TYPE_PREFIX + HEAD_NAME,
        "time": instant_text(now),
        "landlord": landlord,
        "feedseq": seq,
        "feedprev": max(seq - 1, 0),
    }
    return Message(
        message_id=message_id,
        routing_key=f"{landlord}.{HEAD_NAME}",
        type=TYPE_PREFIX + HEAD_NAME,
        body=orjson.dumps(body),
        correlation_id=message_id,
        timestamp=now,
    )


def _source(event: RecordedEvent | StoredEvent) -> str:
    place = RULEBOOK if event.stream == RULEBOOK else f"complaints/{event.stream}"
    return f"/landlords/{event.landlord}/{place}"


def _fact(event: RecordedEvent | StoredEvent) -> Mapping[str, Any]:
    if isinstance(event, StoredEvent):
        return event.data
    if name_of(event.event) != event.name:
        raise ValueError(f"{event.name} was read as its successor: hand on the stored event")
    return encode_event(event.event)


def _readable(event: dict[str, Any]) -> RecordedEvent | None:
    try:
        return _record(event)
    except (KeyError, TypeError, ValueError, UnknownEvent, UndecodableRecord):
        return None


def _record(event: dict[str, Any]) -> RecordedEvent:
    fact = dict(event["data"])
    record = {field: fact.pop(field) for field in _BESIDE_THE_FACT}
    record |= {
        "landlord": event["landlord"],
        "stream": event["subject"],
        "version": int(event["sequence"]),
        "event_id": event["id"],
        "name": event["type"].removeprefix(TYPE_PREFIX),
        "recorded_at": event["recordedtime"],
        "correlation_id": event["correlationid"],
        "causation_id": event["causationid"],
        "data": fact,
    }
    return from_record(
        canonical(record),
        seq=event["feedseq"],
        previous_hash=bytes.fromhex(event["feedprevhash"]),
        hash_=bytes.fromhex(event["feedhash"]),
        pass_over_unknown_fields=True,
    )


def _optional_instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)
