"""Learning from a case, and updates at agreed intervals: done, refused, and never forgotten in silence."""

from datetime import date
from typing import Any

import pytest

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.subjects import learning, updates
from shared.complaints import events as told
from shared.complaints.values import Channel
from tests.complaints.further_steps import (
    FRI_26_JUN,
    MON_2_MAR,
    MON_9_MAR,
    MON_16_MAR,
    TUE_3_MAR,
    TUE_17_MAR,
    a_case,
    ask,
)
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    MANAGER,
    checked_and_answered,
    closed,
    escalated,
    opened,
)
from tests.support.complaint_spec import KCTMO, Spec, due, given

TUE_10_MAR = date(2026, 3, 10)
WED_18_MAR = date(2026, 3, 18)
TUE_24_MAR = date(2026, 3, 24)


class TestLearning:
    """Code 9.1 to 9.3; Guidance for tenant management organisations, review."""

    def record(self, on: date = TUE_3_MAR, **fields: Any) -> FurtherCommand:
        asked: dict[str, Any] = {
            "cause": "delay",
            "action": "training",
            "owner": MANAGER,
            "due_on": FRI_26_JUN,
        }
        return ask(learning.RecordLearning, on, **asked | fields)

    def recorded(self) -> Spec:
        return a_case().after(self.record())

    def test_what_was_learned_has_a_cause_an_action_an_owner_and_a_day(self) -> None:
        fact = told.LearningRecorded(1, 1, "delay", "training", MANAGER, FRI_26_JUN, A_LETTER)
        a_case().when(self.record()).then(fact, due("learning 1", FRI_26_JUN))

    def test_it_outlives_the_close_and_is_late_until_it_is_done(self) -> None:
        late = (
            self.recorded()
            .after(closed(MON_16_MAR, words=A_REASON))
            .when_time_passes_to(date(2026, 7, 3))
        )
        after = late.then_among_others(told.DeadlineMissed("learning 1", 1, FRI_26_JUN))
        done = ask(learning.CompleteLearning, date(2026, 7, 3), number=1)
        after.when(done).then(
            told.LearningDone(1, 1, A_LETTER),
            told.DeadlineMet("learning 1", 1, FRI_26_JUN, date(2026, 7, 3), 5),
        )

    def test_it_is_told_to_each_audience_also_once_it_is_done(self) -> None:
        after = self.recorded().after(ask(learning.CompleteLearning, MON_9_MAR, number=1))
        for audience in learning.AUDIENCES:
            share = ask(learning.ShareLearning, MON_9_MAR, number=1, audience=audience)
            after.when(share).then(told.LearningShared(1, 1, audience, A_LETTER))

    def test_it_is_done_once_and_with_evidence(self) -> None:
        without = ask(learning.CompleteLearning, MON_9_MAR, number=1, words=None)
        self.recorded().when(without).then_refused("Nothing shows", way_out="what was changed")
        after = self.recorded().after(ask(learning.CompleteLearning, MON_9_MAR, number=1))
        again = ask(learning.CompleteLearning, MON_9_MAR, number=1)
        after.when(again).then_refused("There is no learning that this could be about.")

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"words": None}, "Nothing says what was learned."),
            ({"cause": "weather"}, "weather is no cause."),
            ({"action": "prayer"}, "prayer is no action that follows."),
            ({"due_on": MON_2_MAR}, "The day of the action has gone by."),
        ],
    )
    def test_what_says_too_little_is_refused_under_the_policys_own_rule(
        self, fields: dict[str, Any], said: str
    ) -> None:
        a_case().when(self.record(**fields)).then_refused(said, clause="Code 9.1 to 9.3")
        own = a_case(under=KCTMO).when(self.record(**fields))
        own.then_refused(said, clause="Staff guidance 2.1 and 6.8")


