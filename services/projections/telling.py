"""Tells a fact in plain English: a title and, where there is more to say, one line of detail."""

from collections.abc import Callable
from typing import Any

from services.projections.further_telling import FURTHER_TELLINGS, Telling
from services.projections.oversight_telling import OVERSIGHT_TELLINGS
from services.projections.rulebook_telling import RULEBOOK_TELLINGS
from shared.complaints import events as fact
from shared.complaints.values import Channel, IssueOutcome
from shared.web.wording import lateness, weekday_date, working_days

ESCALATED_BECAUSE = {"dissatisfied": "dissatisfied with the answer", "late": "the answer was late"}


def tell(event: fact.ComplaintEvent) -> Telling:
    """The fact in words; personal words are not in it, they stand in the vault."""
    return _TELLINGS[type(event)](event)


def _opened(event: fact.ComplaintOpened) -> Telling:
    how = f"{_channel(event.channel)}, under" if _channel(event.channel) else "Under"
    beside = f", and beside it {event.overlay_policy}" if event.overlay_policy else ""
    return Telling(f"Received: {_plain(event.route)}", f"{how} the policy {event.policy}{beside}")


def _set(event: fact.DeadlineSet) -> Telling:
    again = "due date set" if event.generation == 1 else "due date set again"
    return Telling(f"{_duty(event)}: {again}", f"Due {weekday_date(event.due_on)}")


def _met(event: fact.DeadlineMet) -> Telling:
    late = event.late_by_working_days
    how = f"done {lateness(late)}" if late else "met in time"
    return Telling(f"{_duty(event)}: {how}", f"It was due {weekday_date(event.due_on)}")


def _approaching(event: fact.DeadlineApproaching) -> Telling:
    left = f"Due {weekday_date(event.due_on)}, {working_days(event.working_days_left)} left"
    return Telling(f"{_duty(event)}: due soon", left)


def _holding_due(event: fact.HoldingResponseDue) -> Telling:
    return Telling(
        f"Stage {event.stage}: holding response due if the answer will be late",
        f"Due {weekday_date(event.due_on)}; the response itself {weekday_date(event.response_due_on)}",
    )


def _holding_sent(event: fact.HoldingResponseSent) -> Telling:
    expected = f"Answer expected by {weekday_date(event.expected_on)}" if event.expected_on else ""
    return Telling(f"Stage {event.stage}: holding response sent", expected)


def _extended(event: fact.DeadlineExtended) -> Telling:
    moved = f"From {weekday_date(event.from_on)} to {weekday_date(event.to_on)}"
    agreed = ", agreed with the complainant" if event.agreed else ""
    told = f", told {weekday_date(event.told_on)}" if event.told_on else ""
    by = f", authorised by {_plain(event.authorised_by)}" if event.authorised_by else ""
    return Telling(f"Stage {event.stage}: response date extended", moved + agreed + told + by)


def _responded(event: fact.ResponseIssued) -> Telling:
    outcome = _plain(event.outcome) if event.outcome else "outcome not recorded"
    by = f", {_channel(event.channel).lower()}" if _channel(event.channel) else ""
    return Telling(f"Stage {event.stage}: response sent{by}, {outcome}", _outcomes(event.issues))


def _escalated(event: fact.ComplaintEscalated) -> Telling:
    because = _sentence(ESCALATED_BECAUSE.get(event.because, event.because))
    return Telling(f"Stage {event.to_stage} asked for and opened", because)


def _refused(event: fact.ComplaintRefused) -> Telling:
    where = f"{_sentence(event.exclusion)} ({event.clause}); goes to {event.destination}"
    if event.departure:
        where += f"; it had to be taken under {event.departure}"
    return Telling("Not taken as a complaint", where)


def _approved(event: fact.DraftApproved) -> Telling:
    early = "Signed off early: no investigation needed, and agreed" if event.early else ""
    parts = f"Found in it: {'; '.join(event.contains)}" if event.contains else ""
    about = ". ".join(each for each in (early, parts) if each)
    return Telling(f"Stage {event.stage}: draft {event.draft} approved", about)


