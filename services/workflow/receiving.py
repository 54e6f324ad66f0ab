"""Opens a complaint for each submission that intake hands over, once, however often the message
comes.
"""

import asyncio
import hashlib

import structlog

from services.workflow.domain.commands import ConcernTerms, OpenComplaint
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.handling import Handled, Handling
from services.workflow.not_done import CommandIdReused
from shared.complaints.values import Moment
from shared.concerns.concerns import concern_named
from shared.messaging.bus import RejectMessage
from shared.messaging.received import ComplaintReceived
from shared.registry.adoptions import PolicyNotAdopted

COMPLAINANT = "complainant"  # who gave the command when no officer logged the contact


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


class Receiving:
    """The handler of queue `workflow.complaint-received.v1`."""

    def __init__(self, handling: Handling) -> None:
        self._handling = handling
        self._log = structlog.get_logger().bind(part="receiving")

    async def __call__(self, body: bytes) -> None:
        """Opens the complaint; raises RejectMessage for what no later try can mend."""
        received = ComplaintReceived.from_body(body)
        try:
            handled = await asyncio.to_thread(self.open_complaint, received)
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

    def open_complaint(self, received: ComplaintReceived) -> Handled:
        """Opens the complaint of a submission under the policy of the day of receipt."""
        command = OpenComplaint(
            reference=received.reference,
            organisation=received.organisation,
            route=received.route,
            channel=received.channel,
            received=Moment(on=received.received_on, at=received.received_at),
            issues=received.issues,
            complainant=received.complainant,
            words=received.words,
            named_officers=received.named_officers,
            source_reference=None,
            concerns=_concerns(received),
            happened=Moment(on=received.received_on, at=received.received_at),
            actor=received.logged_by or COMPLAINANT,
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
