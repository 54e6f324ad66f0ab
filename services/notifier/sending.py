"""Sends the letters that wait, each in a transaction of its own that also marks it.

What fails is tried again with longer and longer pauses, and after the last attempt stands there as
failed. Names and addresses are read at the moment of sending: whoever was erased gets no letter.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.errors import MessageError
from typing import Any
from uuid import UUID

import structlog
from jinja2 import TemplateError
from psycopg import Cursor

from services.notifier.gateways import (
    DeliveryAbandoned,
    DeliveryFailed,
    Gateway,
    OutboxFolder,
    SmtpGateway,
)
from services.notifier.in_hand import Undeliverable, addressee, letter_in_hand
from services.notifier.keeping import keep, sealed
from services.notifier.letter_codes import code_of_letter
from services.notifier.sign_in_codes import look_up_requests
from services.notifier.wording_kinds import LETTER_KINDS
from services.notifier.wording_store import wording_in_force
from services.notifier.wordings import Wording
from services.notifier.writing import Writer, WrittenLetter, letter_name
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.registry.adoptions import PolicyNotAdopted
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.metrics import LETTERS
from shared.runtime.tracing import span_of
from shared.runtime.worker import repeat
from shared.vault.sealing import SealedWords, VaultError
from shared.vault.vault import Vault

Row = dict[str, Any]

# 10 s, doubling up to an hour: the last attempt comes about five hours after the first.
MOST_ATTEMPTS = 13
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
IDLE_WAIT_SECONDS = 0.5
MOST_IN_ONE_ROUND = 100  # of one landlord, so that no landlord waits for another's mailing


@dataclass(frozen=True, slots=True)
class LetterBacklog:
    """What a landlord's letters still wait for or came to grief over, as health shows it."""

    landlord: str
    waiting: int
    failed: int
    undeliverable: int
    oldest_age: timedelta | None  # since the event that asked for it
    oldest_due_age: timedelta | None  # since it should have been tried


