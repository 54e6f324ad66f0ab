"""Opens a complaint for each submission that intake hands over, once, however often the message
comes; what it says of a representative, of consent and of adjustments follows as the commands that
officers give for it.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import structlog

from services.workflow.domain.commands import Command, ConcernTerms, OpenComplaint
from services.workflow.domain.guards import is_before
from services.workflow.domain.refusals import ComplaintRuleBroken, NotTrueToTime
from services.workflow.domain.subjects.documents import AddDocument
from services.workflow.domain.subjects.representation import GiveConsent, NameRepresentative
from services.workflow.domain.subjects.restrictions import MakeAdjustment
from services.workflow.handling import Handled, Handling
from services.workflow.not_done import CommandIdReused
from shared.complaints.events import RepresentativeNamed
from shared.complaints.values import Moment
from shared.complaints.working_days import london_day
from shared.concerns.concerns import concern_named
from shared.documents.rows import document_row, shelved
from shared.messaging.bus import RejectMessage
from shared.messaging.received import ComplaintReceived, ReceivedAdjustment
from shared.registry.adoptions import PolicyNotAdopted
from shared.vault.sealing import SealedWords

MOST_TRIES = 5  # more stages than any policy has
COMPLAINANT = "complainant"  # who gave the command when no officer logged the contact
# An adjustment is kept under review: about half a year after it was asked for, whatever became of the case.
REVIEWED_AFTER = timedelta(weeks=26)


def _concerns(received: ComplaintReceived) -> tuple[ConcernTerms, ...]:
    """The concerns among the issues: what has a clock in law is an issue of the complaint too."""
    found = (concern_named(issue.category) for issue in received.issues)
    return tuple(
        ConcernTerms(
            concern=each.concern, span=each.length, cited=each.cited, responsible=each.responsible
        )
        for each in found
        if each is not None
    )


def _moment(received: ComplaintReceived) -> Moment:
    return Moment(on=received.received_on, at=received.received_at)


def _actor(received: ComplaintReceived) -> str:
    return received.logged_by or COMPLAINANT


def _command_id(received: ComplaintReceived, name: str) -> UUID:
    return uuid5(received.submission, name)


class Receiving:
    """The handler of queue `workflow.complaint-received.v1`."""

    def __init__(self, handling: Handling) -> None:
        self._handling = handling
        self._log = structlog.get_logger().bind(part="receiving")

    async def __call__(self, body: bytes) -> None:
        """Opens the complaint; raises RejectMessage for what no later try can mend."""
        received = ComplaintReceived.from_body(body)
        try:
            handled = await asyncio.to_thread(self.receive, received)
        except (PolicyNotAdopted, ComplaintRuleBroken, CommandIdReused) as refusal:
            self._log.error(
                "submission_refused",
                landlord=received.landlord,
                submission=str(received.submission),
                complaint=received.reference,
                reason=str(refusal),
            )
            raise RejectMessage(f"{received.reference}: {refusal}") from refusal
        if handled.replayed:
            self._log.info("submission_repeated", submission=str(received.submission))

    def receive(self, received: ComplaintReceived) -> Handled:
        """Opens the complaint, then puts on it what came with it, and records who speaks for the
        complainant and what they need.

        Each is a command of its own with an id that follows from the submission's: a message that
        comes again carries on where it broke off, and does nothing twice.
        """
        handled = self.open_complaint(received)
        for document in received.documents:
            self._documented(received, document)
        if received.representative is not None:
            self._represented(received)
        for each in received.adjustments:
            self._adjusted(received, each)
        return handled

    def _represented(self, received: ComplaintReceived) -> None:
        said = received.representative
        if said is None:
            return
        named = NameRepresentative(
            relation=said.relation,
            words=said.words,
            happened=_moment(received),
            actor=_actor(received),
        )
        self._follow(received, "representative", lambda when: replace(named, happened=when))
        if said.scope is None:
            return
        given = GiveConsent(
            number=self._number_of(received),
            scope=said.scope,
            words=said.consent_words,
            happened=_moment(received),
            actor=_actor(received),
        )
        self._follow(received, "consent", lambda when: replace(given, happened=when))

    def _adjusted(self, received: ComplaintReceived, asked: ReceivedAdjustment) -> None:
        def made(when: Moment) -> MakeAdjustment:
            # What was received long ago, or comes late onto a case that has gone on, is not reviewed in the past.
            known_on = max(london_day(received.logged_at), when.on)
            return MakeAdjustment(
                kind=asked.kind,
                review_on=known_on + REVIEWED_AFTER,
                language=asked.language,
                words=asked.words,
                happened=when,
                actor=_actor(received),
            )

        self._follow(received, f"adjustment {asked.kind}", made)

    def _number_of(self, received: ComplaintReceived) -> int:
        """The number that the representative got: an officer may have named another one before."""
        event_id = uuid5(_command_id(received, "representative"), "0")
        case = self._handling.load(received.landlord, received.reference)
        for record in case.events if case else ():
            if record.event_id == event_id and isinstance(record.event, RepresentativeNamed):
                return record.event.number
        raise LookupError(f"{received.reference}: its representative is not on the log")

    def _said(self, received: ComplaintReceived) -> Moment:
        """When the submission said it: with its receipt, or where the case has gone on to another stage since, when
        that began. A process that died between the opening and what follows leaves time for it.
        """
        said = _moment(received)
        case = self._handling.load(received.landlord, received.reference)
        if case is None or not is_before(said, case.complaint.stage_opened):
            return said
        return case.complaint.stage_opened

    def _follow(
        self,
        received: ComplaintReceived,
        name: str,
        command_at: Callable[[Moment], Command],
        *,
        words: tuple[SealedWords, ...] = (),
    ) -> Handled:
        """Gives a command that is not older than the stage it is recorded at."""
        command_id = _command_id(received, name)
        for left in reversed(range(MOST_TRIES)):
            command = command_at(self._said(received))
            try:
                return self._handling.handle(
                    received.landlord,
                    received.reference,
                    command,
                    command_id=command_id,
                    fingerprint=hashlib.sha256(command_id.bytes).digest(),
                    correlation_id=received.correlation_id,
                    causation_id=str(received.submission),
                    words=words,
                    # The stage may have been opened by a process whose clock is ahead, as intake's may be.
                    not_before=max(received.logged_at, command.happened.at or received.logged_at),
                )
            except NotTrueToTime:
                if not left:
                    raise  # otherwise the next stage was opened while this was on its way
        raise AssertionError("the last try returns or raises")

    def _documented(self, received: ComplaintReceived, document: UUID) -> None:
        with self._handling.database.transaction(received.landlord) as cursor:
            row = document_row(cursor, received.landlord, document)
        if row is None:
            # It stood there when the submission was taken; nothing that anybody sends again brings it back.
            self._log.error(
                "document_missing",
                landlord=received.landlord,
                complaint=received.reference,
                document=str(document),
            )
            return
        kept = shelved(row)
        added = AddDocument(
            document=str(document),
            kind=kept.kind,
            media_type=kept.media_type,
            size=kept.size,
            brought_by=COMPLAINANT,
            words=kept.words.reference,
            happened=_moment(received),
            actor=_actor(received),
        )
        # It keeps the day on which it came, whatever stage the case is at.
        self._follow(received, f"document {document}", lambda _: added, words=(kept.words,))

    def open_complaint(self, received: ComplaintReceived) -> Handled:
        """Opens the complaint of a submission under the policy of the day of receipt."""
        command = OpenComplaint(
            reference=received.reference,
            organisation=received.organisation,
            route=received.route,
            channel=received.channel,
            received=_moment(received),
            issues=received.issues,
            complainant=received.complainant,
            words=received.words,
            named_officers=received.named_officers,
            source_reference=None,
            concerns=_concerns(received),
            happened=_moment(received),
            actor=_actor(received),
        )
        return self._handling.handle(
            received.landlord,
            received.reference,
            command,
            command_id=received.submission,
            # The submission is the command: how its message is written may change between versions.
            fingerprint=hashlib.sha256(received.submission.bytes).digest(),
            correlation_id=received.correlation_id,
            causation_id=str(received.submission),
            source_reference=str(received.submission),
            # Intake's clock may be ahead: what it has acknowledged is never refused as "in the future".
            not_before=received.logged_at,
        )
