"""Sends what a batch of appends writes: the same statements whether one command waits or fifty do.

The order matters. First every complaint is locked, in one order for everybody, so that two batches
cannot wait for one another; the head of the feed is locked last, by `workflow.append_commands`, so
that whoever holds it waits for nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import Cursor

from shared.database.pool import confine
from shared.eventstore.append import Append
from shared.eventstore.codec import name_of, to_record
from shared.eventstore.timers import cancel_timers, mark_fired, set_timers_together
from shared.eventstore.traces import note_traces
from shared.vault.vault import store_words

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Encoded:
    """An append with the names and the canonical texts of its facts."""

    append: Append
    names: list[str]
    texts: list[str]


def encoded(append: Append) -> Encoded:
    """Encode what an append stores; refuses what is no fact before anybody else is involved."""
    return Encoded(
        append,
        names=[name_of(new.event) for new in append.records],
        texts=[
            to_record(
                new,
                landlord=append.landlord,
                stream=append.stream,
                version=version,
                command_id=append.command_id,
                recorded_at=append.recorded_at,
            )
            for version, new in enumerate(append.records, start=append.expected_version + 1)
        ],
    )


def write_appends(cursor: Cursor[Row], batch: Sequence[Encoded]) -> None:
    """Send the statements of appends to different complaints of one landlord."""
    appends = [each.append for each in batch]
    landlord = appends[0].landlord
    if not are_facts_alone(batch):
        confine(cursor, landlord)
        _lock_complaints(cursor, landlord, appends)
        _write_what_comes_with_facts(cursor, landlord, appends)
    # One text travels faster than a dozen arrays, to build as well as to send.
    cursor.execute(
        "SELECT workflow.append_commands(%s, %s::json, %s::json)",
        (
            landlord,
            _json(map(_command, batch)),
            _json(fact for each in batch for fact in _facts(each)),
        ),
    )


def are_facts_alone(batch: Sequence[Encoded]) -> bool:
    """Tell whether the batch is one statement: no words, no timers, no source reference, no trace."""
    return not any(
        append.words
        or append.timers_set
        or append.timers_ended
        or append.timer_fired is not None
        or append.source_reference is not None
        or append.traceparent is not None
        for append in (each.append for each in batch)
    )


def _write_what_comes_with_facts(
    cursor: Cursor[Row], landlord: str, appends: Sequence[Append]
) -> None:
    referred = [append for append in appends if append.source_reference is not None]
    if referred:
        _store_source_references(cursor, landlord, referred)
    note_traces(cursor, landlord, appends)
    for append in appends:
        if append.words:
            store_words(cursor, landlord=landlord, words=append.words, now=append.recorded_at)
    fired = [
        (each.stream, each.timer_fired, each.recorded_at)
        for each in appends
        if each.timer_fired is not None
    ]
    if fired:
        mark_fired(cursor, landlord=landlord, fired=fired)
    ended = [
        (each.stream, duty, each.recorded_at) for each in appends for duty in each.timers_ended
    ]
    if ended:
        cancel_timers(cursor, landlord=landlord, ended=ended)
    timers = [
        (each.stream, timer, each.recorded_at) for each in appends for timer in each.timers_set
    ]
    if timers:
        set_timers_together(cursor, landlord=landlord, timers=timers)


def _lock_complaints(cursor: Cursor[Row], landlord: str, appends: Sequence[Append]) -> None:
    # As `workflow.append_commands` does it; these locks must come before those of the timers.
    cursor.execute(
        """
        SELECT pg_advisory_xact_lock(place) FROM (
            SELECT DISTINCT hashtextextended(%s || '/' || stream, 0) AS place
            FROM unnest(%s::text[]) AS stream ORDER BY place
        ) AS places
        """,
        (landlord, [append.stream for append in appends]),
    )


def _store_source_references(cursor: Cursor[Row], landlord: str, appends: Sequence[Append]) -> None:
    cursor.execute(
        """
        INSERT INTO workflow.source_reference (landlord, source_reference, stream)
        SELECT %s, given.* FROM unnest(%s::text[], %s::text[]) AS given
        """,
        (
            landlord,
            [append.source_reference for append in appends],
            [append.stream for append in appends],
        ),
    )


def _command(each: Encoded) -> dict[str, Any]:
    append = each.append
    return {
        "stream": append.stream,
        "command_id": append.command_id,
        "fingerprint": f"\\x{append.fingerprint.hex()}",
        "version": append.version,
        "event_names": each.names,
        "recorded_at": append.recorded_at,
    }


def _facts(each: Encoded) -> Iterator[dict[str, Any]]:
    append = each.append
    for place, (new, name, text) in enumerate(
        zip(append.records, each.names, each.texts, strict=True), start=1
    ):
        yield {
            "stream": append.stream,
            "version": append.expected_version + place,
            "event_id": new.event_id,
            "name": name,
            "record": text,
            "recorded_at": append.recorded_at,
        }


def _json(objects: Iterable[dict[str, Any]]) -> str:
    return orjson.dumps(list(objects)).decode()
