"""A complaint runs under the policy that was in force on its day of receipt for as long as it lives; a temporary policy
is an ordinary one with an end (Code 8.5).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.workflow.domain.commands import AcknowledgeComplaint, EscalateComplaint
from services.workflow.domain.subjects.representation import GiveConsent, NameRepresentative
from services.workflow.importing import History, HistoryFact
from services.workflow.reconciling import survey
from shared.complaints.events import ComplaintOpened, ConsentEnded, DeadlineMissed, PromiseMissed
from shared.complaints.values import Channel, Moment, Outcome, Route, WordsReference
from shared.eventstore.timers import open_timers
from shared.policy_packs.loader import load_policy, shipped_pack
from shared.registry.adoptions import adopt_policy
from tests.workflow.office import LANDLORD, Office

FRI_6_MAR_2026 = date(2026, 3, 6)
TEMPORARY = "hos-code-2024"
WORDS = WordsReference("6d0a6a32-6f0f-4c7c-9d3e-5b8f3f1c2a10", "ab" * 32)


@pytest.fixture
def attacked(office: Office) -> Office:
    """From Monday 2 to Friday 6 March 2026 the ALMO answers under another policy."""
    with office.owner.transaction(LANDLORD) as cursor:
        adopt_policy(
            cursor,
            landlord=LANDLORD,
            organisation="riverside-homes",
            document=shipped_pack(TEMPORARY),
            effective_from=date(2026, 3, 2),
            until=FRI_6_MAR_2026,
            adopted_by="ada",
            reason="The case system is out of use this week.",
            now=office.clock.now(),
        )
    return office


def policies(office: Office, reference: str) -> set[str]:
    """Under which policies the dates of a case were counted."""
    return {known.latest.policy for known in office.case(reference).complaint.deadlines}


def test_what_is_received_meanwhile_runs_under_it_also_after_its_end(attacked: Office) -> None:
    during = attacked.open("RC-2026-000001")
    attacked.clock.set(datetime(2026, 3, 9, 9, 30, tzinfo=UTC))
    after = attacked.open("RC-2026-000002")
    assert attacked.case(after).opened.policy == "kctmo-2010"
    told = AcknowledgeComplaint(happened=attacked.now(), actor="ben", channel=Channel.LETTER)
    attacked.give(during, told, key="acknowledge")
    attacked.run_until(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))  # the answer is late by now
    asked = EscalateComplaint(
        happened=attacked.now(), actor="complainant", channel=Channel.PHONE, words=WORDS
    )
    attacked.give(during, asked, key="escalate")
    temporary = load_policy(shipped_pack(TEMPORARY), source="shipped")
    assert attacked.case(during).opened.policy_hash == temporary.policy_hash
    assert policies(attacked, during) == {TEMPORARY}
    assert policies(attacked, after) == {"kctmo-2010"}


def test_what_was_received_before_and_is_opened_meanwhile_runs_under_the_one_of_its_receipt(
    attacked: Office,
) -> None:
    opening = attacked.opening("RC-2026-000001")
    friday = datetime(2026, 2, 27, 15, 0, tzinfo=UTC)
    received = replace(opening, received=Moment(friday.date(), friday))
    attacked.give("RC-2026-000001", received, key="open")
    first = attacked.case("RC-2026-000001").opened
    assert isinstance(first, ComplaintOpened)
    assert first.policy == "kctmo-2010"


def test_the_timer_service_ends_a_consent_once(office: Office) -> None:
    reference = office.open("RC-2026-000001")
    named = NameRepresentative(happened=office.now(), actor="ben", relation="advocate", words=WORDS)
    office.give(reference, named, key="name")
    consent = GiveConsent(
        happened=office.now(), actor="ben", number=1, scope="progress", until=FRI_6_MAR_2026
    )
    office.give(reference, consent, key="consent")
    assert survey(office.database, LANDLORD, now=office.clock.now()) == []
    office.run_until(datetime(2026, 3, 9, 9, 0, tzinfo=UTC))
    ended = [
        record for record in office.case(reference).events if isinstance(record.event, ConsentEnded)
    ]
    assert [(told.event, told.happened.on) for told in ended] == [
        (ConsentEnded(1, 1, FRI_6_MAR_2026), date(2026, 3, 7))
    ]
    assert survey(office.database, LANDLORD, now=office.clock.now()) == []
    with office.owner.transaction(LANDLORD) as cursor:
        duties = {timer.duty for timer in open_timers(cursor, LANDLORD, stream=reference)}
    assert "consent 1" not in duties


def test_an_imported_promise_is_owed_by_its_day_and_an_order_by_its_own(office: Office) -> None:
    history = History(
        source_reference="OLD-79",
        organisation="riverside",
        route=Route.COMPLAINT,
        facts=(
            HistoryFact(what="received", moment=Moment(date(2025, 12, 1)), text="Damp."),
            HistoryFact(what="acknowledged", moment=Moment(date(2025, 12, 3))),
            HistoryFact(
                what="response", moment=Moment(date(2025, 12, 10)), stage=1, outcome=Outcome.UPHELD
            ),
            HistoryFact(
                what="promise_made", moment=Moment(date(2025, 12, 10)), to=date(2026, 1, 30)
            ),
            HistoryFact(
                what="promise_made", moment=Moment(date(2025, 12, 10)), to=date(2026, 3, 6)
            ),
            HistoryFact(
                what="ombudsman_determination",
                moment=Moment(date(2026, 2, 20)),
                to=date(2026, 3, 20),
            ),
        ),
    )
    reference = office.importer.import_history(LANDLORD, history).reference
    assert reference is not None
    with office.owner.transaction(LANDLORD) as cursor:
        timers = open_timers(cursor, LANDLORD, stream=reference)
    waiting = {timer.duty for timer in timers if " " in timer.duty}
    assert waiting == {"promise 2", "ombudsman_order 1"}
    missed = [record.event for record in office.case(reference).events]
    assert [told.number for told in missed if isinstance(told, PromiseMissed)] == [1]
    assert survey(office.database, LANDLORD, now=office.clock.now()) == []
    office.run_until(office.clock.now() + timedelta(days=30))
    late = [record.event for record in office.case(reference).events]
    assert [told.number for told in late if isinstance(told, PromiseMissed)] == [1, 2]
    assert {told.duty for told in late if isinstance(told, DeadlineMissed)} >= {"ombudsman_order 1"}


def test_an_imported_promise_that_was_kept_is_owed_no_more(office: Office) -> None:
    history = History(
        source_reference="OLD-80",
        organisation="riverside",
        route=Route.COMPLAINT,
        facts=(
            HistoryFact(what="received", moment=Moment(date(2025, 12, 1)), text="Damp."),
            HistoryFact(
                what="promise_made", moment=Moment(date(2025, 12, 10)), to=date(2026, 4, 30)
            ),
            HistoryFact(what="promise_kept", moment=Moment(date(2026, 2, 10))),
        ),
    )
    reference = office.importer.import_history(LANDLORD, history).reference
    assert reference is not None
    assert "promise 1" not in {known.latest.duty for known in office.case(reference).complaint.owed}
    assert survey(office.database, LANDLORD, now=office.clock.now()) == []
