"""What the pages that adopt policies and calendars work with: the service's connections, its clock, and the recount."""

from collections.abc import Callable
from dataclasses import dataclass

from services.workflow.recounting import Recounting
from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from shared.runtime.clock import Clock


@dataclass(frozen=True)
class AdoptionDesk:
    """The parts; `after_append` is told the landlord after each adoption."""

    recorder: FeedRecorder
    database: Database
    clock: Clock
    after_append: Callable[[str], None] | None = None

    @property
    def recounting(self) -> Recounting:
        """What says which dates a calendar would move, and how far the last recount came."""
        return Recounting(recorder=self.recorder, database=self.database, clock=self.clock)

    def adopted(self, landlord: str) -> None:
        """Tells whoever carries the feed on that there is something new on it."""
        if self.after_append is not None:
            self.after_append(landlord)
