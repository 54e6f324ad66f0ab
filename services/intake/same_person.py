"""Looks for earlier cases of who complains, before staff log another: the same name, and the same address, email or
telephone number. It suggests, and keeps nobody from logging what is new.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.intake.new_submissions import NewSubmission
from services.intake.submissions import Intake
from shared.access.log import SEARCH, note_read
from shared.complaints.working_days import london_day
from shared.identity.sessions import SignedIn
from shared.registry.officers import LOOKS_FOR_PEOPLE
from shared.vault.search_words import asked_in
from shared.vault.vault import Vault

LOOKED_BACK = timedelta(days=365)
MOST_TOLD = 5
MOST_ALIKE = 500  # people of one name who are looked at
TITLES = frozenset(
    {"dr", "miss", "mr", "mrs", "ms", "mx", "prof", "professor", "rev", "sir", "lady"}
)
_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case of the same person, and what besides the name is the same."""

    reference: str
    received_on: date
    stage: int
    standing: str
    alike: tuple[str, ...]


def earlier_cases(
    intake: Intake, who: SignedIn, new: NewSubmission, *, key: str, now: datetime
) -> tuple[Earlier, ...]:
    """The newest cases of the last twelve months that the officer may see, MOST_TOLD at most.

    None for what came under this key before: what is sent again is answered as it was.
    """
    if who.officer.role not in LOOKS_FOR_PEOPLE or _taken_before(intake, new.landlord, key):
        return ()
    name = _hashes(intake.vault, new.landlord, "name", _of_name(new.name))
    evidence = _evidence(intake.vault, new)
    if not name or not evidence:
        return ()
    with intake.database.transaction(new.landlord) as cursor:
        alike = _alike(cursor, new.landlord, name=name, evidence=evidence)
        cases = cursor.execute(
            "SELECT * FROM projections.cases_of_people(%s, %s, %s, %s, %s, %s, %s)",
            (
                new.landlord,
                list(alike),
                london_day(now) - LOOKED_BACK,
                who.officer.officer,
                who.officer.role,
                who.confined_to,
                MOST_TOLD,
            ),
        ).fetchall()
        # Each time, for it is not known here which of them not everybody may see.
        note_read(
            cursor,
            landlord=new.landlord,
            officer=who.officer.officer,
            references=[case["reference"] for case in cases],
            page=SEARCH,
            now=now,
            exactly=True,
        )
    return tuple(
        Earlier(
            case["reference"],
            case["received_on"],
            case["stage"],
            case["standing"],
            alike[case["person"]],
        )
        for case in cases
    )


def _taken_before(intake: Intake, landlord: str, key: str) -> bool:
    with intake.database.transaction(landlord) as cursor:
        cursor.execute(
            "SELECT FROM intake.submission WHERE landlord = %s AND key_hash = %s",
            (landlord, hashlib.sha256(key.encode()).digest()),
        )
        return cursor.fetchone() is not None


def _alike(
    cursor: Cursor[Row],
    landlord: str,
    *,
    name: frozenset[int],
    evidence: Mapping[str, frozenset[int]],
) -> dict[UUID, tuple[str, ...]]:
    """The people of that name of whom something else is the same too, with what that is."""
    wanted = name.union(*evidence.values())
    rows = cursor.execute(
        """
        SELECT subject, array_agg(DISTINCT hash) AS hashes FROM vault.people_hash
        WHERE landlord = %s AND hash = ANY (%s)
        GROUP BY subject HAVING count(DISTINCT hash) FILTER (WHERE hash = ANY (%s)) = %s
        LIMIT %s
        """,
        (landlord, list(wanted), list(name), len(name), MOST_ALIKE),
    ).fetchall()
    found = {
        row["subject"]: tuple(
            what for what, hashes in evidence.items() if hashes <= set(row["hashes"])
        )
        for row in rows
    }
    return {subject: same for subject, same in found.items() if same}


def _evidence(vault: Vault, new: NewSubmission) -> dict[str, frozenset[int]]:
    """What is told of the person besides the name, each with all its hashes."""
    told = {
        "address": ("address", _of_address(new.address or "")),
        "email address": ("contact", asked_in(new.email or "")[:1]),
        "telephone number": ("contact", asked_in(new.phone or "")[:1]),
    }
    hashes = {
        what: _hashes(vault, new.landlord, place, pieces) for what, (place, pieces) in told.items()
    }
    return {what: each for what, each in hashes.items() if each}


def _hashes(vault: Vault, landlord: str, place: str, pieces: list[str]) -> frozenset[int]:
    return frozenset(vault.hash_of(landlord, piece, place=place) for piece in pieces)


def _of_name(name: str) -> list[str]:
    """A name without how somebody is addressed, which is written at one time and not at another."""
    return [piece for piece in asked_in(name) if piece not in TITLES]


def _of_address(address: str) -> list[str]:
    """The postcode and the numbers of house and flat say it all; without a postcode every word counts."""
    pieces = asked_in(address)
    postcodes = [piece for piece in pieces if _POSTCODE.fullmatch(piece)]
    if not postcodes:
        return pieces
    return [*postcodes[:1], *(piece for piece in pieces if piece[0].isdecimal())]
