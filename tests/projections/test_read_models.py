"""Facts in, rows out: what each read model makes of a case, once or folded again."""

from datetime import date
from typing import Any

import pytest

from services.projections.following import TABLES, apply_to_read_models
from services.projections.read_models import case_history, caseload, counts
from services.projections.read_models.complaints import complaint
from shared.complaints.events import (
    AccessRestricted,
    ComplaintAllocated,
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintEvent,
    ComplaintRefused,
    ComplaintReopened,
    ComplaintWithdrawn,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    ResponseIssued,
)
from shared.complaints.values import Channel, Outcome
from shared.database.pool import Database
from tests.identity.building import RIVERSIDE
from tests.projections.building import (
    ACKNOWLEDGE,
    DAMP,
    DAMP_CASE,
    LIFT,
    LIFT_CASE,
    Fact,
    fri_20_mar,
    recorded,
    rows_of,
    wed_18_mar,
)

pytestmark = pytest.mark.postgres

apr_7 = date(2026, 4, 7)


def fold(database: Database, *facts: Fact, reference: str = DAMP) -> None:
    """Applies the facts as the follower does."""
    with database.transaction(RIVERSIDE) as cursor:
        for event in recorded(facts, reference=reference):
            apply_to_read_models(cursor, event)


def standing(database: Database) -> tuple[str, int, str | None]:
    """How the damp case stands."""
    with database.transaction(RIVERSIDE) as cursor:
        row = complaint(cursor, landlord=RIVERSIDE, reference=DAMP, confined_to=None)
    assert row is not None
    return row["standing"], row["stage"], row["because"]


def test_a_late_answer_is_met_and_missed(projections: Database) -> None:
    fold(projections, *DAMP_CASE)
    acknowledge, respond = rows_of(projections, "deadline")
    assert (acknowledge["standing"], acknowledge["missed"]) == ("met", False)
    assert (respond["due_on"], respond["generation"], respond["clause"]) == (
        wed_18_mar,
        2,
        "Code 6.3",
    )
    assert (respond["standing"], respond["missed"]) == ("met", True)
    assert (respond["met_on"], respond["late_by_working_days"]) == (fri_20_mar, 2)


def test_folding_the_same_facts_again_changes_nothing(projections: Database) -> None:
    marked = (fri_20_mar, AccessRestricted(1, "staff_conduct", ("manager",), ()))
    fold(projections, *DAMP_CASE, marked)
    once = {table: rows_of(projections, table) for table in TABLES.values()}
    fold(projections, *DAMP_CASE, marked)
    assert {table: rows_of(projections, table) for table in TABLES.values()} == once
    assert all(once.values())


def test_a_lifted_deadline_is_no_longer_open_and_a_missed_one_stays_missed(
    projections: Database,
) -> None:
    fold(
        projections,
        *DAMP_CASE[:3],
        *DAMP_CASE[6:8],
        (fri_20_mar, DeadlineLifted("respond", 1, "next stage opened")),
        (fri_20_mar, DeadlineLifted("acknowledge", 1, "next stage opened")),
    )
    assert [
        (row["duty"], row["standing"], row["missed"]) for row in rows_of(projections, "deadline")
    ] == [
        ("acknowledge", "lifted", False),
        ("respond", "lifted", True),
    ]


@pytest.mark.parametrize(
    ("overtaken_by", "standing"),
    [
        (ResponseIssued(1, Outcome.UPHELD), "lifted"),
        (ResponseIssued(2, Outcome.UPHELD), "open"),
        (ComplaintEscalated(1, 2, Channel.EMAIL, "late"), "lifted"),
        (ComplaintClosed(1, "resolved"), "lifted"),
        (ComplaintRefused("insurance", "Code 2.2", "the insurers"), "lifted"),
        (ComplaintWithdrawn(1), "lifted"),
    ],
)
def test_what_was_missed_and_is_overtaken_is_no_work_any_more_but_stays_missed(
    projections: Database, overtaken_by: ComplaintEvent, standing: str
) -> None:
    missed = DeadlineMissed("acknowledge", 1, ACKNOWLEDGE.due_on)
    fold(projections, *DAMP_CASE[:3], (fri_20_mar, missed), (fri_20_mar, overtaken_by))
    acknowledge, respond = rows_of(projections, "deadline")
    assert (acknowledge["standing"], acknowledge["missed"]) == (standing, True)
    assert respond["standing"] == "open"  # what still runs is lifted by a fact of its own