class TestUpdates:
    """Code 5.9."""

    def agree(self, on: date = TUE_3_MAR, **fields: Any) -> FurtherCommand:
        return ask(updates.AgreeUpdates, on, **{"every_working_days": 5} | fields)

    def give(self, on: date, **fields: Any) -> FurtherCommand:
        return ask(updates.GiveUpdate, on, **{"channel": Channel.PHONE} | fields)

    def agreed(self) -> Spec:
        return a_case().after(self.agree())

    def test_an_agreed_interval_sets_the_day_of_the_next_update(self) -> None:
        fact = told.UpdatesAgreed(1, 1, 5, agreed=True, words=A_LETTER)
        a_case().when(self.agree()).then(fact, due("update 1", TUE_10_MAR, clause="Code 5.9"))

    def test_each_update_sets_the_next_day_from_the_day_it_was_given(self) -> None:
        self.agreed().when(self.give(MON_9_MAR)).then(
            told.UpdateGiven(1, 1, Channel.PHONE, A_LETTER),
            told.DeadlineMet("update 1", 1, TUE_10_MAR, MON_9_MAR, 0),
            due("update 1", MON_16_MAR, generation=2),
        )

    def test_a_missed_update_is_told_and_the_next_one_is_late(self) -> None:
        missed = told.DeadlineMissed("update 1", 1, TUE_10_MAR)
        late = self.agreed().when_time_passes_to(TUE_17_MAR).then_among_others(missed)
        late.when(self.give(TUE_17_MAR)).then_among_others(
            told.DeadlineMet("update 1", 1, TUE_10_MAR, TUE_17_MAR, 5),
            due("update 1", TUE_24_MAR, generation=2),
        )

    def test_another_interval_takes_the_place_of_the_first(self) -> None:
        self.agreed().when(self.agree(MON_9_MAR, every_working_days=2)).then_among_others(
            told.DeadlineLifted("update 1", 1, "another interval was agreed"),
            due("update 2", date(2026, 3, 11)),
        )

    def test_the_response_the_next_stage_and_the_close_end_them(self) -> None:
        kctmo = given(opened(MON_2_MAR), self.agree(TUE_3_MAR, every_working_days=15))
        *before, response = checked_and_answered(MON_9_MAR)
        for command in before:
            kctmo = kctmo.after(command)
        ended = told.DeadlineLifted("update 1", 1, "the response was issued")
        kctmo.when(response).then_among_others(ended)
        late = given(opened(MON_2_MAR), self.agree(MON_16_MAR, every_working_days=15))
        next_stage = told.DeadlineLifted("update 1", 1, "the next stage was opened")
        late.when(escalated(WED_18_MAR)).then_among_others(next_stage)
        over = told.DeadlineLifted("update 1", 1, "the complaint was closed")
        self.agreed().when(closed(MON_9_MAR, words=A_REASON)).then_among_others(over)

    def test_none_is_given_without_an_interval_or_after_the_answer(self) -> None:
        a_case().when(self.give(MON_9_MAR)).then_refused("No interval was agreed")
        answered_case = given(opened(MON_2_MAR), self.agree(), checked_and_answered(MON_9_MAR))
        for command in (self.give(MON_16_MAR), self.agree(MON_16_MAR)):
            answered_case.when(command).then_refused("already answered", way_out="promise")

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"every_working_days": 0}, "keeps nobody informed"),
            ({"every_working_days": 61}, "keeps nobody informed"),
            ({"agreed": False, "words": None}, "has not agreed"),
        ],
    )
    def test_an_interval_that_informs_nobody_is_refused(
        self, fields: dict[str, Any], said: str
    ) -> None:
        a_case().when(self.agree(**fields)).then_refused(said, clause="Code 5.9")

    def test_an_update_says_something_in_some_way(self) -> None:
        unknown = self.give(MON_9_MAR, channel=Channel.UNKNOWN)
        self.agreed().when(unknown).then_refused("how the complainant was told")
        self.agreed().when(self.give(MON_9_MAR, words=None)).then_refused("Nothing was told.")
