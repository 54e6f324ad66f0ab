"""Folds one fact into every read model, inside the transaction of the feed's follower."""

from typing import Any

from psycopg import Cursor

from services.projections.read_models import (
    case_history,
    caseload,
    complaints,
    counts,
    deadlines,
    restricted_cases,
)
from shared.eventstore.record import RecordedEvent

# A consumer's name never changes: its position in the feed is kept under it.
CONSUMER = "projections.feed.v1"
SCHEMA = "projections"

# Each read model's fold of whole cases, for building many at once.
CASE_FOLDS = (
    complaints.CASE_FOLD,
    deadlines.CASE_FOLD,
    case_history.CASE_FOLD,
    caseload.CASE_FOLD,
    counts.CASE_FOLD,
    restricted_cases.CASE_FOLD,
)

# The one table that each read model fills.
TABLES = {
    "complaints": complaints.TABLE,
    "deadlines_board": deadlines.TABLE,
    "case_history": case_history.TABLE,
    "caseload": caseload.TABLE,
    "counts": counts.TABLE,
    "restricted_cases": restricted_cases.TABLE,
}


def apply_to_read_models(cursor: Cursor[dict[str, Any]], event: RecordedEvent) -> None:
    """Folds the fact; a second time changes nothing."""
    complaints.fold(cursor, event)
    deadlines.fold(cursor, event)
    case_history.fold(cursor, event)
    caseload.fold(cursor, event)
    counts.fold(cursor, event)
    restricted_cases.fold(cursor, event)
