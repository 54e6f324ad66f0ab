"""An event that cannot be applied waits with the later ones of its stream; everything else goes on."""

import psycopg
import pytest
from structlog.testing import capture_logs

from shared.database.pool import Database
from shared.eventstore.codec import UndecodableRecord
from shared.messaging.applying import NotSkipped
from shared.messaging.follower import FeedFollower
from shared.messaging.positions import Parked
from tests.eventstore.building import BOILER, DAMP, HILLTOP, RIVERSIDE, WED_11_MAR_2026
from tests.messaging.following import Feed, Poison, unknown_fact

ENTERED_TWICE = "entered twice by the import"


def _parked(feed: Feed, follower: FeedFollower, landlord: str = RIVERSIDE) -> tuple[Parked, ...]:
    with feed.database.transaction(landlord) as cursor:
        return follower.parked(cursor, landlord)


def _two_streams(feed: Feed) -> None:
    """Entries 1, 3 and 5 are about the boiler, 2 and 4 about the damp."""
    for stream in (BOILER, DAMP, BOILER, DAMP, BOILER):
        feed.grows(1, stream=stream)


def test_poison_parks_its_stream_and_no_other(feed: Feed) -> None:
    _two_streams(feed)
    feed.grows(1, landlord=HILLTOP)
    poison = Poison(3)
    follower = feed.follower(poison)
    assert follower.catch_up(RIVERSIDE) == 5
    assert feed.effects() == [1, 2, 4]
    assert [(each.seq, each.stream, each.reason) for each in _parked(feed, follower)] == [
        (3, BOILER, "poison"),
        (5, BOILER, "held"),
    ]
    assert follower.catch_up(HILLTOP) == 1
    assert feed.position() == 5


async def test_a_poisonous_message_is_tried_again_before_it_is_parked(feed: Feed) -> None:
    feed.grows(1)
    poison = Poison(1)
    follower = feed.follower(poison)
    await follower.receive(feed.message(1))
    assert poison.attempts >= 3
    assert feed.effects() == []
    assert [each.seq for each in _parked(feed, follower)] == [1]


async def test_later_messages_of_a_parked_stream_are_held_and_others_applied(feed: Feed) -> None:
    _two_streams(feed)
    follower = feed.follower(Poison(1))
    for seq in range(1, 6):
        await follower.receive(feed.message(seq))
    assert feed.effects() == [2, 4]
    assert [each.reason for each in _parked(feed, follower)] == ["poison", "held", "held"]


def test_what_is_told_of_poison_holds_no_words(feed: Feed) -> None:
    feed.grows(1)
    with capture_logs() as logs:
        follower = feed.follower(Poison(1))
        follower.catch_up(RIVERSIDE)
    (parked,) = _parked(feed, follower)
    assert parked.error.startswith("ValueError at following.py:")
    assert "Smith" not in parked.error
    assert "Smith" not in str(logs)


def test_our_own_exceptions_are_told_with_their_text(feed: Feed) -> None:
    feed.grows(1)
    follower = feed.follower(Poison(1, error=UndecodableRecord("stage: not a number")))
    follower.catch_up(RIVERSIDE)
    assert _parked(feed, follower)[0].error.endswith("stage: not a number")


def test_retrying_after_mending_applies_the_stream_in_order(feed: Feed) -> None:
    _two_streams(feed)
    poison = Poison(1)
    follower = feed.follower(poison)
    follower.catch_up(RIVERSIDE)
    poison.mend()
    with feed.database.transaction(RIVERSIDE) as cursor:
        assert follower.retry_parked(cursor, landlord=RIVERSIDE, stream=BOILER) == 3
    assert feed.effects() == [2, 4, 1, 3, 5]
    assert _parked(feed, follower) == ()
    feed.grows(1)
    follower.catch_up(RIVERSIDE)
    assert feed.effects()[-1] == 6