class Sender:
    """A worker: takes waiting letters to the mail server, or to the outbox folder."""

    name = "notifier sender"

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        writer: Writer,
        outbox: OutboxFolder,
        mail: SmtpGateway | None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._writer = writer
        self._outbox = outbox
        self._mail = mail

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; what is with the mail server then is sent again later."""
        breaking_off = asyncio.create_task(self._break_off(stop))
        try:
            await repeat(self.name, self._step, stop)
        finally:
            breaking_off.cancel()

    async def send_due(self) -> int:
        """One round over all landlords; how many letters were dealt with."""
        return await asyncio.to_thread(self._send_due)

    async def _step(self) -> float:
        try:
            dealt_with = await self.send_due()
        except DeliveryAbandoned:
            return 0
        return 0 if dealt_with else IDLE_WAIT_SECONDS

    async def _break_off(self, stop: asyncio.Event) -> None:
        await stop.wait()
        if self._mail is not None:
            self._mail.abandon()

    def _send_due(self) -> int:
        with self._database.directory() as cursor:
            landlords = [landlord.landlord for landlord in all_landlords(cursor)]
        dealt_with = 0
        for landlord in landlords:
            with self._database.transaction(landlord) as cursor:
                now = self._clock.now()
                dealt_with += look_up_requests(cursor, self._vault, landlord=landlord, now=now)
            for _ in range(MOST_IN_ONE_ROUND):
                if not self._send_next(landlord):
                    break
                dealt_with += 1
        return dealt_with

    def _send_next(self, landlord: str) -> bool:
        now = self._clock.now()
        with self._database.transaction(landlord) as cursor:
            row = _claim(cursor, landlord, now)
            if row is None:
                return False
            state, sent_by, trouble = self._tried(cursor, row, now=now)
            _mark(cursor, row, state=state, sent_by=sent_by, trouble=trouble, now=now)
        LETTERS.labels(state).inc()
        structlog.get_logger().log(
            30 if trouble else 20,
            "letter",
            landlord=landlord,
            letter=str(row["letter"]),
            reference=row["reference"],
            kind=row["kind"],
            state=state,
            sent_by=sent_by,
            trouble=trouble,
            attempt=row["attempts"] + 1,
        )
        return True

    def _tried(
        self, cursor: Cursor[Row], row: Row, *, now: datetime
    ) -> tuple[str, str | None, str | None]:
        """The state of the letter after this attempt, by what it was sent, and what was in the way."""
        state, sent_by, trouble = "waiting", None, None
        with span_of(
            row["traceparent"],
            f"letter {row['kind']}",
            landlord=row["landlord"],
            complaint=row["reference"],
            letter=str(row["letter"]),
            causation_id=str(row["event_id"]),
        ) as step:
            try:
                sent_by = self._deliver(cursor, row, now=now)
                state = "sent"
            except Undeliverable as nobody:
                state, trouble = "undeliverable", str(nobody)
            except DeliveryFailed as failed:
                trouble = failed.reason
                if failed.is_final or row["attempts"] + 1 >= MOST_ATTEMPTS:
                    state = "failed"
            step.say(state=state)
        return state, sent_by, trouble

    def _deliver(self, cursor: Cursor[Row], row: Row, *, now: datetime) -> str:
        words: SealedWords | None
        try:
            written = self.write(cursor, row, now=now, goes_out=True)
            message = self._writer.message(written, now=now)
            words = sealed(self._vault, cursor, row, written, now=now)
        except (TemplateError, MessageError, ValueError) as trouble:
            raise DeliveryFailed(
                f"the letter cannot be written: {type(trouble).__name__}", is_final=False
            ) from None
        except PolicyNotAdopted:
            raise DeliveryFailed(
                "the policy that the letter speaks of is not stored", is_final=False
            ) from None
        except VaultError as trouble:
            raise DeliveryFailed(
                f"the vault cannot be read: {type(trouble).__name__}", is_final=False
            ) from None
        # Whoever has no email gets paper: the folder is what is printed.
        gateway: Gateway = self._outbox
        if self._mail is not None and written.to.email is not None:
            gateway = self._mail
        name = letter_name(event_id=row["event_id"], recipient=row["recipient"])
        gateway.deliver(message, landlord=row["landlord"], name=name)
        if words is not None:
            keep(cursor, words, now=now)
            _note_wording(cursor, row, written, kept_as=words.words)
        return gateway.sent_by

    def write(
        self,
        cursor: Cursor[Row],
        row: Row,
        *,
        now: datetime,
        typed: str | None = None,
        wording: Wording | None = None,
        goes_out: bool = False,
    ) -> WrittenLetter:
        """The letter of a row of `notifier.letter` in the words in which it would go out now.

        Where the officer's own words are not in the vault yet, `typed` are those; `wording` is one to try, else the one
        in force is taken. A code that somebody can sign in with is made only where the letter `goes_out`. Raises
        Undeliverable where there is nobody to send it to, and what the writer, the vault and the register of policies
        raise.
        """
        to = addressee(cursor, self._vault, row)
        code = code_of_letter(
            cursor, self._vault, row, has_email=to.email is not None, now=now, goes_out=goes_out
        )
        letter = replace(letter_in_hand(cursor, self._vault, row, typed=typed), code=code)
        if wording is None and letter.kind in LETTER_KINDS:
            day = london_day(now)
            wording = wording_in_force(cursor, row["landlord"], letter.kind, on=day)
        return self._writer.words(letter, to=to, wording=wording)


def letter_backlog(database: Database, *, now: datetime) -> tuple[LetterBacklog, ...]:
    """For each landlord with letters that are not sent: how many, and how long the oldest waits."""
    with database.directory() as cursor:
        landlords = [landlord.landlord for landlord in all_landlords(cursor)]
    found = []
    for landlord in landlords:
        with database.transaction(landlord) as cursor:
            row = cursor.execute(
                "SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,"
                " count(*) FILTER (WHERE state = 'failed') AS failed,"
                " count(*) FILTER (WHERE state = 'undeliverable') AS undeliverable,"
                " min(caused_at) FILTER (WHERE state = 'waiting') AS oldest,"
                " min(next_attempt_at) FILTER (WHERE state = 'waiting' AND next_attempt_at <= %s)"
                " AS oldest_due"
                " FROM notifier.letter WHERE landlord = %s AND state <> 'sent'",
                (now, landlord),
            ).fetchone()
        if row is not None and row["waiting"] + row["failed"] + row["undeliverable"]:
            oldest, oldest_due = (
                None if (instant := row.pop(name)) is None else now - instant
                for name in ("oldest", "oldest_due")
            )
            found.append(
                LetterBacklog(landlord, **row, oldest_age=oldest, oldest_due_age=oldest_due)
            )
    return tuple(found)


def _claim(cursor: Cursor[Row], landlord: str, now: datetime) -> Row | None:
    return cursor.execute(
        "SELECT *, facts::text AS facts FROM notifier.letter"
        " WHERE landlord = %s AND state = 'waiting' AND next_attempt_at <= %s"
        " ORDER BY next_attempt_at, letter LIMIT 1 FOR UPDATE SKIP LOCKED",
        (landlord, now),
    ).fetchone()


def _mark(
    cursor: Cursor[Row],
    row: Row,
    *,
    state: str,
    sent_by: str | None,
    trouble: str | None,
    now: datetime,
) -> None:
    pause = min(FIRST_RETRY * 2 ** row["attempts"], LONGEST_RETRY)
    cursor.execute(
        "UPDATE notifier.letter SET state = %s, sent_by = %s, trouble = %s, ended_at = %s,"
        " attempts = attempts + 1, next_attempt_at = %s WHERE landlord = %s AND letter = %s",
        (
            state,
            sent_by,
            trouble,
            None if state == "waiting" else now,
            now + pause,
            row["landlord"],
            row["letter"],
        ),
    )


def _note_wording(cursor: Cursor[Row], row: Row, written: WrittenLetter, *, kept_as: UUID) -> None:
    """Which wording wrote a letter, and where its words are kept."""
    wording = written.wording
    cursor.execute(
        "UPDATE notifier.letter SET words = %s, wording_version = %s, wording_hash = %s"
        " WHERE landlord = %s AND letter = %s",
        (
            kept_as,
            None if wording is None else wording.version,
            None if wording is None else wording.hash,
            row["landlord"],
            row["letter"],
        ),
    )
