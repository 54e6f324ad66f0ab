"""What waits, for Prometheus: measured from the tables when it asks, for the stages of this process.

Figures of single landlords are told of the worst few alone, so that their number does not grow with the landlords;
the figure without a landlord is the worst of all.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import psycopg
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.notifier.sending import letter_backlog
from services.redress.assembly import NOTIFIER, WORKFLOW, Installation
from services.redress.consumers import CONSUMERS
from services.redress.stages import (
    LETTERS,
    LETTERS_TO_TRY,
    OUTBOX,
    RELAY,
    TIMERS,
    WEBHOOKS_LAG,
    WEBHOOKS_TO_TRY,
    Waiting,
    landlords_of,
    waiting_at,
)
from services.workflow.leading import leaders
from services.workflow.proofs import Proof, proven
from services.workflow.timer_backlog import AGES, timer_backlog

WORST_LANDLORDS = 20  # of each figure
# Prometheus asks every ten seconds or less often; several of them, or somebody's loop, must not load the database.
KEPT_SECONDS = 3.0

AGE_OF = {
    OUTBOX: ("redress_outbox_oldest_age_seconds", "Age of the oldest complaint not handed over."),
    RELAY: (
        "redress_relay_unconfirmed_oldest_age_seconds",
        "Age of the oldest event that the broker has not confirmed.",
    ),
    TIMERS: ("redress_timer_oldest_overdue_seconds", "Age of the timer longest overdue."),
    LETTERS: ("redress_letters_oldest_age_seconds", "Age of the oldest letter not sent."),
    LETTERS_TO_TRY: (
        "redress_letters_to_try_oldest_age_seconds",
        "Since when the letter that is due longest should have been tried.",
    ),
    WEBHOOKS_LAG: (
        "redress_webhooks_oldest_age_seconds",
        "Age of the oldest event that a webhook's receiver has not taken.",
    ),
    WEBHOOKS_TO_TRY: (
        "redress_webhooks_to_try_oldest_age_seconds",
        "Since when the delivery that is due longest should have been tried.",
    ),
}
COUNT_OF = {
    OUTBOX: ("redress_outbox_waiting", "Complaints not handed over."),
    RELAY: ("redress_relay_unconfirmed", "Events that the broker has not confirmed."),
    TIMERS: ("redress_timers_overdue", "Timers that should have fired."),
    LETTERS: ("redress_letters_waiting", "Letters not sent."),
}
BUCKETS = ("1.0", "10.0", "60.0", "600.0", "3600.0", "+Inf")


class WaitingCollector(Collector):
    """Measures the stages of this process; a database that is away leaves only the word that it is."""

    def __init__(
        self,
        inst: Installation,
        stages: Sequence[str],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inst = inst
        self._stages = tuple(dict.fromkeys(stages))
        self._monotonic = monotonic
        self._turn = threading.Lock()
        self._kept: tuple[float, list[Metric]] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing: to register must not ask the database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Everything, measured now or a moment ago."""
        with self._turn:
            now = self._monotonic()
            if self._kept is None or now - self._kept[0] >= KEPT_SECONDS:
                self._kept = (now, self._measured())
            return self._kept[1]

    def _measured(self) -> list[Metric]:
        began = self._monotonic()
        found: list[Metric] = list(self._pools())
        try:
            for stage in self._stages:
                found += self._of_stage(stage)
        except (psycopg.Error, OSError):
            found.append(_gauge("redress_measured", "Whether the tables could be read.", 0))
        else:
            found.append(_gauge("redress_measured", "Whether the tables could be read.", 1))
        took = self._monotonic() - began
        found.append(_gauge("redress_measuring_seconds", "How long it took to measure.", took))
        return found

    def _of_stage(self, stage: str) -> Iterator[Metric]:
        waiting = waiting_at(self._inst, stage, now=self._inst.clock.now())
        if stage in CONSUMERS:
            yield _of_consumers("redress_projection_lag_seconds", stage, waiting, _age)
            yield _of_consumers("redress_projection_lag_events", stage, waiting, _count)
            yield self._parked(stage)
            return
        if stage in AGE_OF:
            yield _worst(*AGE_OF[stage], waiting, _age)
        if stage in COUNT_OF:
            yield _worst(*COUNT_OF[stage], waiting, _count)
        if stage == RELAY:
            yield from self._log()
        if stage == TIMERS:
            yield self._overdue_ages()
        if stage == LETTERS:
            yield from self._letters()

    def _parked(self, stage: str) -> Metric:
        consumer = CONSUMERS[stage]
        follower = consumer.follower(self._inst)
        streams = 0
        for landlord in landlords_of(self._inst, consumer.role):
            with self._inst.database(consumer.role).transaction(landlord) as cursor:
                streams += len({each.stream for each in follower.parked(cursor, landlord)})
        family = GaugeMetricFamily(
            "redress_parked_streams",
            "Complaints whose events a consumer keeps aside.",
            labels=("consumer",),
        )
        family.add_metric((stage,), streams)
        return family

    def _log(self) -> Iterator[Metric]:
        database = self._inst.database(WORKFLOW)
        epochs = GaugeMetricFamily(
            "redress_leader_epoch", "How often the lead was taken.", labels=("leader",)
        )
        with database.directory() as cursor:
            for leader in leaders(cursor):
                epochs.add_metric((leader.leader,), leader.epoch)
        yield epochs
        through = GaugeMetricFamily(
            "redress_chain_verified_through",
            "The last event up to which a landlord's hash chain was proven, of those proven the longest ago.",
            labels=("landlord",),
        )
        ages = GaugeMetricFamily(
            "redress_chain_verified_age_seconds", "Since when that is.", labels=("landlord",)
        )
        now = self._inst.clock.now()
        found = {each: proven(database, each) for each in landlords_of(self._inst, WORKFLOW)}
        # Who was never proven comes first, with 0 and no age.
        oldest = sorted(found, key=lambda each: _proven_at(found[each]))
        for landlord in oldest[:WORST_LANDLORDS]:
            proof = found[landlord]
            through.add_metric((landlord,), proof.seq if proof else 0)
            if proof is not None:
                ages.add_metric((landlord,), (now - proof.proven_at).total_seconds())
        yield through
        yield ages

    def _overdue_ages(self) -> Metric:
        now = self._inst.clock.now()
        counts = dict.fromkeys(AGES, 0)
        for landlord in landlords_of(self._inst, WORKFLOW):
            backlog = timer_backlog(self._inst.database(WORKFLOW), landlord, now=now)
            for name, count in backlog.overdue_ages.items():
                counts[name] += count
        name = "redress_timer_overdue_age_seconds"
        family = Metric(name, "Timers that are overdue now, by how long.", "gaugehistogram")
        total = 0
        for edge, count in zip(BUCKETS, counts.values(), strict=True):
            total += count
            family.add_sample(f"{name}_bucket", {"le": edge}, total)
        family.add_sample(f"{name}_gcount", {}, total)
        return family

    def _letters(self) -> Iterator[Metric]:
        found = letter_backlog(self._inst.database(NOTIFIER), now=self._inst.clock.now())
        given_up = GaugeMetricFamily(
            "redress_letters_given_up", "Letters that will not be tried again.", labels=("state",)
        )
        given_up.add_metric(("failed",), sum(each.failed for each in found))
        given_up.add_metric(("undeliverable",), sum(each.undeliverable for each in found))
        yield given_up

    def _pools(self) -> Iterator[Metric]:
        connections = GaugeMetricFamily(
            "redress_pool_connections",
            "Connections to the database by role and state.",
            labels=("role", "state"),
        )
        callers = GaugeMetricFamily(
            "redress_pool_callers_waiting", "Callers that wait for a connection.", labels=("role",)
        )
        for role, stats in self._inst.pool_stats().items():
            idle = stats.get("pool_available", 0)
            connections.add_metric((role, "idle"), idle)
            connections.add_metric((role, "busy"), stats.get("pool_size", 0) - idle)
            callers.add_metric((role,), stats.get("requests_waiting", 0))
        yield connections
        yield callers


