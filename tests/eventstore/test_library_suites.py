"""The `eventsourcing` library's own tests of recorders, run against our recorder.

Ours refuses the library's writing and reading methods, because they know no landlord, no command
and no timers (`test_library_modes`). So the tests reach it through `AsTheLibraryKnowsIt`, which
says everything with the methods that our services use. What does not apply stands in NOT_FOR_US.
"""

from __future__ import annotations

import ast
import sys
import unittest
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, cast
from uuid import uuid4

import pytest
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
)

from shared.eventstore.append import AppendRefused
from shared.eventstore.feed import head, read_feed
from shared.eventstore.record import NewRecord, RecordedEvent
from shared.eventstore.recorder import Append, FeedRecorder
from tests.eventstore.building import RIVERSIDE, append_of, fact

if find_spec("Crypto") is None:
    # The suites ask for the library's cipher and so for a package that we do not use; those which
    # use it are among NOT_FOR_US.
    cipher = ModuleType("eventsourcing.cipher")
    vars(cipher)["AESCipher"] = None
    sys.modules.setdefault("eventsourcing.cipher", cipher)
from eventsourcing.tests import persistence

# The library's tests count versions from 0 or from 1, our log from 1.
FIRST_VERSION = 1
NOT_FOR_US = {
    "TrackingRecorderTestCase": "positions are kept by shared.messaging.positions: per landlord,"
    " with what is parked; tests/messaging has their tests",
    "ProcessRecorderTestCase": "the same; and nobody appends to the log while following it",
    "InfrastructureFactoryTestCase": "the recorder is made by the composition root, not from"
    " environment variables; its modes that lose events are refused",
    "TranscoderTestCase": "facts are written as canonical JSON by shared.eventstore.codec, with"
    " tests of its own, because their text is hashed",
    "ApplicationTestCase": "aggregates of the library: our decisions are pure functions",
    "ExampleApplicationTestCase": "the same",
    "AggregateEventCountersProjectionTestCase": "projections are followers of the feed, in batches",
    "EventSourcedProjectionTestCase": "the same",
    "EventCountersViewTestCase": "the same",
    "TaggedDecisionCountersProjectionTestCase": "the same; and its DCB recorder loses events",
}
# A method of a suite that we do run.
NOT_RUN = {
    "optional_test_insert_subscribe": "subscriptions of the library live on NOTIFY, which makes all"
    " commits of a server wait for one another; subscribers follow the feed",
}


