"""What goes with a date that is counted again: the earlier day to work to, and the reminders that still lie ahead."""

from __future__ import annotations

from datetime import date

from shared.complaints.events import DeadlineSet
from shared.complaints.values import Notice
from tests.complaints import steps
from tests.complaints.test_recounting import proclaimed, recounted
from tests.policies.reading import every_rule
from tests.support.complaint_spec import Spec, given

WED_10_JUN = date(2026, 6, 10)
TUE_16_JUN = date(2026, 6, 16)
FRI_26_JUN = date(2026, 6, 26)
MON_29_JUN = date(2026, 6, 29)
TUE_30_JUN = date(2026, 6, 30)
WED_1_JUL = date(2026, 7, 1)
MOURNING_ON_TUESDAY = {TUE_30_JUN: "National day of mourning"}


def acknowledged_late() -> Spec:
    """Due by Friday 12 June, done on the 16th: the answer is due on the 30th, and worked to by the 26th."""
    spec = given(
        steps.opened(WED_10_JUN), steps.acknowledged(TUE_16_JUN), under=every_rule()
    ).with_timers_asleep()
    before = spec.state.deadlines_at(1)["respond"].latest
    assert (before.due_on, before.target_on) == (TUE_30_JUN, FRI_26_JUN)
    return spec


def response(events: tuple[object, ...]) -> DeadlineSet:
    (told,) = [e for e in events if isinstance(e, DeadlineSet) and e.duty == "respond"]
    return told


def test_the_day_to_work_to_is_counted_again_with_the_date() -> None:
    _, events = recounted(acknowledged_late(), proclaimed(), date(2026, 6, 17))
    told = response(events)
    assert (told.due_on, told.target_on) == (WED_1_JUL, MON_29_JUN)
    assert told.notices == (Notice("approaching", MON_29_JUN),)


def test_a_day_to_work_to_that_has_no_closed_day_before_it_stays() -> None:
    _, events = recounted(acknowledged_late(), proclaimed(MOURNING_ON_TUESDAY), date(2026, 6, 17))
    told = response(events)
    assert (told.due_on, told.target_on) == (WED_1_JUL, FRI_26_JUN)


def test_a_reminder_for_the_day_itself_is_given_and_one_for_a_day_gone_by_is_not() -> None:
    _, on_the_day = recounted(acknowledged_late(), proclaimed(), MON_29_JUN)
    assert response(on_the_day).notices == (Notice("approaching", MON_29_JUN),)
    _, too_late = recounted(acknowledged_late(), proclaimed(MOURNING_ON_TUESDAY), MON_29_JUN)
    assert response(too_late).notices == ()


def test_without_a_day_to_work_to_none_is_made() -> None:
    in_time = given(
        steps.opened(WED_10_JUN), steps.acknowledged(date(2026, 6, 11)), under=every_rule()
    ).with_timers_asleep()
    _, events = recounted(in_time, proclaimed(), date(2026, 6, 12))
    assert response(events).target_on is None
