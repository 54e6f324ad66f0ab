"""Tells the facts besides the stages in plain English; each numbered thing is told with its number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.complaints import events as fact
from shared.web.wording import file_size, weekday_date


@dataclass(frozen=True, slots=True)
class Telling:
    """What the timeline says about a fact."""

    title: str
    detail: str = ""


def _at(event: Any, what: str, detail: str = "") -> Telling:
    return Telling(f"Stage {event.stage}: {what}", detail)


def _numbered(what: str) -> Callable[[Any], Telling]:
    """`promise {number} kept`; without a number where an imported history has none."""

    def told(event: Any) -> Telling:
        number = "" if event.number is None else f" {event.number}"
        return _at(event, what.replace(" {number}", number))

    return told


def _promise_made(event: fact.PromiseMade) -> Telling:
    by = f"For {weekday_date(event.by)}" if event.by else ""
    owner = f", by {event.owner}" if event.owner else ""
    issue = f"; promised in the response to issue {event.issue}" if event.issue else ""
    number = "" if event.number is None else f" {event.number}"
    return _at(event, f"promise{number} made", f"{by}{owner}{issue}".removeprefix(", "))


def _promise_told(event: fact.PromiseTold) -> Telling:
    how = f"By {_plain(event.channel)}"
    return _at(event, f"complainant told that promise {event.number} was kept", how)


def _compensation(event: fact.CompensationOffered) -> Telling:
    number = "" if event.number is None else f", offer {event.number}"
    amount = "" if event.amount_pence is None else pounds(event.amount_pence)
    return _at(event, f"compensation offered{number}", amount)


def _defined(event: fact.ComplaintDefined) -> Telling:
    agreed = "Agreed with the complainant" if event.agreed else "Not agreed yet"
    return _at(event, f"{_plain(event.part)} put in words, version {event.definition}", agreed)


def _route(event: fact.RouteChanged) -> Telling:
    since = f"The time to answer counts from {weekday_date(event.counts_from_on)}"
    was, now = _plain(event.from_route), _plain(event.to_route)
    return _at(event, f"handled as {now}, no longer as {was}", f"{since} ({_plain(event.clock)})")


def _consent(event: fact.ConsentGiven) -> Telling:
    until = _until("Until", event.until)
    return _at(event, f"consent for representative {event.number}: {event.scope}", until)


def _shared(event: fact.SharedWithRepresentative) -> Telling:
    return _at(event, f"representative {event.number} told", f"Within the consent: {event.scope}")


def _panel(event: fact.PanelConvened) -> Telling:
    seats = ", ".join(
        seat.officer if seat.role is None else f"{seat.officer} ({_plain(seat.role)})"
        for seat in event.seats
    )
    return _at(event, "panel convened", f"{seats}{_until('; hearing', event.hearing_on)}")


def _hearing(event: fact.HearingArranged) -> Telling:
    companion = "with a companion" if event.companion else "with the right to a companion"
    return _at(event, "hearing arranged", f"For {weekday_date(event.hearing_on)}, {companion}")


def _approved(event: fact.CompensationApproved) -> Telling:
    by = f"{pounds(event.amount_pence)}, by the role {_plain(event.role)}"
    return _at(event, f"compensation offer {event.number} approved", by)


def _answered(event: fact.CompensationAnswered) -> Telling:
    how = "accepted" if event.accepted else "declined"
    return _at(event, f"compensation offer {event.number} {how}")


def _evidence_requested(event: fact.EvidenceRequested) -> Telling:
    items = ", ".join(map(_plain, event.items))
    due = f"Due {weekday_date(event.due_on)}: {items}"
    return _at(event, f"Ombudsman asks for evidence, request {event.number}", due)


def _evidence(event: fact.EvidenceSupplied) -> Telling:
    given = ", ".join(map(_plain, event.items)) or "nothing"
    missing = f"; not held: {', '.join(map(_plain, event.not_held))}" if event.not_held else ""
    return _at(event, f"evidence supplied for request {event.number}", f"{given}{missing}")


def _ordered(event: fact.OmbudsmanOrdered) -> Telling:
    due = f"Due {weekday_date(event.due_on)}"
    return _at(event, f"Ombudsman orders {_plain(event.kind)}, order {event.number}", due)


def _contribution(event: fact.ContributionAsked) -> Telling:
    due = f"Due {weekday_date(event.due_on)}"
    return _at(event, f"{_plain(event.of)} asked for contribution {event.number}", due)


def _document(event: fact.DocumentAdded) -> Telling:
    by = {"complainant": "the complainant", "officer": "an officer"}.get(
        event.brought_by, "somebody else"
    )
    return _at(
        event,
        f"document {event.number} added: {_plain(event.kind)}",
        f"Brought by {by}, {file_size(event.size)}",
    )


def _reviewed(what: str) -> Callable[[Any], Telling]:
    def told(event: fact.RestrictionReviewed | fact.AdjustmentReviewed) -> Telling:
        result = "kept" if event.kept else "ended"
        again = _until("Next review", event.review_on)
        return _at(event, f"{what} {event.number} reviewed and {result}", again)

    return told


def _until_review(what: str) -> Callable[[Any], Telling]:
    def told(event: fact.BehaviourRestricted | fact.AdjustmentMade) -> Telling:
        review = _until("Review", event.review_on)
        language = getattr(event, "language", None)
        kind = _plain(event.kind) + (f" ({language})" if language else "")
        return _at(event, f"{what} {event.number}: {kind}", review)

    return told


def _access(event: fact.AccessRestricted) -> Telling:
    roles = ", ".join(map(_plain, event.roles))
    return _at(event, f"access restricted: {_plain(event.mark)}", f"Seen by: {roles}")


def _hearing_held(event: fact.HearingHeld) -> Telling:
    came = "the complainant came" if event.complainant else "the complainant did not come"
    companion = " with a companion" if event.companion else ""
    adjusted = f"; {', '.join(map(_plain, event.adjustments))}" if event.adjustments else ""
    return _at(
        event, "hearing held", f"Present: {', '.join(event.present)}; {came}{companion}{adjusted}"
    )


def _updates(event: fact.UpdatesAgreed) -> Telling:
    days = event.every_working_days
    every = "every working day" if days == 1 else f"every {days} working days"
    agreed = "Agreed with the complainant" if event.agreed else "Set by the landlord"
    return _at(event, f"updates {event.number}: {every}", agreed)


def _learning(event: fact.LearningRecorded) -> Telling:
    what = f"For {weekday_date(event.due_on)}, by {event.owner}; cause: {_plain(event.cause)}"
    return _at(event, f"learning {event.number} recorded: {_plain(event.action)}", what)


def _permission(event: fact.ReferralPermissionAnswered) -> Telling:
    answer = "permitted" if event.permitted else "not permitted"
    return _at(event, f"referral {event.number} {answer}", f"By {_plain(event.channel)}")


def _forwarded(event: fact.EnquiryForwarded) -> Telling:
    copied = f"Copied to: {', '.join(map(_plain, event.copied_to))}" if event.copied_to else ""
    return _at(event, f"enquiry reached the team by {_plain(event.channel)}", copied)


ADDED = {
    "case": "information from the complainant",
    "reaching_them": "the complainant says how to reach them",
    "next_stage": "next stage asked for, which the policy does not open",
}

FURTHER_TELLINGS: dict[type[fact.ComplaintEvent], Callable[[Any], Telling]] = {
    fact.CompensationOffered: _compensation,
    fact.PromiseMade: _promise_made,
    fact.PromiseKept: _numbered("promise {number} kept"),
    fact.PromiseMissed: lambda event: _at(
        event, f"promise {event.number} not kept in time", f"It was for {weekday_date(event.by)}"
    ),
    fact.PromiseTold: _promise_told,
    fact.ComplaintDefined: _defined,
    fact.IssueAdded: lambda event: _at(
        event, f"issue {event.issue.number} added", _sentence(event.issue.category)
    ),
    fact.IssueSplitOff: lambda event: _at(
        event, f"issue {event.number} split off", f"It goes on as {event.to_reference}"
    ),
    fact.RouteChanged: _route,
    fact.CaseLinked: lambda event: _at(
        event, f"linked with {event.to_reference}", _sentence(event.relation)
    ),
    fact.RepresentativeNamed: lambda event: _at(
        event,
        f"representative {event.number} named: {_plain(event.relation)}",
        "Nothing is shared without consent",
    ),
    fact.ConsentGiven: _consent,
    fact.ConsentWithdrawn: _numbered("consent for representative {number} taken back"),
    fact.SharedWithRepresentative: _shared,
    fact.ConflictDeclared: lambda event: _at(
        event, "interest declared", f"{event.officer}: {_plain(event.interest)}"
    ),
    fact.PanelConvened: _panel,
    fact.HearingArranged: _hearing,
    fact.PanelReported: lambda event: _at(event, "panel report"),
    fact.CompensationApproved: _approved,
    fact.CompensationAnswered: _answered,
    fact.CompensationPaid: lambda event: _at(
        event, f"compensation offer {event.number} paid", pounds(event.amount_pence)
    ),
    fact.RefusalOverturned: lambda event: _at(
        event, "refusal overturned by the Ombudsman", _sentence(event.exclusion)
    ),
    fact.ReferredToOmbudsman: lambda event: _at(
        event, f"referred to the {_plain(event.body or 'Housing_Ombudsman')}"
    ),
    fact.OmbudsmanDetermined: lambda event: _at(
        event, "determined by the Ombudsman", _sentence(event.finding or "")
    ),
    fact.EvidenceRequested: _evidence_requested,
    fact.EvidenceSupplied: _evidence,
    fact.OmbudsmanOrdered: _ordered,
    fact.OrderComplied: _numbered("Ombudsman's order {number} complied with"),
    fact.DocumentAdded: _document,
    fact.DocumentRemoved: lambda event: _at(
        event, f"document {event.number} removed", _sentence(event.reason)
    ),
    fact.ContributionAsked: _contribution,
    fact.ContributionGiven: _numbered("contribution {number} received"),
    fact.MediationOffered: _numbered("mediation offered, offer {number}"),
    fact.MediationAnswered: lambda event: _at(
        event, f"mediation, offer {event.number}: {_plain(event.result)}"
    ),
    fact.PetitionMarked: lambda event: _at(
        event, "marked as a petition", f"{event.signatures} signatures, one contact"
    ),
    fact.BehaviourRestricted: _until_review("restriction"),
    fact.RestrictionReviewed: _reviewed("restriction"),
    fact.AdjustmentMade: _until_review("adjustment"),
    fact.AdjustmentReviewed: _reviewed("adjustment"),
    fact.AccessRestricted: _access,
    fact.ConcernMarked: lambda event: _at(
        event, f"concern {event.number} marked: {_plain(event.concern)}"
    ),
    fact.ConcernDealtWith: _numbered("concern {number} dealt with"),
    fact.StandingRecorded: lambda event: _at(
        event, f"standing of the complainant: {_plain(event.standing)}"
    ),
    fact.DiscretionUsed: lambda event: _at(
        event,
        "taken in spite of its age",
        f"It arose {weekday_date(event.arose_on)} ({event.clause})",
    ),
    fact.LearningRecorded: _learning,
    fact.LearningDone: _numbered("learning {number} carried out"),
    fact.LearningShared: lambda event: _at(
        event, f"learning {event.number} told", f"To: {_plain(event.audience)}"
    ),
    fact.ReferralPermissionAsked: lambda event: _at(
        event,
        f"complainant asked about referral {event.number}",
        f"To {event.to_organisation}, by {_plain(event.channel)}",
    ),
    fact.ReferralPermissionAnswered: _permission,
    fact.ReferralPermissionWithdrawn: _numbered("permission for referral {number} taken back"),
    fact.ReferredToOrganisation: lambda event: _at(
        event, f"referred to {event.to_organisation}", f"Permitted as referral {event.number}"
    ),
    fact.UpdatesAgreed: _updates,
    fact.UpdateGiven: lambda event: _at(
        event, f"update given, as agreed in {event.number}", f"By {_plain(event.channel)}"
    ),
    fact.EnquiryForwarded: _forwarded,
    fact.ServiceRequestRemedied: lambda event: _at(event, "service request remedied"),
    fact.PetitionMeetingOffered: lambda event: _at(event, "petitioners offered a meeting"),
    fact.PetitionContactChanged: lambda event: _at(event, "another contact of the petition"),
    fact.ConflictWithdrawn: lambda event: _at(
        event, "declared interest withdrawn", f"{event.officer}: found to be none"
    ),
    fact.HearingHeld: _hearing_held,
    fact.InformationAdded: lambda event: _at(event, ADDED.get(event.about, _plain(event.about))),
    fact.AccessCodeIssued: lambda event: _at(event, "new access code sent to the complainant"),
}


def pounds(pence: int) -> str:
    """`£250.00`."""
    return f"£{pence / 100:,.2f}"


def _until(what: str, day: date | None) -> str:
    return "" if day is None else f"{what} {weekday_date(day)}"


def _plain(word: str) -> str:
    return str(word).replace("_", " ")


def _sentence(words: str) -> str:
    plain = _plain(words)
    return plain[:1].upper() + plain[1:]