@pytest.mark.parametrize("late", [0, 1])
def test_what_was_done_late_counts_as_missed_also_when_nobody_recorded_the_miss(
    projections: Database, late: int
) -> None:
    met = DeadlineMet("acknowledge", 1, ACKNOWLEDGE.due_on, fri_20_mar, late)
    fold(projections, *DAMP_CASE[:2], (fri_20_mar, met))
    assert [row["missed"] for row in rows_of(projections, "deadline")] == [late > 0]


def test_what_is_done_after_it_was_overtaken_is_met_late(projections: Database) -> None:
    fold(
        projections,
        *DAMP_CASE[:3],
        (fri_20_mar, DeadlineMissed("acknowledge", 1, ACKNOWLEDGE.due_on)),
        (fri_20_mar, ResponseIssued(1, Outcome.UPHELD)),
        (fri_20_mar, DeadlineMet("acknowledge", 1, ACKNOWLEDGE.due_on, fri_20_mar, 9)),
    )
    acknowledge, _ = rows_of(projections, "deadline")
    assert (acknowledge["standing"], acknowledge["late_by_working_days"]) == ("met", 9)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), ("open", 1, None)),
        ((ComplaintEscalated(1, 2, Channel.EMAIL, "late"),), ("open", 2, None)),
        ((ComplaintClosed(1, "silence"),), ("closed", 1, "silence")),
        ((ComplaintRefused("insurance", "2.2", "insurers"),), ("refused", 1, "insurance")),
        ((ComplaintWithdrawn(1), ComplaintClosed(1, "withdrawn")), ("withdrawn", 1, None)),
        ((ComplaintClosed(1, "silence"), ComplaintReopened(1)), ("open", 1, None)),
    ],
)
def test_a_case_stands_where_its_last_turn_put_it(
    projections: Database, facts: tuple[Any, ...], expected: tuple[str, int, str | None]
) -> None:
    fold(projections, DAMP_CASE[0], *((fri_20_mar, fact) for fact in facts))
    assert standing(projections) == expected


def test_a_stage_that_is_given_to_others_leaves_those_who_had_it(projections: Database) -> None:
    fold(projections, *DAMP_CASE[:4], (fri_20_mar, ComplaintAllocated(1, ("ben", "cerys"))))
    assert [row["officer"] for row in rows_of(projections, "handler")] == ["ben", "cerys"]


def test_the_history_holds_every_fact_with_its_raw_data(projections: Database) -> None:
    fold(projections, *DAMP_CASE)
    with projections.transaction(RIVERSIDE) as cursor:
        history = case_history.case_history(cursor, landlord=RIVERSIDE, reference=DAMP)
    assert [row["version"] for row in history] == list(range(1, len(DAMP_CASE) + 1))
    assert history[1]["data"]["clause"] == "Code 6.2"
    assert history[1]["data"]["due_on"] == "2026-03-09"


def test_the_caseload_names_who_has_how_many_and_what_is_next(projections: Database) -> None:
    fold(projections, *DAMP_CASE[:1])
    fold(projections, *LIFT_CASE, reference=LIFT)
    with projections.transaction(RIVERSIDE) as cursor:
        everything = caseload.caseload(cursor, landlord=RIVERSIDE, confined_to=None, today=apr_7)
        of_the_tmo = caseload.caseload(
            cursor, landlord=RIVERSIDE, confined_to="mill-lane", today=date(2026, 4, 13)
        )
    assert [tuple(row.values()) for row in everything] == [
        ("mill-lane", "ben", 1, 0, date(2026, 4, 10)),
        ("riverside", None, 1, 0, None),
    ]
    assert [tuple(row.values()) for row in of_the_tmo] == [
        ("mill-lane", "ben", 1, 1, date(2026, 4, 10))
    ]


def test_counts_by_stage_outcome_month_and_in_time(projections: Database) -> None:
    fold(projections, *DAMP_CASE)
    fold(projections, *LIFT_CASE, reference=LIFT)
    with projections.transaction(RIVERSIDE) as cursor:
        found = counts.counts(cursor, landlord=RIVERSIDE, confined_to=None)
        of_the_tmo = counts.counts(cursor, landlord=RIVERSIDE, confined_to="mill-lane")
    assert found == {
        "complaints": [{"stage": 1, "standing": "open", "complaints": 2}],
        "answers": [{"stage": 1, "outcome": "upheld", "answers": 1}],
        "received": [
            {"month": "2026-03", "complaints": 1},
            {"month": "2026-04", "complaints": 1},
        ],
        "responses": [{"stage": 1, "in_time": 0, "late": 1, "missed": 0, "running": 1}],
    }
    assert of_the_tmo["answers"] == []
    assert of_the_tmo["responses"] == [
        {"stage": 1, "in_time": 0, "late": 0, "missed": 0, "running": 1}
    ]
