"""What brings the read models up to the feed: a worker in a serving process, a call after an import."""

from services.projections.following import CONSUMER, SCHEMA, apply_to_read_models
from shared.database.pool import Database
from shared.messaging.bus import Bus
from shared.messaging.follower import FeedFollower
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.clock import Clock


def read_model_follower(database: Database, bus: Bus, clock: Clock) -> FeedFollower:
    """The follower of the feed that folds every fact into the read models."""
    return FeedFollower(
        name=CONSUMER,
        database=database,
        bus=bus,
        queue=PROJECTIONS_FEED,
        schema=SCHEMA,
        apply=apply_to_read_models,
        clock=clock,
    )
