"""The two followers of the feed, as a serving process runs them and as a command looks at them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.notifier.composing import compose
from services.redress.assembly import NOTIFIER, PROJECTIONS, Installation
from services.redress.failures import NotConfigured
from services.redress.read_models import read_model_follower
from shared.database.pool import Database
from shared.messaging.ahead import Ahead
from shared.messaging.bus import Bus
from shared.messaging.by_complaint import ComplaintFollower
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import NOTIFIER_FEED, partitions_of
from shared.runtime.clock import Clock


def letter_follower(database: Database, bus: Bus, clock: Clock) -> FeedFollower:
    """The follower of the feed that writes down which letters are owed."""
    return FeedFollower(
        name=NOTIFIER_FEED.name,
        database=database,
        bus=bus,
        queue=NOTIFIER_FEED,
        schema="notifier",
        apply=compose,
        clock=clock,
        # Complaints that shared followers dealt with ahead of the position are not dealt with again.
        ahead=Ahead(schema="notifier", consumer=NOTIFIER_FEED.name),
    )


def shared_letter_follower(inst: Installation, bus: Bus) -> ComplaintFollower:
    """The same, where several processes share the work complaint by complaint; raises NotConfigured."""
    settings = inst.settings
    partitions, preferred = settings.notifier_partitions, settings.notifier_partition
    if preferred is not None and preferred >= partitions:
        raise NotConfigured(
            f"REDRESS_NOTIFIER_PARTITION is {preferred}, and the partitions are 0 to {partitions - 1}."
        )
    return ComplaintFollower(
        name=NOTIFIER_FEED.name,
        database=inst.database(NOTIFIER),
        bus=bus,
        queues=partitions_of(NOTIFIER_FEED, partitions),
        schema="notifier",
        apply=compose,
        clock=inst.clock,
        preferred=preferred,
    )


def letter_worker(inst: Installation, bus: Bus) -> FeedFollower:
    """Whichever of the two the settings ask for."""
    if inst.settings.notifier_partitions > 1:
        return shared_letter_follower(inst, bus)
    return CONSUMERS["notifier"].follower(inst, bus)


@dataclass(frozen=True)
class Consumer:
    """A service that follows the feed: its database role and its follower."""

    role: str
    make: Callable[[Database, Bus, Clock], FeedFollower]

    def follower(self, inst: Installation, bus: Bus | None = None) -> FeedFollower:
        """Its follower; without a bus one that is never run, to ask and to mend what is parked."""
        idle_bus = LocalBus(inst.settings.data_directory / "parked")
        return self.make(inst.database(self.role), bus or idle_bus, inst.clock)


CONSUMERS: Mapping[str, Consumer] = {
    "projections": Consumer(PROJECTIONS, read_model_follower),
    "notifier": Consumer(NOTIFIER, letter_follower),
}
