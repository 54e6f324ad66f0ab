"""Stored histories, one for every shape that a fact was ever written in, with the state that each replays to.

A shape is the name of a fact and whether the fields that came to it later are there. A file holds the records as the
log holds them, and what was true of the complaint after them, in words of its own. Files are written once and never
changed: `python -m tests.contract.stored_histories` adds those that are missing, with their checksums.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import orjson

from services.workflow.domain.complaint import Complaint, replay
from shared.complaints.events import EVENT_NAMES, RULEBOOK, ComplaintEvent
from shared.complaints.values import Moment
from shared.eventstore.codec import from_record, name_of, to_record
from shared.eventstore.record import NewRecord, RecordedEvent
from shared.policies.deadlines import Deadline
from tests.contract.examples import EXAMPLES

HISTORIES = Path(__file__).parent / "histories"
CHECKSUMS = HISTORIES / "SHA256SUMS"
FIRST, LATER = "first", "with-later-fields"
IDS = UUID("1f2f0a4e-7f0e-4a53-9d0a-5a7c4c8f2b11")
THU_2_APR_2026 = date(2026, 4, 2)
NOON = datetime(2026, 4, 2, 11, 0, tzinfo=UTC)
# What stands before the fact itself, so that it has something to act upon.
BEFORE = ("complaint.opened.v1", "complaint.deadline-set.v1", "complaint.acknowledged.v1")


def later_fields(kind: type[ComplaintEvent]) -> frozenset[str]:
    """The fields of a fact that came to it after facts of its name were stored."""
    return frozenset(
        field.name for field in dataclasses.fields(kind) if field.metadata.get("added_later", False)
    )


def expected_shapes() -> dict[str, ComplaintEvent]:
    """Every shape that today's language writes, by the name of its file, with an example of it."""
    shapes: dict[str, ComplaintEvent] = {}
    for event in EXAMPLES:
        defaults = {
            field.name: field.default
            for field in dataclasses.fields(event)
            if field.name in later_fields(type(event))
        }
        name = name_of(event)
        shapes[f"{name}.{FIRST}"] = dataclasses.replace(event, **defaults)  # type: ignore[arg-type]
        if defaults:
            filled = {name: _filled(event, name) for name in defaults}
            shapes[f"{name}.{LATER}"] = dataclasses.replace(event, **filled)
    return shapes


def shape_of(record: Mapping[str, Any]) -> str:
    """The shape of a stored fact."""
    kind = EVENT_NAMES.get(record["name"])
    has_later = kind is not None and bool(later_fields(kind) & record["data"].keys())
    return f"{record['name']}.{LATER if has_later else FIRST}"


def read_history(document: Mapping[str, Any]) -> tuple[RecordedEvent, ...]:
    """The records of a file, as the log gives them."""
    return tuple(
        [
            from_record(text, seq=seq, previous_hash=bytes(32), hash_=bytes(32))
            for seq, text in enumerate(document["records"], start=1)
        ]
    )


def state_after(history: tuple[RecordedEvent, ...]) -> dict[str, Any]:
    """What is true after a history: of the complaint, or for a rulebook what its facts say."""
    if history[0].stream == RULEBOOK:
        return {"facts": [_plain(record.event) for record in history]}
    complaint = replay(history)
    assert complaint is not None
    return {
        "complaint": _complaint(complaint),
        "last_fact": _plain(history[-1].event),
        "happened": _plain(history[-1].happened),
    }


def differences(stored: Any, now: Any, *, where: str = "state") -> list[str]:
    """Where something that was true once is so no longer; what is told beyond it does no harm."""
    if isinstance(stored, dict) and isinstance(now, dict):
        found = [f"{where}.{name}: is not told any more" for name in stored.keys() - now.keys()]
        for name in stored.keys() & now.keys():
            found += differences(stored[name], now[name], where=f"{where}.{name}")
        return found
    if isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        pairs = enumerate(zip(stored, now, strict=True))
        return [
            each
            for place, (before, after) in pairs
            for each in differences(before, after, where=f"{where}[{place}]")
        ]
    return [] if stored == now else [f"{where}: was {stored!r}, is {now!r}"]


