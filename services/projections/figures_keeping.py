"""Keeps the figures of each landlord folded up to the head of its feed, so that a page reads only what
is new since the last one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from services.projections.case_figures import Figures
from shared.complaints.working_days import london_midnight
from shared.database.pool import Database
from shared.eventstore.feed import READ_MAX, head, read_feed


@dataclass(frozen=True, slots=True)
class AsAtDays:
    """Up to the end of which days in London: what had happened, and what was on record."""

    happened: date
    recorded: date


class FiguresKeeper:
    """One for a process, whose requests take turns with the figures of a landlord."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, Figures] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    @contextmanager
    def as_at(self, landlord: str, through: AsAtDays | None) -> Iterator[Figures]:
        """With what had happened and was on record by then, folded anew from the start of the feed; for None with
        everything, which nobody folds on in before the block ends. The caller does not change them.
        """
        if through is not None:
            figures = Figures()
            self._fold(figures, landlord, through=through)
            yield figures
            return
        with self._guard:
            lock = self._locks.setdefault(landlord, threading.Lock())
        with lock:
            figures = self._kept.setdefault(landlord, Figures())
            self._fold(figures, landlord, through=None)
            yield figures

    def _fold(self, figures: Figures, landlord: str, *, through: AsAtDays | None) -> None:
        until = None if through is None else london_midnight(through.recorded + timedelta(days=1))
        with self._database.transaction(landlord) as cursor:
            last = head(cursor, landlord)
        after = figures.up_to_seq
        while after < last:
            with self._database.transaction(landlord) as cursor:
                page = read_feed(cursor, landlord, after=after, limit=min(READ_MAX, last - after))
            for recorded in page:
                # Each by itself: the clocks of two processes may differ by more than two commits.
                if until is not None and recorded.recorded_at >= until:
                    continue
                if through is None or recorded.happened.on <= through.happened:
                    figures.fold(recorded)
            after = page[-1].seq
