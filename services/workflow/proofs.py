"""How far each landlord's hash chain was proven the last time, for whoever watches that it is done."""

from dataclasses import dataclass
from datetime import datetime

from shared.database.pool import Database
from shared.eventstore.chain import ChainReport


@dataclass(frozen=True, slots=True)
class Proof:
    """The log of a landlord is whole up to this event, which has this hash."""

    landlord: str
    seq: int
    hash: bytes
    proven_at: datetime


def note_proof(database: Database, landlord: str, report: ChainReport, *, now: datetime) -> None:
    """Keeps what a verification found whole; what is broken is not noted."""
    if report.broken is not None:
        return
    with database.transaction(landlord) as cursor:
        cursor.execute(
            "INSERT INTO workflow.proven (landlord, seq, hash, proven_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (landlord) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash,"
            " proven_at = EXCLUDED.proven_at",
            (landlord, report.verified_through, report.last_hash, now),
        )


def proven(database: Database, landlord: str) -> Proof | None:
    """The last proof; None when there was none."""
    with database.transaction(landlord) as cursor:
        row = cursor.execute(
            "SELECT landlord, seq, hash, proven_at FROM workflow.proven WHERE landlord = %s",
            (landlord,),
        ).fetchone()
    return None if row is None else Proof(**row | {"hash": bytes(row["hash"])})
