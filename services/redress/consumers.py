"""The two followers of the feed, as a serving process runs them and as a command looks at them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.notifier.composing import compose
from services.redress.assembly import NOTIFIER, PROJECTIONS, Installation
from services.redress.read_models import read_model_follower
from shared.database.pool import Database
from shared.messaging.bus import Bus
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import NOTIFIER_FEED
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
    )


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
