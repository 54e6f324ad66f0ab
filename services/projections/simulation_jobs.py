"""Keeps simulations as jobs: what was asked, how far each came, what it found; any process may carry one on.

A batch is one transaction with the note of how far it came and with what it found, so that a crash loses nothing and
does nothing twice; the row is locked for the length of a batch, so that no two work on one.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.projections.simulation import Outcome, Scope, count_of, next_batch
from services.projections.simulation_tables import (
    Count,
    change_of,
)
from shared.database.pool import Database
from shared.identity.sessions import SignedIn
from shared.policies.verdicts import Verdict
from shared.policy_packs.loader import load_policy
from shared.policy_packs.packs import Pack

MOST_KEPT = 20  # of a landlord; the oldest goes when another is asked for
MOST_AT_WORK = 3  # of a landlord at once
MOST_CASES = 500  # shown of those that changed
LONGEST_DAYS = 5 * 366
WAITING, RUNNING, FINISHED, CANCELLED, FAILED = (
    "waiting", "running", "finished", "cancelled", "failed"
)  # fmt: skip
AT_WORK = (WAITING, RUNNING)
LONGEST_TROUBLE = 300

Row = dict[str, Any]


class SimulationRefused(ValueError):
    """It cannot be begun now; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was asked and how far it came."""

    simulation: UUID
    asked_by: str
    asked_at: datetime
    organisation: str | None
    policy: str
    version: str
    from_on: date
    to_on: date
    state: str
    complaints: int
    done: int
    judged: int
    worked_ms: int
    finished_at: datetime | None
    trouble: str | None

    @property
    def is_at_work(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in AT_WORK

    @property
    def per_cent(self) -> int:
        """How much of it is done."""
        return 100 if self.state == FINISHED else 100 * self.done // max(1, self.complaints)

    @property
    def rate(self) -> int | None:
        """Complaints in a second of work; None before there was any."""
        return None if not self.worked_ms else round(self.done * 1000 / self.worked_ms)


def begin(
    cursor: Cursor[Row], scope: Scope, pack: Pack, *, simulation: UUID, asked_by: str
) -> None:
    """Asks for a simulation; raises SimulationRefused where too many are at work, and forgets the oldest."""
    rows = cursor.execute(
        "SELECT simulation, state FROM desk.simulation WHERE landlord = %s"
        " ORDER BY asked_at DESC, simulation FOR UPDATE",
        (scope.landlord,),
    ).fetchall()
    if sum(row["state"] in AT_WORK for row in rows) >= MOST_AT_WORK:
        raise SimulationRefused(
            f"{MOST_AT_WORK} simulations are at work already: wait for one to end, or cancel one."
        )
    resting = [row["simulation"] for row in rows if row["state"] not in AT_WORK]
    room = MOST_KEPT - 1 - (len(rows) - len(resting))
    cursor.execute(
        "DELETE FROM desk.simulation WHERE landlord = %s AND simulation = ANY(%s)",
        (scope.landlord, resting[room:]),
    )
    cursor.execute(
        """
        INSERT INTO desk.simulation (landlord, simulation, asked_by, asked_at, organisation, policy,
            version, document, from_on, to_on, state, passed_reference, complaints, done, judged,
            worked_ms)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s, 0, 0, 0)
        """,
        (
            scope.landlord,
            simulation,
            asked_by,
            scope.as_at,
            scope.organisation,
            pack.policy,
            pack.read.version,
            pack.document,
            scope.from_on,
            scope.to_on,
            WAITING,
            count_of(cursor, scope),
        ),
    )


def simulations(cursor: Cursor[Row], who: SignedIn) -> list[Simulation]:
    """Those that this reader may see, the latest first: of their own organisation, where they are confined to it."""
    rows = cursor.execute(
        """
        SELECT simulation, asked_by, asked_at, organisation, policy, version, from_on, to_on,
            state, complaints, done, judged, worked_ms, finished_at, trouble
        FROM desk.simulation
        WHERE landlord = %(landlord)s
            AND (%(confined)s::text IS NULL OR organisation = %(confined)s)
        ORDER BY asked_at DESC, simulation LIMIT %(limit)s
        """,
        {"landlord": who.officer.landlord, "confined": who.confined_to, "limit": MOST_KEPT},
    )
    return [Simulation(**row) for row in rows]


def simulation(cursor: Cursor[Row], who: SignedIn, which: UUID) -> Simulation | None:
    """One of them; None where there is none for this reader."""
    row = cursor.execute(
        """
        SELECT simulation, asked_by, asked_at, organisation, policy, version, from_on, to_on,
            state, complaints, done, judged, worked_ms, finished_at, trouble
        FROM desk.simulation
        WHERE landlord = %(landlord)s AND simulation = %(which)s
            AND (%(confined)s::text IS NULL OR organisation = %(confined)s)
        """,
        {"landlord": who.officer.landlord, "which": which, "confined": who.confined_to},
    ).fetchone()
    return None if row is None else Simulation(**row)


def cancel(cursor: Cursor[Row], landlord: str, which: UUID) -> None:
    """Stops it where it is; what it found so far stays, and it may go on from there."""
    cursor.execute(
        "UPDATE desk.simulation SET state = %s WHERE landlord = %s AND simulation = %s AND state = ANY(%s)",
        (CANCELLED, landlord, which, list(AT_WORK)),
    )


def resume(cursor: Cursor[Row], landlord: str, which: UUID) -> None:
    """Lets it go on from where it was cancelled, or failed."""
    cursor.execute(
        "UPDATE desk.simulation SET state = %s, trouble = NULL"
        " WHERE landlord = %s AND simulation = %s AND state = ANY(%s)",
        (WAITING, landlord, which, [CANCELLED, FAILED]),
    )


def work_on(database: Database, landlord: str, *, now: datetime) -> bool:
    """One batch of the landlord's oldest simulation that waits; False where there is nothing to do."""
    with database.transaction(landlord) as cursor:
        row = cursor.execute(
            """
            SELECT * FROM desk.simulation WHERE landlord = %s AND state = ANY(%s)
            ORDER BY asked_at, simulation LIMIT 1 FOR UPDATE SKIP LOCKED
            """,
            (landlord, list(AT_WORK)),
        ).fetchone()
        if row is None:
            return False
        try:
            with cursor.connection.transaction():
                _one_batch(cursor, row, now=now)
        except (ValueError, LookupError) as trouble:
            # A calendar that does not know a day, a pack that an older version wrote: told, and not tried for ever.
            cursor.execute(
                "UPDATE desk.simulation SET state = %s, trouble = %s"
                " WHERE landlord = %s AND simulation = %s",
                (FAILED, str(trouble)[:LONGEST_TROUBLE], landlord, row["simulation"]),
            )
    return True


