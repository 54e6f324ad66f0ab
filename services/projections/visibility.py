"""Which cases a reader may see: those of their organisation, unless a case is marked for others only."""

from typing import Any

from psycopg import Cursor

from services.projections.read_models import restricted_cases
from services.projections.read_models.complaints import complaint
from shared.identity.sessions import SignedIn
from shared.web.problems import Problem

Row = dict[str, Any]


class CaseUnknown(Problem):
    """There is no such case, or the reader may not see it: both look the same from outside."""

    def __init__(self) -> None:
        super().__init__(404, "Not found", "There is no such complaint, or it is not yours to see.")


def visible_case(cursor: Cursor[Row], who: SignedIn, reference: str) -> Row:
    """The row of a case; raises CaseUnknown where there is none, or none for this reader."""
    found = complaint(
        cursor,
        landlord=who.officer.landlord,
        reference=reference,
        confined_to=who.confined_to,
    )
    if found is None or reference in hidden_from(cursor, who):
        raise CaseUnknown
    return found


def hidden_from(cursor: Cursor[Row], who: SignedIn) -> frozenset[str]:
    """The cases marked so that this reader may not see them."""
    reader = who.officer
    return restricted_cases.hidden_from(
        cursor, landlord=reader.landlord, officer=reader.officer, role=reader.role
    )
