"""Lets a resident in: takes the wish for a code, and the code, and begins the session that opens their case."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.notifier import access_codes, sign_in_codes
from services.notifier.attempts import CODES_SENT, FROM_ADDRESS, Limit, forget_old, take
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.identity.following import extent_now
from shared.identity.resident_sessions import begin_resident_session, end_resident_session
from shared.identity.spokespeople import COMPLAINANT
from shared.registry.landlords import Landlord, all_landlords
from shared.runtime.clock import Clock
from shared.runtime.settings import Settings
from shared.vault.vault import Vault

Row = dict[str, Any]

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignIn:
    """Lets people in; the database role must be able to write the sessions of residents."""

    database: Database
    vault: Vault
    clock: Clock
    settings: Settings

    def landlords(self, reference: str) -> tuple[Landlord, ...]:
        """Whose reference it may be, by its first letters."""
        prefix = reference.partition("-")[0]
        with self.database.directory() as cursor:
            return tuple(one for one in all_landlords(cursor) if one.reference_prefix == prefix)

    def ask(
        self, landlord: str, reference: str, request: UUID, *, address: str
    ) -> timedelta | None:
        """Asks for a code by email; None, or how long to wait where too many were asked for."""
        now = self.clock.now()
        with self.database.transaction(landlord) as cursor:
            forget_old(cursor, landlord=landlord, now=now)
            wait = self._take(cursor, landlord, (FROM_ADDRESS, address), (CODES_SENT, reference))
            if wait is None:
                sign_in_codes.ask_for_code(
                    cursor, landlord=landlord, reference=reference, request=request, now=now
                )
        return wait

    def enter(
        self, landlord: str, reference: str, request: UUID | None, code: str, *, address: str
    ) -> str | timedelta | None:
        """The token of a new session; how long to wait after too many tries; None for a wrong code."""
        now = self.clock.now()
        with self.database.transaction(landlord) as cursor:
            wait = self._take(cursor, landlord, (FROM_ADDRESS, address))
            if wait is not None:
                return wait
            holder = self._holder(cursor, landlord, reference, request, code, now=now)
            if holder is None:
                return None
            token = secrets.token_urlsafe(TOKEN_BYTES)
            begin_resident_session(
                cursor, landlord=landlord, reference=reference, holder=holder, token=token, now=now
            )
        return token

    def leave(self, landlord: str, token: str) -> None:
        """Ends a session."""
        with self.database.transaction(landlord) as cursor:
            end_resident_session(cursor, landlord=landlord, token=token)

    def _holder(
        self,
        cursor: Cursor[Row],
        landlord: str,
        reference: str,
        request: UUID | None,
        code: str,
        *,
        now: datetime,
    ) -> str | None:
        holder = None
        where = {"landlord": landlord, "reference": reference, "code": code}
        if len(code) == access_codes.LENGTH:
            is_right = access_codes.is_access_code(cursor, self.vault, **where)
            holder = COMPLAINANT if is_right else None
        elif request is not None:
            holder = sign_in_codes.holder_of_code(
                cursor, self.vault, **where, request=request, now=now
            )
        if holder is None:
            return None
        extent = extent_now(cursor, landlord, reference, holder=holder, today=london_day(now))
        return None if extent is None else holder

    def _take(
        self, cursor: Cursor[Row], landlord: str, *tries: tuple[Limit, str]
    ) -> timedelta | None:
        now = self.clock.now()
        waits = (
            take(cursor, self.vault, limit, landlord=landlord, of=of, now=now)
            for limit, of in tries
        )
        return next((wait for wait in waits if wait is not None), None)
