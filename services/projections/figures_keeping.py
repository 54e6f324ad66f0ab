"""Keeps the figures of each landlord folded up to the head of its feed, so that a page reads only what
is new since the last one.
"""

import threading
from datetime import date, timedelta

from services.projections.case_figures import Figures
from shared.complaints.working_days import london_midnight
from shared.database.pool import Database
from shared.eventstore.feed import READ_MAX, head, read_feed


class FiguresKeeper:
    """One for a process. Figures as at an earlier day are folded anew from the start of the feed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, Figures] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def now(self, landlord: str) -> Figures:
        """With everything that is on record; the caller reads and does not change them."""
        with self._guard:
            lock = self._locks.setdefault(landlord, threading.Lock())
        with lock:
            figures = self._kept.setdefault(landlord, Figures())
            self._fold(figures, landlord, through=None)
            return figures

    def as_at(self, landlord: str, day: date) -> Figures:
        """With what was on record by the end of that day in London."""
        figures = Figures()
        self._fold(figures, landlord, through=day)
        return figures

    def _fold(self, figures: Figures, landlord: str, *, through: date | None) -> None:
        until = None if through is None else london_midnight(through + timedelta(days=1))
        with self._database.transaction(landlord) as cursor:
            last = head(cursor, landlord)
        after = figures.up_to_seq
        while after < last:
            with self._database.transaction(landlord) as cursor:
                page = read_feed(cursor, landlord, after=after, limit=min(READ_MAX, last - after))
            for recorded in page:
                # Each by itself: the clocks of two processes may differ by more than two commits.
                if until is None or recorded.recorded_at < until:
                    figures.fold(recorded)
            after = page[-1].seq
