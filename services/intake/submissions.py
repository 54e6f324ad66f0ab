"""Takes a submission in one transaction: words into the vault, and the row that is its own outbox.

The same key with the same content gives the same answer for ever; other content is refused.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import structlog
from psycopg import Cursor
from psycopg.types.json import Jsonb

from services.intake.new_submissions import NewSubmission, adjustment_row, representative_row
from services.intake.promised_dates import PromisedDate, date_row, promised
from shared.complaints.events import DeadlineSet
from shared.complaints.values import Moment, Route
from shared.complaints.working_days import CalendarDoesNotKnow, london_day
from shared.database.pool import Database
from shared.documents.rows import sent_with
from shared.policies.deadlines import deadlines_on_receipt
from shared.policies.policy import BETWEEN_OFFICERS, Policy
from shared.registry.adoptions import PolicyNotAdopted, policy_in_force
from shared.registry.calendars import current_calendar
from shared.registry.landlords import all_landlords, organisations
from shared.registry.officers import officer
from shared.runtime.clock import Clock
from shared.runtime.tracing import traceparent
from shared.vault.sealing import SealedWords
from shared.vault.vault import Vault, store_words

EARLIEST_RECEIPT = date(2000, 1, 1)
# What a submission could not say at first: left out of its fingerprint where it says nothing, so that a retry of one
# that was taken before is still known.
SAID_LATER = ("home", "representative", "adjustments")


class SubmissionRefused(ValueError):
    """What was sent cannot be taken: `field` says where, the message what is allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class KeyReused(ValueError):
    """The Idempotency-Key was already used for other content."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to a submission, the same for every repetition; `replayed` tells them apart."""

    submission: UUID
    landlord: str
    organisation: str
    reference: str
    received_on: date
    policy: str
    dates: tuple[PromisedDate, ...]
    replayed: bool
    awaits_consent: bool = (
        False  # somebody speaks for the complainant, whose consent we do not have
    )


