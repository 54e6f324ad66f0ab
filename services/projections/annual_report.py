"""The annual complaints performance and service improvement report, from the log alone (Code 2024, 8.1 and 8.2). Pure.

A year runs from 1 April. What is counted for a stage is what came to that stage within the year; it stays provisional
while any of it is unanswered. Organisations stand in the order of their names and are never ranked: a number of
complaints is no measure of poor service (guidance for tenant management organisations, paragraph 3; Code 3.3).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.projections.case_figures import Answer, CaseFigures, Figures
from services.projections.small_numbers import per_1000, suppressed
from shared.complaints.events.oversight import (
    AnnualReportPublished,
    GoverningBodyResponded,
    HomesCounted,
    RecurringDutyDone,
)
from shared.complaints.values import Route

COMPLAINT = Route.COMPLAINT.value
SILENCE = "silence"
_WHEN_MADE = frozenset({"feed", "as_at"})
SELF_ASSESSMENT = "self_assessment"
FAR_BELOW = 0.5  # of the landlord's own rate: a low number may mean that people cannot complain


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """The report of one year; `figures` are the values, without what was published afterwards."""

    landlord: str
    year: int
    figures: dict[str, Any]
    published: AnnualReportPublished | None
    response: GoverningBodyResponded | None

    @property
    def report_hash(self) -> str:
        """SHA-256 of the figures, the same for everybody who counts the same, up to whichever entry."""
        counted = {name: each for name, each in self.figures.items() if name not in _WHEN_MADE}
        canonical = json.dumps(counted, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """For machines; a count of None is not shown because it is small."""
        published, response = self.published, self.response
        return self.figures | {
            "report_hash": self.report_hash,
            "published": published
            and {
                "on": published.published_on.isoformat(),
                "where": published.where,
                "report_hash": published.report_hash,
                "up_to": published.up_to_seq,
            },
            "governing_body_response": response
            and {"on": response.responded_on.isoformat(), "where": response.where},
        }


def year_of(year: int) -> tuple[date, date]:
    """Return the first and the last day of the year that begins in April."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def annual_report(figures: Figures, *, landlord: str, year: int, feed_hash: str) -> AnnualReport:
    """Make the report of a year from all facts up to a place in the feed, whose hash is given."""
    first, last = year_of(year)
    cases = [figures.cases[reference] for reference in sorted(figures.cases)]
    complaints = [case for case in cases if case.route == COMPLAINT and not _kept_out(case)]
    stages = sorted({stage for case in complaints for stage in case.stages})
    received = {
        stage: [case for case in complaints if _within(case.stages.get(stage), first, last)]
        for stage in stages
    }
    codes = sorted({case.overlay for case in complaints if case.overlay is not None})
    values: dict[str, Any] = {
        "landlord": landlord,
        "year": year,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "as_at": None if figures.as_at is None else figures.as_at.isoformat(),
        "feed": {"up_to": figures.up_to_seq, "hash": feed_hash},
        "received": {str(stage): len(each) for stage, each in received.items()},
        "unanswered": {
            str(stage): sum(_unanswered(case, stage) for case in each)
            for stage, each in received.items()
        },
        "organisations": _organisations(received, figures, last),
        "categories": suppressed(_categories(received.get(1, []))),
        "own_times": _times(received, None),
        "code_times": {code: _times(received, code) for code in codes},
        "findings": {str(stage): _findings(received[stage], stage) for stage in stages},
        "refused": _refused(cases, first, last),
        "overturned": sum(_within(case.overturned_on, first, last) for case in cases),
        "withdrawn": sum(_within(case.withdrawn_on, first, last) for case in complaints),
        "closed_by_silence": sum(
            case.closed is not None and case.closed[1] == SILENCE
            and _within(case.closed[0], first, last)
            for case in complaints
        ),
        "compensation_paid_pence": sum(
            pence for case in cases for on, pence in case.compensation_pence
            if _within(on, first, last)
        ),
        "promises": _promises(cases, first, last),
        "learning": _learning(cases, first, last, as_at=figures.as_at),
        "ombudsman": _ombudsman(cases, first, last, as_at=figures.as_at),
        "self_assessed_on": _self_assessed(figures, first),
    }  # fmt: skip
    values["provisional"] = any(values["unanswered"].values()) or (
        figures.as_at is None or figures.as_at <= last
    )
    published = [each for _, each in figures.rulebook if isinstance(each, AnnualReportPublished)]
    responses = [each for _, each in figures.rulebook if isinstance(each, GoverningBodyResponded)]
    return AnnualReport(
        landlord=landlord,
        year=year,
        figures=values,
        published=next((each for each in reversed(published) if each.year == year), None),
        response=next((each for each in reversed(responses) if each.year == year), None),
    )


def _kept_out(case: CaseFigures) -> bool:
    return case.refused is not None and case.overturned_on is None


def _within(day: date | None, first: date, last: date) -> bool:
    return day is not None and first <= day <= last


def _unanswered(case: CaseFigures, stage: int) -> bool:
    """Whether the answer of a stage is still to come; a later stage takes its place."""
    over = case.withdrawn_on is not None or case.closed is not None
    return not over and stage == max(case.stages) and stage not in case.answered


