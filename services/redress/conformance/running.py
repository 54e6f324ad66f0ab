"""One run of the kit: phase by phase the feed grows, deliveries are mistreated, and the subscriber is given time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from services.redress.conformance.clauses import PHASES, START, Act, Phase
from services.redress.conformance.delivering import Deliveries, KitRefused
from services.redress.conformance.invented_feed import InventedFeed
from services.redress.conformance.judging import Finding, Stretch, judge
from services.redress.conformance.reports import Reports
from shared.messaging.envelope import heartbeat_message
from shared.runtime.clock import Clock

FEWEST_EVENTS, MOST_EVENTS = 10, 1_000
BEAT_EVERY_SECONDS = 30.0  # as the relay does
PACE_SECONDS = 0.002  # between two acts, so that the subscriber meets a feed that grows
LOOK_AGAIN_SECONDS = 0.05
QUIET_SECONDS = 1.0  # without a report: nothing more is on its way
MOST_QUIET_LOOKS = 60  # whoever still reports then reports for ever
REFUSALS = 3  # questions in a row that the feed answers with 503


@dataclass(frozen=True, slots=True)
class Setting:
    """How much, how long, and the seed that everything follows from."""

    seed: int
    events: int  # of each phase
    within_seconds: float  # that a recovery may take
    start_within_seconds: float  # until the subscriber must consume


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the run found."""

    setting: Setting
    findings: tuple[Finding, ...]
    stretches: tuple[Stretch, ...]
    events: int
    reports: int

    @property
    def is_conforming(self) -> bool:
        """Whether every clause was kept."""
        return all(finding.is_kept for finding in self.findings)


class Run:
    """Plays the landlord once; `tell` gets a sentence as each phase begins and ends."""

    def __init__(
        self,
        *,
        feed: InventedFeed,
        reports: Reports,
        setting: Setting,
        clock: Clock,
        tell: Callable[[str], None],
    ) -> None:
        self._feed = feed
        self._reports = reports
        self._setting = setting
        self._clock = clock
        self._tell = tell
        self._grow_to(setting.events // 2)
        # The rest is recorded while the subscriber reads, and before it consumes.
        feed.once_read_to_the_end(lambda: self._grow_to(setting.events))

    async def run(self, deliveries: Deliveries) -> Verdict:
        """Everything, from a queue that must be empty to the verdict; raises KitRefused."""
        if (await deliveries.look()).messages:
            raise KitRefused("The queue is not empty: stop the subscriber, and let it be purged.")
        self._tell(f"waiting up to {self._setting.start_within_seconds:g} s for the subscriber")
        stretches = [await self._start(deliveries)]
        beating = asyncio.create_task(self._beat(deliveries))
        try:
            for phase in PHASES:
                stretches.append(await self._phase(phase, deliveries))
                if beating.done():
                    await beating
            await self._settle(deliveries)
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError, KitRefused):
                await beating
        applied = self._reports.applied
        findings = judge(
            stretches, ids=self._feed.ids, applied=applied, queue=await deliveries.look()
        )
        return Verdict(
            self._setting, findings, tuple(stretches), events=self._feed.head, reports=len(applied)
        )

    async def _start(self, deliveries: Deliveries) -> Stretch:
        stretch = Stretch(START, 1, self._setting.events)

        async def somebody_consumes() -> bool:
            if self._feed.first_asked:
                raise KitRefused(
                    f"The subscriber asked for what follows {self._feed.first_asked}: let it begin with position 0."
                )
            return (await deliveries.look()).consumers > 0

        if not await self._comes_true(somebody_consumes, self._setting.start_within_seconds):
            raise KitRefused("Nobody consumes from the queue: start the subscriber under test.")
        found = await self._judged_in_time(stretch)
        self._grow_to(self._setting.events)  # for a subscriber that never read the feed
        return found

    def _grow_to(self, last: int) -> None:
        while self._feed.head < last:
            self._feed.grow()

    async def _phase(self, phase: Phase, deliveries: Deliveries) -> Stretch:
        chance = Random(f"{self._setting.seed}:{phase.name}")
        first = self._feed.head + 1
        unknown: list[int] = []
        if phase.feed_is_down:
            self._feed.refuse_next(REFUSALS)
        for step in phase.steps(self._setting.events, chance):
            match step.act:
                case Act.RECORD:
                    is_unknown = phase.has_unknown and chance.random() < 0.3
                    seq = self._feed.grow(
                        as_unknown=is_unknown, with_more_fields=phase.has_unknown and not is_unknown
                    )
                    unknown += [seq] if is_unknown else []
                case Act.DELIVER:
                    await deliveries.deliver(self._feed.event(first + step.place))
                case Act.BEAT:
                    await self._beat_once(deliveries)
            await asyncio.sleep(PACE_SECONDS)
        found = await self._judged_in_time(
            Stretch(phase, first, self._feed.head, frozenset(unknown))
        )
        self._feed.refuse_next(0)
        return found

    async def _judged_in_time(self, stretch: Stretch) -> Stretch:
        """Waits until nothing of it is missing; tells how long that took, or that it did not happen."""

        async def nothing_is_missing() -> bool:
            return self._reports.has(stretch.owed)

        began = asyncio.get_running_loop().time()
        recovered = await self._comes_true(nothing_is_missing, self._setting.within_seconds)
        took = asyncio.get_running_loop().time() - began
        self._tell(
            f"{stretch.phase.name}: "
            + (f"everything is applied after {took:.1f} s" if recovered else "something is missing")
        )
        return Stretch(
            stretch.phase,
            stretch.first,
            stretch.last,
            stretch.may_be_left_out,
            recovered_after_seconds=round(took, 3) if recovered else None,
        )

    async def _settle(self, deliveries: Deliveries) -> None:
        """Lets the queue run empty, and waits until no report has come for a while."""

        async def is_empty() -> bool:
            return not (await deliveries.look()).messages

        await self._comes_true(is_empty, self._setting.within_seconds)
        for _ in range(MOST_QUIET_LOOKS):
            seen = len(self._reports)
            await asyncio.sleep(QUIET_SECONDS)
            if seen == len(self._reports):
                return

    async def _beat(self, deliveries: Deliveries) -> None:
        while True:
            await asyncio.sleep(BEAT_EVERY_SECONDS)
            await self._beat_once(deliveries)

    async def _beat_once(self, deliveries: Deliveries) -> None:
        now = self._clock.now()
        await deliveries.beat(heartbeat_message(self._feed.landlord, seq=self._feed.head, now=now))

    async def _comes_true(self, asked: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        until = asyncio.get_running_loop().time() + seconds
        while not await asked():
            if asyncio.get_running_loop().time() > until:
                return False
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return True
