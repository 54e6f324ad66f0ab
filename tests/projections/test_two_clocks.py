"""Two clocks on the board and in the report: one line a duty, with the earlier date; both to be
seen.

The damp case of Monday 2 March 2026, under a policy of its own with ten working days from receipt,
and beside it the Code: acknowledged Wednesday 4, due Wednesday 18 there, Monday 16 by its own.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.projections.case_report import case_report
from services.projections.following import apply_to_read_models
from services.projections.read_models import caseload, counts
from services.projections.read_models.deadlines_board import BoardFilter, board, figures
from services.projections.rebuilding import rebuild, verify
from services.projections.telling import tell
from shared.calendars.england import england_calendar_document, load_calendar
from shared.complaints.events import DeadlineLifted, DeadlineMet, DeadlineMissed
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from tests.identity.building import RIVERSIDE
from tests.projections.building import (
    DAMP,
    RESPOND,
    RESPOND_AGAIN,
    Fact,
    append,
    fri_20_mar,
    mon_2_mar,
    opened,
    recorded,
    rows_of,
    thu_19_mar,
    wed_4_mar,
    wed_18_mar,
)

CODE = "hos-code-2024"
OWN = "own-policy"
CALENDAR = load_calendar(england_calendar_document())

mon_16_mar, tue_17_mar = date(2026, 3, 16), date(2026, 3, 17)
OWN_RESPOND = replace(
    RESPOND,
    due_on=mon_16_mar,
    trigger="received",
    trigger_on=mon_2_mar,
    policy=OWN,
    rule="The answer is sent within ten working days of receipt.",
    clause="Own policy 3",
)
BEGUN: tuple[Fact, ...] = (
    (
        mon_2_mar,
        replace(opened(DAMP, mon_2_mar), policy=OWN, overlay_policy=CODE, overlay_policy_hash="f0"),
    ),
    (mon_2_mar, OWN_RESPOND),
    (mon_2_mar, replace(RESPOND, overlay=CODE)),
    (wed_4_mar, replace(RESPOND_AGAIN, overlay=CODE)),
)
OWN_MISSED: tuple[Fact, ...] = ((tue_17_mar, DeadlineMissed("respond", 1, mon_16_mar)),)
BOTH_MISSED: tuple[Fact, ...] = (
    *OWN_MISSED,
    (thu_19_mar, DeadlineMissed("respond", 1, wed_18_mar, CODE)),
)
ANSWERED: tuple[Fact, ...] = (
    (fri_20_mar, DeadlineMet("respond", 1, mon_16_mar, fri_20_mar, 4)),
    (fri_20_mar, DeadlineMet("respond", 1, wed_18_mar, fri_20_mar, 2, CODE)),
)
EXTENDED: tuple[Fact, ...] = (
    (
        wed_4_mar,
        replace(OWN_RESPOND, generation=2, due_on=date(2026, 4, 2), trigger="extension"),
    ),
)


def lines(database: Database, *facts: Fact, at: date, status: str | None = None) -> list[Any]:
    """The lines of the board after these facts, with the figure for the status, at noon of a day."""
    now = datetime(at.year, at.month, at.day, 12, tzinfo=UTC)
    with database.transaction(RIVERSIDE) as cursor:
        for event in recorded((*BEGUN, *facts)):
            apply_to_read_models(cursor, event)
        found, _ = board(
            cursor,
            landlord=RIVERSIDE,
            wanted=BoardFilter(status=status),
            calendar=CALENDAR,
            now=now,
        )
        sums = figures(cursor, landlord=RIVERSIDE, wanted=BoardFilter(), calendar=CALENDAR, now=now)
        assert status is None or sums[status] == len(found)
    return [
        (
            line["owed_under"],
            line["due_on"],
            (line["beside"]["owed_under"], line["beside"]["due_on"]) if line["beside"] else None,
        )
        for line in found
    ]


def test_the_work_date_is_the_earlier_one_and_the_later_stands_beside(
    projections: Database,
) -> None:
    assert lines(projections, at=wed_4_mar) == [(OWN, mon_16_mar, (CODE, wed_18_mar))]


def test_where_the_code_is_earlier_its_date_is_the_work_date(projections: Database) -> None:
    expected = [(CODE, wed_18_mar, (OWN, date(2026, 4, 2)))]
    assert lines(projections, *EXTENDED, at=wed_4_mar) == expected
    assert lines(projections, *EXTENDED, at=tue_17_mar, status="soon") == expected
    assert lines(projections, *EXTENDED, at=wed_18_mar, status="today") == expected
    assert lines(projections, *EXTENDED, at=thu_19_mar, status="overdue") == expected


def test_a_duty_that_was_missed_under_both_is_one_line(projections: Database) -> None:
    only = [(OWN, mon_16_mar, (CODE, wed_18_mar))]
    assert lines(projections, *OWN_MISSED, at=tue_17_mar, status="missed") == only
    assert lines(projections, *BOTH_MISSED, at=thu_19_mar, status="missed") == only
    assert lines(projections, *BOTH_MISSED, *ANSWERED, at=fri_20_mar, status="missed") == only
    assert lines(projections, *BOTH_MISSED, *ANSWERED, at=fri_20_mar) == []


def test_what_only_the_code_missed_is_seen_as_missed(projections: Database) -> None:
    code_alone: tuple[Fact, ...] = (
        *EXTENDED,
        BOTH_MISSED[-1],
        (fri_20_mar, DeadlineMet("respond", 1, date(2026, 4, 2), fri_20_mar, 0)),
        (fri_20_mar, DeadlineMet("respond", 1, wed_18_mar, fri_20_mar, 2, CODE)),
    )
    assert lines(projections, *code_alone, at=fri_20_mar, status="missed") == [
        (CODE, wed_18_mar, (OWN, date(2026, 4, 2)))
    ]


def test_what_is_lifted_under_one_still_runs_under_the_other(projections: Database) -> None:
    lifted = (wed_4_mar, DeadlineLifted("respond", 1, "not needed"))
    assert lines(projections, lifted, at=wed_4_mar) == [(CODE, wed_18_mar, (OWN, mon_16_mar))]


def test_counts_are_those_of_the_own_policy_and_the_caseload_has_the_earlier_date(
    projections: Database,
) -> None:
    lines(projections, *EXTENDED, at=wed_4_mar)
    with projections.transaction(RIVERSIDE) as cursor:
        responses = counts.counts(cursor, landlord=RIVERSIDE, confined_to=None)["responses"]
        cases = caseload.caseload(cursor, landlord=RIVERSIDE, confined_to=None, today=wed_4_mar)
    assert [row["running"] for row in responses] == [1]
    assert [row["next_due_on"] for row in cases] == [wed_18_mar]


@pytest.mark.postgres
def test_a_rebuild_equals_what_was_folded_live(
    workflow: Database, projections: Database, follower: FeedFollower
) -> None:
    append(workflow, (*BEGUN, *BOTH_MISSED, *ANSWERED), reference=DAMP)
    follower.catch_up(RIVERSIDE)
    live = rows_of(projections, "deadline")
    assert [(row["overlay"], row["late_by_working_days"]) for row in live] == [("", 4), (CODE, 2)]
    assert verify(projections, RIVERSIDE) == []
    rebuild(projections, RIVERSIDE)
    assert rows_of(projections, "deadline") == live


def test_the_report_has_the_own_duties_and_then_those_of_the_code() -> None:
    report = case_report(recorded((*BEGUN, *BOTH_MISSED, *ANSWERED)), CALENDAR)
    found = report.as_json()
    assert [(row["policy"], row["due_on"], row["verdict"]) for row in found["duties"]] == [
        (OWN, "2026-03-16", "missed by 4 working days")
    ]
    (code,) = found["code_duties"]
    assert (code["due_on"], code["verdict"]) == ("2026-03-18", "missed by 2 working days")
    assert (code["clause"], code["policy"], found["code_policy"]) == ("Code 6.3", CODE, CODE)
    assert [day["day"] for day in code["counted"]] == list(range(1, 11))
    text = report.as_text(why=True)
    own_at, code_at = text.index("\nDuties\n"), text.index(f"Duties under {CODE}\n")
    assert own_at < text.index("[Own policy 3]") < code_at < text.index("[Code 6.3]")
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_case_without_a_code_beside_it_is_reported_as_before() -> None:
    report = case_report(
        recorded(((mon_2_mar, opened(DAMP, mon_2_mar)), (mon_2_mar, RESPOND))), CALENDAR
    )
    assert report.as_json()["code_duties"] == []
    assert "Duties under" not in report.as_text()


def test_the_timeline_says_under_which_policy() -> None:
    assert tell(DeadlineMissed("respond", 1, wed_18_mar, CODE)).title == (
        f"Stage 1: respond under {CODE}: missed"
    )
    assert tell(DeadlineMissed("respond", 1, wed_18_mar)).title == "Stage 1: respond: missed"
