"""Whatever is done to a complaint, in whatever order, under whichever policy: it is decided or
refused, the history adds up, each open duty has its timers, and no date moves without its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

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
from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Channel, Issue, IssueOutcome, Moment, Outcome, Route
from shared.policy_packs.loader import shipped_policies
from tests.complaints import steps
from tests.complaints.any_command import EVERY_COMMAND, OFFICERS, Surroundings, any_command
from tests.complaints.life import Life
from tests.support.complaint_spec import CODE, at, policy_named
from tests.support.dates import mon_2_mar_2026

# Chance is drawn as a seed: a course of hundreds of drawn fields would be slow, and is read as notes.
SEEDS = some.integers(0, 2**32 - 1)
DAYS = (0, 0, 0, 0, 1, 1, 2, 3, 5, 8, 14, 21)
AWAKE = 0.8
NAMES = {kind.__name__: kind for kind in EVERY_COMMAND}
# What the courses come to for certain; else they would prove nothing.
WITHIN_REACH: set[type[ComplaintEvent]] = {
    told.ComplaintClosed,
    told.ComplaintEscalated,
    told.ComplaintReopened,
    told.DeadlineApproaching,
    told.DeadlineExtended,
    told.DeadlineLifted,
    told.DeadlineMet,
    told.DeadlineMissed,
    told.ResponseIssued,
}
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
        )
    )


def answer(life: Life, officers: Sequence[str], outcome: Outcome, _by: int) -> None:
    """A draft, its approval and the response: one after the other, each where it is wanted."""
    now, officer, words = _now(life), officers[0], steps.A_LETTER
    life.give(ask.SubmitDraft(happened=now, actor=officer, words=words))
    for role in APPROVERS:
        life.give(ask.ApproveDraft(happened=now, actor=officers[1], actor_role=role))
    findings = tuple(IssueOutcome(number, outcome) for number in life.state.issues)
    life.give(ask.IssueResponse(happened=now, actor=officer, issues=findings, words=words))


def ask_for_the_next_stage(
    life: Life, _officers: Sequence[str], _outcome: Outcome, _by: int
) -> None:
    """With a reason, so that a close is no obstacle."""
    asked = ask.EscalateComplaint(
        happened=_now(life), actor="complainant", channel=Channel.PHONE, words=steps.A_REASON
    )
    life.give(asked)


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
    life.give(replace(refused, happened=_now(life), actor=officers[0]))


def wait(life: Life, _officers: Sequence[str], _outcome: Outcome, by: int) -> None:
    """Nothing is done, for so long that silence may close the case."""
    life.pass_time(timedelta(days=30 + by), timers_awake=True)


def reopen(life: Life, officers: Sequence[str], _outcome: Outcome, _by: int) -> None:
    """A closed case goes on, for a reason on record."""
    words = steps.A_REASON
    life.give(ask.ReopenComplaint(happened=_now(life), actor=officers[0], words=words))


Deed = Callable[[Life, Sequence[str], Outcome, int], None]
DEEDS: tuple[Deed, ...] = (
    acknowledge, contact, allocate, hold, move_the_date, answer, answer, answer, ask_for_the_next_stage,
    ask_for_the_next_stage, close, withdraw, refuse, reopen, wait,
)  # fmt: skip


class AnyCourse(RuleBasedStateMachine):
    """One complaint and everybody who may do something to it."""

    life: Life

    @initialize(
        policy=some.sampled_from(shipped_policies()),
        beside=some.sampled_from([None, CODE]),
        route=some.sampled_from([Route.COMPLAINT, Route.COMPLAINT, Route.COMPLAINT, *Route]),
        issues=some.integers(1, 3),
        named=some.sets(some.sampled_from(OFFICERS), max_size=1),
        clock=some.sampled_from(["00:00", "09:30", "18:40", "23:59"]),
        days_before=some.integers(0, 60),
        knows_the_time=some.booleans(),
    )
    def receive(  # noqa: PLR0917 - given by name
        self,
        policy: str,
        beside: str | None,
        route: Route,
        issues: int,
        named: set[str],
        clock: str,
        days_before: int,
        knows_the_time: bool,
    ) -> None:
        """A contact comes in, and is opened at once or some days later."""
        received = at(mon_2_mar_2026 + timedelta(days=days_before), clock)
        assert received.at is not None
        self.life = Life(
            policy=policy_named(policy),
            now=received.at + timedelta(days=days_before % 4),
            overlay=None if beside is None else policy_named(beside),
        )
        opened = ask.OpenComplaint(
            happened=_now(self.life),
            actor="complainant",
            reference="RB-2026-000001",
            organisation="mill-lane",
            route=route,
            channel=Channel.WEB_FORM,
            received=received if knows_the_time else Moment(received.on),
            issues=tuple(Issue(number, "repairs") for number in range(1, issues + 1)),
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

    @invariant()
    def the_history_adds_up(self) -> None:
        """After every step."""
        self.life.check()


# Bounded and always the same, so that a failure is about the change that was made.
BOUNDED = settings(
    max_examples=200,
    stateful_step_count=25,
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
