"""Another calendar: open dates are counted again and say why; what is done, extended or gone by
stays as it was promised.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from services.workflow.domain.commands import RecountDeadlines
from services.workflow.domain.decisions import decide
from shared.calendars.england import (
    CalendarChangeRefused,
    england_calendar_document,
    load_calendar,
    revised_document,
)
from shared.complaints.events import DeadlineExtended, DeadlineRecounted
from shared.complaints.values import Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.policy import RESPOND
from tests.complaints import steps
from tests.support.complaint_spec import CODE, KCTMO, Spec, at, england, given

wed_10_jun_2026 = date(2026, 6, 10)
fri_12_jun_2026 = date(2026, 6, 12)
fri_19_jun_2026 = date(2026, 6, 19)
wed_24_jun_2026 = date(2026, 6, 24)
thu_25_jun_2026 = date(2026, 6, 25)
fri_26_jun_2026 = date(2026, 6, 26)
WHY = "A national day of mourning on 19 June was proclaimed."
NO_DAYS = {"elapsed_hours", "calendar_days"}
MOURNING = {fri_19_jun_2026: "National day of mourning"}


def proclaimed(days: dict[date, str] = MOURNING) -> WorkingDayCalendar:
    """England with days that were proclaimed."""
    return load_calendar(revised_document(england_calendar_document(), holidays=days))


def with_office_closed(*days: date) -> WorkingDayCalendar:
    """England, with days on which only the landlord is closed."""
    named = dict.fromkeys(days, "Office closed")
    return load_calendar(revised_document(england_calendar_document(), office_closures=named))


def recounted(
    spec: Spec, calendar: WorkingDayCalendar, on: date = fri_12_jun_2026
) -> tuple[Spec, tuple[object, ...]]:
    """The case after the recount on a day, and what was told of it."""
    lived = spec.until(_instant(on))
    command = RecountDeadlines(happened=at(on), actor="system", reason=WHY)
    events = decide(
        lived.complaint, command, spec.policy, calendar, _instant(on), overlay=spec.overlay
    )
    return lived.told(events, moment=command.happened, actor="system"), events


def _instant(on: date) -> datetime:
    instant = at(on).at
    assert instant is not None
    return instant


def moved(events: tuple[object, ...]) -> dict[tuple[str, str | None], tuple[date, date]]:
    """From which day to which, by duty and overlay."""
    return {
        (event.duty, event.overlay): (event.from_on, event.to_on)
        for event in events
        if isinstance(event, DeadlineRecounted)
    }


def under_the_code() -> Spec:
    """E22: received and acknowledged on Wednesday 10 June 2026 under the Code."""
    return given(steps.opened(wed_10_jun_2026), steps.acknowledged(wed_10_jun_2026), under=CODE)


def test_e22_a_proclaimed_holiday_moves_the_open_date_and_keeps_the_promised_one() -> None:
    spec = under_the_code()
    assert spec.state.deadlines_at(1)[RESPOND].latest.due_on == wed_24_jun_2026
    after, events = recounted(spec, proclaimed())
    told = next(each for each in events if isinstance(each, DeadlineRecounted))
    assert told == DeadlineRecounted(
        duty=RESPOND,
        stage=1,
        from_on=wed_24_jun_2026,
        to_on=thu_25_jun_2026,
        from_calendar=england().revision,
        to_calendar=proclaimed().revision,
        reason=WHY,
    )
    latest = after.state.deadlines_at(1)[RESPOND].latest
    before = spec.state.deadlines_at(1)[RESPOND].latest
    assert (latest.due_on, latest.generation) == (thu_25_jun_2026, before.generation + 1)
    assert [each.on for each in latest.skipped] == [fri_19_jun_2026]
    # As at 11 June the case still shows what was promised then.
    assert spec.state.deadlines_at(1)[RESPOND].latest.due_on == wed_24_jun_2026


def test_what_was_met_missed_or_lifted_does_not_move() -> None:
    after, events = recounted(under_the_code(), proclaimed())
    assert set(moved(events)) == {(RESPOND, None)}
    met = after.state.deadlines_at(1)["acknowledge"].latest
    assert met.calendar_revision == england().revision


def test_a_missed_date_stays_missed_and_moves_no_more() -> None:
    late = given(steps.opened(wed_10_jun_2026), under=CODE).until(_instant(fri_26_jun_2026))
    _, events = recounted(late, proclaimed(), on=fri_26_jun_2026)
    assert ("acknowledge", None) not in moved(events)


def test_counting_again_twice_changes_nothing() -> None:
    after, events = recounted(under_the_code(), proclaimed())
    assert events
    _, again = recounted(after, proclaimed())
    assert again == ()


def test_a_calendar_that_moves_nothing_tells_nothing() -> None:
    far_off = date(2027, 6, 18)
    _, events = recounted(under_the_code(), proclaimed({far_off: "Jubilee"}))
    assert events == ()


def test_the_policy_beside_is_counted_again_too_each_under_its_own_name() -> None:
    spec = given(
        steps.opened(wed_10_jun_2026), steps.acknowledged(wed_10_jun_2026), under=KCTMO, beside=CODE
    )
    _, events = recounted(spec, proclaimed())
    days = moved(events)
    assert days[RESPOND, CODE] == (wed_24_jun_2026, thu_25_jun_2026)
    assert (RESPOND, None) in days


def test_the_landlords_own_closure_moves_its_date_and_never_the_codes() -> None:
    spec = given(
        steps.opened(wed_10_jun_2026), steps.acknowledged(wed_10_jun_2026), under=KCTMO, beside=CODE
    )
    own = spec.state.deadlines_at(1)[RESPOND].latest.due_on
    after, events = recounted(spec, with_office_closed(fri_19_jun_2026))
    assert set(moved(events)) >= {(RESPOND, None)}
    assert all(overlay is None for _, overlay in moved(events))
    told = next(
        each for each in events if isinstance(each, DeadlineRecounted) and each.duty == RESPOND
    )
    assert told.to_on > own
    assert told.lawful_on == wed_24_jun_2026
    assert after.state.deadlines_at(1, overlay=CODE)[RESPOND].latest.due_on == wed_24_jun_2026


def test_under_the_code_alone_a_closure_says_which_day_the_law_still_asks_for() -> None:
    _, events = recounted(under_the_code(), with_office_closed(fri_19_jun_2026))
    told = next(each for each in events if isinstance(each, DeadlineRecounted))
    assert (told.to_on, told.lawful_on) == (thu_25_jun_2026, wed_24_jun_2026)


def test_the_day_that_an_extension_named_stands() -> None:
    spec = given(
        steps.opened(wed_10_jun_2026),
        steps.acknowledged(wed_10_jun_2026),
        steps.told_and_extended(fri_12_jun_2026, by=5),
        under=CODE,
    )
    named = spec.state.deadlines_at(1)[RESPOND].latest.due_on
    assert any(isinstance(entry.event, DeadlineExtended) for entry in spec.history)
    after, events = recounted(spec, proclaimed())
    assert (RESPOND, None) not in moved(events)
    assert after.state.deadlines_at(1)[RESPOND].latest.due_on == named


def test_what_hangs_on_a_date_that_moves_moves_with_it() -> None:
    # Under the Code the answer counts from the acknowledgement's date while none was given.
    spec = given(steps.opened(wed_10_jun_2026), under=CODE)
    mon_15_jun_2026 = date(2026, 6, 15)
    after, events = recounted(spec, proclaimed({mon_15_jun_2026: "Proclaimed"}))
    assert ("acknowledge", None) in moved(events)
    latest = after.state.deadlines_at(1)
    assert latest[RESPOND].latest.trigger_on == latest["acknowledge"].latest.due_on


def test_a_date_is_never_counted_back_to_a_day_that_has_gone_by() -> None:
    closed = with_office_closed(fri_19_jun_2026)
    after, _ = recounted(under_the_code(), closed)
    # On the very day the landlord takes the closure back: the earlier day has gone by.
    _, events = recounted(after, england(), on=thu_25_jun_2026)
    assert moved(events) == {}


def test_a_closure_taken_back_in_time_brings_the_earlier_date_back() -> None:
    after, _ = recounted(under_the_code(), with_office_closed(fri_19_jun_2026))
    back, events = recounted(after, england(), on=date(2026, 6, 15))
    assert moved(events) == {(RESPOND, None): (thu_25_jun_2026, wed_24_jun_2026)}
    generations = [each.state.deadlines_at(1)[RESPOND].latest.generation for each in (after, back)]
    assert generations[1] == generations[0] + 1


def test_a_reminder_that_would_fall_on_the_closed_day_comes_before_it() -> None:
    spec = given(steps.opened(wed_10_jun_2026), under=KCTMO)
    reminders = {
        notice.on: known.latest.duty
        for known in spec.state.deadlines
        for notice in known.latest.notices
    }
    day = max(reminders)
    after, events = recounted(spec, proclaimed({day: "Proclaimed"}), on=wed_10_jun_2026)
    assert events
    assert not [
        notice.on
        for known in after.state.deadlines
        for notice in known.latest.notices
        if notice.on == day
    ]


def test_the_time_to_ask_for_the_next_stage_never_gets_shorter() -> None:
    spec = given(
        steps.opened(wed_10_jun_2026),
        steps.acknowledged(wed_10_jun_2026),
        steps.contacted(wed_10_jun_2026),
        steps.checked_and_answered(fri_12_jun_2026),
        under=KCTMO,
    )
    window = spec.state.deadlines_at(1)["escalation_window"].latest
    assert window.responsible == "complainant"
    closed = with_office_closed(wed_24_jun_2026)
    longer, events = recounted(spec, closed, on=date(2026, 6, 15))
    told = moved(events).get(("escalation_window", None))
    assert told is not None
    _, back = recounted(longer, england(), on=date(2026, 6, 16))
    assert ("escalation_window", None) not in moved(back)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"holidays": {date(2026, 6, 20): "Party"}}, "Saturday or Sunday"),
        ({"holidays": {date(2026, 12, 25): "Christmas"}}, "closed already (Christmas Day)"),
        ({"holidays": {date(2050, 6, 20): "Party"}}, "outside the calendar"),
        ({"office_closures": {date(2026, 6, 19): " "}}, "needs a name"),
        ({"opened": [date(2026, 6, 19)]}, "is not closed"),
    ],
)
def test_a_day_that_cannot_be_closed_or_opened_is_named(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(
        CalendarChangeRefused, match=f"(?s)^2.*{said.replace('(', '.').replace(')', '.')}"
    ):
        revised_document(england_calendar_document(), **change)  # type: ignore[arg-type]


def test_a_closure_that_is_taken_back_gives_the_calendar_of_before() -> None:
    document = england_calendar_document()
    closed = revised_document(document, office_closures={fri_19_jun_2026: "Office closed"})
    assert load_calendar(closed).revision != load_calendar(document).revision
    assert revised_document(closed, opened=[fri_19_jun_2026]) == document


def test_a_clock_in_hours_keeps_the_time_of_day_at_which_it_started() -> None:
    # 48 hours that stand still on other days, from Wednesday at half past nine.
    spec = given(steps.opened(wed_10_jun_2026, clock="09:30"), under="thh-2022")
    before = spec.state.deadlines_at(1)["acknowledge"].latest
    assert (before.unit, before.due_on) == ("working_day_hours", fri_12_jun_2026)
    thu_11_jun_2026, mon_15_jun_2026 = date(2026, 6, 11), date(2026, 6, 15)
    calendar = proclaimed({thu_11_jun_2026: "Proclaimed"})
    after, events = recounted(spec, calendar, on=wed_10_jun_2026)
    assert moved(events)["acknowledge", None] == (fri_12_jun_2026, mon_15_jun_2026)
    assert (
        after.state.deadlines_at(1)["acknowledge"].latest.due_at == at(mon_15_jun_2026, "09:30").at
    )


def test_elapsed_hours_and_calendar_days_know_no_closed_day() -> None:
    spec = given(steps.opened(wed_10_jun_2026, route=Route.BOARD_ENQUIRY), under=KCTMO)
    hours = {known.latest.duty for known in spec.state.deadlines if known.latest.unit in NO_DAYS}
    assert hours
    calendar = proclaimed({date(2026, 6, 11): "Proclaimed", fri_12_jun_2026: "Proclaimed too"})
    _, events = recounted(spec, calendar, on=wed_10_jun_2026)
    assert not hours & {duty for duty, _ in moved(events)}


def test_only_bank_holidays_are_closed_by_law() -> None:
    calendar = with_office_closed(fri_19_jun_2026)
    assert not calendar.is_working_day(fri_19_jun_2026)
    assert calendar.by_law.is_working_day(fri_19_jun_2026)
    assert not calendar.by_law.is_working_day(date(2026, 12, 25))
    assert calendar.by_law.revision == calendar.revision
    assert england().by_law is england()