def test_a_retry_that_fails_again_keeps_the_rest_in_order(feed: Feed) -> None:
    _two_streams(feed)
    poison = Poison(1, 3)
    follower = feed.follower(poison)
    follower.catch_up(RIVERSIDE)
    poison.seqs = {3}
    with feed.database.transaction(RIVERSIDE) as cursor:
        assert follower.retry_parked(cursor, landlord=RIVERSIDE, stream=BOILER) == 1
    assert feed.effects() == [2, 4, 1]
    assert [(each.seq, each.reason) for each in _parked(feed, follower)] == [
        (3, "poison"),
        (5, "held"),
    ]


def test_skipping_needs_a_reason_and_lets_the_rest_of_the_stream_go_on(feed: Feed) -> None:
    _two_streams(feed)
    follower = feed.follower(Poison(1))
    follower.catch_up(RIVERSIDE)
    with feed.database.transaction(RIVERSIDE) as cursor, pytest.raises(NotSkipped, match="reason"):
        follower.skip_parked(cursor, landlord=RIVERSIDE, seq=1, reason=" ", by="operator")
    with capture_logs() as logs, feed.database.transaction(RIVERSIDE) as cursor:
        assert (
            follower.skip_parked(
                cursor, landlord=RIVERSIDE, seq=1, reason=ENTERED_TWICE, by="operator"
            )
            == 2
        )
    assert feed.effects() == [2, 4, 3, 5]
    assert _parked(feed, follower) == ()
    assert ENTERED_TWICE in str(logs)


def test_what_was_given_up_stays_on_record_with_who_when_and_why(feed: Feed) -> None:
    feed.grows(1)
    follower = feed.follower(Poison(1))
    follower.catch_up(RIVERSIDE)
    (parked,) = _parked(feed, follower)
    with feed.database.transaction(RIVERSIDE) as cursor:
        follower.skip_parked(cursor, landlord=RIVERSIDE, seq=1, reason=ENTERED_TWICE, by="operator")
        (skipped,) = follower.skipped(cursor, RIVERSIDE)
    assert (skipped.seq, skipped.event_id, skipped.error) == (1, parked.event_id, parked.error)
    assert (skipped.reason, skipped.skipped_by) == (ENTERED_TWICE, "operator")
    assert skipped.skipped_at == WED_11_MAR_2026
    for statement in ("DELETE FROM projections.skipped", "UPDATE projections.skipped SET seq = 2"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            feed.database.transaction(RIVERSIDE) as cursor,
        ):
            cursor.execute(statement.encode())


def test_what_only_waits_behind_another_event_is_not_skipped(feed: Feed) -> None:
    feed.grows(2)
    follower = feed.follower(Poison(1))
    follower.catch_up(RIVERSIDE)
    with feed.database.transaction(RIVERSIDE) as cursor, pytest.raises(NotSkipped, match="entry 1"):
        follower.skip_parked(cursor, landlord=RIVERSIDE, seq=2, reason=ENTERED_TWICE, by="operator")


def test_what_is_not_parked_cannot_be_skipped(feed: Feed) -> None:
    feed.grows(1)
    follower = feed.follower()
    with feed.database.transaction(RIVERSIDE) as cursor, pytest.raises(NotSkipped, match="parked"):
        follower.skip_parked(cursor, landlord=RIVERSIDE, seq=1, reason="a mistake", by="operator")


def test_a_fact_that_this_version_does_not_know_parks_its_stream(
    feed: Feed, owner: Database
) -> None:
    event_id = unknown_fact(owner, landlord=RIVERSIDE, stream=BOILER)
    feed.grows(2, stream=DAMP)
    follower = feed.follower()
    assert follower.catch_up(RIVERSIDE) == 3
    assert feed.effects() == [2, 3]
    assert [(each.seq, each.event_id) for each in _parked(feed, follower)] == [(1, event_id)]


def test_one_landlord_does_not_see_what_is_parked_for_another(feed: Feed) -> None:
    feed.grows(1)
    follower = feed.follower(Poison(1))
    follower.catch_up(RIVERSIDE)
    assert _parked(feed, follower, HILLTOP) == ()
    with feed.database.transaction(HILLTOP) as cursor:
        assert follower.parked(cursor, RIVERSIDE) == ()
