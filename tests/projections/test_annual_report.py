"""The annual report, contacts by route and small numbers: figures counted by hand, from facts alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from services.projections.annual_report import AnnualReport, annual_report, year_of
from services.projections.annual_report_text import as_markdown
from services.projections.case_figures import Figures
from services.projections.route_report import route_report
from services.projections.small_numbers import per_1000, suppressed
from shared.complaints.events import (
    RULEBOOK,
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintEvent,
    ComplaintRefused,
    DeadlineMet,
    DeadlineMissed,
    LearningDone,
    LearningRecorded,
    LearningShared,
    OmbudsmanDetermined,
    OmbudsmanOrdered,
    OrderComplied,
    RefusalOverturned,
    ResponseIssued,
    RouteChanged,
    ServiceRequestRemedied,
)
from shared.complaints.events.oversight import (
    AnnualReportPublished,
    GoverningBodyResponded,
    HomesCounted,
    RecurringDutyDone,
)
from shared.complaints.values import Channel, Outcome, Route
from tests.projections.building import RESPOND, Fact, opened, recorded

HASH = "ab" * 32
TUE_31_MAR, WED_1_APR, FRI_10_APR = date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 10)
FRI_24_APR, FRI_26_JUN, MON_1_JUN = date(2026, 4, 24), date(2026, 6, 26), date(2026, 6, 1)
THU_1_APR_2027 = date(2027, 4, 1)
OVER = (THU_1_APR_2027, HomesCounted("riverside", 2_000, TUE_31_MAR))


def case(number: int, *facts: Fact, on: date = WED_1_APR, **more: Any) -> tuple[str, list[Fact]]:
    """One case, opened on a day."""
    reference = f"RC-2026-{number:06}"
    opening = replace(opened(reference, on), **more)
    return reference, [(on, opening), *facts]


def report(
    *cases: tuple[str, list[Fact]], rulebook: Iterable[Fact] = (OVER,), year: int = 2026
) -> AnnualReport:
    """The report of these cases and of what the rulebook says."""
    return annual_report(
        figures(*cases, rulebook=rulebook), landlord="riverside", year=year, feed_hash=HASH
    )


def figures(*cases: tuple[str, list[Fact]], rulebook: Iterable[Fact] = ()) -> Figures:
    """All facts folded, case by case."""
    found = Figures()
    for reference, facts in cases:
        for entry in recorded(facts, reference=reference):
            found.fold(entry)
    for entry in recorded(list(rulebook), reference=RULEBOOK):
        found.fold(entry)
    return found


def answered(on: date, *, late: int = 0, due_on: date = FRI_10_APR) -> list[Fact]:
    """The response of stage 1, under the case's own policy."""
    due = replace(RESPOND, due_on=due_on)
    issued = ResponseIssued(1, Outcome.UPHELD, ())
    facts: list[Fact] = [(WED_1_APR, due)]
    if late:
        facts.append((due_on, DeadlineMissed("respond", 1, due_on)))
    return [*facts, (on, issued), (on, DeadlineMet("respond", 1, due_on, on, late))]


def test_a_year_runs_from_april_and_counts_what_came_to_a_stage_within_it() -> None:
    assert year_of(2026) == (WED_1_APR, date(2027, 3, 31))
    escalated: ComplaintEvent = ComplaintEscalated(1, 2, Channel.PHONE, "dissatisfied", None)
    found = report(
        case(1, on=TUE_31_MAR),
        case(2, *answered(FRI_10_APR)),
        case(3, (THU_1_APR_2027, escalated)),
    ).figures
    assert found["received"] == {"1": 2, "2": 0}


def test_in_time_late_extended_and_open_are_told_apart_under_each_clock() -> None:
    extended = replace(RESPOND, due_on=FRI_24_APR, generation=2, trigger="extension")
    code = replace(RESPOND, due_on=FRI_10_APR, overlay="code")
    found = report(
        case(1, *answered(FRI_10_APR), overlay_policy="code"),
        case(2, *answered(FRI_24_APR, late=10), overlay_policy="code"),
        case(
            3,
            (WED_1_APR, RESPOND),
            (WED_1_APR, code),
            (FRI_10_APR, extended),
            (FRI_24_APR, DeadlineMet("respond", 1, FRI_24_APR, FRI_24_APR, 0)),
            (FRI_24_APR, DeadlineMet("respond", 1, FRI_10_APR, FRI_24_APR, 10, "code")),
            overlay_policy="code",
        ),
        case(4, (WED_1_APR, RESPOND)),
    ).figures
    assert found["own_times"]["1"] == {
        "in_time": 1,
        "in_time_after_extension": 1,
        "late": 1,
        "open": 1,
    }
    assert found["code_times"]["code"]["1"]["late"] == 1


