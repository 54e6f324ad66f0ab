"""Every fact that can stand in a complaint's history, in the past tense, with the stable name it is stored under.

No fact carries personal data: people are ids and what they wrote is a reference into the vault. When a fact happened
and when it was recorded stand in its envelope (`shared.eventstore.record`). Dates that follow from a fact are facts of
their own (`DeadlineSet`), written when they are decided, so that history does not move when a bank holiday is added.
"""

from shared.complaints.events import (
    following,
    informing,
    learning,
    oversight,
    people,
    redress,
    referrals,
    rulebook,
    scope,
)
from shared.complaints.events.admission import DiscretionUsed, StandingRecorded
from shared.complaints.events.deadlines import (
    DeadlineApproaching,
    DeadlineExtended,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineRecounted,
    DeadlineSet,
    DraftDue,
    EscalationWindowClosed,
    HoldingResponseDue,
)
from shared.complaints.events.documents import NAMES as DOCUMENT_NAMES
from shared.complaints.events.documents import DocumentAdded, DocumentEvent, DocumentRemoved
from shared.complaints.events.following import (
    AccessCodeIssued,
    FollowingEvent,
    InformationAdded,
)
from shared.complaints.events.handling import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ContactAttempted,
    ContactMade,
    DraftApproved,
    DraftReturned,
    DraftSubmitted,
    HoldingResponseSent,
    NoteAdded,
    ResponseIssued,
)
from shared.complaints.events.informing import (
    ConflictWithdrawn,
    EnquiryForwarded,
    HearingHeld,
    InformingEvent,
    PetitionContactChanged,
    PetitionMeetingOffered,
    ServiceRequestRemedied,
    UpdateGiven,
    UpdatesAgreed,
)
from shared.complaints.events.learning import (
    LearningDone,
    LearningEvent,
    LearningRecorded,
    LearningShared,
)
from shared.complaints.events.ombudsman import (
    EvidenceRequested,
    EvidenceSupplied,
    OmbudsmanOrdered,
    OrderComplied,
    RefusalOverturned,
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
from shared.complaints.events.people import (
    AccessRestricted,
    AdjustmentMade,
    AdjustmentReviewed,
    BehaviourRestricted,
    ConflictDeclared,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    HearingArranged,
    MediationAnswered,
    MediationOffered,
    PanelConvened,
    PanelReported,
    PeopleEvent,
    PetitionMarked,
    RepresentativeNamed,
    RestrictionReviewed,
    SharedWithRepresentative,
)
from shared.complaints.events.promises import PromiseMissed, PromiseTold
from shared.complaints.events.receiving import ComplaintOpened, ComplaintRefused, ComplaintWithdrawn
from shared.complaints.events.redress import (
    CompensationAnswered,
    CompensationApproved,
    CompensationPaid,
    ConcernDealtWith,
    ConcernMarked,
    ContributionAsked,
    ContributionGiven,
    RedressEvent,
)
from shared.complaints.events.referrals import (
    ReferralEvent,
    ReferralPermissionAnswered,
    ReferralPermissionAsked,
    ReferralPermissionWithdrawn,
    ReferredToOrganisation,
)
from shared.complaints.events.rulebook import (
    RULEBOOK,
    CalendarAdopted,
    PolicyAdopted,
    RulebookEvent,
    WordsErased,
)
from shared.complaints.events.scope import (
    CaseLinked,
    ComplaintDefined,
    IssueAdded,
    IssueSplitOff,
    RouteChanged,
    ScopeEvent,
)

# What goes beside the stages themselves: a case is more than its clock.
FurtherEvent = (
    PromiseMissed
    | PromiseTold
    | DocumentEvent
    | RefusalOverturned
    | EvidenceRequested
    | EvidenceSupplied
    | OmbudsmanOrdered
    | OrderComplied
    | StandingRecorded
    | DiscretionUsed
    | ScopeEvent
    | RedressEvent
    | PeopleEvent
    | LearningEvent
    | ReferralEvent
    | InformingEvent
    | FollowingEvent
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
    | DraftReturned
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
    | DeadlineRecounted
    | NoteAdded
    | FurtherEvent
    | RulebookEvent  # in no complaint's history, but on the same log
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
    "complaint.deadline-recounted.v1": DeadlineRecounted,
    "complaint.draft-submitted.v1": DraftSubmitted,
    "complaint.draft-approved.v1": DraftApproved,
    "complaint.draft-returned.v1": DraftReturned,
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
    "complaint.promise-missed.v1": PromiseMissed,
    "complaint.promise-told.v1": PromiseTold,
    "complaint.refusal-overturned.v1": RefusalOverturned,
    "complaint.evidence-requested.v1": EvidenceRequested,
    "complaint.evidence-supplied.v1": EvidenceSupplied,
    "complaint.ombudsman-ordered.v1": OmbudsmanOrdered,
    "complaint.order-complied.v1": OrderComplied,
    "complaint.standing-recorded.v1": StandingRecorded,
    "complaint.discretion-used.v1": DiscretionUsed,
    **scope.NAMES,
    **redress.NAMES,
    **DOCUMENT_NAMES,
    **people.NAMES,
    **learning.NAMES,
    **referrals.NAMES,
    **informing.NAMES,
    **following.NAMES,
    **rulebook.NAMES,
    **oversight.NAMES,
}

__all__ = [
    "EVENT_NAMES",
    "RULEBOOK",
    "AccessCodeIssued",
    "AccessRestricted",
    "AdjustmentMade",
    "AdjustmentReviewed",
    "BehaviourRestricted",
    "CalendarAdopted",
    "CaseLinked",
    "CompensationAnswered",
    "CompensationApproved",
    "CompensationOffered",
    "CompensationPaid",
    "ComplaintAcknowledged",
    "ComplaintAllocated",
    "ComplaintClosed",
    "ComplaintDefined",
    "ComplaintEscalated",
    "ComplaintEvent",
    "ComplaintOpened",
    "ComplaintRefused",
    "ComplaintReopened",
    "ComplaintWithdrawn",
    "ConcernDealtWith",
    "ConcernMarked",
    "ConflictDeclared",
    "ConflictWithdrawn",
    "ConsentEnded",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ContactAttempted",
    "ContactMade",
    "ContributionAsked",
    "ContributionGiven",
    "DeadlineApproaching",
    "DeadlineExtended",
    "DeadlineLifted",
    "DeadlineMet",
    "DeadlineMissed",
    "DeadlineRecounted",
    "DeadlineSet",
    "DiscretionUsed",
    "DocumentAdded",
    "DocumentRemoved",
    "DraftApproved",
    "DraftDue",
    "DraftReturned",
    "DraftSubmitted",
    "EnquiryForwarded",
    "EscalationWindowClosed",
    "EvidenceRequested",
    "EvidenceSupplied",
    "FollowingEvent",
    "FurtherEvent",
    "HearingArranged",
    "HearingHeld",
    "HoldingResponseDue",
    "HoldingResponseSent",
    "InformationAdded",
    "IssueAdded",
    "IssueSplitOff",
    "LearningDone",
    "LearningRecorded",
    "LearningShared",
    "MediationAnswered",
    "MediationOffered",
    "NoteAdded",
    "OmbudsmanDetermined",
    "OmbudsmanOrdered",
    "OrderComplied",
    "PanelConvened",
    "PanelReported",
    "PetitionContactChanged",
    "PetitionMarked",
    "PetitionMeetingOffered",
    "PolicyAdopted",
    "PromiseKept",
    "PromiseMade",
    "PromiseMissed",
    "PromiseTold",
    "ReferralPermissionAnswered",
    "ReferralPermissionAsked",
    "ReferralPermissionWithdrawn",
    "ReferredToOmbudsman",
    "ReferredToOrganisation",
    "RefusalOverturned",
    "RepresentativeNamed",
    "ResponseIssued",
    "RestrictionReviewed",
    "RouteChanged",
    "RulebookEvent",
    "ServiceRequestRemedied",
    "SharedWithRepresentative",
    "StandingRecorded",
    "UpdateGiven",
    "UpdatesAgreed",
    "WordsErased",
]
