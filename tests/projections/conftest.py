"""A database with everybody registered, and the read models following its log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.projections.following import CONSUMER, SCHEMA, apply_to_read_models
from services.projections.reading import Reading
from shared.calendars.england import england_calendar_document
from shared.database.pool import Database
from shared.documents.scanning import NoScanner
from shared.documents.shelf import Shelf
from shared.documents.store import FolderStore
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import PROJECTIONS_FEED
from shared.registry.calendars import adopt_calendar
from shared.runtime.clock import SettableClock
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.identity.building import HILLTOP, RIVERSIDE, THU_9_APR_2026, register_everybody
from tests.support.postgres import TestDatabase


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections; everybody is registered and a calendar adopted."""
    with Database(database.conninfo, role=None) as owner:
        register_everybody(owner)
        document = england_calendar_document()
        for landlord in (RIVERSIDE, HILLTOP):
            with owner.transaction(landlord) as cursor:
                adopt_calendar(cursor, landlord, document, THU_9_APR_2026)
        yield owner


@pytest.fixture
def workflow(owner: Database) -> Iterator[Database]:
    """Connections under the role that may append."""
    with Database(owner.conninfo, role="redress_workflow") as workflow:
        yield workflow


@pytest.fixture
def projections(owner: Database) -> Iterator[Database]:
    """Connections under the role of this service."""
    with Database(owner.conninfo, role="redress_projections") as projections:
        yield projections


@pytest.fixture
def clock() -> SettableClock:
    """Thursday 9 April 2026, until a test sets it."""
    return SettableClock(THU_9_APR_2026)


@pytest.fixture
def follower(projections: Database, clock: SettableClock, tmp_path: Path) -> FeedFollower:
    """The worker that keeps the read models up to date; tests call `catch_up`."""
    return FeedFollower(
        name=CONSUMER,
        database=projections,
        bus=LocalBus(tmp_path / "parked"),
        queue=PROJECTIONS_FEED,
        schema=SCHEMA,
        apply=apply_to_read_models,
        clock=clock,
    )


@pytest.fixture
def vault() -> Vault:
    """Personal words under a key of the test."""
    return Vault(LandlordKeys(bytes(range(32))))


@pytest.fixture
def reading(projections: Database, vault: Vault, clock: SettableClock) -> Reading:
    """The questions of this service."""
    return Reading(database=projections, vault=vault, clock=clock)


@pytest.fixture
def shelf(projections: Database, vault: Vault, clock: SettableClock, tmp_path: Path) -> Shelf:
    """The documents as this service has them, with nobody who looks for viruses."""
    return Shelf(
        database=projections,
        vault=vault,
        store=FolderStore(tmp_path / "documents"),
        scanner=NoScanner(),
        clock=clock,
    )
