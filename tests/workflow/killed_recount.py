"""A process that counts dates again and is killed in the middle of a batch: after its statements, before its commit."""

import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg import Cursor

from services.workflow.recounting import Recounting
from shared.database.pool import Database
from shared.eventstore.append import Append
from shared.eventstore.recorder import FeedRecorder
from shared.runtime.clock import SettableClock


class KilledRecorder(FeedRecorder):
    """Ends its process, as the kernel would, when it has written that many batches."""

    left = 0

    def append_all_in(self, cursor: Cursor[dict[str, Any]], appends: Sequence[Append]) -> None:
        """Write, and die at the last of them."""
        super().append_all_in(cursor, appends)
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main(conninfo: str, landlord: str, batches: str) -> None:
    """Count until killed."""
    database = Database(conninfo, role="redress_workflow")
    recorder = KilledRecorder(database)
    recorder.left = int(batches)
    clock = SettableClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    work = Recounting(recorder=recorder, database=database, clock=clock)
    while work.step(landlord):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
