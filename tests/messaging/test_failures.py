"""Each kind of failure is told as what it is: an unknown type, what cannot be decoded, an effect that failed, and
surroundings that are away."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import Cursor
from structlog.testing import capture_logs

from shared.database.pool import Database
from shared.eventstore.codec import UndecodableRecord, UnknownEvent
from shared.eventstore.record import RecordedEvent
from shared.messaging.failures import Failure, describe, failure_described, failure_of
from shared.messaging.follower import FeedFollower
from tests.eventstore.building import BOILER, DAMP, RIVERSIDE
from tests.messaging.following import Feed, Poison, Row, record_effect, stored_fact, unknown_fact


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (UnknownEvent("No fact is called 'complaint.teleported.v1'."), Failure.UNKNOWN_TYPE),
        (UndecodableRecord("stage: not a number"), Failure.UNDECODABLE),
        (ZeroDivisionError("Mrs Smith"), Failure.HANDLER_ERROR),
        (psycopg.IntegrityError("a value"), Failure.HANDLER_ERROR),
        (psycopg.OperationalError("away"), Failure.DEPENDENCY),
        (ConnectionResetError("away"), Failure.DEPENDENCY),
    ],
)
def test_an_exception_has_one_kind_and_its_description_keeps_it(
    error: Exception, failure: Failure
) -> None:
    assert failure_of(error) is failure
    if failure is not Failure.DEPENDENCY:  # which is never kept, because it is never parked
        assert failure_described(describe(error)) is failure


def kinds(feed: Feed, follower: FeedFollower) -> dict[int, Failure | None]:
    with feed.database.transaction(RIVERSIDE) as cursor:
        return {each.seq: each.failure for each in follower.parked(cursor, RIVERSIDE)}


@pytest.mark.postgres
def test_what_is_parked_says_of_what_kind_it_is(feed: Feed, owner: Database) -> None:
    stored_fact(owner, name="complaint.teleported.v1", data="{}", stream="RC-2026-000011")
    stored_fact(
        owner, name="complaint.note-added.v1", data='{"stage": "one"}', stream="RC-2026-000012"
    )
    unknown_fact(owner, landlord=RIVERSIDE, stream="RC-2026-000013")  # not even an envelope
    feed.grows(1, stream=BOILER)
    feed.grows(2, stream=DAMP)
    follower = feed.follower(Poison(5))
    assert follower.catch_up(RIVERSIDE) == 6
    assert feed.effects() == [4]
    assert kinds(feed, follower) == {
        1: Failure.UNKNOWN_TYPE,
        2: Failure.UNDECODABLE,
        3: Failure.UNDECODABLE,
        5: Failure.HANDLER_ERROR,
        6: None,  # held behind the fifth
    }


@pytest.mark.postgres
def test_a_dependency_that_is_away_parks_nothing_and_moves_nothing(feed: Feed) -> None:
    feed.grows(2)
    is_away = [True]

    def effect(cursor: Cursor[Row], event: RecordedEvent) -> None:
        record_effect(cursor, event)
        if is_away[0]:
            raise ConnectionRefusedError("the mail server")

    follower = feed.follower(effect)
    with capture_logs() as logs, pytest.raises(ConnectionRefusedError):
        follower.catch_up(RIVERSIDE)
    assert kinds(feed, follower) == {}
    assert feed.position() == 0
    assert "event_parked" not in str(logs)
    is_away[0] = False
    assert follower.catch_up(RIVERSIDE) == 2
    assert feed.effects() == [1, 2]
