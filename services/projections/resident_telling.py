"""Tells each fact of a case to the complainant, in plain words; or says that it is not theirs to read.

The one table below decides every fact there is. What officers note, draft, ask of one another, declare of themselves or
are reminded of is not shown, nor who may look at a case.
"""

from collections.abc import Callable
from typing import Any

from services.projections.resident_promises import DUTIES, is_ours_to_keep
from services.projections.resident_words import (
    ADDED,
    CLOSED,
    OUTCOMES,
    ROUTES,
    Names,
    Said,
    file_removed,
    file_sent,
    listed,
    plain,
    pounds,
    sentence,
    way,
)
from shared.complaints import events as fact
from shared.complaints.events import oversight, rulebook
from shared.web.wording import weekday_date

Tells = Callable[[Any, Names], Said | None]


def tell_resident(event: fact.ComplaintEvent, names: Names) -> Said | None:
    """What the complainant reads of a fact; None where it is not shown."""
    tells = TELLS[type(event)]
    return None if tells is None else tells(event, names)


def _opened(event: fact.ComplaintOpened, _names: Names) -> Said:
    return Said(
        f"We received your {ROUTES.get(event.route, 'complaint')}",
        way("It came", event.channel),
        with_words=True,
    )


def _missed(event: fact.DeadlineMissed, _names: Names) -> Said | None:
    kind = event.duty.partition(" ")[0]
    if not is_ours_to_keep(event) or kind == "promise":  # a promise has a fact of its own
        return None
    what = DUTIES[kind][1] if kind in DUTIES else "do something that we owe you by law or policy"
    return Said(f"We did not {what} in time", f"It was due by {weekday_date(event.due_on)}.")


def _recounted(event: fact.DeadlineRecounted, _names: Names) -> Said | None:
    if not is_ours_to_keep(event) or event.from_on == event.to_on:
        return None
    kind = event.duty.partition(" ")[0]
    what = f"for us to {DUTIES[kind][0]}" if kind in DUTIES else "that we had told you"
    moved = f"From {weekday_date(event.from_on)} to {weekday_date(event.to_on)}: {event.reason}"
    return Said(f"The date {what} moved", moved)


def _acknowledged(event: fact.ComplaintAcknowledged, _names: Names) -> Said:
    what = "your complaint" if event.stage == 1 else f"your request for stage {event.stage}"
    return Said(f"We told you that we had received {what}", way("We told you", event.channel))


def _allocated(event: fact.ComplaintAllocated, names: Names) -> Said:
    who = [names.officers[one] for one in event.handlers if one in names.officers]
    title = f"We decided who considers it at stage {event.stage}"
    return Said(title, f"{listed(who)}." if who else "")


def _holding(event: fact.HoldingResponseSent, _names: Names) -> Said:
    when = f"We expect to answer by {weekday_date(event.expected_on)}." if event.expected_on else ""
    return Said("We told you that our answer will be late, and why", when)


def _extended(event: fact.DeadlineExtended, _names: Names) -> Said:
    agreed = ", as agreed with you" if event.agreed else ""
    moved = f"From {weekday_date(event.from_on)} to {weekday_date(event.to_on)}{agreed}."
    return Said("The date of our answer moved", moved)


def _responded(event: fact.ResponseIssued, _names: Names) -> Said:
    found = OUTCOMES.get(str(event.outcome), "") if event.outcome else ""
    several = len(event.issues) > 1
    if several:
        found = "; ".join(
            f"matter {one.number}: {OUTCOMES.get(str(one.outcome), str(one.outcome))}"
            for one in event.issues
        )
    sent = way("We sent it", event.channel)
    return Said(f"We answered you at stage {event.stage}", f"{sentence(found)} {sent}".strip())


def _escalated(event: fact.ComplaintEscalated, _names: Names) -> Said:
    late = " Our answer was late." if event.because == "late" else ""
    return Said(
        f"You asked for stage {event.to_stage}, and we opened it",
        f"{way('You asked', event.channel)}{late}".strip(),
    )


def _refused(event: fact.ComplaintRefused, _names: Names) -> Said:
    where = f"Our policy says so in {event.clause}. It goes here instead: {event.destination}."
    return Said("We did not take it as a complaint", where)


def _defined(event: fact.ComplaintDefined, _names: Names) -> Said:
    what = "what you want" if event.part == "desired_outcome" else "what you complain of"
    if event.agreed:
        return Said(f"We agreed with you, in words, {what}")
    return Said(f"We put in words {what}, to agree it with you")


def _promised(event: fact.PromiseMade, _names: Names) -> Said:
    by = f" by {weekday_date(event.by)}" if event.by else ""
    return Said(f"We promised you something{by}", with_words=True)


def _rerouted(event: fact.RouteChanged, _names: Names) -> Said:
    now = ROUTES.get(event.to_route, "complaint")
    since = f"Its time counts from {weekday_date(event.counts_from_on)}."
    return Said(f"We now handle it as a {now}", since)


