"""Turns a fact into the canonical JSON that is stored and hashed, and back; strict in both
directions.

The shape comes from the type hints of the event classes. Canonical means: UTF-8, keys sorted, no
spaces, enums as their values, days as `2026-03-02`, instants as `2026-03-02T09:30:00.000000Z`. A
field added to an event later must have a default: facts written before it are then still readable.
A fact under a retired name is read as the fact that took its place (`upcasting`). Whoever decides
reads strictly: a field that this version does not know may change what is to be done. Whoever only
consumes may pass over it, and meets it when it is rebuilt under the newer version.
"""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson

from shared.complaints.events import EVENT_NAMES, ComplaintEvent
from shared.complaints.values import Moment
from shared.eventstore.converting import Converter, Unfit, converter_for, without_unknown
from shared.eventstore.record import ORIGINS, NewRecord, RecordedEvent, StoredEvent
from shared.eventstore.upcasting import upcast

NAMES: dict[type[ComplaintEvent], str] = {kind: name for name, kind in EVENT_NAMES.items()}

_ENVELOPE: dict[str, Converter] = {
    "landlord": converter_for(str),
    "stream": converter_for(str),
    "version": converter_for(int),
    "event_id": converter_for(UUID),
    "name": converter_for(str),
    "happened_on": converter_for(date),
    "happened_at": converter_for(datetime | None),
    "known_at": converter_for(datetime | None),
    "recorded_at": converter_for(datetime),
    "actor": converter_for(str),
    "command_id": converter_for(UUID),
    "correlation_id": converter_for(str),
    "causation_id": converter_for(str),
    "origin": converter_for(str),
}
_FIELDS = frozenset(_ENVELOPE) | {"data"}
_ENCODERS = [(field, each.plain, each.encode) for field, each in _ENVELOPE.items()]
_DECODERS = [(field, each.plain, each.decode) for field, each in _ENVELOPE.items()]


class UnknownEvent(ValueError):
    """The name, or the class, is not in the language of complaints."""


class UndecodableRecord(ValueError):
    """The text is not a record of a fact; says which field and why."""


class UnencodableEvent(ValueError):
    """A value does not fit its field; says which field and why."""


def name_of(event: ComplaintEvent) -> str:
    """Return the name a fact is stored and routed under."""
    try:
        return NAMES[type(event)]
    except KeyError:
        raise UnknownEvent(f"{type(event).__name__} is not a fact that can be stored.") from None


def encode_event(event: ComplaintEvent) -> dict[str, Any]:
    """Return the fact alone as plain JSON values."""
    name = name_of(event)
    try:
        encoded: dict[str, Any] = converter_for(type(event)).encode(event, name)
    except Unfit as error:
        raise UnencodableEvent(str(error)) from error
    return encoded


def decode_event(
    name: str, data: object, *, pass_over_unknown_fields: bool = False
) -> ComplaintEvent:
    """Rebuild a fact from its name and plain JSON values; one under a retired name as its successor."""
    if name not in EVENT_NAMES:
        name, data = upcast(name, data)
    kind = EVENT_NAMES.get(name)
    if kind is None:
        raise UnknownEvent(f"No fact is called {name!r}; a newer version may know it.")
    try:
        event: ComplaintEvent = converter_for(kind).decode(data, name)
    except Unfit as error:
        known = without_unknown(kind, data) if pass_over_unknown_fields else data
        if known == data:
            raise UndecodableRecord(str(error)) from error
        return decode_event(name, known)
    return event


def to_record(
    new: NewRecord,
    *,
    landlord: str,
    stream: str,
    version: int,
    command_id: UUID,
    recorded_at: datetime,
) -> str:
    """Return the canonical text of a fact with its envelope."""
    values = {
        "landlord": landlord,
        "stream": stream,
        "version": version,
        "event_id": new.event_id,
        "name": name_of(new.event),
        "happened_on": new.happened.on,
        "happened_at": new.happened.at,
        "known_at": new.known_at,
        "recorded_at": recorded_at,
        "actor": new.actor,
        "command_id": command_id,
        "correlation_id": new.correlation_id,
        "causation_id": new.causation_id,
        "origin": new.origin,
    }
    _refuse_unknown_origin(new.origin, UnencodableEvent)
    try:
        record = {
            field: value if type(value := values[field]) is plain else encode(value, field)
            for field, plain, encode in _ENCODERS
        }
    except Unfit as error:
        raise UnencodableEvent(str(error)) from error
    record["data"] = encode_event(new.event)
    return canonical(record)


def canonical(document: dict[str, Any]) -> str:
    """Return plain JSON values as the one text they have."""
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:  # a lone surrogate, or an integer beyond 64 bits
        raise UnencodableEvent(f"Not representable as JSON: {error}.") from error


def from_record(
    text: str,
    *,
    seq: int,
    previous_hash: bytes,
    hash_: bytes,
    pass_over_unknown_fields: bool = False,
) -> RecordedEvent:
    """Rebuild a fact of the log from its text and its place in the feed."""
    values = read_envelope(text)
    event = decode_event(
        values["name"], values["data"], pass_over_unknown_fields=pass_over_unknown_fields
    )
    return RecordedEvent(
        landlord=values["landlord"],
        seq=seq,
        stream=values["stream"],
        version=values["version"],
        event_id=values["event_id"],
        name=values["name"],
        event=event,
        happened=Moment(values["happened_on"], values["happened_at"]),
        known_at=values["known_at"],
        recorded_at=values["recorded_at"],
        actor=values["actor"],
        command_id=values["command_id"],
        correlation_id=values["correlation_id"],
        causation_id=values["causation_id"],
        origin=values["origin"],
        previous_hash=previous_hash,
        hash=hash_,
    )


def stored_from_record(text: str, *, seq: int, previous_hash: bytes, hash_: bytes) -> StoredEvent:
    """Rebuild the envelope alone, with the fact as it stands there: also one that nobody here knows."""
    values = read_envelope(text)
    return StoredEvent(
        landlord=values["landlord"],
        seq=seq,
        stream=values["stream"],
        version=values["version"],
        event_id=values["event_id"],
        name=values["name"],
        data=values["data"],
        happened=Moment(values["happened_on"], values["happened_at"]),
        known_at=values["known_at"],
        recorded_at=values["recorded_at"],
        actor=values["actor"],
        command_id=values["command_id"],
        correlation_id=values["correlation_id"],
        causation_id=values["causation_id"],
        origin=values["origin"],
        previous_hash=previous_hash,
        hash=hash_,
    )


def read_envelope(text: str) -> dict[str, Any]:
    """Return the fields of a record as values, the fact itself (`data`) still as plain JSON."""
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UndecodableRecord(f"Not JSON: {error}.") from error
    if not isinstance(record, dict) or record.keys() != _FIELDS:
        found = sorted(record) if isinstance(record, dict) else type(record).__name__
        raise UndecodableRecord(f"A record has the fields {sorted(_FIELDS)}, this one {found}.")
    try:
        values: dict[str, Any] = {
            field: found if type(found := record[field]) is plain else decode(found, field)
            for field, plain, decode in _DECODERS
        }
    except Unfit as error:
        raise UndecodableRecord(str(error)) from error
    _refuse_unknown_origin(values["origin"], UndecodableRecord)
    values["data"] = record["data"]
    return values


def instant_text(instant: datetime) -> str:
    """Return an aware instant the way every record writes it."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _refuse_unknown_origin(origin: str, refusal: type[ValueError]) -> None:
    if origin not in ORIGINS:
        raise refusal(f"origin: {origin!r} is not one of {sorted(ORIGINS)}.")