def _one_batch(cursor: Cursor[Row], row: Row, *, now: datetime) -> None:
    began = time.monotonic()
    policy = load_policy(row["document"], source=row["policy"])
    scope = Scope(
        row["landlord"], row["organisation"], row["from_on"], row["to_on"], row["asked_at"]
    )
    batch = next_batch(cursor, scope, policy, after=row["passed_reference"])
    _keep(cursor, row, batch.outcomes)
    ended = not batch.references
    cursor.execute(
        """
        UPDATE desk.simulation SET state = %s, passed_reference = %s, done = done + %s,
            judged = judged + %s, worked_ms = worked_ms + %s, finished_at = %s
        WHERE landlord = %s AND simulation = %s
        """,
        (
            FINISHED if ended else RUNNING,
            row["passed_reference"] if ended else batch.references[-1],
            len(batch.references),
            batch.judged,
            max(1, round((time.monotonic() - began) * 1000)),
            now if ended else None,
            row["landlord"],
            row["simulation"],
        ),
    )


def _keep(cursor: Cursor[Row], row: Row, outcomes: Sequence[Outcome]) -> None:
    cursor.executemany(
        """
        INSERT INTO desk.simulated (landlord, simulation, reference, stage, duty, organisation,
            opened_on, then_due, then_verdict, now_due, now_verdict, done_on)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            (
                row["landlord"],
                row["simulation"],
                each.reference,
                each.stage,
                each.duty,
                each.organisation,
                each.opened_on,
                each.then_due,
                each.then.value,
                each.now_due,
                each.now.value,
                each.done_on,
            )
            for each in outcomes
        ],
    )


def counts(cursor: Cursor[Row], landlord: str, which: UUID) -> list[Count]:
    """What it found, counted by duty, stage, month and verdicts."""
    rows = cursor.execute(
        """
        SELECT duty, stage, date_trunc('month', opened_on)::date AS month, then_verdict,
            now_verdict, count(*) AS cases
        FROM desk.simulated WHERE landlord = %s AND simulation = %s
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
        """,
        (landlord, which),
    )
    return [
        Count(
            row["duty"],
            row["stage"],
            row["month"],
            Verdict(row["then_verdict"]),
            Verdict(row["now_verdict"]),
            row["cases"],
        )
        for row in rows
    ]


def changed(
    cursor: Cursor[Row], landlord: str, which: UUID, *, change: str, duty: str, stage: int
) -> list[Row]:
    """The cases that would have become late, or would no longer have been; one more than MOST_CASES says that there
    are others.
    """
    pairs = [
        (then.value, now.value)
        for then in Verdict
        for now in Verdict
        if change_of(then, now) == change
    ]
    return cursor.execute(
        """
        SELECT reference, organisation, opened_on, then_due, now_due, done_on
        FROM desk.simulated
        WHERE landlord = %s AND simulation = %s AND duty = %s AND stage = %s
            AND (then_verdict, now_verdict) IN (
                SELECT * FROM unnest(%s::text[], %s::text[]))
        ORDER BY reference LIMIT %s
        """,
        (
            landlord,
            which,
            duty,
            stage,
            [then for then, _ in pairs],
            [now for _, now in pairs],
            MOST_CASES + 1,
        ),
    ).fetchall()
