"""Building a version of the read models from the feed, beside what reading alone costs and what the library's own
projection runner reaches on the same server.
"""

import time
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict

from benchmarks.librarys_runner import facts_per_second
from benchmarks.reporting import Measured
from benchmarks.setting import AT, register
from services.projections.building import Builder
from services.projections.case_folds import FOLD, CaseFold
from services.projections.following import CASE_FOLDS
from services.projections.read_models import case_history, complaints
from services.projections.rebuilding import switch_to, verify
from services.projections.versions import drop_version, make_version, mark_built
from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Moment,
    Outcome,
    Route,
    SkippedDay,
)
from shared.database.pool import Database
from shared.eventstore.feed import READ_MAX
from shared.eventstore.record import NewRecord
from shared.eventstore.recorder import Append, FeedRecorder
from shared.runtime.clock import SettableClock

LANDLORD = "rebuilt"
CASES = 4_000
LIBRARY_FACTS = 3_000
DAY = date(2026, 3, 11)
OPENED = told.ComplaintOpened(
    reference="",
    organisation="office",
    route=Route.COMPLAINT,
    channel=Channel.EMAIL,
    policy="hos-code-2024",
    policy_hash="cd" * 32,
    received_on=DAY,
    received_at=AT,
    issues=(Issue(1, "repairs"), Issue(2, "staff conduct")),
    complainant=str(uuid4()),
)
PROMISE = told.DeadlineSet(
    duty="respond",
    stage=1,
    generation=1,
    due_on=DAY + timedelta(days=14),
    due_at=None,
    trigger="acknowledged",
    trigger_on=DAY,
    span=10,
    unit="working_days",
    rule="The stage 1 response is sent within ten working days of the acknowledgement.",
    clause="Code 6.3",
    firmness="must",
    responsible="caseworker",
    policy="hos-code-2024",
    policy_hash="cd" * 32,
    calendar_revision="england-2026-1",
    skipped=(SkippedDay(date(2026, 4, 3), "Good Friday"),),
)


def measure(conninfo: str) -> list[Measured]:
    """After the migrations; on a landlord of its own with cases of twenty facts."""
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as workflow,
        Database(conninfo, role="redress_projections") as projections,
    ):
        register(owner, LANDLORD)
        facts = _fill(workflow)
        floor = {"reading and orjson": _read(conninfo, facts)}
        library = {"the library's ProjectionRunner": _library(conninfo)}
        measured = (
            ("all read models", CASE_FOLDS, "20 times the library's runner"),
            ("case table", (complaints.CASE_FOLD,), "100,000 /s"),
            ("case history", (case_history.CASE_FOLD,), "20,000 /s"),
        )
        found = [
            _built(owner, projections, what, folds, floor | library, aim=aim)
            for what, folds, aim in measured
        ]
        return [*found, *_switched(owner, projections, floor)]


def _case(reference: str) -> tuple[ComplaintEvent, ...]:
    """A complaint that is answered at two stages and closed."""
    settled = (IssueOutcome(1, Outcome.UPHELD), IssueOutcome(2, Outcome.NOT_UPHELD))

    def promised(stage: int, generation: int, duty: str) -> told.DeadlineSet:
        fields = {name: getattr(PROMISE, name) for name in PROMISE.__slots__}
        return told.DeadlineSet(
            **(fields | {"stage": stage, "generation": generation, "duty": duty})
        )

    def stage(number: int) -> tuple[ComplaintEvent, ...]:
        due_on = PROMISE.due_on
        return (
            promised(number, 1, "acknowledge"),
            promised(number, 1, "respond"),
            told.ComplaintAllocated(stage=number, handlers=("amara",)),
            told.ComplaintAcknowledged(stage=number, channel=Channel.EMAIL),
            told.DeadlineMet("acknowledge", number, due_on, DAY, 0),
            promised(number, 2, "respond"),
            told.NoteAdded(stage=number),
            told.ResponseIssued(stage=number, outcome=Outcome.UPHELD, issues=settled),
            told.DeadlineMet("respond", number, due_on, due_on, 0),
        )

    opened = told.ComplaintOpened(
        **{name: getattr(OPENED, name) for name in OPENED.__slots__} | {"reference": reference}
    )
    escalated = told.ComplaintEscalated(1, 2, Channel.EMAIL, "dissatisfied")
    return (opened, *stage(1), escalated, *stage(2), told.ComplaintClosed(2, "accepted"))


def _fill(workflow: Database) -> int:
    recorder = FeedRecorder(workflow)
    written = 0
    for number in range(CASES):
        reference = f"RB-2026-{number:06d}"
        records = tuple(
            NewRecord(uuid4(), event, Moment(DAY, AT), "officer", "benchmark", "benchmark")
            for event in _case(reference)
        )
        recorder.append(
            Append(
                landlord=LANDLORD,
                stream=reference,
                expected_version=0,
                records=records,
                command_id=uuid4(),
                fingerprint=b"benchmark",
                recorded_at=AT,
            )
        )
        written += len(records)
    return written


def _read(conninfo: str, facts: int) -> float:
    with psycopg.connect(conninfo, autocommit=True) as bare:
        bare.execute("SELECT set_config('redress.landlord', %s, false)", (LANDLORD,))
        began, after = time.perf_counter(), 0
        while after < facts:
            rows = bare.execute(
                "SELECT seq, record FROM workflow.event WHERE landlord = %s AND seq > %s"
                " ORDER BY seq LIMIT %s",
                (LANDLORD, after, READ_MAX),
            ).fetchall()
            for _seq, record in rows:
                orjson.loads(record)
            after = rows[-1][0]
        return facts / (time.perf_counter() - began)


def _library(conninfo: str) -> float:
    known = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
    return facts_per_second(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": known["dbname"],
            "POSTGRES_HOST": known["host"],
            "POSTGRES_PORT": known.get("port", "5432"),
            "POSTGRES_USER": known["user"],
            "POSTGRES_PASSWORD": known.get("password", ""),
        },
        facts=LIBRARY_FACTS,
    )


def _built(
    owner: Database,
    projections: Database,
    what: str,
    folds: tuple[CaseFold, ...],
    beside: dict[str, float],
    *,
    aim: str,
) -> Measured:
    clock = SettableClock(AT)
    version = make_version(owner, fold=FOLD, now=AT)
    began = time.perf_counter()
    facts = Builder(projections, version, clock=clock, folds=folds).build()
    pace = facts / (time.perf_counter() - began)
    drop_version(owner, version.version)
    what = f"rebuilt beside what serves: {what}, {facts:,} facts"
    return Measured(what, pace, "/s", beside, aim=aim)


def _switched(owner: Database, projections: Database, beside: dict[str, float]) -> list[Measured]:
    clock = SettableClock(AT)
    version = make_version(owner, fold=FOLD, now=AT)
    Builder(projections, version, clock=clock).build()
    mark_built(owner, version, now=AT)
    began = time.perf_counter()
    switch_to(owner, projections, version.version, clock=clock)
    switching = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    told_to: list[tuple[int, int]] = []
    differences: list[Any] = verify(
        projections, LANDLORD, on_progress=lambda done, of: told_to.append((done, of))
    )
    pace = told_to[-1][0] / (time.perf_counter() - began)
    assert not differences
    return [
        Measured("switched to", switching, "ms", {}, higher_is_better=False),
        Measured("read models compared with a fresh fold", pace, "facts/s", beside),
    ]
