"""The AsyncAPI document says what is really published."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import jsonschema
import orjson
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from shared.complaints.events import EVENT_NAMES, ComplaintEvent
from shared.eventstore.codec import from_record, name_of, to_record
from shared.messaging.asyncapi import asyncapi_document
from shared.messaging.catalogue import SCHEMAS, events, schemas
from shared.messaging.envelope import HEAD_NAME, cloud_event, heartbeat_message, routing_key
from shared.messaging.topology import routes_to
from tests.contract.examples import EXAMPLES, HALF_PAST_NINE, envelope_of

DOCUMENT = asyncapi_document(events(), schemas=SCHEMAS)
BASE = "https://redress.test/"


def published(event: ComplaintEvent) -> tuple[dict[str, Any], str]:
    """The CloudEvent of a fact and its routing key."""
    text = to_record(
        envelope_of(event),
        landlord="riverside",
        stream="RC-2026-000042",
        version=7,
        command_id=UUID(int=1),
        recorded_at=HALF_PAST_NINE,
    )
    fact = from_record(text, seq=12, previous_hash=bytes(32), hash_=bytes(32))
    return json.loads(orjson.dumps(cloud_event(fact))), routing_key(fact)


def validator(message: str) -> jsonschema.Draft202012Validator:
    """Of a message's payload, with the schema files where the document looks for them."""
    files = {f"{BASE}{SCHEMAS}/{name}.json": schema for name, schema in schemas().items()}
    files[f"{BASE}asyncapi.json"] = DOCUMENT
    registry: Registry[Any] = Registry().with_resources(
        (address, DRAFT202012.create_resource(text)) for address, text in files.items()
    )
    reference = f"{BASE}asyncapi.json#/components/messages/{message}/payload"
    return jsonschema.Draft202012Validator(
        {"$ref": reference},
        registry=registry,
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


@pytest.mark.parametrize("event", EXAMPLES, ids=name_of)
def test_a_published_fact_has_the_payload_and_the_address_of_its_message(
    event: ComplaintEvent,
) -> None:
    body, key = published(event)
    validator(name_of(event)).validate(body)
    channel = "rulebook" if name_of(event).startswith("rulebook.") else "complaint"
    assert routes_to(f"riverside.{channel}.*.*.*", key)
    assert name_of(event) in DOCUMENT["channels"][channel]["messages"]


def test_a_fact_without_its_place_in_the_feed_is_not_what_was_described() -> None:
    body, _ = published(EXAMPLES[0])
    del body["feedprev"]
    with pytest.raises(jsonschema.ValidationError, match="feedprev"):
        validator(name_of(EXAMPLES[0])).validate(body)


def test_the_heartbeat_has_the_payload_of_its_message() -> None:
    body = json.loads(heartbeat_message("riverside", seq=12, now=HALF_PAST_NINE).body)
    validator(HEAD_NAME).validate(body)


def test_every_fact_is_a_message_of_the_channel_and_nothing_else_is() -> None:
    channels = DOCUMENT["channels"]
    described = [*channels["complaint"]["messages"], *channels["rulebook"]["messages"]]
    assert sorted(described) == sorted(EVENT_NAMES)
    assert set(DOCUMENT["components"]["messages"]) == {*EVENT_NAMES, HEAD_NAME}
