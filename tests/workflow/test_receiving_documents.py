"""What was uploaded with a submission is told of on the case once, whatever happens to the message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.workflow.domain.commands import EscalateComplaint
from services.workflow.receiving import Receiving
from shared.complaints.events import DocumentAdded
from shared.complaints.values import Channel
from shared.documents.keeping import Keeper
from shared.documents.rows import sent_with
from shared.documents.taking import Upload, checked
from shared.messaging.received import ComplaintReceived, complaint_received
from tests.documents.files import PDF, TEXT
from tests.workflow.office import LANDLORD, Office
from tests.workflow.test_receiving import BOILER, RECEIVED

DRAFT = UUID("5b0c6b9e-0c4b-4f6e-9a06-3a8c0d4f8a11")


@pytest.fixture
def received(office: Office) -> ComplaintReceived:
    """A submission with two documents, as intake leaves it."""
    assert RECEIVED.complainant is not None
    for name, content in (("report.pdf", PDF), ("notes.txt", TEXT)):
        office.shelf().put(
            checked(Upload(name, content)),
            landlord=LANDLORD,
            subject=UUID(RECEIVED.complainant),
            document=uuid4(),
            kind="report",
            draft=DRAFT,
        )
    with office.owner.transaction(LANDLORD) as cursor:
        documents = sent_with(
            cursor, landlord=LANDLORD, draft=DRAFT, submission=RECEIVED.submission
        )
    return replace(RECEIVED, documents=documents)


def told(office: Office) -> list[DocumentAdded]:
    """The facts that tell of documents."""
    events = (each.event for each in office.case(BOILER).events)
    return [event for event in events if isinstance(event, DocumentAdded)]


async def receive(office: Office, received: ComplaintReceived) -> None:
    """The message comes."""
    await Receiving(office.handling)(complaint_received(received).body)


async def test_each_document_is_told_of_in_its_order_with_who_brought_it_and_when(
    office: Office, received: ComplaintReceived
) -> None:
    await receive(office, received)
    facts = told(office)
    assert [fact.document for fact in facts] == [str(each) for each in received.documents]
    assert [fact.number for fact in facts] == [1, 2]
    assert {fact.brought_by for fact in facts} == {"complainant"}
    last = office.case(BOILER).events[-1]
    assert (last.actor, last.happened.on) == ("flora", RECEIVED.received_on)
    document = UUID(facts[0].document)
    shelf = office.shelf()
    assert shelf.contents(shelf.standing(LANDLORD, [document])[document]) == PDF


async def test_a_message_that_comes_again_tells_of_nothing_again(
    office: Office, received: ComplaintReceived
) -> None:
    for _ in range(3):
        await receive(office, received)
    assert len(told(office)) == 2


async def test_a_process_that_died_after_the_opening_goes_on_with_the_next_message(
    office: Office, received: ComplaintReceived, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    follow = Receiving._follow
    with monkeypatch.context() as patched:
        patched.setattr(Receiving, "_follow", die)
        with pytest.raises(Killed):
            await receive(office, received)
    assert not told(office)

    def first_only(self: Receiving, *args: Any, **more: Any) -> Any:
        follow(self, *args, **more)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Receiving, "_follow", first_only)
        with pytest.raises(Killed):
            await receive(office, received)
    assert len(told(office)) == 1
    await receive(office, received)
    assert len(told(office)) == 2


async def test_a_message_that_comes_after_the_next_stage_was_opened_still_tells_of_them(
    office: Office, received: ComplaintReceived
) -> None:
    await receive(office, replace(received, documents=()))
    office.clock.advance(timedelta(days=40))
    further = EscalateComplaint(channel=Channel.PHONE, happened=office.now(), actor="ben")
    office.give(BOILER, further, key="further")
    assert office.case(BOILER).complaint.stage == 2
    await receive(office, received)
    assert len(told(office)) == 2


async def test_a_document_that_is_not_there_keeps_nobody_from_the_others(
    office: Office, received: ComplaintReceived
) -> None:
    lost = replace(received, documents=(uuid4(), *received.documents))
    await receive(office, lost)
    assert len(told(office)) == 2


async def test_what_waits_for_its_message_is_never_swept(
    office: Office, received: ComplaintReceived
) -> None:
    office.clock.advance(timedelta(days=400))
    Keeper(office.shelf()).keep_in_order()
    await receive(office, received)
    assert len(told(office)) == 2