class AsTheLibraryKnowsIt(ApplicationRecorder):
    """Our recorder under the library's names, for one landlord; what a fact has no place for, a
    topic and bytes, travels in two of its text fields.
    """

    def __init__(self, recorder: FeedRecorder, *, tells_places: bool = True) -> None:
        self._recorder = recorder
        self._tells_places = tells_places

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> list[int] | None:
        """Append all or nothing; each run of versions is one command."""
        appends = [_append(run) for run in _runs(stored_events)]
        try:
            if len(appends) == 1:
                self._recorder.append(appends[0])
            elif appends:
                with self._recorder.database.transaction(RIVERSIDE) as cursor:
                    for append in appends:
                        self._recorder.append_in(cursor, append)
        except AppendRefused as refused:
            raise IntegrityError(str(refused)) from refused
        return self._places(stored_events) if self._tells_places else None

    def select_events(
        self,
        originator_id: Any,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """Load the stream, and leave out what was not asked for."""
        stored = [_stored(record) for record in self._recorder.load(RIVERSIDE, str(originator_id))]
        asked = [
            event
            for event in (reversed(stored) if desc else stored)
            if (gt is None or event.originator_version > gt)
            and (lte is None or event.originator_version <= lte)
        ]
        return asked[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        """Page through the feed."""
        after = 0 if start is None else start - int(inclusive_of_start)
        asked = (
            record
            for record in self._feed(after)
            if (stop is None or record.seq <= stop)
            and (not topics or record.correlation_id in topics)
        )
        return [_notification(record) for _, record in zip(range(limit), asked, strict=False)]

    def max_notification_id(self) -> int | None:
        """The head of the feed; None when it is empty."""
        with self._recorder.database.transaction(RIVERSIDE) as cursor:
            return head(cursor, RIVERSIDE) or None

    def subscribe(self, *_: Any, **__: Any) -> NoReturn:
        """Refused, as by ours: NOT_RUN says why nobody subscribes to a recorder."""
        self._recorder.subscribe()

    def _feed(self, after: int) -> Iterator[RecordedEvent]:
        while True:
            with self._recorder.database.transaction(RIVERSIDE) as cursor:
                page = read_feed(cursor, RIVERSIDE, after=after, limit=1_000)
            if not page:
                return
            yield from page
            after = page[-1].seq

    def _places(self, stored_events: Sequence[StoredEvent]) -> list[int]:
        written = {
            (record.stream, record.version): record.seq
            for stream in {str(event.originator_id) for event in stored_events}
            for record in self._recorder.load(RIVERSIDE, stream)
        }
        return [
            written[str(event.originator_id), event.originator_version + FIRST_VERSION]
            for event in stored_events
        ]


def _runs(stored_events: Sequence[StoredEvent]) -> list[list[StoredEvent]]:
    """Events of one stream whose versions follow one another are one command's."""
    runs = [[event] for event in stored_events[:1]]
    for before, event in pairwise(stored_events):
        if (event.originator_id, event.originator_version) == (
            before.originator_id,
            before.originator_version + 1,
        ):
            runs[-1].append(event)
        else:
            runs.append([event])
    return runs


def _append(run: Sequence[StoredEvent]) -> Append:
    return append_of(
        *[_record(event) for event in run],
        stream=str(run[0].originator_id),
        expected_version=run[0].originator_version + FIRST_VERSION - 1,
    )


def _record(event: StoredEvent) -> NewRecord:
    note = fact()
    return NewRecord(
        event_id=note.event_id,
        event=note.event,
        happened=note.happened,
        actor=note.actor,
        correlation_id=event.topic,
        causation_id=event.state.hex(),
    )


def _stored(record: RecordedEvent) -> StoredEvent:
    return StoredEvent(
        originator_id=record.stream,
        originator_version=record.version - FIRST_VERSION,
        topic=record.correlation_id,
        state=bytes.fromhex(record.causation_id),
    )


def _notification(record: RecordedEvent) -> Notification:
    stored = _stored(record)
    return Notification(
        id=record.seq,
        originator_id=stored.originator_id,
        originator_version=stored.originator_version,
        topic=stored.topic,
        state=stored.state,
    )


class _OnOurs(unittest.TestCase):
    """What the suites ask of whoever runs them."""

    tells_places = True

    @pytest.fixture(autouse=True)
    def _given(self, recorder: FeedRecorder) -> None:
        self._ours = recorder

    def new_originator_id(self) -> str:
        """A stream is a text with us."""
        return str(uuid4())

    def create_recorder(self) -> AsTheLibraryKnowsIt:
        """Ours."""
        return AsTheLibraryKnowsIt(self._ours, tells_places=self.tells_places)


class TestAggregateRecorder(_OnOurs, persistence.AggregateRecorderTestCase):
    """Streams: conflicts, atomicity, reading a part."""

    tells_places = False


class TestApplicationRecorder(_OnOurs, persistence.ApplicationRecorderTestCase):
    """The feed: places, reading from a place, many writers and readers at once."""


class TestNoInterleaving(_OnOurs, persistence.NonInterleavingNotificationIDsBaseCase):
    """What is appended together stands together in the feed."""


def shipped() -> dict[str, ast.ClassDef]:
    """Every class of tests that the library ships; not all can be imported without packages that
    only they need.
    """
    return {
        node.name: node
        for path in Path(persistence.__file__).parent.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and any(_is_test(part) for part in node.body)
    }


def _is_test(part: ast.stmt) -> bool:
    return isinstance(part, ast.FunctionDef) and part.name.startswith(("test", "optional_test"))


def test_every_suite_of_the_library_is_run_or_listed_with_the_reason() -> None:
    ran = {
        base.__name__
        for ours in (TestAggregateRecorder, TestApplicationRecorder, TestNoInterleaving)
        for base in cast("type", ours).__mro__
    }
    assert shipped().keys() - ran == NOT_FOR_US.keys()


def test_every_method_that_is_not_run_is_listed_with_the_reason() -> None:
    optional = {
        part.name
        for suite in shipped().values()
        for part in suite.body
        if isinstance(part, ast.FunctionDef) and part.name.startswith("optional")
    }
    assert optional == NOT_RUN.keys()