class Intake:
    """Takes submissions for every landlord of the installation."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        default_landlord: str,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        """`after_commit` is called from any thread when there is something to hand over."""
        self.database = database
        self.clock = clock
        self.vault = vault
        self.default_landlord = default_landlord
        self._after_commit = after_commit

    def take(
        self,
        new: NewSubmission,
        *,
        key: str,
        submission: UUID,
        now: datetime,
        draft: UUID | None = None,
    ) -> Taken:
        """Stores the submission once per key, with what was uploaded for `draft`; `submission` is the
        id it gets when it is new.
        """
        identity = _Identity(
            submission=submission,
            draft=draft,
            key_hash=hashlib.sha256(key.encode()).digest(),
            fingerprint=_fingerprint(new, key=key),
        )
        try:
            with self.database.transaction(new.landlord) as cursor:
                taken = _taken_before(cursor, new.landlord, identity)
                if taken is None:
                    taken = self._store(cursor, new, identity, now=now)
        except _TakenMeanwhile:
            with self.database.transaction(new.landlord) as cursor:
                taken = _taken_before(cursor, new.landlord, identity)
            if taken is None:
                raise
        if not taken.replayed:
            structlog.get_logger().info(
                "submission_taken",
                landlord=new.landlord,
                complaint=taken.reference,
                correlation_id=str(taken.submission),
            )
            self._after_commit()
        return taken

    def find(self, *, landlord: str, submission: UUID) -> Taken | None:
        """The answer that was given, for the page that confirms it."""
        with self.database.transaction(landlord) as cursor:
            cursor.execute(
                "SELECT * FROM intake.submission WHERE landlord = %s AND submission = %s",
                (landlord, submission),
            )
            row = cursor.fetchone()
        return None if row is None else _from_row(row, replayed=True)

    def expected(
        self, landlord: str, organisation: str, *, now: datetime
    ) -> tuple[PromisedDate, ...]:
        """The dates that a complaint would get that arrives now; raises SubmissionRefused where none could be taken."""
        received = Moment(on=london_day(now), at=now)
        with self.database.transaction(landlord) as cursor:
            _, dates = _promises(
                cursor, landlord, organisation, route=Route.COMPLAINT, received=received
            )
        return tuple(promised(date_row(due)) for due in dates)

    def _store(
        self,
        cursor: Cursor[dict[str, Any]],
        new: NewSubmission,
        identity: "_Identity",
        *,
        now: datetime,
    ) -> Taken:
        received = _received(new, now=now)
        policy, dates = _promises(
            cursor, new.landlord, new.organisation, route=new.route, received=received
        )
        _refuse_unknown_officers(cursor, new)
        sealed = self._seal(cursor, new, identity.submission, now=now)
        complaint = sealed["complaint"]
        documents: tuple[UUID, ...] = ()
        if identity.draft is not None:
            documents = sent_with(
                cursor,
                landlord=new.landlord,
                draft=identity.draft,
                submission=identity.submission,
            )
        return _insert(
            cursor,
            {
                "landlord": new.landlord,
                "submission": identity.submission,
                "key_hash": identity.key_hash,
                "fingerprint": identity.fingerprint,
                "year": received.on.year,
                "organisation": new.organisation,
                "route": new.route.value,
                "channel": new.channel.value,
                "received_on": received.on,
                "received_at": received.at,
                "logged_at": now,
                "logged_by": new.logged_by,
                "complainant": complaint.subject,
                "words": complaint.words,
                "commitment": complaint.reference.commitment,
                "issues": list(new.issues),
                "named_officers": list(new.named_officers),
                "policy": policy.title,
                "dates": Jsonb([date_row(due) for due in dates]),
                "representative": None
                if new.representative is None
                else Jsonb(representative_row(new.representative, sealed)),
                "adjustments": Jsonb([adjustment_row(each, sealed) for each in new.adjustments]),
                "traceparent": traceparent(),
                "documents": list(documents),
            },
        )

    def _seal(
        self, cursor: Cursor[dict[str, Any]], new: NewSubmission, submission: UUID, *, now: datetime
    ) -> dict[str, SealedWords]:
        """Puts everything personal into the vault; returns it sealed, by its name."""
        subject = complainant_of(submission)
        key = self.vault.subject_key(cursor, landlord=new.landlord, subject=subject, now=now)
        sealed = {
            name: self.vault.seal(key, words=uuid5(submission, name), kind=kind, text=text)
            for name, (kind, text) in new.personal_words().items()
        }
        store_words(cursor, landlord=new.landlord, words=tuple(sealed.values()), now=now)
        return sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    submission: UUID
    draft: UUID | None
    key_hash: bytes
    fingerprint: bytes


def complainant_of(submission: UUID) -> UUID:
    """The data subject that whoever complains becomes."""
    return uuid5(submission, "complainant")


class _TakenMeanwhile(RuntimeError):
    """Another request with the same key committed first: undo everything and give its answer."""


def _taken_before(
    cursor: Cursor[dict[str, Any]], landlord: str, identity: _Identity
) -> Taken | None:
    cursor.execute(
        "SELECT * FROM intake.submission WHERE landlord = %s AND key_hash = %s",
        (landlord, identity.key_hash),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    if not hmac.compare_digest(row["fingerprint"], identity.fingerprint):
        raise KeyReused("This Idempotency-Key was already used with other content.")
    return _from_row(row, replayed=True)


def _insert(cursor: Cursor[dict[str, Any]], values: dict[str, Any]) -> Taken:
    # The reference is drawn last: its counter's row stays locked until the commit.
    cursor.execute(
        """
        INSERT INTO intake.submission
            (landlord, submission, key_hash, fingerprint, reference, organisation, route,
             channel, received_on, received_at, logged_at, logged_by,
             complainant, words, commitment, issues, named_officers, policy, dates, representative,
             adjustments, documents, traceparent)
        VALUES (%(landlord)s, %(submission)s, %(key_hash)s, %(fingerprint)s,
             registry.next_reference(%(landlord)s, %(year)s),
             %(organisation)s, %(route)s, %(channel)s, %(received_on)s, %(received_at)s,
             %(logged_at)s, %(logged_by)s, %(complainant)s, %(words)s, %(commitment)s,
             %(issues)s, %(named_officers)s, %(policy)s, %(dates)s,
             %(representative)s, %(adjustments)s, %(documents)s, %(traceparent)s)
        ON CONFLICT (landlord, key_hash) DO NOTHING
        RETURNING *
        """,
        values,
    )
    row = cursor.fetchone()
    if row is None:
        raise _TakenMeanwhile
    return _from_row(row, replayed=False)


def _fingerprint(new: NewSubmission, *, key: str) -> bytes:
    said = {name: value for name, value in asdict(new).items() if value or name not in SAID_LATER}
    content = json.dumps(said, sort_keys=True, default=str)
    return hmac.new(key.encode(), content.encode(), hashlib.sha256).digest()


def _received(new: NewSubmission, *, now: datetime) -> Moment:
    today = london_day(now)
    received = new.received or Moment(on=today, at=now)
    if received.on > today or (received.at is not None and received.at > now):
        raise SubmissionRefused("received_at", "The time of receipt is in the future.")
    if received.on < EARLIEST_RECEIPT:
        raise SubmissionRefused(
            "received_at", "The time of receipt must be in the year 2000 or later."
        )
    return received


def _promises(
    cursor: Cursor[dict[str, Any]],
    landlord: str,
    organisation: str,
    *,
    route: Route,
    received: Moment,
) -> tuple[Policy, tuple[DeadlineSet, ...]]:
    if landlord not in {known.landlord for known in all_landlords(cursor)}:
        raise SubmissionRefused("landlord", "This landlord is not known here.")
    if organisation not in {own.organisation for own in organisations(cursor, landlord)}:
        raise SubmissionRefused("organisation", "This organisation is not part of the landlord.")
    try:
        policy = policy_in_force(cursor, landlord, organisation, received.on)
        calendar = current_calendar(cursor, landlord)
        due = deadlines_on_receipt(policy, calendar, route=route, received=received)
    except PolicyNotAdopted as missing:
        raise SubmissionRefused("received_at", str(missing)) from missing
    except CalendarDoesNotKnow as unknown:
        raise SubmissionRefused("received_at", str(unknown)) from unknown
    # What is counted back from another date (a draft, a holding response) is the landlord's own
    # business and no promise to the complainant.
    return policy, tuple(
        one
        for one in due
        if one.duty not in BETWEEN_OFFICERS and not one.trigger.startswith("before ")
    )


def _refuse_unknown_officers(cursor: Cursor[dict[str, Any]], new: NewSubmission) -> None:
    # Only ids of officers may pass: a name written here would travel in events.
    for named in new.named_officers:
        if officer(cursor, new.landlord, named) is None:
            raise SubmissionRefused(
                "named_officers", "An officer named here is not known: give the officer's id."
            )


def _from_row(row: dict[str, Any], *, replayed: bool) -> Taken:
    return Taken(
        submission=row["submission"],
        landlord=row["landlord"],
        organisation=row["organisation"],
        reference=row["reference"],
        received_on=row["received_on"],
        policy=row["policy"],
        dates=tuple(promised(each) for each in row["dates"]),
        replayed=replayed,
        awaits_consent=row["representative"] is not None and row["representative"]["scope"] is None,
    )
