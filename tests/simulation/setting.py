"""Who there is in a run: two landlords with their organisations, policies, officers and calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from shared.calendars.england import england_calendar_document
from shared.database.pool import Database
from shared.policy_packs.loader import shipped_pack
from shared.registry.adoptions import adopt_policy, policies_in_force
from shared.registry.calendars import adopt_calendar, current_calendar
from shared.registry.landlords import (
    Landlord,
    Organisation,
    register_landlord,
    register_organisation,
)
from shared.registry.officers import Officer, register_officer
from tests.simulation.postgres.connections import ModelDatabase
from tests.simulation.postgres.direct import DirectTurns
from tests.simulation.postgres.server import Server

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LANDLORDS: dict[str, dict[str, str]] = {
    "riverside": {"riverside-homes": "kctmo-2010", "riverside-council": "hos-code-2024"},
    "hilltop": {"hilltop-homes": "thh-2022"},
}
CODE = "hos-code-2024"
PREFIXES = {"riverside": "RC", "hilltop": "HC"}
PEOPLE = {"ada": "complaints_team", "ben": "complaints_team", "cora": "manager"}


def settled_server(now: Callable[[], datetime]) -> Server:
    """A server that knows everybody."""
    fresh = Server(now=now, is_empty=True)
    _settled_once().copy_rows_to(fresh)
    return fresh


@lru_cache(maxsize=1)
def _settled_once() -> Server:
    """Packs and calendars are read and checked once; a run begins with copies of the rows."""
    server = Server(now=lambda: LONG_AGO)
    settle(ModelDatabase(server, DirectTurns(), role=None, name="setting"))
    return server


def settle(owner: Database) -> None:
    """Register everybody; and read what never changes once, so that no run reads it later."""
    for landlord, bodies in LANDLORDS.items():
        with owner.transaction(landlord) as cursor:
            known = Landlord(landlord, landlord.title(), "council", PREFIXES[landlord])
            register_landlord(cursor, known, now=LONG_AGO)
            adopt_calendar(cursor, landlord, england_calendar_document(), LONG_AGO)
        for organisation, policy in bodies.items():
            _register(owner, landlord, organisation, policy)
        with owner.transaction(landlord) as cursor:
            current_calendar(cursor, landlord)
            for organisation in bodies:
                policies_in_force(cursor, landlord, organisation, date(2026, 3, 2))


def _register(owner: Database, landlord: str, organisation: str, policy: str) -> None:
    with owner.transaction(landlord) as cursor:
        known = Organisation(landlord, organisation, organisation.title(), "almo")
        register_organisation(cursor, known)
        for document, overlay in ((policy, False), (CODE, True)):
            if overlay and policy == CODE:
                continue
            adopt_policy(
                cursor,
                landlord=landlord,
                organisation=organisation,
                document=shipped_pack(document),
                effective_from=date(2000, 1, 1),
                adopted_by="setting",
                now=LONG_AGO,
                overlay=overlay,
            )
        for person, role in PEOPLE.items():
            officer = Officer(
                landlord, person, organisation, person.title(), f"{person}@example.org", role
            )
            register_officer(cursor, officer)
