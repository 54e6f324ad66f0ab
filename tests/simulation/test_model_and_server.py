"""The model of PostgreSQL and PostgreSQL do the same work and come to the same rows, answers and refusals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import PersistenceError
from psycopg import Cursor, sql

from shared.complaints.events import NoteAdded
from shared.database.pool import Database
from shared.eventstore.recorder import Append, AppendRefused, FeedRecorder
from shared.eventstore.timers import due_timers, mark_fired, next_due_at
from shared.messaging.positions import POISON, Parked, Positions
from tests.eventstore.building import HILLTOP, RIVERSIDE, append_of, fact, register
from tests.simulation.postgres.connections import ModelDatabase
from tests.simulation.postgres.direct import DirectTurns
from tests.simulation.postgres.server import Server
from tests.support.postgres import TestDatabase

Row = dict[str, Any]
THU_26_MAR_2026 = datetime(2026, 3, 26, tzinfo=UTC)
STREAMS = tuple(f"RC-2026-{number:06}" for number in range(1, 5))
COMPARED = (
    "workflow.event", "workflow.feed_head", "workflow.command_result", "workflow.timer",
    "workflow.source_reference", "projections.position", "projections.parked",
)  # fmt: skip


@dataclass(frozen=True)
class Timer:
    """A timer as the rules hand it over."""

    duty: str
    stage: int
    kind: str
    generation: int
    due_at: datetime


class Course:
    """The same chance gives the same work on either store; what each step came to is kept."""

    def __init__(self, owner: Database, seed: int) -> None:
        self._owner = owner
        self._recorder = FeedRecorder(owner, environment={})
        self._chance = Random(seed)
        self._commands: list[UUID] = []
        self.answers: list[object] = []

    def run(self, steps: int) -> None:
        deeds: tuple[Callable[[], object], ...] = (
            self._append, self._append, self._append, self._fire, self._follow, self._look,
        )  # fmt: skip
        for _ in range(steps):
            self.answers.append(self._chance.choice(deeds)())

    def _id(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128), version=4)

    def _landlord(self) -> str:
        return self._chance.choice((RIVERSIDE, HILLTOP))

    def _append(self) -> object:
        landlord, stream = self._landlord(), self._chance.choice(STREAMS)
        version = len(self._recorder.load(landlord, stream)) - (self._chance.random() < 0.15)
        facts = [
            fact(NoteAdded(stage=1), event_id=self._id()) for _ in range(self._chance.randint(0, 3))
        ]
        again = self._commands and self._chance.random() < 0.1
        command_id = self._chance.choice(self._commands) if again else self._id()
        append = append_of(
            *facts,
            landlord=landlord,
            stream=stream,
            expected_version=max(version, 0),
            command_id=command_id,
        )
        try:
            found = self._recorder.append(self._with_more(append))
        except (AppendRefused, PersistenceError) as refused:
            return type(refused).__name__
        self._commands.append(command_id)
        return found

    def _with_more(self, append: Append) -> Append:
        if self._chance.random() < 0.6:
            append = replace(append, timers_set=tuple(self._timer() for _ in range(2)))
        if self._chance.random() < 0.3:
            append = replace(append, timers_ended=(self._timer(),))
        if self._chance.random() < 0.2:
            reference = f"old {self._chance.randint(1, 6)}"
            append = replace(append, source_reference=reference)
        return append

    def _timer(self) -> Timer:
        return Timer(
            duty=self._chance.choice(("respond", "acknowledge")),
            stage=1,
            kind=self._chance.choice(("missed", "notice")),
            generation=self._chance.randint(1, 3),
            due_at=THU_26_MAR_2026 + timedelta(days=self._chance.randint(-5, 5)),
        )

    def _fire(self) -> object:
        landlord = self._landlord()
        with self._owner.transaction(landlord) as cursor:
            due = due_timers(cursor, landlord, now=THU_26_MAR_2026, limit=2)
            fired = [(timer.stream, timer, THU_26_MAR_2026) for timer in due]
            mark_fired(cursor, landlord=landlord, fired=fired)
        return due

    def _follow(self) -> object:
        landlord, positions = self._landlord(), Positions(schema="projections", consumer="one")
        with self._owner.transaction(landlord) as cursor:
            seq = positions.lock(cursor, landlord, now=THU_26_MAR_2026)
            positions.move(cursor, landlord, seq=seq + 1, now=THU_26_MAR_2026)
            if self._chance.random() < 0.4:
                positions.park(cursor, landlord, parked=self._parked(seq))
            if self._chance.random() < 0.2:
                positions.unpark(cursor, landlord, seq=seq)
            among = positions.parked_streams(cursor, landlord, among=list(STREAMS[:2]))
            return positions.parked(cursor, landlord), among

    def _parked(self, seq: int) -> Parked:
        return Parked(
            seq=self._chance.randint(max(seq - 2, 0), seq),
            stream=self._chance.choice(STREAMS),
            event_id=UUID(int=seq),
            reason=POISON,
            error=f"trouble {self._chance.randint(1, 9)}",
            parked_at=THU_26_MAR_2026,
        )

    def _look(self) -> object:
        landlord = self._landlord()
        with self._owner.transaction(landlord) as cursor:
            return next_due_at(cursor, landlord)


def rows_of(owner: Database) -> dict[str, list[str]]:
    """Everything that the compared tables hold, landlord by landlord."""
    found: dict[str, list[str]] = {}
    for landlord in (RIVERSIDE, HILLTOP):
        with owner.transaction(landlord) as cursor:
            for table in COMPARED:
                found.setdefault(table, []).extend(_table(cursor, table, landlord))
    return found


def _table(cursor: Cursor[Row], table: str, landlord: str) -> Iterator[str]:
    query = sql.SQL("SELECT * FROM {} WHERE landlord = %s")
    rows = cursor.execute(query.format(sql.Identifier(*table.split("."))), (landlord,)).fetchall()
    return iter(sorted(str({key: _plain(value) for key, value in row.items()}) for row in rows))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_same_work_comes_to_the_same_rows(seed: int, database: TestDatabase) -> None:
    model = ModelDatabase(Server(), DirectTurns(), role=None, name="model")
    with Database(database.conninfo, role=None) as server:
        courses = []
        for store in (server, model):
            register(store, RIVERSIDE, HILLTOP)
            course = Course(store, seed)
            course.run(80)
            courses.append(course)
        assert courses[0].answers == courses[1].answers
        assert rows_of(server) == rows_of(model)
        assert len(rows_of(model)["workflow.event"]) > 20
