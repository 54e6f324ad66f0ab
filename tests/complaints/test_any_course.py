"""Whatever is done to a complaint, in whatever order, under whichever policy: it is decided or
refused, the history adds up, each open duty has its timers, and no date moves without its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import get_args

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from services.workflow.domain import commands as ask
from services.workflow.domain.happenings import REFUSED
from shared.complaints import events as told
from shared.complaints.values import Channel, Issue, IssueOutcome, Moment, Outcome, Route
from shared.policy_packs.loader import shipped_policies
from tests.complaints import steps
from tests.complaints.any_command import EVERY_COMMAND, OFFICERS, Surroundings, any_command
from tests.complaints.further_courses import (
    SUBJECTS,
    Subject,
    go_on_with,
    go_to_the_ombudsman,
    recount,
    sit,
)
from tests.complaints.life import Life
from tests.support.complaint_spec import CODE, at, policy_named
from tests.support.dates import mon_2_mar_2026

# Chance is drawn as a seed: a course of hundreds of drawn fields would be slow, and is read as notes.
SEEDS = some.integers(0, 2**32 - 1)
DAYS = (0, 0, 0, 0, 1, 1, 2, 3, 5, 8, 14, 21)
AWAKE = 0.8
RECOUNTED = 0.1
TAKEN_UP_AGAIN = 0.6
NAMES = {kind.__name__: kind for kind in EVERY_COMMAND}
# What the courses come to for certain, else they would prove nothing: everything that is told of a complaint.
WITHIN_REACH = set(told.EVENT_NAMES.values()) - set(get_args(told.RulebookEvent))
APPROVERS = ("manager", "complaints_team", "head_of_service")


def _now(life: Life) -> Moment:
    return Moment(life.today, life.now)


def acknowledge(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """The complainant is told of the receipt."""
    life.give(ask.AcknowledgeComplaint(happened=_now(life), actor=officers[0]))


def contact(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """The complainant is reached."""
    phone = Channel.PHONE
    life.give(ask.RecordContact(happened=_now(life), actor=officers[0], channel=phone))


def allocate(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """As many as the stage has seats are named."""
    stage = life.policy.stage(life.state.stage)
    handlers = tuple(officers[: len(stage.considered_by) if stage else 1])
    allocated = ask.AllocateComplaint(happened=_now(life), actor=steps.TEAM, handlers=handlers)
    life.give(allocated)


def hold(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """The complainant is told that the answer will be late."""
    words = steps.A_LETTER
    life.give(ask.SendHoldingResponse(happened=_now(life), actor=officers[0], words=words))


def move_the_date(life: Life, officers: Sequence[str], outcome: Outcome, by: int) -> None:
    """An extension that says everything a policy may ask for."""
    life.give(
        ask.ExtendDeadline(
            happened=_now(life),
            actor=officers[0],
            by_working_days=by,
            agreed=True,
            ombudsman_details_given=True,
            good_reason=outcome is Outcome.UPHELD,
            words=steps.A_LETTER,
            told_on=life.today,
        )
    )


def answer(life: Life, officers: Sequence[str], outcome: Outcome, _by: int) -> None:
    """A draft that is sent back, another, its approval and the response: each where it is wanted."""
    now, officer, words = _now(life), officers[0], steps.A_LETTER
    life.give(ask.SubmitDraft(happened=now, actor=officer, words=words))
    life.give(ask.ReturnDraft(happened=now, actor=officers[1], words=steps.A_REASON))
    life.give(ask.SubmitDraft(happened=now, actor=officer, words=words))
    for role in APPROVERS:
        life.give(
            ask.ApproveDraft(
                happened=now, actor=officers[1], actor_role=role, contains=steps.EVERYTHING
            )
        )
    findings = tuple(IssueOutcome(number, outcome) for number in life.state.issues)
    life.give(
        ask.IssueResponse(
            happened=now, actor=officer, issues=findings, words=words, contains=steps.EVERYTHING
        )
    )


def ask_for_the_next_stage(
    life: Life, _officers: Sequence[str], _outcome: Outcome, _by: int
) -> None:
    """With a reason, so that a close is no obstacle."""
    asked = ask.EscalateComplaint(
        happened=_now(life), actor="complainant", channel=Channel.PHONE, words=steps.A_REASON
    )
    life.give(asked)


def go_to_the_last_stage(life: Life, _officers: Sequence[str], outcome: Outcome, by: int) -> None:
    """Answered and asked for again, by other people each time, up to the last stage there is."""
    for stage in range(life.state.stage, len(life.policy.stages)):
        others = (f"officer-who-answers-{stage}", f"officer-who-checks-{stage}")
        answer(life, others, outcome, by)
        ask_for_the_next_stage(life, others, outcome, by)


def close(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """Closed, for a reason on record."""
    life.give(
        ask.CloseComplaint(
            happened=_now(life), actor=officers[0], because="resolved", words=steps.A_REASON
        )
    )


def withdraw(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """The complainant takes it back."""
    life.give(ask.WithdrawComplaint(happened=_now(life), actor=officers[0], words=steps.A_REASON))


def refuse(life: Life, officers: Sequence[str], _outcome: Outcome, by: int) -> None:
    """Kept out, on one of the policy's grounds."""
    grounds = [rule.exclusion for rule in life.policy.exclusions] or ["none"]
    refused = steps.refused(life.today, grounds[by % len(grounds)])
    dated = {
        "arose_on": life.state.received.on - timedelta(days=800),
        "discretion_considered": True,
    }
    life.give(replace(refused, happened=_now(life), actor=officers[0], **dated))  # type: ignore[arg-type]