def test_what_was_refused_is_counted_apart_until_the_ombudsman_overturns_it() -> None:
    refused = ComplaintRefused("anonymous", "Policy 4.1", "Kept as information", None)
    found = report(
        *[case(number, (FRI_10_APR, refused)) for number in range(1, 7)],
        case(7, (FRI_10_APR, refused), (MON_1_JUN, RefusalOverturned(1, "anonymous"))),
        case(8),
    ).figures
    assert found["received"] == {"1": 2}
    assert (found["refused"], found["overturned"]) == ({"anonymous": 7}, 1)


def test_for_each_1000_homes_by_the_last_count_of_the_year_and_never_ranked() -> None:
    counts = [
        (TUE_31_MAR, HomesCounted("mill-lane", 400, date(2025, 4, 1))),
        (TUE_31_MAR, HomesCounted("mill-lane", 500, TUE_31_MAR)),
        (THU_1_APR_2027, HomesCounted("mill-lane", 9_999, THU_1_APR_2027)),
        (THU_1_APR_2027, HomesCounted("riverside", 2_000, TUE_31_MAR)),
    ]
    found = report(
        *[case(number) for number in range(1, 7)],
        *[case(number, organisation="mill-lane") for number in range(7, 19)],
        rulebook=counts,
    ).figures["organisations"]
    assert [(row["organisation"], row["stage_1"], row["homes"]) for row in found] == [
        ("mill-lane", 12, 500),
        ("riverside", 6, 2_000),
    ]
    assert [row["stage_1_per_1000_homes"] for row in found] == [24.0, 3.0]
    # 18 complaints of 2,500 homes are 7.2 of each 1,000: 3.0 is less than half of that.
    assert [row["far_below_the_landlord"] for row in found] == [False, True]


def test_small_numbers_are_withheld_and_cannot_be_had_by_subtraction() -> None:
    assert suppressed({"a": 12, "b": 3, "c": 7, "d": 0}) == {
        "a": 12,
        "b": None,
        "c": None,
        "d": 0,
    }
    assert suppressed({"a": 4, "b": 1, "c": 7}) == {"a": None, "b": None, "c": 7}
    assert suppressed({"a": 4}) == {"a": None}
    assert suppressed({"a": 5, "b": 6}) == {"a": 5, "b": 6}
    assert (per_1000(None, 100), per_1000(5, 0), per_1000(7, 3_000)) == (None, None, 2.3)


def test_learning_by_cause_and_change_done_overdue_and_told() -> None:
    lesson = LearningRecorded(1, 1, "delay", "training", "amara", MON_1_JUN)
    found = report(
        case(
            1,
            (FRI_10_APR, lesson),
            (FRI_26_JUN, LearningDone(1, 1)),
            (FRI_26_JUN, LearningShared(1, 1, "staff")),
            (FRI_26_JUN, LearningShared(1, 1, "staff")),
        ),
        case(2, (FRI_10_APR, replace(lesson, cause="records"))),
    ).figures["learning"]
    assert found == {
        "recorded": 2,
        "done": 1,
        "overdue": 1,
        "causes": {"delay": 1, "records": 1},
        "actions": {"training": 2},
        "told": {"staff": 1},
    }


def test_the_ombudsmans_determinations_and_orders() -> None:
    order = OmbudsmanOrdered(2, 1, "apology", FRI_26_JUN)
    found = report(
        case(
            1,
            (FRI_10_APR, OmbudsmanDetermined(2, finding="maladministration")),
            (FRI_10_APR, order),
            (FRI_10_APR, replace(order, number=2)),
            (date(2026, 6, 29), OrderComplied(2, 1)),
        )
    ).figures["ombudsman"]
    assert found == {
        "determinations": {"maladministration": 1},
        "orders": 2,
        "complied": 1,
        "complied_late": 1,
        "overdue": 1,
    }


