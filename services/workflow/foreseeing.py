"""Says, before a command is given, what it would do to the dates of a case and which letter would follow; and what
others did while a form was open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from services.workflow.deciding import LoadedComplaint
from services.workflow.domain.complaint import Complaint, replay
from services.workflow.fields import labelled
from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintEvent,
    DeadlineLifted,
    DeadlineMet,
    DeadlineSet,
)
from shared.eventstore.codec import encode_event, name_of
from shared.eventstore.record import RecordedEvent
from shared.registry.policy_titles import PolicyTitles
from shared.web.wording import lateness, london_instant, weekday_date

NO_DATE_MOVES = "No date changes."
DatedEvent = DeadlineSet | DeadlineMet | DeadlineLifted


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a command would do: a sentence for each date, and the facts for the letter, as JSON."""

    dates: tuple[str, ...]
    letter_facts: str | None


def foresight(
    before: Complaint, events: Sequence[ComplaintEvent], titles: PolicyTitles
) -> Foresight:
    """What these facts, decided on `before` and not yet recorded, would do."""
    lettered = any(_is_lettered(event) for event in events)
    facts = [{"name": name_of(event), "data": encode_event(event)} for event in events]
    return Foresight(
        dates=date_effects(before, events, titles) or (NO_DATE_MOVES,),
        letter_facts=orjson.dumps(facts).decode() if lettered else None,
    )


def _is_lettered(event: ComplaintEvent) -> bool:
    """Whether the notifier writes a letter after this fact; it knows the letter, we know the facts."""
    return isinstance(event, ComplaintAcknowledged) or bool(getattr(event, "send_letter", False))


def date_effects(
    before: Complaint, events: Iterable[ComplaintEvent], titles: PolicyTitles
) -> tuple[str, ...]:
    """One sentence for each date that the facts set, move, meet or lift, in their order; a date
    that they leave as it was is not spoken of.
    """
    latest: dict[tuple[str, int, str | None], DatedEvent] = {}
    for event in events:
        if isinstance(event, DatedEvent):
            latest[event.duty, event.stage, event.overlay] = event
    told = []
    for (duty, stage, overlay), event in latest.items():
        known = before.deadlines_at(stage, overlay=overlay).get(duty)
        effect = _effect(event, known.latest if known and known.is_owed else None)
        under = f", under {titles[overlay]}" if overlay else ""
        if effect:
            told.append(f"{labelled(duty)}, stage {stage}{under}: {effect}.")
    return tuple(told)


def since_then(
    found: LoadedComplaint,
    records: Sequence[RecordedEvent],
    *,
    names: Mapping[str, str],
    titles: PolicyTitles,
) -> tuple[str, ...]:
    """What people did in these latest records, with who and when, and what became of the dates.

    `names` are those of the officers; whoever is not among them is called by what they are.
    """
    earlier = found.events[: len(found.events) - len(records)]
    before = replay(earlier) or found.complaint
    done = [
        f"{labelled(record.name.split('.')[1].replace('-', '_'))}"
        f" by {names.get(record.actor, record.actor)}, "
        f"{_when(record.happened.on, record.happened.at)}"
        for record in records
        if not isinstance(record.event, DatedEvent)
    ]
    return (*done, *date_effects(before, [record.event for record in records], titles))


def _effect(event: DatedEvent, was: DeadlineSet | None) -> str:
    match event:
        case DeadlineMet():
            return f"done, {lateness(event.late_by_working_days)}"
        case DeadlineLifted():
            return "no longer due"
        case DeadlineSet():
            now = _when(event.due_on, event.due_at)
            if was is None:
                return f"due {now}"
            then = _when(was.due_on, was.due_at)
            return "" if then == now else f"moves from {then} to {now}"


def _when(on: date, at: datetime | None) -> str:
    return weekday_date(on) if at is None else london_instant(at)
