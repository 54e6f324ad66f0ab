"""Cases that not everybody may see: which roles may, and which officers may not in spite of it."""

from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

from services.projections.case_folds import CaseFold, Fact, Rows
from shared.complaints.events import AccessRestricted, ConflictDeclared
from shared.eventstore.record import RecordedEvent

TABLE = "restricted"


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Keeps the latest restriction; whoever declares an interest later may not look either."""
    match recorded.event:
        case AccessRestricted() as access:
            cursor.execute(
                """
                INSERT INTO projections.restricted (landlord, reference, mark, roles, kept_from)
                VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (landlord, reference) DO UPDATE SET mark = EXCLUDED.mark,
                    roles = EXCLUDED.roles, kept_from = EXCLUDED.kept_from
                """,
                (
                    recorded.landlord,
                    recorded.stream,
                    access.mark,
                    list(access.roles),
                    list(access.kept_from),
                ),
            )
        case ConflictDeclared(officer=officer):
            cursor.execute(
                """
                UPDATE projections.restricted SET kept_from = array_append(kept_from, %s)
                WHERE landlord = %s AND reference = %s AND NOT %s = ANY (kept_from)
                """,
                (officer, recorded.landlord, recorded.stream, officer),
            )
        case _:
            pass  # other facts keep nobody out


def hidden_from(
    cursor: Cursor[dict[str, Any]], *, landlord: str, officer: str, role: str
) -> frozenset[str]:
    """The references of the cases that an officer may not see."""
    rows = cursor.execute(
        "SELECT reference FROM projections.restricted WHERE landlord = %s"
        " AND NOT (%s = ANY (roles) AND NOT %s = ANY (kept_from))",
        (landlord, role, officer),
    ).fetchall()
    return frozenset(row["reference"] for row in rows)


def restricted_among(
    cursor: Cursor[dict[str, Any]], *, landlord: str, references: Sequence[str]
) -> frozenset[str]:
    """Those of the cases that not everybody may see."""
    rows = cursor.execute(
        "SELECT reference FROM projections.restricted WHERE landlord = %s AND reference = ANY (%s)",
        (landlord, list(references)),
    ).fetchall()
    return frozenset(row["reference"] for row in rows)


def _restrict(rows: Rows, fact: Fact, access: AccessRestricted) -> None:
    rows[None] = {
        "landlord": fact.landlord,
        "reference": fact.stream,
        "mark": access.mark,
        "roles": list(access.roles),
        "kept_from": list(access.kept_from),
    }


def _keep_from(rows: Rows, _fact: Fact, declared: ConflictDeclared) -> None:
    for restricted in rows.values():
        if declared.officer not in restricted["kept_from"]:
            restricted["kept_from"].append(declared.officer)


CASE_FOLD = CaseFold(
    "restricted_cases",
    TABLE,
    {AccessRestricted: _restrict, ConflictDeclared: _keep_from},
)
