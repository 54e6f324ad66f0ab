"""A submission becomes one complaint, however often its message comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from services.workflow.domain.commands import EscalateComplaint
from services.workflow.domain.subjects.representation import NameRepresentative
from services.workflow.handling import Handled, Handling
from services.workflow.receiving import Receiving
from shared.complaints.events import (
    AdjustmentMade,
    ConcernMarked,
    ConsentGiven,
    DeadlineSet,
    RepresentativeNamed,
)
from shared.complaints.values import Channel, Issue, Route, WordsReference
from shared.messaging.bus import RejectMessage
from shared.messaging.received import (
    ComplaintReceived,
    ReceivedAdjustment,
    ReceivedRepresentative,
    complaint_received,
)
from tests.workflow.office import LANDLORD, Office

BOILER = "RC-2026-000001"
RECEIVED = ComplaintReceived(
    landlord=LANDLORD,
    organisation="riverside-homes",
    submission=UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
    reference=BOILER,
    route=Route.COMPLAINT,
    channel=Channel.LETTER,
    received_on=date(2026, 2, 26),
    received_at=None,
    logged_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    complainant="7c9e6679-7425-40de-944b-e07fc1f90ae7",
    words=WordsReference("16fd2706-8baf-433b-82eb-8c7fada847da", "ab" * 32),
    issues=(Issue(1, "repairs"), Issue(2, "staff")),
    named_officers=("cora",),
    logged_by="flora",
    correlation_id="correlation-1",
)


def body(received: ComplaintReceived) -> bytes:
    return complaint_received(received).body


async def test_a_submission_opens_a_complaint_as_of_the_day_it_was_received(
    office: Office,
) -> None:
    await Receiving(office.handling)(body(RECEIVED))
    case = office.case(BOILER)
    assert case.opened.received_on == date(2026, 2, 26)
    assert case.opened.complainant == RECEIVED.complainant
    assert case.opened.words == RECEIVED.words
    assert case.opened.issues == RECEIVED.issues
    assert {(r.actor, r.correlation_id) for r in case.events} == {("flora", "correlation-1")}
    due = {r.event.duty: r.event.due_on for r in case.events if isinstance(r.event, DeadlineSet)}
    assert due["acknowledge"] == date(2026, 3, 2)  # Thursday, so Friday and Monday
    assert due["respond"] == date(2026, 3, 12)


async def test_what_has_a_clock_in_law_is_an_issue_and_starts_its_clock_on_receipt(
    office: Office,
) -> None:
    at = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    issues = (Issue(1, "repairs"), Issue(2, "hazard_emergency"), Issue(3, "data_protection"))
    received = replace(RECEIVED, received_on=date(2026, 3, 1), received_at=at, issues=issues)
    await Receiving(office.handling)(body(received))
    case = office.case(BOILER)
    marked = [r.event for r in case.events if isinstance(r.event, ConcernMarked)]
    assert marked == [
        ConcernMarked(1, 1, "hazard_emergency"),
        ConcernMarked(1, 2, "data_protection"),
    ]
    due = {r.event.duty: r.event for r in case.events if isinstance(r.event, DeadlineSet)}
    assert due["hazard_emergency 1"].due_at == at + timedelta(hours=24)
    assert due["data_protection 2"].due_on == date(2026, 3, 30)  # the day of receipt is the first
    assert case.complaint.issues == (1, 2, 3)  # each has an outcome of its own


async def test_a_message_that_comes_again_opens_nothing_again(office: Office) -> None:
    receiving = Receiving(office.handling)
    await receiving(body(RECEIVED))
    version = office.case(BOILER).version
    office.clock.advance(timedelta(days=3))
    await receiving(body(RECEIVED))
    await receiving(body(replace(RECEIVED, correlation_id="sent again")))
    assert office.case(BOILER).version == version


async def test_two_submissions_never_share_a_reference(office: Office) -> None:
    receiving = Receiving(office.handling)
    await receiving(body(RECEIVED))
    other = replace(RECEIVED, submission=UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
    with pytest.raises(RejectMessage):
        await receiving(body(other))


async def test_a_message_that_cannot_be_read_is_parked(office: Office) -> None:
    for undecodable in (b"", b"{}", b'{"data": {"landlord": 1}}', b"\xff\xfe", b"null"):
        with pytest.raises(RejectMessage):
            await Receiving(office.handling)(undecodable)


async def test_a_submission_under_no_policy_is_parked_with_the_reason(office: Office) -> None:
    before_any_adoption = date(1999, 12, 31)
    for received in (
        replace(RECEIVED, organisation="nobody-homes"),
        replace(RECEIVED, landlord="nowhere"),
        replace(RECEIVED, received_on=before_any_adoption),
    ):
        with pytest.raises(RejectMessage, match=BOILER):
            await Receiving(office.handling)(body(received))
    assert office.handling.load(LANDLORD, BOILER) is None


async def test_a_complaint_logged_by_nobody_was_made_by_the_complainant(office: Office) -> None:
    await Receiving(office.handling)(body(replace(RECEIVED, logged_by=None)))
    assert {record.actor for record in office.case(BOILER).events} == {"complainant"}


WHO = WordsReference("5b0e7a3c-0f3e-4b67-9b0f-2f6f4a1c8d33", "cd" * 32)
HOW = WordsReference("c2d4e6f8-1a3b-4c5d-8e7f-9a0b1c2d3e44", "ef" * 32)
SPOKEN_FOR = replace(
    RECEIVED,
    logged_by=None,
    representative=ReceivedRepresentative(
        relation="advocate", words=WHO, scope="progress", consent_words=HOW
    ),
    adjustments=(
        ReceivedAdjustment("translation", language="so"),
        ReceivedAdjustment("other", words=HOW),
    ),
)


def people(office: Office) -> list[object]:
    """The facts about representatives and adjustments, in their order."""
    kinds = (RepresentativeNamed, ConsentGiven, AdjustmentMade)
    return [r.event for r in office.case(BOILER).events if isinstance(r.event, kinds)]


async def test_who_speaks_and_what_is_needed_is_on_the_case_from_the_first_moment(
    office: Office,
) -> None:
    await Receiving(office.handling)(body(SPOKEN_FOR))
    half_a_year = date(2026, 8, 31)  # after Monday 2 March, on which it was logged
    assert people(office) == [
        RepresentativeNamed(1, 1, "advocate", WHO),
        ConsentGiven(1, 1, "progress", None, HOW, 1),
        AdjustmentMade(1, 1, "translation", half_a_year, None, "so"),
        AdjustmentMade(1, 2, "other", half_a_year, HOW),
    ]
    records = office.case(BOILER).events
    assert {(r.actor, r.correlation_id) for r in records} == {("complainant", "correlation-1")}
    assert {r.happened.on for r in records} == {RECEIVED.received_on}


async def test_without_consent_from_the_complainant_the_representative_is_named_and_no_more(
    office: Office,
) -> None:
    said = ReceivedRepresentative(relation="friend", words=WHO)
    await Receiving(office.handling)(body(replace(RECEIVED, representative=said)))
    assert people(office) == [RepresentativeNamed(1, 1, "friend", WHO)]


async def test_a_message_that_comes_again_names_and_adjusts_nothing_again(office: Office) -> None:
    receiving = Receiving(office.handling)
    await receiving(body(SPOKEN_FOR))
    version = office.case(BOILER).version
    office.clock.advance(timedelta(days=400))
    for again in (SPOKEN_FOR, replace(SPOKEN_FOR, correlation_id="sent again")):
        await receiving(body(again))
    assert office.case(BOILER).version == version


@pytest.mark.parametrize("stops_after", [1, 2, 3, 4])
async def test_a_receiving_that_broke_off_is_carried_on_from_there(
    office: Office, monkeypatch: pytest.MonkeyPatch, stops_after: int
) -> None:
    done = 0
    handle = Handling.handle

    def dies(self: Handling, *given: object, **named: object) -> Handled:
        nonlocal done
        if done == stops_after:
            raise ConnectionError("the process is gone")
        done += 1
        return handle(self, *given, **named)  # type: ignore[arg-type] # passed on as given

    with monkeypatch.context() as patched:
        patched.setattr(Handling, "handle", dies)
        with pytest.raises(ConnectionError):
            await Receiving(office.handling)(body(SPOKEN_FOR))
    # An officer was faster in between, and named somebody too.
    other = NameRepresentative(relation="family", words=HOW, happened=office.now(), actor="flora")
    office.give(BOILER, other, key="an officer's")
    await Receiving(office.handling)(body(SPOKEN_FOR))
    found = people(office)
    named = {each.relation: each.number for each in found if isinstance(each, RepresentativeNamed)}
    (consent,) = [each for each in found if isinstance(each, ConsentGiven)]
    assert set(named) == {"family", "advocate"}
    assert consent.number == named["advocate"]
    assert [each.kind for each in found if isinstance(each, AdjustmentMade)] == [
        "translation",
        "other",
    ]


@pytest.mark.parametrize(
    "days", [40, 400]
)  # an adjustment is reviewed half a year after it was asked for
async def test_who_speaks_and_what_is_needed_is_not_lost_when_the_case_has_gone_on_meanwhile(
    office: Office, days: int
) -> None:
    # The process died after the opening, and the message came again when the case stood at stage 2.
    await Receiving(office.handling)(body(replace(SPOKEN_FOR, representative=None, adjustments=())))
    office.clock.advance(timedelta(days=days))
    further = EscalateComplaint(channel=Channel.PHONE, happened=office.now(), actor="ben")
    office.give(BOILER, further, key="further")
    await Receiving(office.handling)(body(SPOKEN_FOR))
    stage_opened = office.case(BOILER).complaint.stage_opened
    told = [
        record
        for record in office.case(BOILER).events
        if isinstance(record.event, RepresentativeNamed | ConsentGiven | AdjustmentMade)
    ]
    assert len(told) == 4
    assert {record.happened for record in told} == {stage_opened}


async def test_a_message_from_before_says_nothing_of_people(office: Office) -> None:
    old = orjson.loads(body(RECEIVED))
    for later in ("representative", "adjustments"):
        del old["data"][later]
    await Receiving(office.handling)(orjson.dumps(old))
    assert people(office) == []


async def test_what_no_rule_takes_is_parked_with_the_reason(office: Office) -> None:
    unknown = replace(RECEIVED, adjustments=(ReceivedAdjustment("brass_band"),))
    with pytest.raises(RejectMessage, match="brass_band"):
        await Receiving(office.handling)(body(unknown))