def test_a_year_that_is_not_over_or_not_answered_is_provisional() -> None:
    done = case(1, *answered(FRI_10_APR))
    assert not report(done).figures["provisional"]
    assert report(done, case(2)).figures["provisional"]
    closed = case(2, (FRI_10_APR, ComplaintClosed(1, "other", "Code")))
    assert not report(done, closed).figures["provisional"]
    within = (FRI_26_JUN, HomesCounted("riverside", 2_000, TUE_31_MAR))
    assert report(done, rulebook=[within]).figures["provisional"]


def test_the_report_says_what_was_published_and_whether_the_figures_are_still_those() -> None:
    done = case(1, *answered(FRI_10_APR))
    same = report(done).report_hash
    published = AnnualReportPublished(2026, THU_1_APR_2027, "https://riverside.example", same, 9)
    response = GoverningBodyResponded(2026, THU_1_APR_2027, "https://riverside.example/board")
    assessed = RecurringDutyDone(
        "riverside", "self_assessment", 1, THU_1_APR_2027, THU_1_APR_2027, "Form of 1 April."
    )
    said: list[Fact] = [
        OVER,
        (THU_1_APR_2027, published),
        (THU_1_APR_2027, response),
        (THU_1_APR_2027, assessed),
    ]
    text = as_markdown(report(done, rulebook=said), name="Riverside Council")
    assert "# Complaints performance and service improvement, 2026/27" in text
    assert "Published on Thursday 1 April 2027: https://riverside.example." in text
    assert "The governing body responded on Thursday 1 April 2027" in text
    assert "Self-assessment against the Code: 1 April 2027." in text
    assert "**Restated:**" in text  # the self-assessment came after the figures were published
    nothing = as_markdown(report(done), name="Riverside Council")
    assert "Publication: not on record." in nothing
    assert "The governing body's response: not on record." in nothing


def test_the_text_withholds_what_the_figures_withhold() -> None:
    text = as_markdown(report(case(1)), name="Riverside Council")
    assert "| riverside | fewer than 5, or withheld | 2,000 (31 March 2026) | - |" in text
    assert "**Provisional:**" in text


def test_service_requests_are_remedied_converted_or_still_open() -> None:
    changed = RouteChanged(
        stage=1,
        from_route=Route.SERVICE_REQUEST,
        to_route=Route.COMPLAINT,
        clock="conversion",
        counts_from_on=FRI_24_APR,
        counts_from_at=None,
        agreed=True,
    )
    request: dict[str, Any] = {"route": Route.SERVICE_REQUEST}
    all_cases = figures(
        case(1, (FRI_10_APR, ServiceRequestRemedied(1)), **request),
        case(2, (FRI_24_APR, changed), **request),
        case(3, **request),
        case(4, (FRI_10_APR, ComplaintClosed(1, "other", "Policy")), **request),
        case(5),
    )
    found = route_report(all_cases, first=WED_1_APR, last=date(2027, 3, 31), today=FRI_24_APR)
    assert found.received == {"2026-04": {"complaint": 1, "service_request": 4}}
    assert found.converted == {"2026-04": {"service_request to complaint": 1}}
    assert found.service_requests == {
        "received": 4,
        "remedied": 1,
        "converted": 1,
        "open": 1,
        "closed": 1,
    }
    assert [(row["reference"], row["days_open"]) for row in found.open_requests] == [
        ("RC-2026-000003", 23)
    ]


def test_a_case_that_became_a_complaint_counts_from_then() -> None:
    changed = RouteChanged(
        stage=1,
        from_route=Route.QUERY,
        to_route=Route.COMPLAINT,
        clock="conversion",
        counts_from_on=WED_1_APR,
        counts_from_at=None,
        agreed=True,
    )
    query: dict[str, Any] = {"route": Route.QUERY}
    found = report(
        case(1, (WED_1_APR, changed), on=TUE_31_MAR, **query), case(2, on=WED_1_APR, **query)
    )
    assert found.figures["received"] == {"1": 1}


def test_a_fact_of_a_case_that_nobody_opened_is_passed_over() -> None:
    found = figures(("RC-2026-000009", [(WED_1_APR, ResponseIssued(1, Outcome.UPHELD, ()))]))
    assert found.cases == {}
