"""Each lead has a number of its own; who still believes in an older one moves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.workflow.leading import RELAY, leaders, still_leads, take_lead
from services.workflow.relay import Relay, cursor_seq
from shared.database.pool import Database
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import PROJECTIONS_FEED
from tests.workflow.office import LANDLORD, Office

pytestmark = pytest.mark.postgres


async def _take(_body: bytes) -> None:
    """A subscriber, without whom nothing is confirmed."""


def epoch_of(database: Database) -> int:
    with database.directory() as cursor:
        (relay,) = leaders(cursor)
    return relay.epoch


def test_every_lead_has_a_higher_number(office: Office) -> None:
    with office.database.directory() as cursor:
        first = take_lead(cursor, RELAY, now=office.clock.now())
        assert still_leads(cursor, RELAY, epoch=first)
        second = take_lead(cursor, RELAY, now=office.clock.now())
        assert second == first + 1
        assert not still_leads(cursor, RELAY, epoch=first)
        assert still_leads(cursor, RELAY, epoch=second)
        (relay,) = leaders(cursor)
        assert (relay.leader, relay.epoch, relay.taken_at) == (RELAY, 2, office.clock.now())


async def test_a_relay_that_was_deposed_moves_no_cursor_and_steps_down(
    office: Office, tmp_path: Path
) -> None:
    bus = LocalBus(tmp_path / "parked")
    await bus.start()
    await bus.subscribe(PROJECTIONS_FEED, _take)
    office.open("RC-2026-000001")
    relay = Relay(database=office.database, bus=bus, clock=office.clock)
    try:
        await relay.step()
        with office.database.transaction(LANDLORD) as cursor:
            reached = cursor_seq(cursor, LANDLORD)
        assert reached > 0
        # Somebody else took the lead, and this relay has not noticed: its own lock still seems to hold.
        with office.database.directory() as cursor:
            take_lead(cursor, RELAY, now=office.clock.now())
        office.open("RC-2026-000002")
        await relay.step()
        with office.database.transaction(LANDLORD) as cursor:
            assert cursor_seq(cursor, LANDLORD) == reached
        # It leads again under a new number, and publishes once more what it could not note.
        deposed = epoch_of(office.database)
        await relay.step()
        assert epoch_of(office.database) == deposed + 1
        with office.database.transaction(LANDLORD) as cursor:
            assert cursor_seq(cursor, LANDLORD) > reached
    finally:
        relay.step_down()
        await bus.stop()
