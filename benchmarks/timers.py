"""Due dates into facts: what it costs to find nothing due, how fast timers fire while many wait, how late they are at a
steady rate, and whether commands feel a herd of overdue ones.

The service runs in a process of its own where commands are measured beside it, as it does in production.
"""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.paced import at_rate
from benchmarks.reporting import Measured, median_of_runs, milliseconds
from benchmarks.setting import AT, WORKING, Setting, new_setting
from services.workflow.timers import BATCH, TimerService
from shared.database.pool import Database
from shared.runtime.clock import SystemClock

PENDING = 100_000  # rows that wait for later days
POLLS = 200
DUE_A_SECOND, DRIFTING_SECONDS = 500, 8.0
LONGEST_LATE_SECONDS = 60.0  # a machine that is too slow is not waited for longer
HERD_CASES, HERD_EACH = 1_200, 4  # a case has that many timers
COMMANDS_A_SECOND, COMMAND_SECONDS = 50, 8.0
BODY = b"x" * 600

Connection = psycopg.Connection[tuple[Any, ...]]


def measure(conninfo: str) -> list[Measured]:
    """On one landlord; timers of real cases, and beside them rows that only wait."""
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as database,
        psycopg.connect(conninfo, autocommit=True) as bare,
    ):
        setting = new_setting(conninfo, owner, database)
        bare.execute("SELECT set_config('redress.landlord', %s, false)", (WORKING,))
        _wait(bare, PENDING)
        return [
            _nothing_due(setting, bare),
            *_drift(setting, bare),
            *_herd(setting, bare),
        ]


def _wait(bare: Connection, count: int) -> None:
    bare.execute(
        "INSERT INTO workflow.timer (landlord, stream, duty, stage, kind, generation, due_at)"
        " SELECT %s, 'waiting-' || n, 'respond', 1, 'missed', 1, timestamptz '2031-01-01' + n * interval '1 s'"
        " FROM generate_series(1, %s) AS n",
        (WORKING, count),
    )
    bare.execute("VACUUM ANALYZE workflow.timer")


def _nothing_due(setting: Setting, bare: Connection) -> Measured:
    timers = TimerService(recorder=setting.recorder, database=setting.database, clock=setting.clock)
    setting.clock.set(AT)

    def barest() -> object:
        return bare.execute(
            "SELECT 1 FROM workflow.timer WHERE landlord = %s AND ended_at IS NULL AND due_at <= %s LIMIT 1",
            (WORKING, AT),
        ).fetchall()

    def microseconds(step: Any) -> float:
        began = time.perf_counter()
        for _ in range(POLLS):
            step()
        return (time.perf_counter() - began) / POLLS * 1e6

    return Measured(
        f"nothing due among {PENDING:,}",
        median_of_runs(lambda: microseconds(lambda: timers.fire_due(WORKING))),
        "µs",
        {"one SELECT": median_of_runs(lambda: microseconds(barest))},
        higher_is_better=False,
        aim="3 times the SELECT (0.33)",
    )


