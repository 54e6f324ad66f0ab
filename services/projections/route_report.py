"""Contacts by route and month, and what became of service requests: remedied, converted, still open. Pure.

KCTMO Staff guidance 4.3: service requests are recorded so that it can be analysed what keeps them from becoming
complaints.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.projections.case_figures import CaseFigures, Figures
from shared.complaints.values import Route

SERVICE_REQUEST = Route.SERVICE_REQUEST.value
COMPLAINT = Route.COMPLAINT.value


@dataclass(frozen=True, slots=True)
class RouteReport:
    """A year of contacts; months as `2026-04`."""

    received: dict[str, dict[str, int]]  # by month, by the route it came in on
    converted: dict[str, dict[str, int]]  # by month, `service_request to complaint`
    service_requests: dict[str, int]  # received, remedied, converted, closed, open
    open_requests: tuple[dict[str, Any], ...]  # oldest first; no policy need name a day for them

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "received": self.received,
            "converted": self.converted,
            "service_requests": self.service_requests,
            "open_service_requests": list(self.open_requests),
        }


def route_report(figures: Figures, *, first: date, last: date, today: date) -> RouteReport:
    """Count what was received from the first to the last day; ages are those of `today`."""
    cases = [figures.cases[reference] for reference in sorted(figures.cases)]
    received = [case for case in cases if first <= case.received_on <= last]
    conversions = [
        (on, f"{was} to {now}")
        for case in cases
        for on, was, now in case.conversions
        if first <= on <= last
    ]
    requests = [case for case in received if case.first_route == SERVICE_REQUEST]
    return RouteReport(
        received=_by_month((case.received_on, case.first_route) for case in received),
        converted=_by_month(iter(conversions)),
        service_requests=dict(Counter({"received": len(requests)}) + Counter(map(_end, requests))),
        open_requests=tuple(
            {
                "reference": case.reference,
                "organisation": case.organisation,
                "received_on": case.received_on.isoformat(),
                "days_open": (today - case.received_on).days,
            }
            for case in sorted(cases, key=lambda case: (case.received_on, case.reference))
            if case.route == SERVICE_REQUEST and _end(case) == "open"
        ),
    )


def _end(case: CaseFigures) -> str:
    """What became of a service request."""
    if case.route == COMPLAINT:
        return "converted"
    if case.remedied_on is not None:
        return "remedied"
    over = case.closed is not None or case.withdrawn_on is not None or case.refused is not None
    return "closed" if over else "open"


def _by_month(dated: Any) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for on, what in dated:
        found.setdefault(f"{on:%Y-%m}", Counter())[what] += 1
    return {month: dict(sorted(found[month].items())) for month in sorted(found)}
