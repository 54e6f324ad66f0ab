"""The code beside a landlord's own policy, from the registry to the rows of its timers, in the log
and after an import.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.workflow.importing import History, HistoryFact
from services.workflow.owed import open_deadlines
from services.workflow.reconciling import reconcile
from shared.complaints.events import DeadlineMet, DeadlineMissed
from shared.complaints.values import Moment, Outcome, Route
from shared.eventstore.timers import open_timers
from shared.policy_packs.loader import shipped_pack
from shared.registry.adoptions import adopt_policy
from tests.support.complaint_spec import CODE
from tests.workflow.office import LANDLORD, Office

OLD, BOILER, COUNCILS = "RC-2026-000001", "RC-2026-000002", "RC-2026-000003"
WED_1_APR_2026 = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def judged(office: Office) -> Office:
    """One complaint was open before the code was adopted beside both policies."""
    office.open(OLD)
    for organisation in ("riverside-homes", "riverside"):
        with office.owner.transaction(LANDLORD) as cursor:
            adopt_policy(
                cursor,
                landlord=LANDLORD,
                organisation=organisation,
                document=shipped_pack(CODE),
                effective_from=date(2024, 4, 1),
                adopted_by="test",
                now=office.clock.now(),
                overlay=True,
            )
    return office


def missed(office: Office, reference: str) -> list[tuple[str, str, str | None]]:
    """What was missed, on which London day that was so, and under which policy beside the own."""
    return [
        (f"{record.happened.on}", record.event.duty, record.event.overlay)
        for record in office.case(reference).events
        if isinstance(record.event, DeadlineMissed)
    ]


def test_a_case_on_which_nobody_acts_misses_the_dates_of_both(judged: Office) -> None:
    judged.open(BOILER)
    judged.run_until(WED_1_APR_2026)
    found = missed(judged, BOILER)
    assert [entry for entry in found if entry[2] == CODE] == [
        ("2026-03-10", "acknowledge", CODE),  # five working days after Monday 2 March passed
        ("2026-03-24", "respond", CODE),  # ten more
    ]
    assert [entry for entry in found if entry[2] is None] == missed(judged, OLD)
    assert reconcile(judged.database, LANDLORD, now=WED_1_APR_2026) == []


def test_a_case_opened_before_stays_under_its_own_policy_alone(judged: Office) -> None:
    judged.run_until(WED_1_APR_2026)
    assert judged.case(OLD).complaint.overlay_policy is None
    assert {policy for _, _, policy in missed(judged, OLD)} == {None}


def test_a_complaint_whose_own_policy_is_the_code_is_not_doubled(judged: Office) -> None:
    judged.open(COUNCILS, "riverside")
    assert judged.case(COUNCILS).opened.overlay_policy is None
    assert judged.names(COUNCILS).count("deadline-set") == 2


def test_the_timers_of_the_code_are_rows_of_their_own_and_a_lost_one_is_found(
    judged: Office,
) -> None:
    judged.open(BOILER)
    with judged.owner.transaction(LANDLORD) as cursor:
        rows = open_timers(cursor, LANDLORD, stream=BOILER)
        assert {(row.duty, row.kind) for row in rows if "/" in row.duty} == {
            (f"{CODE}/acknowledge", "missed"),
            (f"{CODE}/respond", "missed"),
        }
        cursor.execute("DELETE FROM workflow.timer WHERE duty = %s", (f"{CODE}/respond",))
    (mended,) = reconcile(judged.database, LANDLORD, now=judged.clock.now())
    assert (mended.duty, mended.trouble) == (f"{CODE}/respond", "missing")


def test_what_officers_are_told_is_owed_is_what_the_own_policy_asks(judged: Office) -> None:
    before = open_deadlines(judged.case(OLD).facts)
    judged.open(BOILER)
    assert open_deadlines(judged.case(BOILER).facts) == before


def test_an_imported_case_is_judged_by_the_code_of_its_day_of_receipt(judged: Office) -> None:
    """Received Thursday 6 March 2025, acknowledged Monday 10, answered Wednesday 26: due Thursday
    20 under KCTMO's policy, Monday 24 under the Code.
    """

    def fact(what: str, day: int) -> HistoryFact:
        outcome = Outcome.UPHELD if what == "response" else None
        return HistoryFact(what=what, moment=Moment(date(2025, 3, day)), outcome=outcome)

    case = History(
        source_reference="OLD-1",
        organisation="riverside-homes",
        route=Route.COMPLAINT,
        facts=(fact("received", 6), fact("acknowledged", 10), fact("response", 26)),
    )
    imported = judged.importer.import_history(LANDLORD, case)
    events = [record.event for record in judged.case(imported.reference or "").events]
    met = [event for event in events if isinstance(event, DeadlineMet) and event.duty == "respond"]
    assert [(one.overlay, one.due_on.day, one.late_by_working_days) for one in met] == [
        (None, 20, 4),
        (CODE, 24, 2),
    ]
    assert reconcile(judged.database, LANDLORD, now=judged.clock.now()) == []
