"""Duties that recur, such as a review every six months: set, done, missed, ended; pure, from the landlord's rulebook.

A duty that is done is due again so many months after the day it was done, never after the day it was due: nobody gains
time by being late, nor loses it by being early.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.workflow.domain.refusals import (
    TRUE_RECORD,
    ConditionNotMet,
    NothingThere,
    NotNow,
    NotTrueToTime,
)
from shared.complaints.events import ComplaintEvent
from shared.complaints.events.oversight import (
    OversightEvent,
    RecurringDutyDone,
    RecurringDutyEnded,
    RecurringDutyMissed,
    RecurringDutySet,
)
from shared.policies.counting import months_after
from shared.policies.policy import Citation
from shared.policies.provisions import Recurring

LONGEST_SENTENCE = 300
Key = tuple[str, str]  # organisation, duty


@dataclass(frozen=True, slots=True)
class RecurringDuty:
    """A duty as it stands: `missed` once its day ended without it, `ended` where it is owed no more."""

    latest: RecurringDutySet
    missed: bool = False
    ended: bool = False
    done_on: date | None = None  # the last time


def duties_after(events: Iterable[ComplaintEvent]) -> dict[Key, RecurringDuty]:
    """Return every recurring duty that a rulebook tells of, as it stands."""
    found: dict[Key, RecurringDuty] = {}
    for event in events:
        match event:
            case RecurringDutySet():
                before = found.get(_key(event))
                found[_key(event)] = RecurringDuty(
                    event, done_on=None if before is None else before.done_on
                )
            case RecurringDutyDone():
                known = found[_key(event)]
                found[_key(event)] = RecurringDuty(
                    known.latest, known.missed, done_on=event.done_on
                )
            case RecurringDutyMissed():
                known = found[_key(event)]
                found[_key(event)] = RecurringDuty(known.latest, missed=True, done_on=known.done_on)
            case RecurringDutyEnded():
                known = found[_key(event)]
                ended = RecurringDuty(known.latest, known.missed, ended=True, done_on=known.done_on)
                found[_key(event)] = ended
            case _:
                pass
    return found


def begin(
    known: RecurringDuty | None,
    rule: Recurring,
    *,
    organisation: str,
    counted_from: date,
    today: date,
) -> tuple[RecurringDutySet, ...]:
    """Begin a duty that the policy in force names, counted from when it was done last."""
    if known is not None and not known.ended:
        raise NotNow(
            f"{organisation} owes {_plain(rule.duty)} already, by {known.latest.due_on.isoformat()}.",
            cited=rule.cited,
            way_out="Record that it was done; the next day follows from that.",
        )
    _not_in_future(counted_from, today, "The day it is counted from")
    generation = 1 if known is None else known.latest.generation + 1
    return (_next(rule, organisation, generation, since=counted_from),)


def done(
    known: RecurringDuty | None,
    rule: Recurring | None,
    *,
    named: str,
    done_on: date,
    today: date,
    evidence: str,
) -> tuple[OversightEvent, ...]:
    """Record that it was done; it is set again as the policy in force now asks, else as before.

    Where its day has gone by and nobody noticed yet, it was missed first.
    """
    known = _running(known, named)
    latest = known.latest
    _not_in_future(done_on, today, "The day it was done")
    if done_on < latest.counted_from:
        raise NotTrueToTime(
            f"It was done on {latest.counted_from.isoformat()} last: this lies before.",
            cited=_cited(latest),
            way_out="Give the day on which it was done this time.",
        )
    _one_sentence(evidence, latest)
    events: list[OversightEvent] = []
    if done_on > latest.due_on and not known.missed:
        events.append(_missed(latest))
    organisation, generation = latest.organisation, latest.generation
    events.append(
        RecurringDutyDone(
            organisation, latest.duty, generation, latest.due_on, done_on, evidence.strip()
        )
    )
    again = rule or Recurring(latest.duty, latest.every_months, latest.responsible, _cited(latest))
    events.append(_next(again, organisation, generation + 1, since=done_on))
    return tuple(events)


def end(known: RecurringDuty | None, *, named: str, reason: str) -> tuple[RecurringDutyEnded, ...]:
    """Record that it is owed no more, for a reason in one sentence."""
    latest = _running(known, named).latest
    _one_sentence(reason, latest)
    ended = RecurringDutyEnded(latest.organisation, latest.duty, latest.generation, reason.strip())
    return (ended,)


def fell(known: RecurringDuty | None, *, generation: int) -> tuple[RecurringDutyMissed, ...]:
    """Return what a timer that came due tells: the duty was missed, unless it moved on meanwhile."""
    if known is None or known.ended or known.missed or known.latest.generation != generation:
        return ()
    return (_missed(known.latest),)


def _next(rule: Recurring, organisation: str, generation: int, *, since: date) -> RecurringDutySet:
    return RecurringDutySet(
        organisation=organisation,
        duty=rule.duty,
        generation=generation,
        due_on=months_after(since, rule.every_months),
        counted_from=since,
        every_months=rule.every_months,
        rule=rule.cited.rule,
        clause=rule.cited.clause,
        responsible=rule.responsible,
    )


def _missed(latest: RecurringDutySet) -> RecurringDutyMissed:
    return RecurringDutyMissed(latest.organisation, latest.duty, latest.generation, latest.due_on)


def _running(known: RecurringDuty | None, named: str) -> RecurringDuty:
    if known is None or known.ended:
        raise NothingThere(
            f"{named} is not owed.",
            cited=Citation("What is recorded names what is there.", TRUE_RECORD),
            way_out="Look what is owed with `redress duty list`, or begin it.",
        )
    return known


def _one_sentence(text: str, latest: RecurringDutySet) -> None:
    if text.strip() and "\n" not in text and len(text) <= LONGEST_SENTENCE:
        return
    raise ConditionNotMet(
        "Nothing says so in one sentence.",
        cited=_cited(latest),
        way_out=f"Give at most {LONGEST_SENTENCE} characters that name nobody, such as where the minutes are.",
    )


def _not_in_future(day: date, today: date, what: str) -> None:
    if day > today:
        raise NotTrueToTime(
            f"{what} lies in the future.",
            cited=Citation("Things are recorded at the time they happened.", TRUE_RECORD),
            way_out="Record it once it has happened.",
        )


def _cited(latest: RecurringDutySet) -> Citation:
    return Citation(latest.rule, latest.clause)


def _key(
    event: RecurringDutySet | RecurringDutyDone | RecurringDutyMissed | RecurringDutyEnded,
) -> Key:
    return event.organisation, event.duty


def _plain(duty: str) -> str:
    return duty.replace("_", " ")
