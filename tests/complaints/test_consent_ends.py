"""A consent with an end: on the day after its last one the case says so, and nothing may be shared any more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.workflow.domain.permitted import permitted
from services.workflow.domain.subjects.representation import (
    GiveConsent,
    NameRepresentative,
    ShareWithRepresentative,
    WithdrawConsent,
)
from services.workflow.domain.timers import timers_after
from shared.complaints.events import ConsentEnded, ConsentGiven, SharedWithRepresentative
from shared.complaints.working_days import london_midnight
from tests.complaints import steps
from tests.complaints.further_steps import a_case, ask
from tests.support.complaint_spec import Spec, at, england

mon_2_mar_2026 = date(2026, 3, 2)
tue_3_mar_2026 = date(2026, 3, 3)
wed_4_mar_2026 = date(2026, 3, 4)
fri_6_mar_2026 = date(2026, 3, 6)
sat_7_mar_2026 = date(2026, 3, 7)
mon_9_mar_2026 = date(2026, 3, 9)


def represented(until: date | None = fri_6_mar_2026) -> Spec:
    """Somebody speaks for the complainant, with a consent given on Tuesday 3 March."""
    return (
        a_case()
        .after(ask(NameRepresentative, tue_3_mar_2026, relation="advocate", words=steps.A_LETTER))
        .after(ask(GiveConsent, tue_3_mar_2026, number=1, scope="everything", until=until))
    )


def consents_ended(spec: Spec) -> list[ConsentEnded]:
    """What was told of the end of a consent."""
    return [entry.event for entry in spec.history if isinstance(entry.event, ConsentEnded)]


def test_on_the_day_after_its_last_one_the_consent_has_ended() -> None:
    assert consents_ended(represented().until(_at(fri_6_mar_2026, "23:59"))) == []
    ended = represented().until(_at(sat_7_mar_2026, "00:01"))
    assert consents_ended(ended) == [ConsentEnded(1, 1, fri_6_mar_2026)]
    told = ended.history[-1]
    assert told.moment.on == sat_7_mar_2026
    assert told.actor == "system"


def test_after_its_end_nothing_is_shared_and_permitted_says_why() -> None:
    ended = represented().until(_at(mon_9_mar_2026))
    sharing = ask(ShareWithRepresentative, mon_9_mar_2026, number=1, scope="progress")
    ended.when(sharing).then_refused("The consent for representative 1 ended on 2026-03-06.")
    judged = permitted(ended.state, ended.policy, england(), _at(mon_9_mar_2026))
    (share,) = [each for each in judged if each.name == "ShareWithRepresentative"]
    assert not share.allowed
    assert share.why == (
        "The consent for representative 1 ended on 2026-03-06. "
        "Answer the complainant, or record a new consent first."
    )


def test_a_new_consent_is_given_after_the_end_of_the_old_one_and_ends_by_itself() -> None:
    again = (
        represented()
        .until(_at(mon_9_mar_2026))
        .after(ask(GiveConsent, mon_9_mar_2026, number=1, scope="everything", until=mon_9_mar_2026))
    )
    shared = ask(ShareWithRepresentative, mon_9_mar_2026, number=1, scope="progress")
    again.when(shared).then(SharedWithRepresentative(1, 1, "progress", steps.A_LETTER))
    assert [told.until for told in consents_ended(again.until(_at(date(2026, 3, 10))))] == [
        fri_6_mar_2026,
        mon_9_mar_2026,
    ]


def test_a_consent_that_was_taken_back_does_not_end_again() -> None:
    back = represented().after(ask(WithdrawConsent, wed_4_mar_2026, number=1))
    assert consents_ended(back.until(_at(mon_9_mar_2026))) == []


def test_a_consent_given_again_until_the_same_day_still_ends() -> None:
    again = (
        represented()
        .after(ask(WithdrawConsent, wed_4_mar_2026, number=1))
        .after(ask(GiveConsent, wed_4_mar_2026, number=1, scope="response", until=fri_6_mar_2026))
    )
    given = [entry.event for entry in again.history if isinstance(entry.event, ConsentGiven)]
    assert [told.given for told in given] == [1, 2]
    assert consents_ended(again.until(_at(mon_9_mar_2026))) == [ConsentEnded(1, 1, fri_6_mar_2026)]


def test_a_consent_without_an_end_has_no_timer() -> None:
    timers, _ = timers_after(entry.event for entry in represented(until=None).history)
    assert not [timer for timer in timers if timer.duty.startswith("consent")]
    assert consents_ended(represented(until=None).until(_at(date(2026, 6, 1)))) == []


def test_its_timer_falls_at_the_midnight_in_london_after_its_last_day() -> None:
    summer = date(2026, 3, 31)  # two days after the clocks went forward
    timers, _ = timers_after(entry.event for entry in represented(until=summer).history)
    (timer,) = [timer for timer in timers if timer.duty == "consent 1"]
    assert timer.due_at == london_midnight(summer + timedelta(days=1))
    assert timer.due_at.isoformat() == "2026-03-31T23:00:00+00:00"


def _at(day: date, clock: str = "12:00") -> datetime:
    instant = at(day, clock).at
    assert instant is not None
    return instant
