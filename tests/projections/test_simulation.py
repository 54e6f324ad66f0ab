"""How a period would have gone under another policy: counted by hand, and as tables."""

from __future__ import annotations

from datetime import date

import pytest

from services.projections.simulation_tables import (
    NO_LONGER_LATE,
    WOULD_BE_LATE,
    Count,
    change_of,
    tables,
)
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.policies.verdicts import Verdict
from tests.identity.building import (
    THU_9_APR_2026,
)
from tests.projections.building import (
    DAMP,
    LIFT,
    wed_4_mar,
)
from tests.projections.simulating import DOOR, MON_16_MAR, outcomes, three_cases

pytestmark = pytest.mark.postgres


@pytest.fixture
def log(owner: Database, workflow: Database, follower: FeedFollower) -> Database:
    """Three cases, as at Thursday 9 April 2026."""
    return three_cases(owner, workflow, follower)


def test_three_cases_counted_by_hand_under_a_shorter_policy(
    log: Database, projections: Database
) -> None:
    # KCTMO: two working days to acknowledge and ten to answer, both from the receipt. Over Easter, two working days
    # after Wednesday 1 April end on Tuesday 7 April, ten on Friday 17 April.
    assert outcomes(projections, "kctmo-2010") == {
        f"{DAMP} acknowledge": ("in_time", "in_time", wed_4_mar),
        f"{DAMP} respond": ("late", "late", MON_16_MAR),
        f"{LIFT} acknowledge": ("open", "late", date(2026, 4, 7)),
        f"{LIFT} respond": ("open", "open", date(2026, 4, 17)),
        f"{DOOR} acknowledge": ("in_time", "in_time", wed_4_mar),
        f"{DOOR} respond": ("late", "late", MON_16_MAR),
    }


def test_the_same_under_a_longer_one(log: Database, projections: Database) -> None:
    # The Code: five working days to acknowledge, and ten to answer from the acknowledgement.
    found = outcomes(projections, "hos-code-2024")
    assert found[f"{DOOR} respond"] == ("late", "in_time", date(2026, 3, 18))
    assert found[f"{DAMP} respond"] == ("late", "late", date(2026, 3, 18))
    assert found[f"{LIFT} respond"] == ("open", "open", date(2026, 4, 24))


def test_only_what_was_received_in_the_period_at_the_organisation_is_judged(
    log: Database, projections: Database
) -> None:
    march = outcomes(projections, "kctmo-2010", to_on=date(2026, 3, 31))
    assert {key.split()[0] for key in march} == {DAMP, DOOR}
    mill_lane = outcomes(projections, "kctmo-2010", organisation="mill-lane")
    assert {key.split()[0] for key in mill_lane} == {LIFT}


def test_what_was_recorded_after_the_question_is_not_looked_at(
    log: Database, projections: Database
) -> None:
    early = THU_9_APR_2026.replace(month=3, day=10)
    found = outcomes(projections, "kctmo-2010", as_at=early)
    assert found[f"{DAMP} respond"] == ("open", "open", MON_16_MAR)


def test_a_change_is_told_where_it_becomes_late_or_is_late_no_longer() -> None:
    assert change_of(Verdict.IN_TIME, Verdict.LATE) == WOULD_BE_LATE
    assert change_of(Verdict.OPEN, Verdict.LATE) == WOULD_BE_LATE
    assert change_of(Verdict.LATE, Verdict.IN_TIME) == NO_LONGER_LATE
    assert change_of(Verdict.LATE, Verdict.OPEN) == NO_LONGER_LATE
    assert change_of(Verdict.LATE, Verdict.NO_DATE) is None
    assert change_of(Verdict.LATE, Verdict.LATE) is None


def test_a_row_with_a_small_number_is_withheld_whole_and_another_with_it() -> None:
    march, april, may = (date(2026, month, 1) for month in (3, 4, 5))
    counted = [
        Count("respond", 1, march, Verdict.IN_TIME, Verdict.IN_TIME, 20),
        Count("respond", 1, march, Verdict.IN_TIME, Verdict.LATE, 3),
        Count("respond", 1, april, Verdict.IN_TIME, Verdict.IN_TIME, 9),
        Count("respond", 1, may, Verdict.IN_TIME, Verdict.IN_TIME, 30),
    ]
    _, by_month = tables(counted, withhold=True)
    shown = {row.name: row.cells[0] for row in by_month.rows}
    assert shown == {"March 2026": None, "April 2026": None, "May 2026": 30}
    _, openly = tables(counted, withhold=False)
    assert openly.rows[0].cells == (23, 0, 0, 20, 3, 0, 0, 3, 0)
