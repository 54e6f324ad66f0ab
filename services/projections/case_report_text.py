"""The report of a case as text for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from services.projections.telling import tell
from services.projections.why import counted, span_in_words, trigger_in_words
from shared.complaints.events import DeadlineLifted, DeadlineMet, DeadlineRecounted, DeadlineSet
from shared.eventstore.record import RecordedEvent
from shared.web.wording import london_instant, short_date, working_days

if TYPE_CHECKING:
    from services.projections.case_report import CaseReport, DutyReport, SpanReport

COLUMNS = 80
NO_BREAK = "\u00a0"  # holds an item of a list together while it is wrapped


def as_text(report: CaseReport, *, why: bool) -> str:
    """The whole report."""
    opened = report.opened
    head = [
        f"{opened.reference}  {opened.route.value.replace('_', ' ')}, {opened.organisation}",
        f"Received {short_date(opened.received_on)}, policy {opened.policy}",
    ]
    if opened.source_reference:
        head.append(f"Imported as {opened.source_reference}")
    sections = [
        head,
        ["History", *(line for event in report.events for line in _fact(event, why=why))],
        ["Duties", *(line for duty in report.duties for line in _duty(duty, why=why))],
    ]
    if report.code_duties:
        sections.append(
            [
                f"Duties under {opened.overlay_policy}",
                *(line for duty in report.code_duties for line in _duty(duty, why=why)),
            ]
        )
    if report.spans:
        sections.append(["Working days between facts", *(_span(span) for span in report.spans)])
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _fact(recorded: RecordedEvent, *, why: bool) -> list[str]:
    """One entry; how dates were set, met and lifted stands with the duties, here only on request."""
    if isinstance(recorded.event, DeadlineSet | DeadlineMet | DeadlineLifted) and not why:
        return []
    told = tell(recorded.event)
    day = short_date(recorded.happened.on).rjust(15)
    lines = _wrapped(
        told.title + (f". {told.detail}" if told.detail else ""), first=f"  {day}  ", rest=19
    )
    if recorded.known_at is not None:
        lines += _wrapped(f"known {london_instant(recorded.known_at)}", first=" " * 19, rest=19)
    return lines


def _duty(duty: DutyReport, *, why: bool) -> list[str]:
    deadline = duty.deadline
    due = london_instant(deadline.due_at) if deadline.due_at else short_date(deadline.due_on)
    name = f"Stage {deadline.stage} {deadline.duty.replace('_', ' ')}"
    lines = _wrapped(f"{name}: due {due}, {_verdict(duty)}", first="  ", rest=4)
    if deadline.target_on:
        lines.append(f"      work to {short_date(deadline.target_on)}: a late start buys no time")
    if why:
        lines += _why(deadline)
        for day in duty.earlier_on:
            missed = ", which was missed" if day in duty.earlier_missed_on else ""
            lines.append(f"      moved from {short_date(day)}{missed}")
        for was, told in duty.recounted:
            lines += _recounted(was, told)
    return lines


def _recounted(was: DeadlineSet, told: DeadlineRecounted) -> list[str]:
    """The count that letters were written by, and why another took its place."""
    head = f"first counted to {short_date(told.from_on)}, then again to {short_date(told.to_on)}"
    lines = _wrapped(f"{head}: {told.reason}", first=" " * 6, rest=8)
    if told.lawful_on is not None:
        lines.append(f"        by law it stays due {short_date(told.lawful_on)}")
    return [*lines, *(f"  {line}" for line in _days(was, columns=COLUMNS - 2))]


def _verdict(duty: DutyReport) -> str:
    if duty.met is None:
        return duty.verdict if duty.lifted is None or not duty.missed else f"{duty.verdict}; lifted"
    return f"done {short_date(duty.met.met_on)}, {duty.verdict}"


def _why(deadline: DeadlineSet) -> list[str]:
    lines = _wrapped(f"{deadline.rule} [{deadline.clause}]", first=" " * 6, rest=6)
    start = f"counted {span_in_words(deadline)} from {short_date(deadline.trigger_on)}"
    lines += _wrapped(f"{start} ({trigger_in_words(deadline.trigger)})", first=" " * 6, rest=6)
    return [*lines, *_days(deadline)]


def _days(deadline: DeadlineSet, *, columns: int = COLUMNS) -> list[str]:
    days = []
    for day in counted(deadline):
        days += [f"[{short_date(skipped.on)} {skipped.name}]" for skipped in day.skipped]
        days.append(f"{day.day}: {day.date:%a} {day.date.day} {day.date:%b}")
    joined = ", ".join(day.replace(" ", NO_BREAK) for day in days)
    wrapped = _wrapped(joined, first=" " * 6, rest=6, columns=columns)
    return [line.replace(NO_BREAK, " ") for line in wrapped]


def _span(span: SpanReport) -> str:
    route = f"{span.start.replace('_', ' ')} to {span.end.replace('_', ' ')}"
    return f"  {route}: {working_days(span.working_days)}"


def _wrapped(text: str, *, first: str, rest: int, columns: int = COLUMNS) -> list[str]:
    return textwrap.wrap(
        text, columns, initial_indent=first, subsequent_indent=" " * rest, break_on_hyphens=False
    )
