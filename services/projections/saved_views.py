"""The views of the board that officers keep: filters under a name, for themselves or for all of the landlord."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

from shared.registry.officers import Officer

Row = dict[str, Any]

MOST_VIEWS = 30  # of one officer
MOST_SHOWN = 60  # own ones and those that others share
LONGEST_NAME = 60  # characters


class ViewRefused(ValueError):
    """The view cannot be kept like this; says why and what to do."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters under a name; `query` is the end of the board's address."""

    officer: str
    officer_name: str
    name: str
    query: str
    is_shared: bool


def views_of(cursor: Cursor[Row], reader: Officer) -> list[SavedView]:
    """The reader's own views first, then those that others share; at most MOST_SHOWN."""
    rows = cursor.execute(
        """
        SELECT officer, officer.name AS officer_name, saved_view.name, query, is_shared
        FROM desk.saved_view JOIN registry.officer USING (landlord, officer)
        WHERE landlord = %(landlord)s AND (officer = %(officer)s OR is_shared)
        ORDER BY officer <> %(officer)s, saved_view.name, officer
        LIMIT %(limit)s
        """,
        {"landlord": reader.landlord, "officer": reader.officer, "limit": MOST_SHOWN},
    ).fetchall()
    return [SavedView(**row) for row in rows]


def save_view(
    cursor: Cursor[Row], owner: Officer, *, name: str, query: str, is_shared: bool, now: datetime
) -> None:
    """Keeps the filters under the name, in place of what the officer had under it; raises ViewRefused."""
    if not name:
        raise ViewRefused("Enter a name for the view")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ViewRefused(f"The name must be one line of at most {LONGEST_NAME} characters")
    row = cursor.execute(
        "SELECT count(*) AS others FROM desk.saved_view"
        " WHERE landlord = %s AND officer = %s AND name <> %s",
        (owner.landlord, owner.officer, name),
    ).fetchone()
    if row is not None and row["others"] >= MOST_VIEWS:
        raise ViewRefused(f"You have {MOST_VIEWS} views, the most there can be: delete one first")
    cursor.execute(
        """
        INSERT INTO desk.saved_view (landlord, officer, name, query, is_shared, saved_at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (landlord, officer, name) DO UPDATE
        SET query = EXCLUDED.query, is_shared = EXCLUDED.is_shared, saved_at = EXCLUDED.saved_at
        """,
        (owner.landlord, owner.officer, name, query, is_shared, now),
    )


def delete_view(cursor: Cursor[Row], owner: Officer, name: str) -> bool:
    """Forgets a view of the officer's own; False when there is none of that name."""
    deleted = cursor.execute(
        "DELETE FROM desk.saved_view WHERE landlord = %s AND officer = %s AND name = %s",
        (owner.landlord, owner.officer, name),
    )
    return deleted.rowcount == 1
