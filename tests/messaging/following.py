"""Builds feeds and followers whose effects can be counted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from psycopg import Cursor

from shared.complaints.events import NoteAdded
from shared.database.pool import Database
from shared.eventstore.feed import read_feed
from shared.eventstore.record import RecordedEvent
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.envelope import to_message
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.clock import SettableClock
from tests.eventstore.building import BOILER, RIVERSIDE, WED_11_MAR_2026, append_of, fact

Row = dict[str, Any]
Effect = Callable[[Cursor[Row], RecordedEvent], None]

CONSUMER = "tested-board.v1"


def make_effects_table(owner: Database) -> None:
    """Somewhere to count effects: a second effect of one event is a second row."""
    with owner.pool.connection() as connection:
        connection.execute(
            "CREATE TABLE projections.effect"
            " (landlord text, seq bigint, stream text, within xid8, place bigserial)"
        )
        connection.execute("GRANT SELECT, INSERT ON projections.effect TO redress_projections")
        connection.execute(
            "GRANT USAGE ON SEQUENCE projections.effect_place_seq TO redress_projections"
        )


def record_effect(cursor: Cursor[Row], event: RecordedEvent) -> None:
    cursor.execute(
        "INSERT INTO projections.effect (landlord, seq, stream, within)"
        " VALUES (%s, %s, %s, pg_current_xact_id())",
        (event.landlord, event.seq, event.stream),
    )


class Poison:
    """An effect that fails for some entries until it is mended; what it did before is undone."""

    def __init__(self, *seqs: int, error: Exception | None = None) -> None:
        self.seqs = set(seqs)
        self.attempts = 0
        self._error = error or ValueError("Mrs Smith of 12 Mill Lane")

    def __call__(self, cursor: Cursor[Row], event: RecordedEvent) -> None:
        record_effect(cursor, event)
        if event.seq in self.seqs:
            self.attempts += 1
            raise self._error

    def mend(self) -> None:
        self.seqs.clear()


class Feed:
    """One landlord's feed, and what followers made of it."""

    def __init__(self, projections: Database, recorder: FeedRecorder, folder: Path) -> None:
        self.database = projections
        self._recorder = recorder
        self._folder = folder
        self._versions: dict[tuple[str, str], int] = {}

    def grows(self, count: int = 1, *, landlord: str = RIVERSIDE, stream: str = BOILER) -> None:
        for _ in range(count):
            version = self._versions.get((landlord, stream), 0)
            self._recorder.append(
                append_of(
                    fact(NoteAdded(stage=1)),
                    landlord=landlord,
                    stream=stream,
                    expected_version=version,
                )
            )
            self._versions[landlord, stream] = version + 1

    def message(self, seq: int, *, landlord: str = RIVERSIDE) -> bytes:
        with self.database.transaction(landlord) as cursor:
            return to_message(read_feed(cursor, landlord, after=seq - 1, limit=1)[0]).body

    def follower(self, effect: Effect = record_effect) -> FeedFollower:
        return FeedFollower(
            name=CONSUMER,
            database=self.database,
            bus=LocalBus(self._folder),
            queue=PROJECTIONS_FEED,
            schema="projections",
            apply=effect,
            clock=SettableClock(WED_11_MAR_2026),
        )

    def effects(self, *, landlord: str = RIVERSIDE) -> list[int]:
        """The numbers of the entries that had an effect, in the order in which they had it."""
        return [int(row["seq"]) for row in self._effects(landlord)]

    def transactions(self, *, landlord: str = RIVERSIDE) -> int:
        """In how many transactions the effects were made."""
        return len({row["within"] for row in self._effects(landlord)})

    def position(self, *, landlord: str = RIVERSIDE) -> int:
        with self.database.transaction(landlord) as cursor:
            row = cursor.execute(
                "SELECT seq FROM projections.position WHERE consumer = %s", (CONSUMER,)
            ).fetchone()
        return 0 if row is None else int(row["seq"])

    def _effects(self, landlord: str) -> list[Row]:
        with self.database.transaction(landlord) as cursor:
            return cursor.execute(
                "SELECT seq, within::text FROM projections.effect WHERE landlord = %s"
                " ORDER BY place",
                (landlord,),
            ).fetchall()


def unknown_fact(owner: Database, *, landlord: str, stream: str) -> UUID:
    """Puts something into the feed that no version of this code knows."""
    event_id = uuid4()
    with owner.transaction(landlord) as cursor:
        cursor.execute(
            "SELECT workflow.append(%s, ARRAY[%s], ARRAY[1], ARRAY[%s]::uuid[],"
            " ARRAY['complaint.teleported.v1'], ARRAY['{}'], %s)",
            (landlord, stream, event_id, WED_11_MAR_2026),
        )
    return event_id


def stored_fact(
    owner: Database,
    *,
    name: str,
    data: str,
    stream: str,
    version: int = 1,
    landlord: str = RIVERSIDE,
) -> UUID:
    """Puts a fact into the feed as another version of this code would have stored it, whole with its envelope."""
    event_id = uuid4()
    record = (
        f'{{"actor":"officer-1","causation_id":"c","command_id":"{uuid4()}","correlation_id":"c",'
        f'"data":{data},"event_id":"{event_id}","happened_at":null,"happened_on":"2026-03-11",'
        f'"known_at":null,"landlord":"{landlord}","name":"{name}","origin":"live",'
        f'"recorded_at":"2026-03-11T09:30:00.000000Z","stream":"{stream}","version":{version}}}'
    )
    with owner.transaction(landlord) as cursor:
        cursor.execute(
            "SELECT workflow.append(%s, ARRAY[%s], ARRAY[%s], ARRAY[%s]::uuid[], ARRAY[%s], ARRAY[%s], %s)",
            (landlord, stream, version, event_id, name, record, WED_11_MAR_2026),
        )
    return event_id
