"""An imported case is judged by its own policy and by the statutory code of its day of receipt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.projections.rebuilding import verify
from services.redress.assembly import PROJECTIONS, WORKFLOW, Installation
from services.redress.commands.case import find_report
from services.redress.commands.importing import import_file
from services.redress.statutory import STATUTORY
from services.workflow.reconciling import reconcile
from shared.registry.adoptions import overlay_in_force
from tests.commands.histories import DAMP, LIFT, fact, history, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
LARKFIELD = "larkfield-homes"
OLD = history("LH-0003", fact("received", "2024-03-28"), fact("response", "2024-05-10", stage=1))


def test_a_landlord_that_an_import_registers_has_the_statutory_code_beside_its_policy(
    installed: Installation, written: Written
) -> None:
    import_file(installed, file=written("c.jsonl", lines(LIFT)), policy="kctmo-2010")
    with installed.owner.transaction(LARKFIELD) as cursor:
        code = overlay_in_force(cursor, LARKFIELD, LARKFIELD, date(2024, 4, 1))
        before = overlay_in_force(cursor, LARKFIELD, LARKFIELD, date(2024, 3, 31))
    assert code is not None
    assert (code.policy, before) == (STATUTORY, None)


def test_the_report_has_both_clocks_and_keeps_the_own_one_under_duties(
    installed: Installation, written: Written
) -> None:
    """Received Monday 2 March 2026 late in the evening, acknowledged Wednesday 4, answered 18."""
    import_file(installed, file=written("c.jsonl", lines(LIFT)), policy="kctmo-2010")
    report = find_report(installed, "LH-0002", landlord=None).as_json()
    own = {row["duty"]: (row["due_on"], row["late_by_working_days"]) for row in report["duties"]}
    code = {
        row["duty"]: (row["due_on"], row["late_by_working_days"]) for row in report["code_duties"]
    }
    assert own["respond"] == ("2026-03-16", 2)
    assert code == {"acknowledge": ("2026-03-09", 0), "respond": ("2026-03-18", 0)}
    assert {row["policy"] for row in report["duties"]} == {"kctmo-2010"}
    assert {row["policy"] for row in report["code_duties"]} == {STATUTORY}
    assert verify(installed.database(PROJECTIONS), LARKFIELD) == []
    now = installed.clock.now()
    assert reconcile(installed.database(WORKFLOW), LARKFIELD, now=now) == []


def test_a_case_from_before_the_code_is_judged_by_its_own_policy_alone(
    installed: Installation, written: Written
) -> None:
    import_file(installed, file=written("c.jsonl", lines(OLD)), policy="kctmo-2010")
    report = find_report(installed, "LH-0003", landlord=None).as_json()
    assert (report["code_policy"], report["code_duties"]) == (None, [])


def test_a_case_under_the_code_itself_is_not_doubled(
    installed: Installation, written: Written
) -> None:
    import_file(installed, file=written("c.jsonl", lines(DAMP)))
    report = find_report(installed, "LH-0001", landlord=None).as_json()
    assert report["policy"] == STATUTORY
    assert report["code_duties"] == []
