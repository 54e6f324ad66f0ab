"""Gives every page the look and the notices of its landlord, remembered for seconds, and serves the stylesheets."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import psycopg
import structlog
from fastapi import FastAPI, HTTPException, Request
from starlette.responses import Response

from shared.branding.brand import Brand, brand_of, stylesheet
from shared.branding.notices import Notice, standing_notices
from shared.database.pool import Database
from shared.runtime.clock import Clock
from shared.web.around import Around
from shared.web.assets import FOREVER

KEPT_SECONDS = 5.0  # so long after a change another process may still show what was
MOST_KEPT = 500  # landlords
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Shown = tuple[Brand, tuple[Notice, ...]]
NOTHING: Shown = (Brand(), ())


class Showing:
    """What stands around the pages of an application; one per application, under `app.state.showing`."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        landlord: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`landlord` is whose pages those are that name none."""
        self._database = database
        self._clock = clock
        self._landlord = landlord
        self._monotonic = monotonic
        self._kept: OrderedDict[str, tuple[float, Shown]] = OrderedDict()
        self._turn = Lock()

    def around(self, request: Request) -> Around:
        """What stands around this page."""
        who = getattr(request.state, "signed_in", None)
        landlord = who.officer.landlord if who else self._named(request)
        brand, notices = self._of(landlord)
        brand = getattr(request.state, "brand", brand)  # one that is only looked at
        now = self._clock.now()
        return Around(
            name=brand.shown_name,
            stylesheet=brand.address,
            notices=tuple(
                notice.message
                for notice in notices
                if notice.is_shown(now=now, to_staff=who is not None)
            ),
        )

    def forget(self, landlord: str) -> None:
        """What was changed here is shown here at once."""
        with self._turn:
            self._kept.pop(landlord, None)

    def _named(self, request: Request) -> str:
        named = getattr(request.state, "landlord", None) or request.path_params.get("landlord")
        is_slug = isinstance(named, str) and len(named) <= 60 and _SLUG.fullmatch(named)
        return str(named) if is_slug else self._landlord

    def _of(self, landlord: str) -> Shown:
        with self._turn:
            since, shown = self._kept.get(landlord, (float("-inf"), NOTHING))
        if self._monotonic() - since < KEPT_SECONDS:
            return shown
        # Outside the lock: two may read the same rows, and both get the same.
        try:
            with self._database.transaction(landlord) as cursor:
                notices = standing_notices(cursor, landlord, now=self._clock.now())
                shown = (brand_of(cursor, landlord), notices)
        except (psycopg.Error, OSError) as trouble:
            # A page without its look is better than none; what was known is shown on.
            structlog.get_logger().warning("look_not_read", error=type(trouble).__name__)
        with self._turn:
            self._kept[landlord] = (self._monotonic(), shown)
            self._kept.move_to_end(landlord)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return shown


def install_showing(app: FastAPI, *, database: Database, clock: Clock, landlord: str) -> None:
    """Puts it into an application, and serves the stylesheets under `/brand/`."""
    app.state.showing = Showing(database=database, clock=clock, landlord=landlord)

    @app.get("/brand/{name}.css", include_in_schema=False)
    def brand(name: str) -> Response:
        found = stylesheet(name)
        if found is None:
            raise HTTPException(404)
        # The address says what is in it, so it never changes.
        return Response(
            found, media_type="text/css; charset=utf-8", headers={"cache-control": FOREVER}
        )
