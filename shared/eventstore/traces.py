"""Which trace a command belongs to, from its append until its facts were published: beside the log, never in it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Cursor

from shared.eventstore.append import Append

Row = dict[str, Any]


def note_traces(cursor: Cursor[Row], landlord: str, appends: Sequence[Append]) -> None:
    """Keep the traces of those commands that have one."""
    traced = [append for append in appends if append.traceparent is not None]
    if not traced:
        return
    cursor.execute(
        """
        INSERT INTO workflow.command_trace (landlord, command_id, traceparent, noted_at)
        SELECT %s, given.* FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) AS given
        ON CONFLICT DO NOTHING
        """,
        (
            landlord,
            [append.command_id for append in traced],
            [append.traceparent for append in traced],
            [append.recorded_at for append in traced],
        ),
    )


def traces_of(cursor: Cursor[Row], landlord: str, commands: Collection[UUID]) -> dict[UUID, str]:
    """Return the traces of those of the commands that have one."""
    rows = cursor.execute(
        "SELECT command_id, traceparent FROM workflow.command_trace"
        " WHERE landlord = %s AND command_id = ANY(%s)",
        (landlord, list(commands)),
    )
    return {row["command_id"]: row["traceparent"] for row in rows}


def clear_old_traces(cursor: Cursor[Row], landlord: str, *, before: datetime) -> None:
    """Forget what nobody publishes any more."""
    cursor.execute(
        "DELETE FROM workflow.command_trace WHERE landlord = %s AND noted_at < %s",
        (landlord, before),
    )
