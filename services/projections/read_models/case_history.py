"""The history of a case: every fact in order, when it happened, when it became known and was
recorded, and by whom.
"""

from typing import Any

from psycopg import Cursor

from services.projections.case_folds import CaseFold, Fact, Rows
from shared.complaints.events import ComplaintEvent
from shared.eventstore.codec import NAMES, canonical, encode_event
from shared.eventstore.record import RecordedEvent

TABLE = "fact"


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Writes the fact down as it is."""
    cursor.execute(
        """
        INSERT INTO projections.fact (landlord, reference, version, seq, event_id, name,
            happened_on, happened_at, known_at, recorded_at, actor, origin, data)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)
        ON CONFLICT (landlord, reference, version) DO NOTHING
        """,
        (
            recorded.landlord,
            recorded.stream,
            recorded.version,
            recorded.seq,
            recorded.event_id,
            recorded.name,
            recorded.happened.on,
            recorded.happened.at,
            recorded.known_at,
            recorded.recorded_at,
            recorded.actor,
            recorded.origin,
            canonical(encode_event(recorded.event)),
        ),
    )


def case_history(
    cursor: Cursor[dict[str, Any]], *, landlord: str, reference: str
) -> list[dict[str, Any]]:
    """All facts of the case in the order of its log."""
    return cursor.execute(
        """
        SELECT version, seq, event_id, name, happened_on, happened_at, known_at, recorded_at,
            actor, origin, data
        FROM projections.fact WHERE landlord = %s AND reference = %s ORDER BY version
        """,
        (landlord, reference),
    ).fetchall()


def _write_down(rows: Rows, fact: Fact, event: ComplaintEvent) -> None:
    envelope = fact.envelope
    rows[fact.version] = {
        "landlord": fact.landlord,
        "reference": fact.stream,
        "version": fact.version,
        "seq": fact.seq,
        "event_id": fact.event_id,
        "name": fact.name,
        "happened_on": envelope["happened_on"],
        "happened_at": envelope["happened_at"],
        "known_at": envelope["known_at"],
        "recorded_at": fact.recorded_at,
        "actor": envelope["actor"],
        "origin": envelope["origin"],
        "data": canonical(encode_event(event)),
    }


CASE_FOLD = CaseFold(
    "case_history",
    TABLE,
    dict.fromkeys(NAMES, _write_down),
)
