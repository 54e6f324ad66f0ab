"""Decides a history whose landlord is not registered yet, under the rules it will be imported under; stores nothing."""

from datetime import datetime
from functools import cache

from services.redress.commands.packs import shipped
from services.redress.statutory import STATUTORY, STATUTORY_FROM
from services.workflow.domain.commands import OpenComplaint
from services.workflow.importing import History, recorded_history
from shared.calendars.england import england_calendar_document, load_calendar
from shared.complaints.values import Channel, Issue, WordsReference
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.policy import Policy


def would_record(history: History, policy: Policy, *, now: datetime) -> int:
    """How many events the history makes; raises what importing it would raise."""
    first = next((fact for fact in history.facts if fact.what == "received"), history.facts[0])
    opening = OpenComplaint(
        reference="",
        organisation=history.organisation,
        route=history.route,
        channel=first.channel or Channel.UNKNOWN,
        received=first.moment,
        issues=(Issue(number=1, category="general"),),
        source_reference=history.source_reference,
        happened=first.moment,
        actor="import",
    )
    overlay = None
    if first.moment.on >= STATUTORY_FROM:
        overlay = shipped(STATUTORY).read
    return len(
        recorded_history(
            opening,
            history,
            policy,
            england_calendar(),
            refer=_no_words,
            now=now,
            overlay=overlay,
        )
    )


@cache
def england_calendar() -> WorkingDayCalendar:
    """The calendar of a landlord that has adopted no other."""
    return load_calendar(england_calendar_document())


def _no_words(_text: str | None, _place: str) -> WordsReference | None:
    return None
