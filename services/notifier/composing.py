"""Decides letters as facts arrive, in the transaction that moves the follower's position."""

from typing import Any
from uuid import uuid5

import structlog
from psycopg import Cursor
from pydantic import TypeAdapter

from services.notifier.access_codes import end_access_code
from services.notifier.case_facts import ComplaintFacts, fold
from services.notifier.letter_facts import Letter, LetterFacts
from services.notifier.letters import NOBODY, Staff, letters_for
from shared.complaints.events import RULEBOOK, AccessCodeIssued
from shared.eventstore.feed import read_feed
from shared.eventstore.record import IMPORT, RecordedEvent
from shared.registry.officers import working_officers
from shared.runtime.tracing import traceparent

Row = dict[str, Any]

COMPLAINTS_TEAM = "complaints_team"
# More than any command appends; the facts of one command stand side by side in the feed.
LONGEST_COMMAND = 100

COMPLAINT_FACTS: TypeAdapter[ComplaintFacts] = TypeAdapter(ComplaintFacts)
LETTER_FACTS: TypeAdapter[LetterFacts] = TypeAdapter(LetterFacts)


def compose(cursor: Cursor[Row], event: RecordedEvent) -> None:
    """Folds the fact, and stores the letters that follow; an imported history makes none, nor does
    what the landlord adopts: it is no fact of any complaint.
    """
    if event.stream == RULEBOOK:
        return
    complaint = fold(_complaint(cursor, event), event.event)
    _keep(cursor, event, complaint)
    if event.origin == IMPORT:
        return
    if isinstance(event.event, AccessCodeIssued):
        end_access_code(cursor, landlord=event.landlord, reference=event.stream)
    for letter in _letters(cursor, event, complaint):
        _store(cursor, event, complaint, letter)


def _letters(
    cursor: Cursor[Row], event: RecordedEvent, complaint: ComplaintFacts
) -> tuple[Letter, ...]:
    if not letters_for(event.event, complaint, Staff(frozenset(), {})):
        return ()
    # A letter tells the dates as its command left them, and these follow the fact in the feed.
    for later in read_feed(cursor, event.landlord, after=event.seq, limit=LONGEST_COMMAND):
        if (later.stream, later.command_id) != (event.stream, event.command_id):
            break
        complaint = fold(complaint, later.event)
    return letters_for(event.event, complaint, _staff(cursor, event.landlord))


def _staff(cursor: Cursor[Row], landlord: str) -> Staff:
    everyone = working_officers(cursor, landlord)
    teams: dict[str, tuple[str, ...]] = {}
    for one in everyone:
        if one.role == COMPLAINTS_TEAM:
            teams[one.organisation] = (*teams.get(one.organisation, ()), one.officer)
    return Staff(known=frozenset(one.officer for one in everyone), complaints_teams=teams)


def _complaint(cursor: Cursor[Row], event: RecordedEvent) -> ComplaintFacts | None:
    row = cursor.execute(
        "SELECT facts::text FROM notifier.complaint WHERE landlord = %s AND reference = %s",
        (event.landlord, event.stream),
    ).fetchone()
    return None if row is None else COMPLAINT_FACTS.validate_json(row["facts"])


def _keep(cursor: Cursor[Row], event: RecordedEvent, complaint: ComplaintFacts) -> None:
    cursor.execute(
        "INSERT INTO notifier.complaint (landlord, reference, facts) VALUES (%s, %s, %s)"
        " ON CONFLICT (landlord, reference) DO UPDATE SET facts = excluded.facts",
        (event.landlord, event.stream, COMPLAINT_FACTS.dump_json(complaint).decode()),
    )


def _store(
    cursor: Cursor[Row], event: RecordedEvent, complaint: ComplaintFacts, letter: Letter
) -> None:
    to_nobody = letter.recipient == NOBODY
    letter_id = uuid5(event.event_id, letter.recipient)
    cursor.execute(
        """
        INSERT INTO notifier.letter
            (landlord, letter, event_id, recipient, reference, organisation, kind, facts,
             caused_at, state, ended_at, trouble, next_attempt_at, traceparent)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT DO NOTHING
        """,
        (
            event.landlord,
            letter_id,
            event.event_id,
            letter.recipient,
            event.stream,
            complaint.organisation,
            letter.kind.value,
            LETTER_FACTS.dump_json(letter.facts).decode(),
            event.recorded_at,
            "undeliverable" if to_nobody else "waiting",
            event.recorded_at if to_nobody else None,
            "no officer to remind" if to_nobody else None,
            event.recorded_at,
            traceparent(),
        ),
    )
    # From here on the letter's id is what the log speaks of: this line leads back to what asked for it.
    if cursor.rowcount:
        structlog.get_logger().info(
            "letter_owed",
            landlord=event.landlord,
            complaint=event.stream,
            letter=str(letter_id),
            kind=letter.kind.value,
            correlation_id=event.correlation_id,
            causation_id=str(event.event_id),
        )