def _closed(event: fact.ComplaintClosed) -> Telling:
    clause = f" ({event.clause})" if event.clause else ""
    return Telling("Closed", _sentence(event.because) + clause)


def _at_stage(what: str) -> Callable[[Any], Telling]:
    return lambda event: Telling(f"Stage {event.stage}: {what}")


def _by_channel(what: str) -> Callable[[Any], Telling]:
    return lambda event: Telling(f"Stage {event.stage}: {what}", _channel(event.channel))


def _of_duty(what: str) -> Callable[[Any], Telling]:
    return lambda event: Telling(
        f"{_duty(event)}: {what}", f"It was due {weekday_date(event.due_on)}"
    )


_TELLINGS: dict[type[fact.ComplaintEvent], Callable[[Any], Telling]] = {
    fact.ComplaintOpened: _opened,
    fact.DeadlineSet: _set,
    fact.DeadlineMet: _met,
    fact.DeadlineLifted: lambda event: Telling(
        f"{_duty(event)}: no longer due", _sentence(event.reason)
    ),
    fact.DeadlineApproaching: _approaching,
    fact.HoldingResponseDue: _holding_due,
    fact.DraftDue: lambda event: Telling(
        f"Stage {event.stage}: draft response due", f"Due {weekday_date(event.due_on)}"
    ),
    fact.DeadlineMissed: _of_duty("missed"),
    fact.EscalationWindowClosed: lambda event: Telling(
        f"Stage {event.stage}: time to ask for the next stage ended",
        f"Its last day was {weekday_date(event.last_day_on)}",
    ),
    fact.ComplaintAcknowledged: _by_channel("acknowledged"),
    fact.ContactAttempted: _by_channel("contact tried, not reached"),
    fact.ContactMade: _by_channel("contact made"),
    fact.ComplaintAllocated: lambda event: Telling(
        f"Stage {event.stage}: allocated", f"To {', '.join(event.handlers)}"
    ),
    fact.HoldingResponseSent: _holding_sent,
    fact.DeadlineExtended: _extended,
    fact.DraftSubmitted: lambda event: Telling(
        f"Stage {event.stage}: draft {event.draft} submitted for checking"
    ),
    fact.DraftApproved: _approved,
    fact.DraftReturned: lambda event: Telling(
        f"Stage {event.stage}: draft {event.draft} sent back for changes"
    ),
    fact.ResponseIssued: _responded,
    fact.ComplaintEscalated: _escalated,
    fact.ComplaintRefused: _refused,
    fact.ComplaintWithdrawn: _at_stage("withdrawn by the complainant"),
    fact.ComplaintClosed: _closed,
    fact.ComplaintReopened: _at_stage("reopened"),
    fact.NoteAdded: _at_stage("internal note"),
    **FURTHER_TELLINGS,
    **RULEBOOK_TELLINGS,
    **OVERSIGHT_TELLINGS,
}


def _duty(
    event: fact.DeadlineSet
    | fact.DeadlineMet
    | fact.DeadlineLifted
    | fact.DeadlineApproaching
    | fact.DeadlineMissed,
) -> str:
    overlay = getattr(event, "overlay", None)
    under = f" under {overlay}" if overlay else ""
    return f"Stage {event.stage}: {_plain(event.duty)}{under}"


def _channel(channel: Channel) -> str:
    return "" if channel is Channel.UNKNOWN else f"By {_plain(channel)}"


def _plain(word: str) -> str:
    return str(word).replace("_", " ")


def _sentence(words: str) -> str:
    plain = _plain(words)
    return plain[:1].upper() + plain[1:]


def _pounds(pence: int | None) -> str:
    return f"£{pence / 100:,.2f}" if pence is not None else ""


def _outcomes(issues: tuple[IssueOutcome, ...]) -> str:
    """`Issue 1: upheld (apology, compensation £50.00)`, and so on."""
    told = []
    for issue in issues:
        remedies = ", ".join(
            f"{_plain(remedy.kind)} {_pounds(remedy.amount_pence)}".strip()
            for remedy in issue.remedies
        )
        given = f" ({remedies})" if remedies else ""
        told.append(f"Issue {issue.number}: {_plain(issue.outcome)}{given}")
    return "; ".join(told)
