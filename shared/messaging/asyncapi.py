"""The events exchange as an AsyncAPI 3 document, for programs that make clients and documentation from one."""

from collections.abc import Iterable
from typing import Any, Protocol

from shared.complaints.events import RULEBOOK
from shared.messaging.cloud_events import DATA_CONTENT_TYPE, SPECIFICATION, TYPE_PREFIX
from shared.messaging.envelope import HEAD_NAME
from shared.messaging.topology import EVENTS_EXCHANGE

Document = dict[str, Any]

CONTENT_TYPE = "application/cloudevents+json"
TEXT: Document = {"type": "string"}
INSTANT: Document = {"type": "string", "format": "date-time"}
NUMBER: Document = {"type": "integer", "minimum": 0}
HASH: Document = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
IN_EVERY_MESSAGE: Document = {
    "specversion": {"const": SPECIFICATION},
    "id": {**TEXT, "description": "The same in every delivery of the same event."},
    "source": {"type": "string", "format": "uri-reference"},
    "type": TEXT,
    "time": {**INSTANT, "description": "When it happened; the start of the day in London where only the day is known."},
    "landlord": {**TEXT, "description": "Whose feed it is."},
    "feedseq": {**NUMBER, "description": "The place in the landlord's feed, from 1, without gaps."},
    "feedprev": {**NUMBER, "description": "The place before it: apply the event when it is your position."},
}  # fmt: skip
IN_EVERY_EVENT: Document = {
    "subject": {**TEXT, "description": "The complaint's reference; `rulebook` for what the landlord adopts."},
    "recordedtime": {**INSTANT, "description": "When it was stored."},
    "datacontenttype": {"const": DATA_CONTENT_TYPE},
    "sequence": {"type": "string", "pattern": "^[0-9]{20}$", "description": "The place within the complaint, from 1."},
    "partitionkey": {**TEXT, "description": "The complaint's reference again: what must stay in order."},
    "correlationid": TEXT,
    "causationid": TEXT,
    "feedhash": {**HASH, "description": "SHA-256 over the hash before, the place and the stored text."},
    "feedprevhash": {**HASH, "description": "The hash of the event before."},
    "data": {"type": "object"},
}  # fmt: skip
BESIDE_THE_FACT: Document = {
    "happened_on": {"type": "string", "format": "date", "description": "The day in London."},
    "happened_at": {"anyOf": [INSTANT, {"type": "null"}]},
    "known_at": {"anyOf": [INSTANT, {"type": "null"}]},
    "actor": {
        **TEXT,
        "description": "An officer's id, `system`, `complainant`, `representative` with a number, or `import`; never a"
        " name.",
    },
    "origin": {"enum": ["live", "import"]},
    "command_id": {"type": "string", "format": "uuid"},
}  # fmt: skip


class Described(Protocol):
    """What is said of an event: its name, its meaning and how it is routed."""

    @property
    def name(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def routing_key(self) -> str: ...


def asyncapi_document(events: Iterable[Described], *, schemas: str) -> Document:
    """The document; `schemas` is the folder beside it that holds the JSON Schema of each event."""
    messages = {event.name: _message(event, schemas=schemas) for event in events}
    of_rulebook = [name for name in messages if name.startswith(f"{RULEBOOK}.")]
    of_complaints = [name for name in messages if name not in of_rulebook]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Redress events",
            "version": "1.0.0",
            "description": "Every fact about every complaint of a landlord, and what it adopts, in one order."
            " The rules of ordering,"
            " delivery and recovery stand in subscribing.md.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            "complaint": _channel(
                "{landlord}.complaint.{stage}.{event}.{version}", of_complaints,
                "landlord", "stage", "event", "version",
            ),
            "rulebook": _channel(
                "{landlord}.rulebook.-.{event}.{version}", of_rulebook,
                "landlord", "event", "version",
            ),
            "head": _channel(f"{{landlord}}.{HEAD_NAME}", [HEAD_NAME], "landlord"),
        },
        "operations": {
            "publishFacts": {"action": "send", "channel": {"$ref": "#/channels/complaint"}},
            "publishRulebook": {"action": "send", "channel": {"$ref": "#/channels/rulebook"}},
            "publishHead": {"action": "send", "channel": {"$ref": "#/channels/head"}},
        },
        "components": {"messages": messages | {HEAD_NAME: _head()}, "schemas": _schemas()},
    }  # fmt: skip


PARAMETERS: Document = {
    "landlord": {"description": "The landlord's slug."},
    "stage": {"description": "`s1`, `s2` … for a fact of a stage, `-` for one of the whole complaint."},
    "event": {"description": "What happened, such as `acknowledged`."},
    "version": {"description": "The major version of the event's shape, such as `v1`."},
}  # fmt: skip


def _channel(address: str, messages: list[str], *parameters: str) -> Document:
    exchange = {"name": EVENTS_EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "parameters": {name: PARAMETERS[name] for name in parameters},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _message(event: Described, *, schemas: str) -> Document:
    data = [
        {"$ref": f"{schemas}/{event.name}.json"},
        {"$ref": "#/components/schemas/BesideTheFact"},
    ]
    properties = {"type": {"const": TYPE_PREFIX + event.name}, "data": {"allOf": data}}
    return {
        "name": TYPE_PREFIX + event.name,
        "title": event.name,
        "summary": event.meaning,
        "description": f"Routed under `{event.routing_key}`.",
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [{"$ref": "#/components/schemas/Event"}, {"properties": properties}],
        },
    }


def _head() -> Document:
    return {
        "name": TYPE_PREFIX + HEAD_NAME,
        "title": HEAD_NAME,
        "summary": "Every 30 seconds: the last place of the landlord's feed, so that a lost last event shows too.",
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Message"},
                {"properties": {"type": {"const": TYPE_PREFIX + HEAD_NAME}}},
            ],
        },
    }


def _schemas() -> Document:
    return {
        "Message": _object(IN_EVERY_MESSAGE),
        "Event": {
            "allOf": [{"$ref": "#/components/schemas/Message"}, _object(IN_EVERY_EVENT)],
        },
        "BesideTheFact": _object(BESIDE_THE_FACT),
    }


def _object(properties: Document) -> Document:
    return {"type": "object", "properties": properties, "required": list(properties)}
