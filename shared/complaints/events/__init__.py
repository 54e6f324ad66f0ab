"""Every fact that can stand in a complaint's history, in the past tense, with the stable name it is stored under.

No fact carries personal data: people are ids and what they wrote is a reference into the vault. When a fact happened
and when it was recorded stand in its envelope (`shared.eventstore.record`). Dates that follow from a fact are facts of
their own (`DeadlineSet`), written when they are decided, so that history does not move when a bank holiday is added.
"""

from shared.complaints.events.deadlines import (
    DeadlineApproaching,
    DeadlineExtended,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DraftDue,
    EscalationWindowClosed,
    HoldingResponseDue,
)
from shared.complaints.events.handling import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ContactAttempted,
    ContactMade,
    DraftApproved,
    DraftSubmitted,
    HoldingResponseSent,
    NoteAdded,
    ResponseIssued,
)
from shared.complaints.events.outcome import (
    CompensationOffered,
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintReopened,
    OmbudsmanDetermined,
    PromiseKept,
    PromiseMade,
    ReferredToOmbudsman,
)
from shared.complaints.events.receiving import (
    ComplaintOpened,
    ComplaintRefused,
    ComplaintWithdrawn,
)

ComplaintEvent = (
    ComplaintOpened
    | DeadlineSet
    | DeadlineMet
    | DeadlineLifted
    | DeadlineApproaching
    | HoldingResponseDue
    | DraftDue
    | DeadlineMissed
    | EscalationWindowClosed
    | ComplaintAcknowledged
    | ContactAttempted
    | ContactMade
    | ComplaintAllocated
    | HoldingResponseSent
    | DeadlineExtended
    | DraftSubmitted
    | DraftApproved
    | ResponseIssued
    | ComplaintEscalated
    | ComplaintRefused
    | ComplaintWithdrawn
    | ComplaintClosed
    | ComplaintReopened
    | CompensationOffered
    | PromiseMade
    | PromiseKept
    | ReferredToOmbudsman
    | OmbudsmanDetermined
    | NoteAdded
)

# Stored and routed under these names for ever; a renamed class never touches stored data.
EVENT_NAMES: dict[str, type[ComplaintEvent]] = {
    "complaint.opened.v1": ComplaintOpened,
    "complaint.deadline-set.v1": DeadlineSet,
    "complaint.deadline-met.v1": DeadlineMet,
    "complaint.deadline-lifted.v1": DeadlineLifted,
    "complaint.deadline-approaching.v1": DeadlineApproaching,
    "complaint.holding-response-due.v1": HoldingResponseDue,
    "complaint.draft-due.v1": DraftDue,
    "complaint.deadline-missed.v1": DeadlineMissed,
    "complaint.escalation-window-closed.v1": EscalationWindowClosed,
    "complaint.acknowledged.v1": ComplaintAcknowledged,
    "complaint.contact-attempted.v1": ContactAttempted,
    "complaint.contact-made.v1": ContactMade,
    "complaint.allocated.v1": ComplaintAllocated,
    "complaint.holding-response-sent.v1": HoldingResponseSent,
    "complaint.deadline-extended.v1": DeadlineExtended,
    "complaint.draft-submitted.v1": DraftSubmitted,
    "complaint.draft-approved.v1": DraftApproved,
    "complaint.response-issued.v1": ResponseIssued,
    "complaint.escalated.v1": ComplaintEscalated,
    "complaint.refused.v1": ComplaintRefused,
    "complaint.withdrawn.v1": ComplaintWithdrawn,
    "complaint.closed.v1": ComplaintClosed,
    "complaint.reopened.v1": ComplaintReopened,
    "complaint.compensation-offered.v1": CompensationOffered,
    "complaint.promise-made.v1": PromiseMade,
    "complaint.promise-kept.v1": PromiseKept,
    "complaint.referred-to-ombudsman.v1": ReferredToOmbudsman,
    "complaint.ombudsman-determined.v1": OmbudsmanDetermined,
    "complaint.note-added.v1": NoteAdded,
}

__all__ = [
    "EVENT_NAMES",
    "CompensationOffered",
    "ComplaintAcknowledged",
    "ComplaintAllocated",
    "ComplaintClosed",
    "ComplaintEscalated",
    "ComplaintEvent",
    "ComplaintOpened",
    "ComplaintRefused",
    "ComplaintReopened",
    "ComplaintWithdrawn",
    "ContactAttempted",
    "ContactMade",
    "DeadlineApproaching",
    "DeadlineExtended",
    "DeadlineLifted",
    "DeadlineMet",
    "DeadlineMissed",
    "DeadlineSet",
    "DraftApproved",
    "DraftDue",
    "DraftSubmitted",
    "EscalationWindowClosed",
    "HoldingResponseDue",
    "HoldingResponseSent",
    "NoteAdded",
    "OmbudsmanDetermined",
    "PromiseKept",
    "PromiseMade",
    "ReferredToOmbudsman",
    "ResponseIssued",
]