def write_missing() -> list[str]:
    """Adds a file for every shape that has none, and its checksum; changes none that is there."""
    written = []
    for shape, event in expected_shapes().items():
        path = HISTORIES / f"{shape}.json"
        if path.exists():
            continue
        records = _records(event)
        document: dict[str, Any] = {"shape": shape, "records": records}
        document["state"] = state_after(read_history(document))
        path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
        with CHECKSUMS.open("a", encoding="utf-8") as sums:
            sums.write(f"{checksum(path)}  {path.name}\n")
        written.append(path.name)
    return written


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checksums() -> dict[str, str]:
    """What was noted when each file was written."""
    lines = CHECKSUMS.read_text("utf-8").splitlines()
    return {name: noted for noted, name in (line.split("  ") for line in lines)}


def _records(event: ComplaintEvent) -> list[str]:
    name = name_of(event)
    is_rulebook = name.startswith(f"{RULEBOOK}.")
    shapes = expected_shapes()
    history = (
        [] if is_rulebook or name == BEFORE[0] else [shapes[f"{one}.{FIRST}"] for one in BEFORE]
    )
    return [
        _record(each, version=version, stream=RULEBOOK if is_rulebook else "RC-2026-000042")
        for version, each in enumerate([*history, event], start=1)
    ]


def _record(event: ComplaintEvent, *, version: int, stream: str) -> str:
    at = NOON + timedelta(minutes=version)
    command = uuid5(IDS, f"{name_of(event)}/{version}")
    return to_record(
        NewRecord(
            event_id=uuid5(command, "0"),
            event=event,
            happened=Moment(THU_2_APR_2026, at),
            actor="officer-4",
            correlation_id=str(command),
            causation_id=str(command),
        ),
        landlord="riverside",
        stream=stream,
        version=version,
        command_id=command,
        recorded_at=at,
    )


def _filled(event: ComplaintEvent, field: str) -> Any:
    """A value that says something, for a field that came later: the example's, else one of its kind."""
    found = getattr(event, field)
    default = next(each.default for each in dataclasses.fields(event) if each.name == field)
    if found != default:
        return found
    return _of_kind(typing.get_type_hints(type(event))[field], other_than=default)


def _of_kind(hint: Any, *, other_than: Any = None) -> Any:
    arguments = [each for each in typing.get_args(hint) if each not in (type(None), Ellipsis)]
    if typing.get_origin(hint) is tuple:
        return (_of_kind(arguments[0]),)
    if arguments:
        return _of_kind(arguments[0], other_than=other_than)
    if issubclass(hint, Enum):
        return next(member for member in hint if member is not other_than)
    if dataclasses.is_dataclass(hint):
        hints, made = typing.get_type_hints(hint), typing.cast("typing.Callable[..., Any]", hint)
        return made(**{each.name: _of_kind(hints[each.name]) for each in dataclasses.fields(hint)})
    plain = {bool: other_than is not True, int: 1, str: "example", date: THU_2_APR_2026}
    return (plain | {datetime: NOON})[hint]


def _complaint(complaint: Complaint) -> dict[str, Any]:
    told = {
        field.name: _plain(getattr(complaint, field.name))
        for field in dataclasses.fields(complaint)
        if not field.name.endswith("deadlines")
    }
    return told | {
        "deadlines": [_deadline(each) for each in complaint.deadlines],
        "overlay_deadlines": [_deadline(each) for each in complaint.overlay_deadlines],
    }


def _deadline(deadline: Deadline) -> dict[str, Any]:
    return {
        "duty": deadline.latest.duty,
        "stage": deadline.latest.stage,
        "generation": deadline.latest.generation,
        "due_on": deadline.latest.due_on.isoformat(),
        "state": deadline.state.value,
        "is_owed": deadline.is_owed,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(each) for each in value), key=repr)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


if __name__ == "__main__":
    for added in write_missing():
        sys.stdout.write(f"{added}\n")
