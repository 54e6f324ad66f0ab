"""What a step is given is on record as it was given, and a rule is cited from the policy that states it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.workflow.domain import commands as asked_for
from services.workflow.domain.subjects import documents, promises, restrictions, updates
from shared.complaints import events as told
from shared.complaints.values import Channel, Moment
from tests.complaints.further_courses import A_PHOTO
from tests.complaints.further_steps import a_case, ask
from tests.complaints.steps import (
    A_LETTER,
    TEAM,
    acknowledged,
    checked_and_answered,
    escalated,
    opened,
    tried,
)
from tests.support.complaint_spec import CODE, KCTMO, at, given
from tests.support.dates import (
    mon_2_mar_2026,
    mon_16_mar_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    wed_4_mar_2026,
)

APRIL = date(2026, 4, 30)


def test_what_was_said_of_an_attempt_to_reach_somebody_is_kept() -> None:
    said = replace(tried(tue_3_mar_2026), words=A_LETTER)
    given(opened(mon_2_mar_2026)).when(said).then(told.ContactAttempted(1, Channel.PHONE, A_LETTER))


def test_a_kept_promise_may_be_told_by_our_letter() -> None:
    promise = ask(promises.MakePromise, tue_3_mar_2026, by=APRIL, owner=TEAM)
    kept = a_case().after(promise).after(ask(promises.KeepPromise, wed_4_mar_2026, number=1))
    by_letter: dict[str, Any] = {"number": 1, "channel": Channel.LETTER, "send_letter": True}
    kept.when(ask(promises.TellPromiseKept, wed_4_mar_2026, "15:00", **by_letter)).then(
        told.PromiseTold(1, 1, Channel.LETTER, A_LETTER, send_letter=True)
    )


def test_an_update_may_be_given_by_our_letter() -> None:
    agreed = ask(updates.AgreeUpdates, tue_3_mar_2026, every_working_days=5)
    by_letter: dict[str, Any] = {"channel": Channel.LETTER, "send_letter": True}
    a_case().after(agreed).when(
        ask(updates.GiveUpdate, wed_4_mar_2026, **by_letter)
    ).then_among_others(told.UpdateGiven(1, 1, Channel.LETTER, A_LETTER, send_letter=True))


def test_a_restricted_case_says_why_it_is_restricted() -> None:
    marked: dict[str, Any] = {
        "mark": "staff_conduct",
        "roles": ("manager",),
        "actor_role": "manager",
    }
    case = a_case().after(ask(restrictions.RestrictAccess, tue_3_mar_2026, **marked))
    access = case.state.further.access
    assert access is not None
    assert (access.mark, access.roles) == ("staff_conduct", ("manager",))


def test_a_document_that_came_before_the_stage_may_still_be_put_on_the_case() -> None:
    case = given(
        opened(mon_2_mar_2026),
        acknowledged(tue_3_mar_2026),
        checked_and_answered(mon_16_mar_2026),
        escalated(tue_17_mar_2026),
    )
    assert case.when(ask(documents.AddDocument, wed_4_mar_2026, **A_PHOTO)).events
    early = ask(promises.MakePromise, wed_4_mar_2026, by=APRIL, owner=TEAM)
    case.when(early).then_refused("before the stage was opened")


def test_a_day_without_a_time_is_not_before_the_stage_that_was_opened_on_it() -> None:
    day = Moment(mon_2_mar_2026)
    same_day = asked_for.RecordContact(happened=day, actor=TEAM, channel=Channel.PHONE)
    noon = at(mon_2_mar_2026).at
    given(opened(mon_2_mar_2026)).when(same_day, now=noon).then_among_others(
        told.ContactMade(1, Channel.PHONE)
    )
    day_before = replace(same_day, happened=Moment(date(2026, 3, 1)))
    refused = given(opened(mon_2_mar_2026)).when(day_before, now=noon)
    refused.then_refused("before the stage was opened")


def test_a_rule_that_the_own_policy_does_not_state_is_cited_from_the_one_beside_it() -> None:
    without_agreement = ask(updates.GiveUpdate, wed_4_mar_2026, channel=Channel.PHONE)
    alone = given(opened(mon_2_mar_2026), under=KCTMO).when(without_agreement)
    both = given(opened(mon_2_mar_2026), under=KCTMO, beside=CODE).when(without_agreement)
    assert alone.refusal is not None
    assert both.refusal is not None
    assert both.refusal.clause == "Code 5.9" != alone.refusal.clause


def test_a_response_that_is_late_by_the_policy_beside_misses_its_holding_response_there() -> None:
    case = given(opened(mon_2_mar_2026), under=CODE, beside=KCTMO).until(
        datetime(2026, 4, 30, tzinfo=UTC)
    )
    missed = [
        (event.duty, event.overlay)
        for event in (entry.event for entry in case.history)
        if isinstance(event, told.DeadlineMissed)
    ]
    assert ("holding_response", KCTMO) in missed
    assert ("holding_response", None) not in missed