def _consented(event: fact.ConsentGiven, _names: Names) -> Said:
    until = f" Your permission ends after {weekday_date(event.until)}." if event.until else ""
    what = {"everything": "everything", "progress": "how it stands", "response": "our answer"}
    told = f"They may be told: {what.get(event.scope, event.scope)}.{until}"
    return Said("You let somebody speak for you", told)


def _panel(event: fact.PanelConvened, _names: Names) -> Said:
    when = f"The hearing is on {weekday_date(event.hearing_on)}." if event.hearing_on else ""
    return Said("A panel will consider it", when)


def _hearing(event: fact.HearingArranged, _names: Names) -> Said:
    when = f"On {weekday_date(event.hearing_on)}. You may bring somebody with you."
    return Said("We asked you to a hearing", when)


def _held(event: fact.HearingHeld, _names: Names) -> Said:
    return Said("The panel heard you" if event.complainant else "The panel met without you")


def _mediated(event: fact.MediationAnswered, _names: Names) -> Said:
    came = {
        "declined": "it was declined",
        "settled": "it was settled",
        "not_settled": "no settlement",
    }
    return Said("The mediation ended", f"What came of it: {came.get(event.result, event.result)}.")


def _restricted(event: fact.BehaviourRestricted, _names: Names) -> Said:
    kind = plain(event.kind)
    review = f"{sentence(kind)} We look at it again by {weekday_date(event.review_on)}."
    return Said("We limited how you can reach us", review, private=True)


def _review(what: str) -> Tells:
    def told(event: Any, _names: Names) -> Said:
        again = (
            f"We look at it again by {weekday_date(event.review_on)}." if event.review_on else ""
        )
        return Said(
            f"We looked again at {what}", again if event.kept else "It ended.", private=True
        )

    return told


def _adjusted(event: fact.AdjustmentMade, _names: Names) -> Said:
    language = f" ({event.language})" if event.language else ""
    kind = f"{plain(event.kind)}{language}"
    return Said("We agreed to do something differently for you", sentence(kind), private=True)


def _concern(event: fact.ConcernMarked, _names: Names) -> Said:
    of_data = event.concern == "data_protection"
    what = "how personal information was used" if of_data else "a hazard in the home"
    return Said(f"It is about {what}, for which the law sets us a time", private=True)


def _compensation(event: fact.CompensationApproved, _names: Names) -> Said:
    return Said(f"We offer you {pounds(event.amount_pence)}", private=True)


def _answered(event: fact.CompensationAnswered, _names: Names) -> Said:
    how = "accepted" if event.accepted else "did not accept"
    return Said(f"You {how} the money that we offered", private=True)


def _referral(what: str) -> Tells:
    def told(event: Any, names: Names) -> Said:
        other = names.organisations.get(event.to_organisation, event.to_organisation)
        return Said(what.format(other=other))

    return told


def _updates(event: fact.UpdatesAgreed, _names: Names) -> Said:
    days = event.every_working_days
    every = "every working day" if days == 1 else f"every {days} working days"
    agreed = "We agreed to" if event.agreed else "We will"
    return Said(f"{agreed} tell you how it stands {every}")


def _ordered(event: fact.OmbudsmanOrdered, _names: Names) -> Said:
    due = f"{sentence(plain(event.kind))} We must do it by {weekday_date(event.due_on)}."
    return Said("The Ombudsman ordered us to put something right", due)


def _added(event: fact.InformationAdded, _names: Names) -> Said:
    title = ADDED.get(event.about, ADDED["case"])
    return Said(title, with_words=True, private=event.about == "reaching_them")


def _says(title: str, *, private: bool = False) -> Tells:
    return lambda _event, _names: Said(title, private=private)


def _by_way(title: str, begins: str) -> Tells:
    return lambda event, _names: Said(title, way(begins, event.channel))


def _with_day(title: str, day: str) -> Tells:
    return lambda event, _names: Said(title.format(day=weekday_date(getattr(event, day))))


