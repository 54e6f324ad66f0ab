"""Messages are CloudEvents that carry a fact whole, and nothing personal."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import pytest

from shared.complaints.events import EVENT_NAMES, ComplaintEvent
from shared.complaints.values import Channel, Issue, Moment, Route, WordsReference
from shared.eventstore.codec import name_of
from shared.eventstore.record import RecordedEvent
from shared.messaging.bus import Message, RejectMessage
from shared.messaging.envelope import FeedEntry, heartbeat_message, to_message
from shared.messaging.received import (
    ComplaintReceived,
    ReceivedAdjustment,
    ReceivedRepresentative,
    complaint_received,
)
from shared.messaging.topology import COMPLAINT_RECEIVED, NOTIFIER_FEED, PROJECTIONS_FEED, routes_to
from tests.contract.examples import EXAMPLES

WED_11_MAR_2026 = date(2026, 3, 11)
HALF_PAST_NINE = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)

RECEIVED = ComplaintReceived(
    landlord="riverside",
    organisation="mill-lane",
    submission=UUID(int=7),
    reference="RC-2026-000042",
    route=Route.COMPLAINT,
    channel=Channel.LETTER,
    received_on=WED_11_MAR_2026,
    received_at=None,
    logged_at=HALF_PAST_NINE,
    complainant="0b6a9f53-5b0e-4a57-8f1c-0f2a1b3c4d5e",
    words=WordsReference("6d0a6a32-6f0f-4c7c-9d3e-5b8f3f1c2a10", "ab" * 32),
    issues=(Issue(1, "repairs"),),
    named_officers=("officer-7",),
    logged_by="officer-1",
    correlation_id="correlation-1",
    representative=ReceivedRepresentative(
        relation="friend",
        words=WordsReference("3f0b8a54-6d0d-4a7e-8a6f-6a4f7c2d9b11", "cd" * 32),
        scope="progress",
        consent_words=WordsReference("9a1f6c2e-2b7d-4c53-9d55-1e7c0a5b3f22", "ef" * 32),
    ),
    adjustments=(ReceivedAdjustment("translation", language="so"),),
)

# Every name that may stand in the data of a message. Whoever adds one has asked first whether what
# is under it could be somebody's name, address or words: those stay in the vault.
KNOWN_NAMES = frozenset(
    {
        "about",
        "accepted",
        "action",
        "actor",
        "adjustments",
        "agreed",
        "amount_pence",
        "arose_on",
        "as_at",
        "audience",
        "authorised_by",
        "because",
        "body",
        "brought_by",
        "by",
        "calendar_revision",
        "category",
        "cause",
        "channel",
        "clause",
        "clock",
        "closed",
        "command_id",
        "commitment",
        "companion",
        "complainant",
        "concern",
        "consent_words",
        "contains",
        "copied_to",
        "correlation_id",
        "counted_from",
        "counts_from_at",
        "counts_from_on",
        "definition",
        "departure",
        "destination",
        "document",
        "documents",
        "done_on",
        "draft",
        "due_at",
        "due_on",
        "duty",
        "early",
        "effective_from",
        "every_months",
        "every_working_days",
        "evidence",
        "exclusion",
        "expected_on",
        "finding",
        "firmness",
        "first_day",
        "from_calendar",
        "from_on",
        "from_route",
        "from_stage",
        "generation",
        "handlers",
        "happened_at",
        "happened_on",
        "hearing_on",
        "homes",
        "interest",
        "issue",
        "issues",
        "items",
        "kept",
        "kept_from",
        "kind",
        "known_at",
        "known_on",
        "landlord",
        "language",
        "last_day",
        "last_day_on",
        "late_by_working_days",
        "lawful_on",
        "logged_at",
        "logged_by",
        "mark",
        "media_type",
        "met_on",
        "name",
        "named_officers",
        "not_held",
        "notices",
        "number",
        "of",
        "office_closures",
        "officer",
        "ombudsman_details_given",
        "ombudsman_told",
        "on",
        "opened",
        "organisation",
        "origin",
        "outcome",
        "overlay",
        "owner",
        "part",
        "permitted",
        "policy",
        "policy_hash",
        "policy_version",
        "present",
        "published_on",
        "reason",
        "received_at",
        "received_on",
        "redacted",
        "reference",
        "relation",
        "remedies",
        "replaces_revision",
        "report_hash",
        "representative",
        "responded_on",
        "response_due_on",
        "responsible",
        "result",
        "review_on",
        "role",
        "roles",
        "route",
        "rule",
        "scope",
        "seats",
        "signatures",
        "size",
        "skipped",
        "source",
        "source_reference",
        "span",
        "stage",
        "standing",
        "subject",
        "submission",
        "texts",
        "to_calendar",
        "to_on",
        "to_organisation",
        "to_reference",
        "to_route",
        "to_stage",
        "told_on",
        "trigger",
        "trigger_on",
        "unit",
        "until",
        "up_to_seq",
        "where",
        "words",
        "working_days_left",
        "year",
    }
)


def recorded(event: ComplaintEvent, *, at: datetime | None = HALF_PAST_NINE) -> RecordedEvent:
    return RecordedEvent(
        landlord="riverside",
        seq=8,
        stream="RC-2026-000042",
        version=3,
        event_id=UUID(int=1),
        name=name_of(event),
        event=event,
        happened=Moment(WED_11_MAR_2026, at),
        known_at=HALF_PAST_NINE,
        recorded_at=HALF_PAST_NINE,
        actor="officer-1",
        command_id=UUID(int=2),
        correlation_id="correlation-1",
        causation_id="causation-1",
        origin="live",
        previous_hash=bytes(31) + b"\x01",
        hash=bytes(31) + b"\x02",
    )


ALL_MESSAGES = [
    *(to_message(recorded(event)) for event in EXAMPLES),
    heartbeat_message("riverside", seq=8, now=HALF_PAST_NINE),
    complaint_received(RECEIVED),
]


def test_there_is_an_example_of_every_fact() -> None:
    assert {type(event) for event in EXAMPLES} == set(EVENT_NAMES.values())


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_a_fact_comes_out_of_its_message_as_it_went_in(event: ComplaintEvent) -> None:
    for sent in (recorded(event), replace(recorded(event, at=None), known_at=None)):
        entry = FeedEntry.from_body(to_message(sent).body)
        assert (entry.landlord, entry.seq, entry.previous_seq) == ("riverside", 8, 7)
        assert entry.record == sent


@pytest.mark.parametrize("message", ALL_MESSAGES, ids=lambda message: message.type)
def test_every_message_keeps_the_rules_of_cloudevents(message: Message) -> None:
    event = orjson.loads(message.body)
    assert event["specversion"] == "1.0"
    assert event["id"] == message.message_id
    assert event["type"] == message.type
    assert re.fullmatch(r"org\.redress\.[a-z-]+\.[a-z-]+\.v1", message.type)
    assert event["source"].startswith("/landlords/riverside/")
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    for name, value in event.items():
        if name != "data":
            assert re.fullmatch(r"[a-z0-9]{1,20}", name)
            assert value != ""
            assert isinstance(value, str | int)


@pytest.mark.parametrize("message", ALL_MESSAGES, ids=lambda message: message.type)
def test_no_message_has_a_place_for_personal_data(message: Message) -> None:
    names = set(_names(orjson.loads(message.body).get("data", {})))
    assert names <= KNOWN_NAMES


def _names(document: object) -> list[str]:
    if isinstance(document, dict):
        return [*document, *(name for value in document.values() for name in _names(value))]
    if isinstance(document, list):
        return [name for value in document for name in _names(value)]
    return []


@pytest.mark.parametrize("message", ALL_MESSAGES, ids=lambda message: message.type)
def test_every_message_is_routed_to_the_queues_that_are_for_it(message: Message) -> None:
    wanted = {
        queue.name
        for queue in (COMPLAINT_RECEIVED, PROJECTIONS_FEED, NOTIFIER_FEED)
        if any(routes_to(binding, message.routing_key) for binding in queue.bindings)
    }
    if "intake" in message.type:
        assert wanted == {COMPLAINT_RECEIVED.name}
    else:
        assert wanted == {PROJECTIONS_FEED.name, NOTIFIER_FEED.name}


@pytest.mark.parametrize(
    ("pattern", "key", "matches"),
    [
        ("*.complaint.#", "riverside.complaint.s1.acknowledged.v1", True),
        ("*.complaint.#", "riverside.complaint", True),
        ("*.complaint.#", "riverside.intake.-.complaint-received.v1", False),
        ("*.complaint.*.escalated.v1", "riverside.complaint.s2.escalated.v1", True),
        ("*.complaint.*.escalated.v1", "riverside.complaint.escalated.v1", False),
        ("#.v1", "riverside.feed.head.v1", True),
        ("#", "", True),
        ("riverside.*", "riverside", False),
    ],
)
def test_patterns_match_as_at_a_topic_exchange(pattern: str, key: str, matches: bool) -> None:
    assert routes_to(pattern, key) is matches


def test_the_routing_key_names_landlord_stage_and_event() -> None:
    keys = {message.routing_key for message in ALL_MESSAGES}
    assert "riverside.complaint.s1.acknowledged.v1" in keys
    assert "riverside.complaint.-.opened.v1" in keys
    assert "riverside.complaint.s2.escalated.v1" in keys


def test_a_fact_of_a_newer_version_is_still_an_entry_of_the_feed() -> None:
    body = to_message(recorded(EXAMPLES[0])).body.replace(b"complaint.opened.v1", b"complaint.x.v9")
    entry = FeedEntry.from_body(body)
    assert (entry.seq, entry.record) == (8, None)


def test_what_intake_sends_is_what_workflow_reads() -> None:
    assert ComplaintReceived.from_body(complaint_received(RECEIVED).body) == RECEIVED
    bare = replace(RECEIVED, complainant=None, words=None, logged_by=None, named_officers=())
    assert ComplaintReceived.from_body(complaint_received(bare).body) == bare


def test_a_received_complaint_that_is_not_valid_is_rejected_without_quoting_it() -> None:
    body = complaint_received(RECEIVED).body.replace(b'"letter"', b'"12 Mill Lane"')
    with pytest.raises(RejectMessage, match="channel") as rejected:
        ComplaintReceived.from_body(body)
    assert "Mill" not in str(rejected.value)
    for nonsense in (b"", b"[]", b"{}", b'{"data": 3}'):
        with pytest.raises(RejectMessage):
            ComplaintReceived.from_body(nonsense)
