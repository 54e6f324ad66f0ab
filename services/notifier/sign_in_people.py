"""Who may be sent a code to follow a case, and where their mail goes: the complainant, and whoever speaks for them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Cursor

from shared.complaints.events import ComplaintOpened
from shared.eventstore.feed import consume_stream
from shared.identity.following import extent_now
from shared.identity.spokespeople import COMPLAINANT, Spokesperson, spokespeople
from shared.vault.vault import Vault

Row = dict[str, Any]

# In what an officer wrote down of a representative. Nothing is guessed: one address, or none.
EMAIL = re.compile(r"[^\s<>()\[\],;:\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody whom a code can be mailed to: as whom they sign in, and as whom a letter goes to them."""

    holder: str
    recipient: str
    organisation: str
    stage: int
    route: str


def reachable(
    cursor: Cursor[Row], vault: Vault, *, landlord: str, reference: str, today: date
) -> tuple[Reachable, ...]:
    """Everybody with an email address who may follow the case today; nobody where there is no such case."""
    history = consume_stream(cursor, landlord, reference)
    opening = history[0].event if history else None
    if not isinstance(opening, ComplaintOpened) or opening.complainant is None:
        return ()
    subject = UUID(opening.complainant)
    people: list[tuple[str, str]] = []
    if _is_mailed(vault.read_kind(cursor, landlord, subject=subject, kind="email")):
        people.append((COMPLAINANT, f"complainant:{subject}"))
    people += [
        (speaker.holder, f"representative:{subject}:{speaker.number}")
        for speaker in spokespeople(recorded.event for recorded in history).values()
        if representative_email(cursor, vault, landlord=landlord, speaker=speaker) is not None
    ]
    return tuple(
        Reachable(holder, recipient, opening.organisation, 1, opening.route.value)
        for holder, recipient in people
        if extent_now(cursor, landlord, reference, holder=holder, today=today) is not None
    )


def representative_email(
    cursor: Cursor[Row], vault: Vault, *, landlord: str, speaker: Spokesperson
) -> str | None:
    """The one email address in what is on record of a representative; None where there is none, or several."""
    if speaker.words is None:
        return None
    said = vault.read(cursor, landlord, UUID(speaker.words.words))
    found = set() if said is None else {each.lower() for each in EMAIL.findall(said)}
    return found.pop() if len(found) == 1 else None


def email_of_representative(cursor: Cursor[Row], vault: Vault, row: Row) -> str | None:
    """Where the letter of a row goes to that is for a representative."""
    history = consume_stream(cursor, row["landlord"], row["reference"])
    known = spokespeople(recorded.event for recorded in history)
    speaker = known.get(int(row["recipient"].rpartition(":")[2]))
    if speaker is None:
        return None
    return representative_email(cursor, vault, landlord=row["landlord"], speaker=speaker)


def _is_mailed(email: str | None) -> bool:
    return email is not None and "@" in email