TELLS: dict[type[fact.ComplaintEvent], Tells | None] = {
    fact.ComplaintOpened: _opened,
    fact.DeadlineSet: None,  # what is owed now stands on the page by itself
    fact.DeadlineMet: None,
    fact.DeadlineLifted: None,
    fact.DeadlineApproaching: None,
    fact.HoldingResponseDue: None,
    fact.DraftDue: None,
    fact.DeadlineMissed: _missed,
    fact.DeadlineRecounted: _recounted,
    fact.EscalationWindowClosed: _with_day(
        "The time to ask for the next stage ended on {day}", "last_day_on"
    ),
    fact.ComplaintAcknowledged: _acknowledged,
    fact.ContactAttempted: _by_way("We tried to reach you, and did not", "We tried"),
    fact.ContactMade: _by_way("We were in touch with you", "We spoke or wrote"),
    fact.ComplaintAllocated: _allocated,
    fact.HoldingResponseSent: _holding,
    fact.DeadlineExtended: _extended,
    fact.DraftSubmitted: None,
    fact.DraftApproved: None,
    fact.DraftReturned: None,
    fact.ResponseIssued: _responded,
    fact.ComplaintEscalated: _escalated,
    fact.ComplaintRefused: _refused,
    fact.ComplaintWithdrawn: _says("You took it back"),
    fact.ComplaintClosed: lambda event, _names: Said("We closed it", CLOSED.get(event.because, "")),
    fact.ComplaintReopened: _says("We opened it again"),
    fact.NoteAdded: None,
    fact.CompensationOffered: None,  # an offer is none before it is approved
    fact.CompensationApproved: _compensation,
    fact.CompensationAnswered: _answered,
    fact.CompensationPaid: lambda event, _names: Said(
        f"We paid you {pounds(event.amount_pence)}", private=True
    ),
    fact.PromiseMade: _promised,
    fact.PromiseKept: _says("We did what we had promised you"),
    fact.PromiseMissed: _with_day("We did not keep our promise for {day}", "by"),
    fact.PromiseTold: _by_way("We told you that we had kept our promise", "We told you"),
    fact.ReferredToOmbudsman: lambda event, _names: Said(
        f"Your complaint reached the {plain(event.body or 'housing_ombudsman').title()}"
    ),
    fact.OmbudsmanDetermined: lambda event, _names: Said(
        "The Ombudsman decided", sentence(plain(event.finding)) if event.finding else ""
    ),
    fact.RefusalOverturned: _says("The Ombudsman decided that we must take it"),
    fact.EvidenceRequested: None,
    fact.EvidenceSupplied: None,
    fact.OmbudsmanOrdered: _ordered,
    fact.OrderComplied: _says("We did what the Ombudsman had ordered"),
    fact.ComplaintDefined: _defined,
    fact.IssueAdded: lambda event, _names: Said(
        "We added a matter to it", sentence(plain(event.issue.category))
    ),
    fact.IssueSplitOff: lambda event, _names: Said(
        f"One matter became a complaint of its own, with the reference {event.to_reference}"
    ),
    fact.RouteChanged: _rerouted,
    fact.CaseLinked: None,  # the other case may be somebody else's
    fact.ContributionAsked: None,
    fact.ContributionGiven: None,
    fact.ConcernMarked: _concern,
    fact.ConcernDealtWith: _says("We did what the law asks of us about it", private=True),
    fact.StandingRecorded: None,
    fact.DiscretionUsed: _says("We took it although it is older than our policy asks"),
    fact.RepresentativeNamed: _says(
        "Somebody came forward to speak for you. We tell them nothing without your permission"
    ),
    fact.ConsentGiven: _consented,
    fact.ConsentEnded: _with_day(
        "Your permission for somebody to speak for you ended on {day}", "until"
    ),
    fact.ConsentWithdrawn: _says("You took back your permission for somebody to speak for you"),
    fact.SharedWithRepresentative: _says("We told the person who speaks for you how it stands"),
    fact.ConflictDeclared: None,
    fact.ConflictWithdrawn: None,
    fact.PanelConvened: _panel,
    fact.HearingArranged: _hearing,
    fact.HearingHeld: _held,
    fact.PanelReported: None,
    fact.MediationOffered: _says("We offered you mediation"),
    fact.MediationAnswered: _mediated,
    fact.PetitionMarked: _says("We take it as a petition, with one person to write to"),
    fact.PetitionMeetingOffered: _says("We offered a meeting about the petition"),
    fact.PetitionContactChanged: _says("Another person now speaks for the petition"),
    fact.BehaviourRestricted: _restricted,
    fact.RestrictionReviewed: _review("how you can reach us"),
    fact.AdjustmentMade: _adjusted,
    fact.AdjustmentReviewed: _review("what we do differently for you"),
    fact.AccessRestricted: None,
    fact.LearningRecorded: None,
    fact.LearningDone: None,
    fact.LearningShared: None,
    fact.ReferralPermissionAsked: _referral("We asked you whether {other} may deal with it"),
    fact.ReferralPermissionAnswered: lambda event, _names: Said(
        "You said that it may be passed on"
        if event.permitted
        else "You said that it may not be passed on"
    ),
    fact.ReferralPermissionWithdrawn: _referral(
        "You took back your permission to pass it to {other}"
    ),
    fact.ReferredToOrganisation: _referral("We passed it to {other}, as you permitted"),
    fact.UpdatesAgreed: _updates,
    fact.UpdateGiven: _by_way("We told you how it stands", "We told you"),
    fact.EnquiryForwarded: None,
    fact.ServiceRequestRemedied: _says("We did what you had asked for"),
    fact.InformationAdded: _added,
    fact.DocumentAdded: lambda event, _names: file_sent(event.kind, by=event.brought_by),
    fact.DocumentRemoved: lambda event, _names: file_removed(event.reason),
    fact.AccessCodeIssued: _says("We sent you a new access code for this page", private=True),
    **dict.fromkeys(rulebook.NAMES.values()),  # what the landlord adopts is in no case
    **dict.fromkeys(oversight.NAMES.values()),
}
