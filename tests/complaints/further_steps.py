"""How the commands besides the stages are asked for in tests, and when."""

from datetime import date
from typing import Any

from services.workflow.domain.commands import FurtherCommand
from shared.complaints.values import Route
from tests.complaints.steps import A_LETTER, DAMP, MISSED_VISIT, TEAM, opened
from tests.support.complaint_spec import CODE, Spec, at, given

MON_2_MAR = date(2026, 3, 2)
TUE_3_MAR = date(2026, 3, 3)
WED_4_MAR = date(2026, 3, 4)
FRI_6_MAR = date(2026, 3, 6)
MON_9_MAR = date(2026, 3, 9)
MON_16_MAR = date(2026, 3, 16)
TUE_17_MAR = date(2026, 3, 17)
MON_30_MAR = date(2026, 3, 30)
FRI_26_JUN = date(2026, 6, 26)
SAT_27_JUN = date(2026, 6, 27)
FRI_3_JUL = date(2026, 7, 3)


def ask(
    command: type[FurtherCommand], on: date, clock: str = "12:00", **fields: Any
) -> FurtherCommand:
    """A command of the complaints team, with words unless told otherwise."""
    asked: dict[str, Any] = {"words": A_LETTER, "actor": TEAM} | fields
    return command(happened=at(on, clock), **asked)


def a_case(*, under: str = CODE, route: Route = Route.COMPLAINT) -> Spec:
    return given(opened(MON_2_MAR, issues=(DAMP, MISSED_VISIT), route=route), under=under)