def _homes(figures: Figures, organisation: str, by: date) -> HomesCounted | None:
    """The last count on or before a day."""
    counted = [
        each
        for _, each in figures.rulebook
        if isinstance(each, HomesCounted) and each.organisation == organisation and each.as_at <= by
    ]
    # The last one told of the same day corrects those before it.
    return max(reversed(counted), key=lambda each: each.as_at, default=None)


def _organisations(
    received: dict[int, list[CaseFigures]], figures: Figures, last: date
) -> list[dict[str, Any]]:
    names = {case.organisation for cases in received.values() for case in cases}
    names |= {each.organisation for _, each in figures.rulebook if isinstance(each, HomesCounted)}
    first_stage = Counter(case.organisation for case in received.get(1, []))
    shown = suppressed({name: first_stage[name] for name in sorted(names)})
    homes = {name: _homes(figures, name, last) for name in names}
    every = sum(each.homes for each in homes.values() if each is not None)
    counted = sum(first_stage[name] for name, each in homes.items() if each is not None)
    usual = per_1000(counted, every)
    rows = []
    for name, count in shown.items():
        known = homes[name]
        rate = None if known is None else per_1000(count, known.homes)
        rows.append(
            {
                "organisation": name,
                "stage_1": count,
                "homes": None if known is None else known.homes,
                "homes_as_at": None if known is None else known.as_at.isoformat(),
                "stage_1_per_1000_homes": rate,
                "far_below_the_landlord": known is not None
                and usual is not None
                and first_stage[name] * 1000 < FAR_BELOW * usual * known.homes,
            }
        )
    return rows


def _categories(cases: Iterable[CaseFigures]) -> dict[str, int]:
    return dict(sorted(Counter(_each_category(cases)).items()))


def _each_category(cases: Iterable[CaseFigures]) -> Iterator[str]:
    for case in cases:
        yield from sorted(set(case.categories.values()))


def _times(received: dict[int, list[CaseFigures]], clock: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for stage, cases in received.items():
        answers = [case.answers.get((clock, stage)) for case in cases]
        known = [answer for answer in answers if answer is not None]
        verdicts = Counter(_verdict(answer) for answer in known)
        found[str(stage)] = {
            "in_time": verdicts["in time"],
            "in_time_after_extension": verdicts["in time after extension"],
            "late": verdicts["late"],
            "open": verdicts["open"],
        }
    return found


def _verdict(answer: Answer) -> str:
    in_time = answer.in_time()
    if in_time is None:
        return "open"
    if not in_time:
        return "late"
    return "in time after extension" if answer.extended else "in time"


def _findings(cases: Iterable[CaseFigures], stage: int) -> dict[str, int]:
    found = Counter(case.findings[stage] for case in cases if stage in case.findings)
    return dict(sorted(found.items()))


def _refused(cases: Iterable[CaseFigures], first: date, last: date) -> dict[str, int | None]:
    grounds = Counter(
        case.refused[1]
        for case in cases
        if case.refused is not None and _within(case.refused[0], first, last)
    )
    return suppressed(dict(sorted(grounds.items())))


def _promises(cases: Iterable[CaseFigures], first: date, last: date) -> dict[str, int]:
    due = [
        missed
        for case in cases
        for day, missed in case.promises_due.values()
        if _within(day, first, last)
    ]
    return {"due": len(due), "missed": sum(due)}


def _learning(
    cases: Iterable[CaseFigures], first: date, last: date, *, as_at: date | None
) -> dict[str, Any]:
    known = [
        each
        for case in cases
        for each in case.learning.values()
        if _within(each.recorded_on, first, last)
    ]
    overdue = [each for each in known if each.done_on is None and as_at and each.due_on < as_at]
    return {
        "recorded": len(known),
        "done": sum(each.done_on is not None for each in known),
        "overdue": len(overdue),
        "causes": dict(sorted(Counter(each.cause for each in known).items())),
        "actions": dict(sorted(Counter(each.action for each in known).items())),
        "told": dict(sorted(Counter(who for each in known for who in set(each.told)).items())),
    }


def _ombudsman(
    cases: Iterable[CaseFigures], first: date, last: date, *, as_at: date | None
) -> dict[str, Any]:
    every = list(cases)
    findings = Counter(
        finding for case in every for on, finding in case.determinations if _within(on, first, last)
    )
    orders = [
        order
        for case in every
        for order in case.orders.values()
        if _within(order.ordered_on, first, last)
    ]
    return {
        "determinations": dict(sorted(findings.items())),
        "orders": len(orders),
        "complied": sum(order.complied_on is not None for order in orders),
        "complied_late": sum(
            order.complied_on is not None and order.complied_on > order.due_on for order in orders
        ),
        "overdue": sum(
            order.complied_on is None and as_at is not None and order.due_on < as_at
            for order in orders
        ),
    }


def _self_assessed(figures: Figures, first: date) -> str | None:
    """The last day in the year, or after it, on which the self-assessment was done."""
    done = [
        each.done_on
        for _, each in figures.rulebook
        if isinstance(each, RecurringDutyDone)
        and each.duty == SELF_ASSESSMENT
        and each.done_on >= first
    ]
    return max(done).isoformat() if done else None
