"""Notes who opens which case here, shows it to those who look after that, and sweeps what is old."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Cursor

from services.projections.read_models.restricted_cases import restricted_among
from services.projections.visibility import Row, visible_case
from shared.access.log import SEARCH, SWEPT_AT_ONCE, Read, note_read, reads_of_case, sweep
from shared.database.pool import Database
from shared.identity.sessions import SignedIn
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.worker import repeat

MOST_SHOWN = 200  # on the audit page of a case
SWEPT_EVERY_SECONDS = 3600.0
# Who sees on a case who looked at it.
SEE_READERS = frozenset({"auditor", "manager", "complaints_team"})


def opened_case(
    cursor: Cursor[Row], who: SignedIn, reference: str, *, page: str, now: datetime
) -> Row:
    """The row of a case for a reader who opens a page of it, which is noted; raises CaseUnknown."""
    found = visible_case(cursor, who, reference)
    landlord = who.officer.landlord
    note_read(
        cursor,
        landlord=landlord,
        officer=who.officer.officer,
        references=[reference],
        page=page,
        now=now,
        exactly=bool(restricted_among(cursor, landlord=landlord, references=[reference])),
    )
    return found


def note_found(
    cursor: Cursor[Row], who: SignedIn, references: Sequence[str], *, now: datetime
) -> None:
    """Notes that a search showed whose cases these are."""
    landlord = who.officer.landlord
    restricted = restricted_among(cursor, landlord=landlord, references=references)
    for exactly in (False, True):
        shown = [one for one in references if (one in restricted) is exactly]
        if shown:
            note_read(
                cursor,
                landlord=landlord,
                officer=who.officer.officer,
                references=shown,
                page=SEARCH,
                now=now,
                exactly=exactly,
            )


def readers_of(cursor: Cursor[Row], who: SignedIn, reference: str) -> tuple[Read, ...] | None:
    """Who looked at a case, the latest first, for those who may know; None for everybody else."""
    if who.officer.role not in SEE_READERS:
        return None
    return reads_of_case(
        cursor, landlord=who.officer.landlord, reference=reference, limit=MOST_SHOWN
    )


@dataclass
class ReadsSweeper:
    """Deletes once an hour what a landlord does not keep any longer; several may run."""

    database: Database
    clock: Clock
    name: str = "reads sweeper"

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        await repeat(self.name, self._step, stop)

    async def _step(self) -> float:
        await asyncio.to_thread(self.sweep_all)
        return SWEPT_EVERY_SECONDS

    def sweep_all(self) -> int:
        """Sweeps for every landlord; returns how many reads went."""
        with self.database.directory() as cursor:
            landlords = [landlord.landlord for landlord in all_landlords(cursor)]
        swept = 0
        for landlord in landlords:
            more = SWEPT_AT_ONCE
            while more == SWEPT_AT_ONCE:
                with self.database.transaction(landlord) as cursor:
                    more = sweep(cursor, landlord, now=self.clock.now())
                swept += more
        return swept
