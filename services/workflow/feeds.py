"""The feed of a landlord over HTTP: the same events as on the broker, for catching up and for those without a broker.

    GET /api/v1/feeds/{landlord}?after=17&limit=200&wait=30

The answer is a batch of CloudEvents in the order of the feed. `Link: rel="next"` leads on from its last event, and
`Redress-Feed-Position` says the number to keep. With `wait` an empty batch is answered only after that many seconds.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from shared.database.pool import Database
from shared.eventstore.feed import READ_MAX, FeedUnknown, head, read_stored
from shared.identity.credentials import bearer
from shared.identity.sessions import parse_credential
from shared.identity.sign_in import SignInNeeded, signed_in
from shared.messaging.envelope import cloud_event
from shared.registry.subscribers import subscriber_of_token
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

MEDIA_TYPE = "application/cloudevents-batch+json"
LONGEST_WAIT_SECONDS = 30
LOOK_EVERY_SECONDS = 0.5
WAITING_MAX = 50  # long polls at a time; whoever comes after is answered at once
ROLES = frozenset({"auditor", "administrator"})

Landlord = Annotated[str, Path(max_length=60, pattern=STORABLE)]
Page = tuple[list[dict[str, Any]], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a feed: at most so many events after a place."""

    landlord: str
    after: int
    limit: int


Pages = Callable[[Asked], Page]


def router(database: Database) -> APIRouter:
    """The route, reading under workflow's role."""
    return feed_router(lambda asked: _page(database, asked), reader=_reader(database))


def feed_router(pages: Pages, *, reader: Callable[..., None]) -> APIRouter:
    """The route over any source of pages; `reader` is the dependency that refuses who may not read."""
    routes = APIRouter(prefix="/api/v1/feeds", tags=["feeds"])
    waiting = asyncio.Semaphore(WAITING_MAX)

    @routes.get(
        "/{landlord}",
        dependencies=[Depends(reader)],
        responses={200: {"content": {MEDIA_TYPE: {}}, "description": "CloudEvents, in order"}},
        response_class=Response,
    )
    async def feed(
        request: Request,
        landlord: Landlord,
        *,
        after: Annotated[int, Query(ge=0, le=2**62)] = 0,
        limit: Annotated[int, Query(ge=1, le=READ_MAX)] = 200,
        wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_SECONDS)] = 0,
    ) -> Response:
        asked = Asked(landlord, after, limit)
        events, last = await asyncio.to_thread(pages, asked)
        if not events and wait and not waiting.locked():
            async with waiting:
                events, last = await _until_it_grows(request, pages, asked, seconds=wait)
        return _answer(asked, events, last)

    return routes


def _reader(database: Database) -> Callable[..., None]:
    """Dependency: a subscriber of this landlord by its token, else an officer of the landlord itself who may audit."""

    def reader(request: Request, landlord: Landlord) -> None:
        parsed = parse_credential(bearer(request) or "")
        if parsed is not None and parsed[0] == landlord:
            with database.transaction(landlord) as cursor:
                if subscriber_of_token(cursor, landlord=landlord, token=parsed[1]) is not None:
                    return
        who = signed_in(request)
        if who.officer.landlord != landlord:
            raise SignInNeeded  # as if there were no such landlord: whose feeds there are is nobody's business
        if who.confined_to is not None or who.officer.role not in ROLES:
            raise Problem(
                403,
                "Not for your role",
                f"The feed is for subscribers, and for the roles {', '.join(sorted(ROLES))} of the landlord itself.",
            )

    return reader


def refuse_position_ahead(asked: Asked, last: int) -> None:
    """Raises Problem 409 for a position that the feed does not have."""
    if asked.after > last:
        raise Problem(
            409,
            "Your position is ahead of the feed",
            f"The feed ends at {last}. Either the number is not one of this feed, or the log was restored from a "
            "backup and has lost its end: ask the landlord before you go on.",
        )


def _page(database: Database, asked: Asked) -> Page:
    with database.transaction(asked.landlord) as cursor:
        try:
            last = head(cursor, asked.landlord)
        except FeedUnknown:
            raise Problem(404, "No such feed", "There is no feed of that name.") from None
        refuse_position_ahead(asked, last)
        # Not beyond the head that was just read, so that the two numbers fit together.
        limit = min(asked.limit, last - asked.after)
        page = read_stored(cursor, asked.landlord, after=asked.after, limit=limit) if limit else ()
    return [cloud_event(event) for event in page], last


async def _until_it_grows(request: Request, pages: Pages, asked: Asked, *, seconds: int) -> Page:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        events, last = await asyncio.to_thread(pages, asked)
        stopping = getattr(request.app.state, "is_stopping", False)
        if events or stopping or loop.time() >= until or await request.is_disconnected():
            return events, last
        await asyncio.sleep(min(LOOK_EVERY_SECONDS, max(0.0, until - loop.time())))


def _answer(asked: Asked, events: list[dict[str, Any]], last: int) -> Response:
    position = events[-1]["feedseq"] if events else asked.after
    following = f"/api/v1/feeds/{asked.landlord}?after={position}&limit={asked.limit}"
    return Response(
        orjson.dumps(events),
        media_type=MEDIA_TYPE,
        headers={
            "link": f'<{following}>; rel="next"',
            "redress-feed-position": str(position),
            "redress-feed-head": str(last),
        },
    )
