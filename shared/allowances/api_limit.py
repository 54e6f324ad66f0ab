"""Limits how often the JSON API is called: by each token, and by each address that shows none which opens anything.

A request is counted once, when it comes: a long poll of the feed that waits half a minute costs as much as one that
does not wait. Services do not call one another over HTTP, so nothing of their own is counted.
"""

from collections.abc import Mapping

import psycopg
import structlog
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.allowances.buckets import Allowances, Refusal, by_address
from shared.allowances.leases import Leases
from shared.database.pool import Database
from shared.identity.credentials import bearer, request_credential
from shared.identity.sessions import parse_credential
from shared.identity.sign_in import Identity, SignInNeeded, signed_in
from shared.registry.subscribers import subscriber_of_token
from shared.runtime.clock import Clock
from shared.runtime.metrics import API_REFUSALS
from shared.runtime.settings import Settings
from shared.vault.vault import Vault
from shared.web.problems import Problem, problem_response

API = "/api/v1/"
FEEDS = "/api/v1/feeds/"
SCHEMA = "registry"
BY_TOKEN, BY_ADDRESS = "api by token", "api by address"
SAID_OF = {BY_TOKEN: "token", BY_ADDRESS: "address"}


def limits_of(settings: Settings) -> Mapping[str, int]:
    """How often in an hour, by who is counted."""
    return {
        BY_TOKEN: settings.api_requests_per_token_per_hour,
        BY_ADDRESS: settings.api_requests_per_address_per_hour,
    }


def install_api_limit(
    app: FastAPI, *, database: Database, clock: Clock, settings: Settings, vault: Vault
) -> None:
    """Limits the API of `app`, before `install_web` dresses all answers; the role of `database` must be able to write
    registry.allowance.
    """
    limits = limits_of(settings)
    allowances = Allowances(database=database, vault=vault, limits=limits, schema=SCHEMA)
    identity = Identity(database=database, clock=clock, settings=settings)
    leases = Leases(allowances, limits=limits)
    app.add_middleware(ApiLimit, identity=identity, leases=leases, limits=limits)


class ApiLimit:
    """Middleware: answers 429 to whoever calls too often, before anything is read of what they sent."""

    def __init__(
        self, app: ASGIApp, *, identity: Identity, leases: Leases, limits: Mapping[str, int]
    ) -> None:
        self._app = app
        self._identity = identity
        self._leases = leases
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts a request of the API; everything else passes."""
        if scope["type"] == "http" and scope["path"].startswith(API):
            request = Request(scope)
            refused = await run_in_threadpool(self._refused, request)
            if refused is not None:
                await problem_response(request, refused)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refused(self, request: Request) -> Problem | None:
        try:
            token = self._token_that_opens(request)
            refusal = self._take(request, token)
        except (psycopg.Error, OSError) as trouble:
            # The route meets the same trouble, and says so; what cannot be counted is not refused.
            structlog.get_logger().warning("api_not_counted", error=type(trouble).__name__)
            return None
        if refusal is None:
            return None
        what = BY_ADDRESS if token is None else BY_TOKEN
        API_REFUSALS.labels(SAID_OF[what]).inc()
        return _too_many(SAID_OF[what], self._limits[what], refusal)

    def _take(self, request: Request, token: tuple[str, str] | None) -> Refusal | None:
        now = self._identity.clock.now()
        if token is not None:
            landlord, secret = token
            return self._leases.take(landlord, BY_TOKEN, f"token {secret}", now=now)
        address = request.client.host if request.client else "unknown"
        # Whose complaint it will be stands in a body that is not read yet: one landlord counts for all.
        landlord = self._identity.settings.landlord
        return self._leases.take(landlord, BY_ADDRESS, by_address(address), now=now)

    def _token_that_opens(self, request: Request) -> tuple[str, str] | None:
        """The landlord and the token of a running session, or of a subscriber at the feed; made-up ones count by their
        address, or everybody could have as many buckets as they can invent tokens.
        """
        value = request_credential(request, self._identity.settings)
        parsed = parse_credential(value) if value else None
        if parsed is None:
            return None
        landlord, token = parsed
        if request.url.path.startswith(FEEDS) and bearer(request) is not None:
            with self._identity.database.transaction(landlord) as cursor:
                if subscriber_of_token(cursor, landlord=landlord, token=token) is not None:
                    return parsed
        try:
            signed_in(request)  # kept with the request: the route does not look again
        except SignInNeeded:
            return None
        return parsed


def _too_many(whose: str, limit: int, refusal: Refusal) -> Problem:
    seconds = refusal.after_seconds
    return Problem(
        429,
        "Too many requests",
        f"One {whose} may make {limit} requests an hour to this API. Nothing was done: send the same request again in"
        f" {seconds} {'second' if seconds == 1 else 'seconds'}, with the same Idempotency-Key where it has one.",
        headers={"retry-after": str(seconds)},
    )