def be_overruled(life: Life, officers: Sequence[str], outcome: Outcome, by: int) -> None:
    """Kept out, and the Ombudsman decides that it must be taken."""
    refuse(life, officers, outcome, by)
    go_on_with(life, go_to_the_ombudsman, officers)


def wait(life: Life, _officers: Sequence[str], _outcome: Outcome, by: int) -> None:
    """Nothing is done, for so long that silence may close the case."""
    life.pass_time(timedelta(days=30 + by), timers_awake=True)


def answer_and_wait(life: Life, _officers: Sequence[str], _outcome: Outcome, by: int) -> None:
    """Answered by people who took no part before, and then the time to ask for more goes by."""
    reopen(life, OFFICERS, Outcome.UPHELD, by)
    stage = life.state.stage
    answer(life, (f"officer-new-at-{stage}", f"officer-too-at-{stage}"), Outcome.UPHELD, by)
    life.pass_time(timedelta(days=30 + by), timers_awake=True)


def reopen(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """A closed case goes on, for a reason on record."""
    words = steps.A_REASON
    life.give(ask.ReopenComplaint(happened=_now(life), actor=officers[0], words=words))


Deed = Callable[[Life, Sequence[str], Outcome, int], None]
DEEDS: tuple[Deed, ...] = (
    acknowledge, contact, allocate, hold, move_the_date, move_the_date, answer, answer,
    ask_for_the_next_stage,
    ask_for_the_next_stage, go_to_the_last_stage,
    go_to_the_last_stage, go_to_the_last_stage, close, withdraw, refuse, be_overruled, reopen, wait,
    answer_and_wait, answer_and_wait, answer_and_wait,
)  # fmt: skip


class AnyCourse(RuleBasedStateMachine):
    """One complaint and everybody who may do something to it."""

    life: Life

    @initialize(seed=SEEDS)
    def receive(self, seed: int) -> None:
        """A contact comes in, and is opened at once or some days later."""
        chance = Random(seed)  # drawn as one seed: drawn one by one they are the first ones, mostly
        days_before = chance.randint(0, 60)
        clock = chance.choice(["00:00", "09:30", "18:40", "23:59"])
        received = at(mon_2_mar_2026 + timedelta(days=days_before), clock)
        assert received.at is not None
        self.life = Life(
            policy=policy_named(chance.choice(shipped_policies())),
            now=received.at + timedelta(days=days_before % 4),
            overlay=chance.choice([None, policy_named(CODE)]),
        )
        knows_the_time = chance.random() < AWAKE
        named = chance.sample(OFFICERS, chance.choice([0, 0, 1]))
        opened = ask.OpenComplaint(
            happened=_now(self.life),
            actor="complainant",
            reference="RB-2026-000001",
            organisation="mill-lane",
            route=chance.choice([*[Route.COMPLAINT] * 9, *Route]),
            channel=Channel.WEB_FORM,
            received=received if knows_the_time else Moment(received.on),
            issues=tuple(Issue(number, "repairs") for number in range(1, chance.randint(1, 3) + 1)),
            complainant="subject-1",
            words=steps.A_LETTER,
            named_officers=tuple(sorted(named)),
        )
        assert self.life.give(opened)

    @rule(seed=SEEDS)
    def something_is_done(self, seed: int) -> None:
        """Some days pass; then what a case is made of, with everything that a policy may ask for."""
        chance = Random(seed)
        awake = chance.random() < AWAKE
        self.life.pass_time(timedelta(days=chance.choice(DAYS)), timers_awake=awake)
        deed = chance.choice(DEEDS)
        note(f"{deed.__name__} on {self.life.now}")
        officers = chance.sample(OFFICERS, len(OFFICERS))
        deed(self.life, officers, chance.choice(list(Outcome)), chance.randint(1, 12))

    @rule(seed=SEEDS)
    def anything_is_asked(self, seed: int) -> None:
        """Any command there is, about anything; and those that `permitted` offers."""
        chance = Random(seed)
        for kinds in (set(NAMES), self.life.possible() & set(NAMES)):
            kind = NAMES[chance.choice(sorted(kinds))]
            command = any_command(chance, Surroundings(self.life.now, self.life.policy), kind)
            taken = self.life.give(command)
            note(f"{'taken' if taken else 'refused'}: {command}")

    def _likely(self) -> list[Subject]:
        """What a case at this point goes on with: chance alone would hardly ever come to it."""
        ending, stage = self.life.state.ending, self.life.policy.stage(self.life.state.stage)
        if ending is not None and ending.because == REFUSED:
            return [go_to_the_ombudsman]
        return [sit] if stage is not None and len(stage.considered_by) > 1 else []

    @rule(seed=SEEDS)
    def a_subject_is_gone_on_with(self, seed: int) -> None:
        """Something beside the stages, from its beginning to its end; at times the calendar changes."""
        chance = Random(seed)
        self.life.pass_time(timedelta(days=chance.choice(DAYS)), timers_awake=True)
        subject = chance.choice([*SUBJECTS, *(self._likely() * len(SUBJECTS))])
        note(f"{subject.__name__} on {self.life.now}")
        ending = self.life.state.ending
        if ending and ending.because != REFUSED and chance.random() < TAKEN_UP_AGAIN:
            reopen(self.life, OFFICERS, Outcome.UPHELD, 1)
        go_on_with(self.life, subject, chance.sample(OFFICERS, len(OFFICERS)))
        if chance.random() < RECOUNTED:
            recount(self.life, chance.randint(1, 15))

    @invariant()
    def the_history_adds_up(self) -> None:
        """After every step."""
        self.life.check()


# Bounded and always the same, so that a failure is about the change that was made.
BOUNDED = settings(
    max_examples=200,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # making a failure short would take minutes
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_whatever_is_done_the_history_adds_up() -> None:
    Life.told.clear()
    run_state_machine_as_test(AnyCourse, settings=BOUNDED)
    missing = WITHIN_REACH - Life.told
    assert not missing, f"the courses no longer come to {sorted(kind.__name__ for kind in missing)}"
