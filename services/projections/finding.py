"""What a reader finds by a reference, or by the sealed words of the cases that they may see.

Only whose work is on cases, or who audits them, looks for people and words; to everybody else a case is its reference.
"""

from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.projections.read_models.case_search import cases_like, cases_with_words
from services.projections.reading import Reading
from services.projections.visibility import hidden_from
from shared.identity.sessions import SignedIn
from shared.registry.officers import LOOKS_FOR_PEOPLE
from shared.vault.search_words import EVERYWHERE, MOST_ASKED, asked_in

Row = dict[str, Any]

# Where it was found, in words.
STANDS_IN = {
    "name": "name",
    "address": "address",
    "home": "address of the home",
    "email": "email address",
    "phone": "telephone number",
    "complaint": "what the complainant wrote",
    "desired_outcome": "what would put it right",
    "letter": "a letter or draft",
    "information": "what the complainant added",
    "note": "a note",
}


def looks_for_people(who: SignedIn) -> bool:
    """Whether names, addresses and words are searched for this reader."""
    return who.officer.role in LOOKS_FOR_PEOPLE


def too_many(typed: str) -> bool:
    """Whether more words are asked for than are looked for at once."""
    return len(asked_in(typed)) > MOST_ASKED


def found_by_reference(reading: Reading, who: SignedIn, typed: str) -> list[Row]:
    """The cases that the reader may see with this in a reference."""
    landlord = who.officer.landlord
    with reading.database.transaction(landlord) as cursor:
        found = cases_like(
            cursor,
            landlord=landlord,
            typed=typed,
            confined_to=who.confined_to,
            hidden=hidden_from(cursor, who),
        )
        return [
            case | {"name": _name(reading, cursor, who, case), "matched": ["reference"]}
            for case in found
        ]


def found_by_words(reading: Reading, who: SignedIn, typed: str) -> list[Row]:
    """The cases that the reader may see in which all of these words stand, with whose they are and where."""
    landlord, asked = who.officer.landlord, asked_in(typed)
    if not looks_for_people(who) or not 0 < len(asked) <= MOST_ASKED:
        return []
    hashes = [reading.vault.hashes_asked(landlord, each, places=EVERYWHERE) for each in asked]
    with reading.database.transaction(landlord) as cursor:
        found = cases_with_words(
            cursor,
            landlord=landlord,
            asked=hashes,
            confined_to=who.confined_to,
            hidden=hidden_from(cursor, who),
        )
        return [
            case
            | {
                "name": _name(reading, cursor, who, case),
                "matched": [STANDS_IN[kind] for kind in case["kinds"]],
            }
            for case in found
        ]


def _name(reading: Reading, cursor: Cursor[Row], who: SignedIn, case: Row) -> str | None:
    """Whose case it is, for a reader who may look for people."""
    if case["complainant"] is None or not looks_for_people(who):
        return None
    subject = UUID(case["complainant"])
    return reading.vault.read_kind(cursor, who.officer.landlord, subject, "name")