def _proven_at(proof: Proof | None) -> float:
    return 0.0 if proof is None else proof.proven_at.timestamp()


def _gauge(name: str, explained: str, value: float) -> Metric:
    return GaugeMetricFamily(name, explained, value=value)


def _age(waiting: Waiting) -> float:
    return 0.0 if waiting.oldest is None else waiting.oldest.total_seconds()


def _count(waiting: Waiting) -> float:
    return float(waiting.waiting)


def _worst(
    name: str, explained: str, waiting: Sequence[Waiting], figure: Callable[[Waiting], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, explained, labels=("landlord",))
    for landlord, value in _worst_first(waiting, figure):
        family.add_metric((landlord,), value)
    return family


def _of_consumers(
    name: str, stage: str, waiting: Sequence[Waiting], figure: Callable[[Waiting], float]
) -> GaugeMetricFamily:
    explained = (
        "How far a consumer is behind the feed: since when the oldest event waits, or how many do."
    )
    family = GaugeMetricFamily(name, explained, labels=("consumer", "landlord"))
    for landlord, value in _worst_first(waiting, figure):
        family.add_metric((stage, landlord), value)
    return family


def _worst_first(
    waiting: Sequence[Waiting], figure: Callable[[Waiting], float]
) -> list[tuple[str, float]]:
    """The worst of all under no landlord's name, then the worst ones, those with nothing left out."""
    figures = sorted(((figure(each), each.landlord) for each in waiting), reverse=True)
    worst = figures[0][0] if figures else 0.0
    return [("", worst)] + [(name, value) for value, name in figures[:WORST_LANDLORDS] if value > 0]
