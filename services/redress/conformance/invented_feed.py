"""A feed of invented facts in memory, in the shape that subscribers get from a landlord; it grows when it is told to.

Everything follows from the seed: the same run can be made again.
"""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.workflow.feeds import Asked, Page, refuse_position_ahead
from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintClosed,
    ComplaintEvent,
    ComplaintOpened,
    ContactAttempted,
    NoteAdded,
)
from shared.complaints.values import Channel, Issue, Moment, Route
from shared.eventstore.chain import FIRST_PREVIOUS_HASH, next_hash
from shared.eventstore.codec import from_record, to_record
from shared.eventstore.record import NewRecord
from shared.messaging.envelope import cloud_event
from shared.web.problems import Problem

Event = dict[str, Any]

UNKNOWN_TYPE = "org.redress.complaint.conformance-probe.v9"
FIRST_INSTANT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
INVENTED_DAY = date(2026, 3, 2)
COMPLAINTS = 7  # that take turns in the feed
POLICY_HASH = "0" * 64


class InventedFeed:
    """The events up to now; asked from the threads of the HTTP server, grown by the run."""

    def __init__(self, landlord: str, *, seed: int) -> None:
        self.landlord = landlord
        self._seed = seed
        self._events: list[Event] = []
        self._versions: dict[str, int] = {}
        self._last_hash = FIRST_PREVIOUS_HASH
        self._lock = threading.RLock()
        self._refusals_left = 0
        self._first_asked: int | None = None
        self._when_read_to_the_end: Callable[[], None] | None = None

    @property
    def head(self) -> int:
        """The number of the last event."""
        with self._lock:
            return len(self._events)

    @property
    def first_asked(self) -> int | None:
        """The position that the first question came with; None when nobody asked yet."""
        with self._lock:
            return self._first_asked

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all events, in order."""
        with self._lock:
            return tuple(event["id"] for event in self._events)

    def event(self, seq: int) -> Event:
        """The event of that number."""
        with self._lock:
            return self._events[seq - 1]

    def grow(self, *, as_unknown: bool = False, with_more_fields: bool = False) -> int:
        """Adds the next event and returns its number."""
        with self._lock:
            seq = len(self._events) + 1
            event = self._next(seq)
            if as_unknown:
                event = event | {"type": UNKNOWN_TYPE, "data": {"probe": [1, {"of": None}]}}
            if with_more_fields:
                event = event | {"addedlater": "an attribute of a later version"}
                event["data"] = event["data"] | {"added_later": {"in": ["a", "later", "version"]}}
            self._events.append(event)
            return seq

    def refuse_next(self, times: int) -> None:
        """Lets the next so many questions meet a feed that is being restarted."""
        with self._lock:
            self._refusals_left = times

    def once_read_to_the_end(self, then: Callable[[], None]) -> None:
        """Calls `then` after the first answer that leads to the end of the feed."""
        with self._lock:
            self._when_read_to_the_end = then

    def page(self, asked: Asked) -> Page:
        """What the pull feed answers; raises Problem 503 while it plays being restarted, 404 and 409 as a landlord."""
        with self._lock:
            if asked.landlord != self.landlord:
                raise Problem(404, "No such feed", "There is no feed of that name.")
            if self._first_asked is None:
                self._first_asked = asked.after
            if self._refusals_left:
                self._refusals_left -= 1
                raise Problem(503, "Not now", "The conformance kit plays a feed that restarts.")
            last = len(self._events)
            refuse_position_ahead(asked, last)
            events = self._events[asked.after : asked.after + asked.limit]
            if asked.after + len(events) == last and self._when_read_to_the_end is not None:
                then, self._when_read_to_the_end = self._when_read_to_the_end, None
                then()
            return events, last

    def _next(self, seq: int) -> Event:
        stream = f"CK-2026-{seq % COMPLAINTS + 1:06}"
        version = self._versions.get(stream, 0) + 1
        self._versions[stream] = version
        recorded_at = FIRST_INSTANT + timedelta(seconds=seq)
        text = to_record(
            NewRecord(
                event_id=self._id(f"event/{seq}"),
                event=_fact(stream, version),
                happened=Moment(INVENTED_DAY, recorded_at),
                actor="system",
                correlation_id=str(self._id(f"correlation/{seq}")),
                causation_id=str(self._id(f"command/{seq}")),
            ),
            landlord=self.landlord,
            stream=stream,
            version=version,
            command_id=self._id(f"command/{seq}"),
            recorded_at=recorded_at,
        )
        previous, self._last_hash = self._last_hash, next_hash(self._last_hash, seq, text)
        record = from_record(text, seq=seq, previous_hash=previous, hash_=self._last_hash)
        return cloud_event(record)

    def _id(self, what: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"conformance:{self.landlord}:{self._seed}:{what}")


def _fact(reference: str, version: int) -> ComplaintEvent:
    """The facts of an invented complaint in their order; it goes on with notes."""
    match version:
        case 1:
            return ComplaintOpened(
                reference=reference,
                organisation="conformance",
                route=Route.COMPLAINT,
                channel=Channel.PHONE,
                policy="kctmo-2010",
                policy_hash=POLICY_HASH,
                received_on=INVENTED_DAY,
                received_at=None,
                issues=(Issue(1, "repairs"),),
            )
        case 2:
            return ComplaintAcknowledged(stage=1, channel=Channel.EMAIL)
        case 3:
            return ContactAttempted(stage=1, channel=Channel.PHONE)
        case 9:
            return ComplaintClosed(stage=1, because="resolved")
        case _:
            return NoteAdded(stage=1)
