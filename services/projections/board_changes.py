"""Tells an open board that complaints have changed since it was made, by server-sent events.

A message says how many, and links to the board anew; it holds no reference, no name and no word, and moves no line. The
id of each message is the read models' place in the landlord's feed: who connects again and names it is not told twice.
"""

import asyncio
import html
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response

from services.projections.api import Reader
from services.projections.board_filters import Filtered
from services.projections.following import CONSUMER, SCHEMA
from services.projections.reading import Reading
from services.projections.visibility import hidden_from
from shared.identity.sessions import SignedIn
from shared.messaging.positions import Positions

LOOK_EVERY_SECONDS = 2.0
QUIET_SECONDS = 15.0  # then a comment, so that nothing between takes the connection for dead
STREAM_SECONDS = 300.0  # then the browser connects again, and its session is looked at again
MOST_STREAMS = 100  # of one process
MOST_STREAMS_EACH = 6  # of one officer: tabs of one browser
MOST_COUNTED = 100  # complaints
MOST_FACTS = 5_000  # looked through for them
LARGEST_PLACE = 2**63 - 1

_POSITIONS = Positions(schema=SCHEMA, consumer=CONSUMER)
_CHANGED = """
    SELECT count(*) AS changed FROM (
        SELECT DISTINCT told.stream
        FROM (
            SELECT stream FROM workflow.event
            WHERE landlord = %(landlord)s AND seq > %(after)s AND seq <= %(place)s
            ORDER BY seq DESC LIMIT %(most_facts)s
        ) AS told
        JOIN projections.complaint ON (complaint.landlord, complaint.reference)
            = (%(landlord)s, told.stream)
        WHERE (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
                OR %(confined_to)s = ANY (complaint.referred_to))
            AND told.stream <> ALL (%(hidden)s)
        LIMIT %(most)s
    ) AS changed
"""


@dataclass(frozen=True, slots=True)
class News:
    """How many complaints of the reader changed, and up to which place in the feed that was looked at."""

    changed: int
    place: int


@dataclass(slots=True)
class Streams:
    """How many streams are open in this process, by officer."""

    most: int = MOST_STREAMS
    most_each: int = MOST_STREAMS_EACH
    open: Counter[tuple[str, str]] = field(default_factory=Counter)

    def has_room(self, who: SignedIn) -> bool:
        """Whether this officer may open one more."""
        return self.open.total() < self.most and self.open[_key(who)] < self.most_each


def place_of(reading: Reading, landlord: str) -> int:
    """How far the read models have followed the landlord's feed: what a board made now shows."""
    with reading.database.transaction(landlord) as cursor:
        return _POSITIONS.read(cursor, landlord)


def news(reading: Reading, who: SignedIn, *, after: int, known: int) -> News:
    """What changed behind `after`; looked up anew only when the feed has moved beyond `known`."""
    landlord = who.officer.landlord
    with reading.database.transaction(landlord) as cursor:
        place = _POSITIONS.read(cursor, landlord)
        if place <= known:
            return News(0, known)
        row = cursor.execute(
            _CHANGED,
            {
                "landlord": landlord,
                "after": after,
                "place": place,
                "most_facts": MOST_FACTS,
                "confined_to": who.confined_to,
                "hidden": sorted(hidden_from(cursor, who)),
                "most": MOST_COUNTED,
            },
        ).fetchone()
    return News(row["changed"] if row else 0, place)


def router(reading: Reading, streams: Streams) -> APIRouter:
    """`/api/v1/board/changes`: under /api, so that an ended session is 401 there and no page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/api/v1/board/changes")
    async def changes(
        *,
        request: Request,
        who: Reader,
        filters: Filtered,
        after: Annotated[int, Query(ge=0, le=LARGEST_PLACE)],
        last_event_id: Annotated[str, Header(max_length=20)] = "",
    ) -> Response:
        if not streams.has_room(who):
            return Response(status_code=429, headers={"retry-after": "60"})
        named = int(last_event_id) if last_event_id.isdecimal() else after
        told = _telling(request, reading, who, streams, after=after, known=max(after, named))
        return EventSourceResponse(
            _as_messages(told, filters.address()), headers={"x-accel-buffering": "no"}
        )

    return routes


async def _telling(
    request: Request,
    reading: Reading,
    who: SignedIn,
    streams: Streams,
    *,
    after: int,
    known: int,
) -> AsyncIterator[News | None]:
    """Each time more complaints have changed: how many; None when nothing was said for long."""
    loop = asyncio.get_running_loop()
    until, spoke = loop.time() + STREAM_SECONDS, loop.time()
    streams.open[_key(who)] += 1
    try:
        yield None
        while True:
            found = await asyncio.to_thread(news, reading, who, after=after, known=known)
            if found.changed and found.place > known:
                spoke = loop.time()
                yield found
            elif loop.time() - spoke >= QUIET_SECONDS:
                spoke = loop.time()
                yield None
            known = found.place
            stopping = getattr(request.app.state, "is_stopping", False)
            if stopping or loop.time() >= until:
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    finally:
        streams.open[_key(who)] -= 1
        streams.open += Counter()  # forgets who has none


async def _as_messages(told: AsyncIterator[News | None], address: str) -> AsyncIterator[bytes]:
    async for one in told:
        if one is None:
            yield format_sse_event(data_str=None, comment="nothing new")
        else:
            yield format_sse_event(data_str=banner(one.changed, address), id=str(one.place))


def banner(changed: int, address: str) -> str:
    """What the board shows above its lines; the link makes it anew under the same filters."""
    count = f"{changed} or more" if changed >= MOST_COUNTED else str(changed)
    words = "complaint has" if changed == 1 else "complaints have"
    return (
        f'<p class="govuk-body app-changes">{count} {words} changed since this page was made.'
        f' <a class="govuk-link" href="{html.escape(address)}">Show the changes</a></p>'
    )


def _key(who: SignedIn) -> tuple[str, str]:
    return who.officer.landlord, who.officer.officer
