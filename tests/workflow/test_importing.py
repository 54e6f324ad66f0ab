"""A case of another system comes in once, whole, with its breaches and both of its times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.workflow.domain.commands import AcknowledgeComplaint
from services.workflow.importing import History, HistoryFact, HistoryRefused
from services.workflow.reconciling import reconcile
from shared.complaints.events import (
    ComplaintClosed,
    DeadlineApproaching,
    DeadlineMet,
    DeadlineMissed,
    ResponseIssued,
)
from shared.complaints.values import Channel, Moment, Outcome, Route
from shared.eventstore.feed import head, stream_by_source_reference
from shared.registry.adoptions import PolicyNotAdopted
from tests.workflow.office import LANDLORD, Office


def fact(what: str, on: str, **more: object) -> HistoryFact:
    return HistoryFact(what=what, moment=Moment(on=date.fromisoformat(on)), **more)  # type: ignore[arg-type]


# Stage 1: acknowledged in time on Wednesday 12 March 2025; the answer, due ten working days later on
# Wednesday 26 March, came on Tuesday 1 April: four working days late. Stage 2 never came.
LEAK = History(
    source_reference="OLD-77",
    organisation="riverside",
    route=Route.COMPLAINT,
    policy="hos-code-2024",
    facts=(
        fact(
            "received", "2025-03-07", text="Water comes through the ceiling.", channel=Channel.PHONE
        ),
        fact("acknowledged", "2025-03-12", known_at=datetime(2025, 3, 14, 8, 0, tzinfo=UTC)),
        fact("response", "2025-04-01", stage=1, outcome=Outcome.UPHELD, text="We are sorry."),
        fact("compensation_offered", "2025-04-01", amount_pence=11000),
    ),
)
OPEN = History(
    source_reference="OLD-78",
    organisation="riverside-homes",
    route=Route.COMPLAINT,
    facts=(fact("received", "2026-02-26", text="No heating."),),
)


def open_timers(office: Office) -> list[tuple[str, str, date]]:
    with office.owner.transaction(LANDLORD) as cursor:
        rows = cursor.execute(
            "SELECT duty, kind, due_at FROM workflow.timer"
            " WHERE landlord = %s AND ended_at IS NULL ORDER BY due_at, duty",
            (LANDLORD,),
        )
        return [(row["duty"], row["kind"], row["due_at"].date()) for row in rows]


def feed_head(office: Office) -> int:
    with office.owner.transaction(LANDLORD) as cursor:
        return head(cursor, LANDLORD)


def test_an_imported_case_keeps_when_things_happened_and_when_they_were_known(
    office: Office,
) -> None:
    imported = office.importer.import_history(LANDLORD, LEAK)
    assert imported.reference == "RC-2025-000001"
    events = office.case("RC-2025-000001").events
    acknowledged = next(r for r in events if r.name == "complaint.acknowledged.v1")
    assert acknowledged.happened == Moment(on=date(2025, 3, 12))
    assert acknowledged.known_at == datetime(2025, 3, 14, 8, 0, tzinfo=UTC)
    assert acknowledged.recorded_at == office.clock.now()
    assert {record.origin for record in events} == {"import"}
    assert imported.events == tuple(record.name for record in events)


def test_a_breach_of_the_past_is_recorded_and_not_refused(office: Office) -> None:
    office.importer.import_history(LANDLORD, LEAK)
    events = [record.event for record in office.case("RC-2025-000001").events]
    missed = [event.duty for event in events if isinstance(event, DeadlineMissed)]
    met = {
        event.duty: (event.due_on, event.late_by_working_days)
        for event in events
        if isinstance(event, DeadlineMet)
    }
    assert "respond" in missed
    assert met["respond"] == (date(2025, 3, 26), 4)
    assert met["acknowledge"][1] == 0
    assert not [event for event in events if isinstance(event, DeadlineApproaching)]


def test_importing_the_same_case_again_changes_nothing(office: Office) -> None:
    first = office.importer.import_history(LANDLORD, LEAK)
    before = feed_head(office)
    office.clock.advance(timedelta(days=40))
    again = office.importer.import_history(LANDLORD, LEAK)
    assert again.already_there
    assert not again.differs
    assert again.reference == first.reference
    assert feed_head(office) == before


def test_a_case_that_comes_again_with_other_facts_is_left_as_it_was_and_told_apart(
    office: Office,
) -> None:
    office.importer.import_history(LANDLORD, LEAK)
    other = replace(LEAK, facts=(*LEAK.facts, fact("note", "2025-05-01", text="More.")))
    again = office.importer.import_history(LANDLORD, other)
    assert again.already_there
    assert again.differs
    assert "note-added" not in office.names("RC-2025-000001")


def test_a_dry_run_decides_everything_and_writes_nothing(office: Office) -> None:
    before = feed_head(office)
    told = office.importer.import_history(LANDLORD, LEAK, dry_run=True)
    assert told.reference is None
    assert feed_head(office) == before
    with office.owner.transaction(LANDLORD) as cursor:
        for row in cursor.execute(
            "SELECT (SELECT count(*) FROM vault.words) AS words,"
            " (SELECT count(*) FROM vault.subject_key) AS keys,"
            " (SELECT count(*) FROM registry.reference_counter) AS counters,"
            " (SELECT count(*) FROM workflow.command_result WHERE stream <> 'rulebook') AS results"
        ):
            assert set(row.values()) == {0}
    done = office.importer.import_history(LANDLORD, LEAK)
    assert done.events == told.events


def test_the_words_of_a_history_stand_in_the_vault_and_not_on_the_log(office: Office) -> None:
    office.importer.import_history(LANDLORD, LEAK)
    case = office.case("RC-2025-000001")
    response = next(r.event for r in case.events if isinstance(r.event, ResponseIssued))
    assert case.opened.words is not None
    assert response.words is not None
    with office.owner.transaction(LANDLORD) as cursor:
        records = cursor.execute("SELECT record FROM workflow.event").fetchall()
        assert office.vault.verify(cursor, LANDLORD, case.opened.words)
        assert office.vault.verify(cursor, LANDLORD, response.words)
    assert not [row for row in records if "ceiling" in row["record"] or "sorry" in row["record"]]


def test_a_response_of_the_past_keeps_how_it_was_sent(office: Office) -> None:
    posted = fact("response", "2025-04-01", stage=1, outcome=Outcome.UPHELD, channel=Channel.LETTER)
    office.importer.import_history(LANDLORD, replace(LEAK, facts=(*LEAK.facts[:2], posted)))
    case = office.case("RC-2025-000001")
    response = next(r.event for r in case.events if isinstance(r.event, ResponseIssued))
    assert response.channel is Channel.LETTER


def test_the_case_is_found_by_the_reference_it_had_before(office: Office) -> None:
    office.importer.import_history(LANDLORD, LEAK)
    with office.owner.transaction(LANDLORD) as cursor:
        assert stream_by_source_reference(cursor, LANDLORD, "OLD-77") == "RC-2025-000001"


def test_what_is_still_open_gets_its_timers_and_what_has_passed_is_settled(
    office: Office,
) -> None:
    """Now it is Monday 2 March 2026, half past nine: received last Thursday, due today."""
    imported = office.importer.import_history(LANDLORD, OPEN)
    assert imported.reference is not None
    assert open_timers(office)[0] == ("acknowledge", "missed", date(2026, 3, 3))
    # Friday's reminder that it is due on Monday is neither made up nor sent now.
    assert not {"deadline-missed", "deadline-approaching"} & set(office.names(imported.reference))
    assert reconcile(office.database, LANDLORD, now=office.clock.now()) == []


def test_a_date_that_passed_after_the_last_fact_is_missed_at_its_own_moment(
    office: Office,
) -> None:
    late = replace(OPEN, facts=(fact("received", "2026-02-02"),))
    imported = office.importer.import_history(LANDLORD, late)
    assert imported.reference is not None
    missed = {
        record.event.duty: record.happened.on
        for record in office.case(imported.reference).events
        if isinstance(record.event, DeadlineMissed)
    }
    assert missed["acknowledge"] == date(2026, 2, 5)  # due on Wednesday 4 February
    assert missed["respond"] == date(2026, 2, 17)  # due on Monday 16 February
    assert open_timers(office) == []
    assert reconcile(office.database, LANDLORD, now=office.clock.now()) == []


def test_a_case_that_silence_closed_long_ago_comes_in_closed(office: Office) -> None:
    answered = replace(
        OPEN,
        facts=(
            fact("received", "2025-06-02"),
            fact("response", "2025-06-10", stage=1, outcome=Outcome.NOT_UPHELD),
        ),
    )
    imported = office.importer.import_history(LANDLORD, answered)
    assert imported.reference is not None
    case = office.case(imported.reference)
    closed = next(r for r in case.events if isinstance(r.event, ComplaintClosed))
    assert closed.happened.on == date(2025, 7, 9)  # twenty working days end on Tuesday 8 July
    assert {record.origin for record in case.events} == {"import"}
    assert open_timers(office) == []


def test_work_goes_on_with_an_imported_case(office: Office) -> None:
    imported = office.importer.import_history(LANDLORD, OPEN)
    assert imported.reference is not None
    letter = AcknowledgeComplaint(channel=Channel.LETTER, happened=office.now(), actor="ben")
    office.give(imported.reference, letter, key="letter")
    last = office.case(imported.reference).events[-1]
    assert last.origin == "live"
    assert isinstance(last.event, DeadlineMet)
    assert last.event.late_by_working_days == 0


def test_a_history_that_begins_in_the_middle_counts_from_its_first_fact(office: Office) -> None:
    middle = replace(
        LEAK,
        facts=(
            fact("escalation_requested", "2025-09-01", stage=2),
            fact("response", "2025-10-20", stage=2, outcome=Outcome.UPHELD),
        ),
    )
    imported = office.importer.import_history(LANDLORD, middle)
    assert imported.reference is not None
    assert office.case(imported.reference).opened.received_on == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (replace(LEAK, facts=()), "at least one fact"),
        (replace(LEAK, policy="kctmo-2010"), "had adopted hos-code-2024 on 2025-03-07"),
    ],
)
def test_a_history_that_cannot_be_imported_says_why_and_leaves_nothing(
    office: Office, history: History, reason: str
) -> None:
    before = feed_head(office)
    with pytest.raises(HistoryRefused, match=reason):
        office.importer.import_history(LANDLORD, history)
    assert feed_head(office) == before


def test_a_history_of_an_organisation_without_a_policy_is_refused(office: Office) -> None:
    with pytest.raises(PolicyNotAdopted):
        office.importer.import_history(LANDLORD, replace(LEAK, organisation="nobody-homes"))