def _drift(setting: Setting, bare: Connection) -> list[Measured]:
    """Timers of real cases, made due one after the other on the machine's own clock."""
    due = int(DUE_A_SECOND * DRIFTING_SECONDS)
    references = [setting.open(number) for number in range(due // HERD_EACH + 1)]
    clock = _Noting()
    timers = TimerService(recorder=setting.recorder, database=setting.database, clock=clock)
    first = datetime.now(UTC) + timedelta(seconds=1)
    _spread(bare, references, first=first, apart=timedelta(seconds=1 / DUE_A_SECOND))
    until = first + timedelta(seconds=DRIFTING_SECONDS + LONGEST_LATE_SECONDS)
    ended: dict[datetime, datetime] = {}
    while datetime.now(UTC) < until:
        clock.noted.clear()
        claimed = timers.fire_due(WORKING)
        ended[clock.noted[0]] = datetime.now(UTC)
        if not claimed:
            time.sleep(0.005)
            if datetime.now(UTC) > first + timedelta(seconds=DRIFTING_SECONDS):
                break
    rows = bare.execute(
        "SELECT due_at, ended_at FROM workflow.timer WHERE stream = ANY(%s) AND ended_by = 'fired'",
        (references,),
    ).fetchall()
    late = [(ended[ended_at] - due_at).total_seconds() for due_at, ended_at in rows]
    what = f"drift at {DUE_A_SECOND} due a second, of {len(late):,}"
    return milliseconds(what, late, aims=("", "1,000 ms"))


def _spread(bare: Connection, references: list[str], *, first: datetime, apart: timedelta) -> None:
    bare.execute(
        """
        UPDATE workflow.timer SET due_at = %s + place * %s FROM (
            SELECT stream, duty, stage, kind, generation,
                   row_number() OVER (ORDER BY due_at, stream) - 1 AS place
            FROM workflow.timer WHERE stream = ANY(%s) AND ended_at IS NULL
        ) AS ordered
        WHERE (timer.stream, timer.duty, timer.stage, timer.kind, timer.generation)
            = (ordered.stream, ordered.duty, ordered.stage, ordered.kind, ordered.generation)
        """,
        (first, apart, references),
    )


def _herd(setting: Setting, bare: Connection) -> list[Measured]:
    """Commands at a steady rate, first alone and then while another process drains what is overdue."""
    herd = [setting.open(900_000 + number) for number in range(HERD_CASES)]
    others = [setting.open(800_000 + number) for number in range(int(COMMANDS_A_SECOND * 4))]
    setting.clock.set(datetime.now(UTC))

    def command(number: int) -> None:
        setting.contact(others[number % len(others)])

    # Nobody's dates but the herd's fall in this benchmark.
    bare.execute(
        "UPDATE workflow.timer SET due_at = due_at + interval '5 years'"
        " WHERE stream = ANY(%s) AND ended_at IS NULL",
        (others,),
    )
    alone = at_rate(command, per_second=COMMANDS_A_SECOND, seconds=COMMAND_SECONDS)
    _spread(bare, herd, first=AT, apart=timedelta(microseconds=1))
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.draining", setting.conninfo],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as draining:
        assert draining.stdin is not None
        assert draining.stdout is not None
        assert draining.stdout.readline() == "ready\n"
        draining.stdin.write("now\n")
        draining.stdin.flush()
        beside: list[float] = []
        while draining.poll() is None:
            beside += at_rate(command, per_second=COMMANDS_A_SECOND, seconds=1.0)
        pace = float(draining.stdout.read())
    floor = _claimed(bare)
    return [
        Measured(
            f"timers fired with {PENDING:,} waiting, beside {COMMANDS_A_SECOND} commands a second",
            pace,
            "/s",
            {f"claim, insert {BATCH}, mark": floor},
            aim="2,000 /s",
        ),
        *milliseconds(
            f"command at {COMMANDS_A_SECOND}/s while a herd drains",
            beside,
            beside={"without the herd": alone},
            aims=("", "p99 at most doubled (0.50)"),
        ),
    ]


def _claimed(bare: Connection) -> float:
    """What the barest program reaches that claims, inserts a row for each, and marks."""
    bare.execute("CREATE TABLE public.due (id int PRIMARY KEY, is_done boolean NOT NULL)")
    bare.execute("INSERT INTO public.due SELECT n, false FROM generate_series(1, 5000) AS n")
    bare.execute("CREATE INDEX ON public.due (id) WHERE NOT is_done")
    done, began = 0, time.perf_counter()
    with bare.cursor() as cursor:
        while True:
            with bare.transaction():
                cursor.execute(
                    "SELECT id FROM public.due WHERE NOT is_done ORDER BY id LIMIT %s"
                    " FOR UPDATE SKIP LOCKED",
                    (BATCH,),
                )
                claimed = [row[0] for row in cursor]
                cursor.executemany(
                    "INSERT INTO public.floor VALUES (%s, %s)", [(uuid4(), BODY) for _ in claimed]
                )
                cursor.execute(
                    "UPDATE public.due SET is_done = true WHERE id = ANY(%s)", (claimed,)
                )
            if not claimed:
                return done / (time.perf_counter() - began)
            done += len(claimed)


class _Noting(SystemClock):
    """Remembers what it said: the first answer of a round is when its timers ended."""

    def __init__(self) -> None:
        self.noted: list[datetime] = []

    def now(self) -> datetime:
        self.noted.append(super().now())
        return self.noted[-1]
