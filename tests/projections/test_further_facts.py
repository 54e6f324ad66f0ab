"""What the read models make of the facts besides the stages: promises that stay on the board, issues,
routes, and cases that not everybody may see.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from fastapi.testclient import TestClient

from services.projections.following import apply_to_read_models
from services.projections.read_models.complaints import complaint
from services.projections.read_models.deadlines_board import BoardFilter, figures
from services.projections.read_models.restricted_cases import hidden_from
from shared.complaints.events import (
    AccessRestricted,
    ComplaintClosed,
    ConflictDeclared,
    DeadlineMissed,
    IssueAdded,
    IssueSplitOff,
    PromiseMade,
    PromiseMissed,
    ReferralPermissionWithdrawn,
    ReferredToOrganisation,
    RouteChanged,
)
from shared.complaints.values import Issue, Route
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from tests.identity.building import AMARA, CERYS, RIVERSIDE, sign_in
from tests.projections.building import (
    ACKNOWLEDGE,
    DAMP,
    Fact,
    append,
    fri_10_apr,
    mon_2_mar,
    opened,
    recorded,
    rows_of,
    wed_4_mar,
    wed_18_mar,
)
from tests.projections.test_pages import app, client, get, two_cases
from tests.support.complaint_spec import england

__all__ = ["app", "client", "two_cases"]  # the fixtures of the pages

pytestmark = pytest.mark.postgres

REPAIRS = "RC-2026-000003"
OPENED: Fact = (mon_2_mar, opened(DAMP, mon_2_mar))
fri_26_jun = date(2026, 6, 26)


def fold(database: Database, *facts: Fact) -> None:
    """Applies the facts as the follower does, and again, which changes nothing."""
    with database.transaction(RIVERSIDE) as cursor:
        for event in recorded(facts):
            apply_to_read_models(cursor, event)


def test_a_missed_promise_stays_to_be_done_after_the_close(projections: Database) -> None:
    promise = replace(ACKNOWLEDGE, duty="promise 1", due_on=wed_18_mar, trigger="promise_made")
    fold(
        projections,
        OPENED,
        (mon_2_mar, ACKNOWLEDGE),
        (wed_4_mar, PromiseMade(1, wed_18_mar, None, 1, "amara")),
        (wed_4_mar, promise),
        (fri_10_apr, DeadlineMissed("acknowledge", 1, ACKNOWLEDGE.due_on)),
        (fri_10_apr, PromiseMissed(1, 1, wed_18_mar)),
        (fri_10_apr, DeadlineMissed("promise 1", 1, wed_18_mar)),
        (fri_10_apr, ComplaintClosed(1, "other")),
    )
    standing = {
        row["duty"]: (row["standing"], row["missed"]) for row in rows_of(projections, "deadline")
    }
    assert standing == {"acknowledge": ("lifted", True), "promise 1": ("open", True)}


def test_issues_come_and_go_and_the_route_is_the_present_one(projections: Database) -> None:
    changed = RouteChanged(
        stage=1,
        from_route=Route.COMPLAINT,
        to_route=Route.SERVICE_REQUEST,
        clock="first_receipt",
        counts_from_on=mon_2_mar,
        counts_from_at=None,
        agreed=True,
    )
    facts: list[Fact] = [
        OPENED,
        (wed_4_mar, IssueAdded(1, Issue(2, "heating"))),
        (wed_4_mar, IssueAdded(1, Issue(3, "noise"))),
        (wed_4_mar, IssueSplitOff(1, 2, REPAIRS)),
        (wed_4_mar, changed),
    ]
    fold(projections, *facts)
    fold(projections, *facts)
    with projections.transaction(RIVERSIDE) as cursor:
        row = complaint(cursor, landlord=RIVERSIDE, reference=DAMP, confined_to=None)
    assert row is not None
    assert row["route"] == "service_request"
    assert [issue["number"] for issue in row["issues"]] == [1, 3]


def test_a_marked_case_is_hidden_from_other_roles_and_from_whom_it_is_about(
    projections: Database,
) -> None:
    marked = AccessRestricted(1, "staff_conduct", ("manager", "director"), ("dora",))
    fold(
        projections,
        OPENED,
        (wed_4_mar, marked),
        (wed_4_mar, ConflictDeclared(1, "emil", "relative")),
    )
    readers = [
        ("cerys", "manager"),
        ("dora", "director"),
        ("emil", "manager"),
        ("amara", "auditor"),
    ]
    with projections.transaction(RIVERSIDE) as cursor:
        hidden = [
            bool(hidden_from(cursor, landlord=RIVERSIDE, officer=officer, role=role))
            for officer, role in readers
        ]
    assert hidden == [False, True, True, True]


def test_no_page_and_no_query_shows_a_marked_case_to_who_may_not_see_it(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    def looks() -> tuple[list[int], set[str], int]:
        pages = (f"/complaints/{REPAIRS}", f"/api/v1/complaints/{REPAIRS}/history")
        board = get(client, "/api/v1/board")
        references = {row["reference"] for row in board["deadlines"]}
        return (
            [client.get(page).status_code for page in pages],
            references,
            board["figures"]["soon"],
        )

    facts: tuple[Fact, ...] = (
        (mon_2_mar, opened(REPAIRS, mon_2_mar)),
        (mon_2_mar, replace(ACKNOWLEDGE, due_on=fri_10_apr)),
    )
    append(workflow, facts, reference=REPAIRS)
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, AMARA)
    statuses, references, before = looks()
    assert statuses == [200, 200]
    assert REPAIRS in references
    marked = AccessRestricted(1, "board_conduct", (CERYS.role,), ())
    append(workflow, ((wed_4_mar, marked),), reference=REPAIRS, after=2)
    follower.catch_up(RIVERSIDE)
    statuses, references, after = looks()
    assert statuses == [404, 404]
    assert REPAIRS not in references
    assert after == before - 1


def test_a_referred_case_stands_on_the_pages_of_the_other_organisation_until_it_is_taken_back(
    projections: Database,
) -> None:
    def sees(organisation: str) -> bool:
        with projections.transaction(RIVERSIDE) as cursor:
            case = complaint(cursor, landlord=RIVERSIDE, reference=DAMP, confined_to=organisation)
            shown = figures(
                cursor,
                landlord=RIVERSIDE,
                wanted=BoardFilter(confined_to=organisation),
                calendar=england(),
                now=datetime(2026, 3, 9, 12, tzinfo=UTC),
            )
        assert (case is not None) == bool(shown["today"])
        return case is not None

    referred: Fact = (wed_4_mar, ReferredToOrganisation(1, 1, "mill-lane"))
    fold(projections, OPENED, (mon_2_mar, ACKNOWLEDGE))
    assert (sees("riverside"), sees("mill-lane")) == (True, False)
    fold(projections, OPENED, (mon_2_mar, ACKNOWLEDGE), referred)
    assert (sees("riverside"), sees("mill-lane"), sees("another")) == (True, True, False)
    withdrawn: Fact = (wed_18_mar, ReferralPermissionWithdrawn(1, 1, "mill-lane"))
    fold(projections, OPENED, (mon_2_mar, ACKNOWLEDGE), referred, withdrawn)
    assert (sees("riverside"), sees("mill-lane")) == (True, False)
