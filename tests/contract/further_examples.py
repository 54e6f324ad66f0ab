"""One plausible example of every fact besides the stages, every field filled."""

from datetime import UTC, date, datetime

from shared.complaints import events
from shared.complaints.values import Channel, Issue, PanelSeat, Route, WordsReference

WED_1_APR_2026 = date(2026, 4, 1)
FRI_26_JUN_2026 = date(2026, 6, 26)
HALF_PAST_NINE = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
WORDS = WordsReference("6d0a6a32-6f0f-4c7c-9d3e-5b8f3f1c2a10", "ab" * 32)
OTHER = "RC-2026-000043"

FURTHER_EXAMPLES: tuple[events.FurtherEvent, ...] = (
    events.PromiseMissed(1, 2, FRI_26_JUN_2026),
    events.PromiseTold(1, 2, Channel.LETTER, WORDS),
    events.ComplaintDefined(1, "desired_outcome", 2, agreed=True, words=WORDS),
    events.IssueAdded(1, Issue(3, "missed appointment"), WORDS),
    events.IssueSplitOff(1, 3, OTHER, WORDS),
    events.RouteChanged(
        stage=1,
        from_route=Route.QUERY,
        to_route=Route.COMPLAINT,
        clock="conversion",
        counts_from_on=WED_1_APR_2026,
        counts_from_at=HALF_PAST_NINE,
        agreed=True,
        words=WORDS,
    ),
    events.CaseLinked(1, OTHER, "split_off", WORDS),
    events.RepresentativeNamed(1, 1, "advocate", WORDS),
    events.ConsentGiven(1, 1, "everything", FRI_26_JUN_2026, WORDS),
    events.ConsentEnded(1, 1, FRI_26_JUN_2026),
    events.ConsentWithdrawn(1, 1, WORDS),
    events.SharedWithRepresentative(1, 1, "response", WORDS),
    events.ConflictDeclared(2, "officer-4", "relative", WORDS),
    events.PanelConvened(
        stage=3,
        seats=(
            PanelSeat("officer-4", "chief_executive"),
            PanelSeat("officer-5", "board_member"),
            PanelSeat("officer-6"),
        ),
        hearing_on=FRI_26_JUN_2026,
        words=WORDS,
    ),
    events.HearingArranged(3, FRI_26_JUN_2026, companion=True, words=WORDS),
    events.PanelReported(3, WORDS),
    events.CompensationApproved(2, 1, 25_000, "complaints_team", WORDS),
    events.CompensationAnswered(2, 1, accepted=True, words=WORDS),
    events.CompensationPaid(2, 1, 25_000, WORDS),
    events.RefusalOverturned(1, "over_a_year_old", WORDS),
    events.EvidenceRequested(2, 1, ("complaint_file", "repair_history"), FRI_26_JUN_2026, WORDS),
    events.EvidenceSupplied(2, 1, ("complaint_file",), ("repair_history",), WORDS),
    events.OmbudsmanOrdered(2, 1, "compensation", FRI_26_JUN_2026, WORDS),
    events.OrderComplied(2, 1, WORDS),
    events.ContributionAsked(1, 1, "riverside-homes", FRI_26_JUN_2026, WORDS),
    events.ContributionGiven(1, 1, WORDS),
    events.MediationOffered(1, 1, WORDS),
    events.MediationAnswered(1, 1, "settled", WORDS),
    events.PetitionMarked(1, 40, WORDS),
    events.BehaviourRestricted(1, 1, "one_contact", FRI_26_JUN_2026, WORDS),
    events.RestrictionReviewed(1, 1, kept=True, review_on=FRI_26_JUN_2026, words=WORDS),
    events.AdjustmentMade(1, 1, "large_print", FRI_26_JUN_2026, WORDS),
    events.AdjustmentReviewed(1, 1, kept=True, review_on=FRI_26_JUN_2026, words=WORDS),
    events.AccessRestricted(
        stage=1,
        mark="board_conduct",
        roles=("chief_executive", "complaints_team"),
        kept_from=("officer-4",),
        words=WORDS,
    ),
    events.ConcernMarked(1, 1, "hazard_emergency", WORDS),
    events.ConcernDealtWith(1, 1, WORDS),
    events.StandingRecorded(1, "leaseholder", WORDS),
    events.DiscretionUsed(1, date(2025, 3, 2), date(2025, 6, 1), "Code 2.2 and 2.3", WORDS),
    events.LearningRecorded(
        stage=1,
        number=1,
        cause="delay",
        action="training",
        owner="officer-4",
        due_on=FRI_26_JUN_2026,
        words=WORDS,
    ),
    events.LearningDone(1, 1, WORDS),
    events.LearningShared(1, 1, "governing_body", WORDS),
    events.ReferralPermissionAsked(1, 1, "riverside-homes", Channel.PHONE, WORDS),
    events.ReferralPermissionAnswered(1, 1, permitted=True, channel=Channel.EMAIL, words=WORDS),
    events.ReferralPermissionWithdrawn(1, 1, "riverside-homes", WORDS),
    events.ReferredToOrganisation(1, 1, "riverside-homes", WORDS),
    events.UpdatesAgreed(1, 1, 5, agreed=True, words=WORDS),
    events.UpdateGiven(1, 1, Channel.PHONE, WORDS),
    events.InformationAdded(1, "case", WORDS),
    events.AccessCodeIssued(1, WORDS),
    events.EnquiryForwarded(1, Channel.EMAIL, ("company_secretary",), WORDS),
    events.ServiceRequestRemedied(1, WORDS),
    events.PetitionMeetingOffered(1, WORDS),
    events.PetitionContactChanged(1, WORDS),
    events.ConflictWithdrawn(2, "officer-4", WORDS),
    events.HearingHeld(
        stage=3,
        present=("officer-4", "officer-5"),
        complainant=True,
        companion=True,
        adjustments=("interpreter",),
        words=WORDS,
    ),
)
