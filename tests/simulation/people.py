"""The people outside: residents who complain, officers who work, and days that pass.

They do not trust an answer that did not come: they ask again, as the contract of the product tells them to, with the
same key or the same command id. What they were told is kept, and compared with the log at the end.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID, uuid5

import psycopg
from eventsourcing.persistence import PersistenceError

from services.intake.new_submissions import NewAdjustment, NewRepresentative, NewSubmission
from services.intake.submissions import Taken
from services.workflow.deciding import LoadedComplaint
from services.workflow.domain import commands as ask
from services.workflow.domain.commands import Command
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.handling import Handled, Handling
from services.workflow.not_done import CommandNotDone, TooManyConflicts
from shared.complaints.values import Channel, IssueOutcome, Moment, Outcome, Route
from shared.complaints.working_days import london_day
from tests.complaints.any_command import Surroundings, any_command
from tests.complaints.steps import EVERYTHING
from tests.simulation.installation import Installation, Running
from tests.simulation.setting import LANDLORDS
from tests.support.complaint_spec import policy_named

Result = TypeVar("Result")

ANSWER_WITHIN_SECONDS = 8.0
MOST_TRIES = 12
NAMES = UUID("0b7f1b3e-6d1c-4c55-9a55-1c5ff0d6a7c1")
# Commands of the stages; those that a simulated officer gives with the fields that a random draw puts there.
ANY_OF: tuple[type[ask.Asked], ...] = (
    ask.RecordContactAttempt, ask.RecordContact, ask.ExtendDeadline, ask.CloseComplaint,
    ask.WithdrawComplaint, ask.ReopenComplaint, ask.RefuseComplaint, ask.EscalateComplaint,
    ask.IssueResponse, ask.AllocateComplaint, ask.SendHoldingResponse,
)  # fmt: skip
# Whom residents name and what they need, by their number in turn.
REPRESENTATIVES = (
    None,
    NewRepresentative(relation="friend", words="Ida Helper"),
    NewRepresentative(relation="advocate", words="Ida Helper", scope="everything"),
)
ADJUSTMENTS = (NewAdjustment(kind="large_print"), NewAdjustment(kind="other", words="Ring twice."))
UNKNOWN_OUTCOME = (psycopg.Error, PersistenceError, TimeoutError, ConnectionError, TooManyConflicts)


class NobodyThere(ConnectionRefusedError):
    """No process of the kind runs at this moment."""


@dataclass(slots=True)
class Told:
    """What an officer was told about one command, every time it was asked for."""

    landlord: str
    reference: str
    expected: int | None
    answers: list[Handled] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    refused_after_it_was_done: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Memory:
    """All that people were told, and what astonished them."""

    taken: dict[tuple[str, str], Taken] = field(default_factory=dict)
    told: dict[UUID, Told] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)


class People:
    """Everybody outside, in a process of their own that never dies."""

    def __init__(self, installation: Installation, chance: Random) -> None:
        self._inst = installation
        self._chance = chance
        self.memory = Memory()
        self.home = installation.world.process("people")
        self.calls: list[tuple[Running, asyncio.Future[Any]]] = []

    def id(self) -> UUID:
        """A fresh id."""
        return UUID(int=self._chance.getrandbits(128), version=4)

    def hang_up_on(self, dead: Running) -> None:
        """Whoever waits for an answer of this process sees the connection go."""
        for running, future in self.calls:
            if running is dead and not future.done():
                future.set_exception(ConnectionResetError("the process is gone"))

    async def call(self, kind: str, work: Callable[[Running], Result]) -> Result:
        """Have a process of the kind do something, as a request does."""
        there = [one for one in self._inst.running.values() if one.kind == kind]
        if not there:
            raise NobodyThere(f"no {kind} runs")
        running = self._chance.choice(there)
        future: asyncio.Future[Result] = self.home.create_future()

        running.process.serve(lambda: work(running), future)
        self.calls = [each for each in self.calls if not each[1].done()]
        self.calls.append((running, future))
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            return await future

    async def moment(self, most: float) -> None:
        """A while."""
        await asyncio.sleep(self._chance.random() * most)

    async def complain(self, number: int) -> None:
        """A resident sends a complaint until it is taken, and sometimes once more."""
        landlord = self._chance.choice(sorted(LANDLORDS))
        organisation = self._chance.choice(sorted(LANDLORDS[landlord]))
        key = f"key-{number}"
        new = NewSubmission(
            landlord=landlord,
            organisation=organisation,
            route=Route.COMPLAINT,
            channel=Channel.WEB_FORM,
            received=None,
            name=f"Resident {number}",
            address="12 Mill Lane",
            email=None,
            phone=None,
            complaint="The boiler is out again.",
            desired_outcome=None,
            issues=("repairs",),
            representative=REPRESENTATIVES[number % len(REPRESENTATIVES)],
            adjustments=ADJUSTMENTS[: number % (len(ADJUSTMENTS) + 1)],
        )
        for _ in range(1 + (self._chance.random() < 0.4)):
            taken = await self._taken(new, key)
            before = self.memory.taken.setdefault((landlord, key), taken)
            if (before.reference, before.submission) != (taken.reference, taken.submission):
                self.memory.surprises.append(f"{key} was answered in two ways")

    async def _taken(self, new: NewSubmission, key: str) -> Taken:
        while True:
            submission = self.id()

            def take(running: Running, submission: UUID = submission) -> Taken:
                assert running.intake is not None
                now = running.intake.clock.now()
                return running.intake.take(new, key=key, submission=submission, now=now)

            try:
                return await self.call("intake", take)
            except UNKNOWN_OUTCOME:
                await self.moment(1.0)

    async def work(self, until: Callable[[], bool]) -> None:
        """An officer picks a case and does something about it, again and again."""
        while not until():
            await self.moment(0.8)
            if not self.memory.taken:
                continue
            chosen = self._chance.choice(list(self.memory.taken.values()))
            found = await self._look(chosen)
            if found is None:
                continue
            command = self._command(found)
            is_double_click = self._chance.random() < 0.2
            is_careful = is_double_click or self._chance.random() < 0.2
            expected = found.version if is_careful else None
            command_id = self.id()
            if is_double_click:  # the same command twice at once
                await asyncio.gather(
                    *(self._give(chosen, command, command_id, expected) for _ in range(2))
                )
            else:
                await self._give(chosen, command, command_id, expected)
            if self._chance.random() < 0.15:
                await self._give(chosen, command, command_id, expected)

    async def _look(self, chosen: Taken) -> LoadedComplaint | None:
        def load(running: Running) -> LoadedComplaint | None:
            assert running.handling is not None
            return running.handling.load(chosen.landlord, chosen.reference)

        try:
            return await self.call("workflow", load)
        except UNKNOWN_OUTCOME:
            return None

    async def _give(
        self, chosen: Taken, command: Command, command_id: UUID, expected: int | None
    ) -> None:
        told = self.memory.told.setdefault(
            command_id, Told(chosen.landlord, chosen.reference, expected)
        )

        def give(running: Running) -> Handled:
            assert running.handling is not None
            return _handled(running.handling, chosen, command, command_id, expected)

        tries = 0
        while tries < MOST_TRIES:
            was_done = self._inst.has_result(command_id)
            try:
                told.answers.append(await self.call("workflow", give))
            except NobodyThere:
                await self.moment(1.5)
            except UNKNOWN_OUTCOME:
                tries += 1
                await self.moment(1.5)
            except (ComplaintRuleBroken, CommandNotDone) as refusal:
                told.refusals.append(refusal)
                if was_done:
                    told.refused_after_it_was_done.append(str(refusal))
                return
            else:
                return
        self.memory.surprises.append(f"{type(command).__name__}: asked for {tries} times in vain")

    def _command(self, found: LoadedComplaint) -> Command:
        # A little ago: the clocks of processes differ by up to five minutes either way.
        now = self._inst.true_now - timedelta(minutes=11)
        if self._chance.random() < 0.35:
            kind = self._chance.choice(ANY_OF)
            around = Surroundings(now, policy_named(POLICIES[found.complaint.organisation]))
            command: Command = any_command(self._chance, around, kind)
            return command
        return self._usual_step(found, Moment(london_day(now), now))

    def _usual_step(self, found: LoadedComplaint, at: Moment) -> Command:
        officer = self._chance.choice(("ada", "ben", "cora"))
        findings = tuple(IssueOutcome(one, Outcome.UPHELD) for one in found.complaint.issues)
        steps: tuple[Command, ...] = (
            ask.AcknowledgeComplaint(happened=at, actor=officer, channel=Channel.EMAIL),
            ask.RecordContact(happened=at, actor=officer, channel=Channel.PHONE),
            ask.AllocateComplaint(happened=at, actor=officer, handlers=("cora",)),
            ask.SubmitDraft(happened=at, actor=officer),
            ask.ApproveDraft(happened=at, actor=officer, actor_role="manager", contains=EVERYTHING),
            ask.IssueResponse(happened=at, actor=officer, issues=findings, contains=EVERYTHING),
            ask.EscalateComplaint(happened=at, actor="complainant", channel=Channel.PHONE),
        )
        return self._chance.choice(steps)

    async def let_days_pass(self, leaps: int, *, pause: float) -> None:
        """The calendar goes on by days at a time, as it does while nobody looks."""
        for _ in range(leaps):
            await self.moment(pause * 2)
            hours = self._chance.choice((6, 14, 24, 31, 24 * 3, 24 * 8, 24 * 30, 24 * 90))
            self._inst.leapt += timedelta(hours=hours)
            self._inst.world.tell(f"{hours} hours pass")


POLICIES = {
    organisation: policy for bodies in LANDLORDS.values() for organisation, policy in bodies.items()
}


def _handled(
    handling: Handling, chosen: Taken, command: Command, command_id: UUID, expected: int | None
) -> Handled:
    landlord, reference = chosen.landlord, chosen.reference
    subject = uuid5(chosen.submission, "complainant")
    sealed = handling.seal(
        landlord, subject=subject, words=uuid5(NAMES, str(command_id)), kind="note", text="A note."
    )
    # Letters quote the words of commands: they are in the vault, as an officer's are.
    if getattr(command, "words", None) is not None:
        command = dataclasses.replace(command, words=sealed.reference)  # type: ignore[arg-type]
    return handling.handle(
        landlord,
        reference,
        command,
        command_id=command_id,
        fingerprint=hashlib.sha256(command_id.bytes).digest(),
        correlation_id=str(command_id),
        causation_id=str(command_id),
        words=(sealed,),
        expected_version=expected,
    )
