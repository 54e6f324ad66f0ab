"""What the demonstration holds: every state, lawfully come to, the same each time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest

from services.projections.rebuilding import verify
from services.redress.assembly import PROJECTIONS, WORKFLOW, Installation
from services.redress.commands.checking import england_calendar
from services.redress.commands.packs import shipped
from services.redress.commands.seeding import seed, seed_demonstration
from services.redress.demonstration.people import LANDLORD, ORGANISATIONS, POLICY_OF
from services.redress.demonstration.seeding import beginning_of, tell_cases
from services.redress.statutory import STATUTORY
from services.workflow.domain.complaint import Complaint, replay
from services.workflow.reconciling import reconcile
from shared.complaints.events import (
    RULEBOOK,
    ComplaintAcknowledged,
    ComplaintClosed,
    ComplaintEvent,
    ComplaintReopened,
    ContactAttempted,
    ContactMade,
    DeadlineExtended,
    DeadlineMet,
    DeadlineMissed,
    DocumentAdded,
    DraftSubmitted,
    HoldingResponseSent,
    ResponseIssued,
)
from shared.complaints.working_days import london_midnight
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.feed import read_feed
from shared.eventstore.record import RecordedEvent
from shared.eventstore.timers import open_timers
from shared.policies.deadlines import DeadlineState
from shared.policies.policy import RESPOND, Fact
from shared.registry.landlords import organisations
from shared.registry.officers import officers
from shared.runtime.clock import SettableClock
from shared.runtime.settings import Settings
from shared.vault.sealing import SealedWords, SubjectKey, make_subject_key
from shared.vault.sealing import seal as seal_words
from tests.support.postgres import TestDatabase, migrated_database
from tests.support.servers import ServerFolder

pytestmark = pytest.mark.postgres
MONDAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def seeded(
    servers: ServerFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """The demonstration as it stands on Monday morning, for tests that only look."""
    with migrated_database(servers) as database:
        built = installation_of(database, tmp_path_factory)
        seed_demonstration(built, today=MONDAY)
        yield built
        built.close()


def installation_of(database: TestDatabase, folders: pytest.TempPathFactory) -> Installation:
    """An installation on Monday at nine."""
    return Installation(
        settings=Settings(data_directory=folders.mktemp("data")),
        conninfo=database.conninfo,
        clock=SettableClock(london_midnight(MONDAY) + timedelta(hours=9)),
    )


def feed(owner: Database) -> tuple[RecordedEvent, ...]:
    """Everything in the demonstration's log."""
    told: list[RecordedEvent] = []
    with owner.transaction("riverside") as cursor:
        while page := read_feed(cursor, "riverside", after=len(told), limit=1000):
            told.extend(page)
    return tuple(told)


def cases(owner: Database) -> dict[str, tuple[Complaint, list[ComplaintEvent]]]:
    """Each case with its events, by reference."""
    streams: dict[str, list[RecordedEvent]] = {}
    for recorded in feed(owner):
        streams.setdefault(recorded.stream, []).append(recorded)
    del streams[RULEBOOK]  # what the landlord adopted before it took any case
    found = {}
    for reference, recorded_events in streams.items():
        complaint = replay(recorded_events)
        assert complaint is not None
        found[reference] = (complaint, [each.event for each in recorded_events])
    return found


def told(events: list[ComplaintEvent], kind: type[ComplaintEvent]) -> list[ComplaintEvent]:
    """The events of a kind."""
    return [event for event in events if isinstance(event, kind)]


def states(complaint: Complaint, events: list[ComplaintEvent], *, today: date) -> set[str]:
    """Every state of the list that this case is in."""
    response = complaint.deadline(RESPOND)
    owed = (
        response if response is not None and response.is_owed and complaint.ending is None else None
    )
    answered = complaint.has(Fact.RESPONSE)
    met = [event for event in events if isinstance(event, DeadlineMet) and event.duty == RESPOND]
    closings = [event.because for event in events if isinstance(event, ComplaintClosed)]
    closed = closings[-1] if closings and complaint.ending is not None else None
    is_open = complaint.ending is None
    first = complaint.stage == 1 and is_open and not answered
    asked = {
        "just received": first and not complaint.has(Fact.ACKNOWLEDGED) and not told(events, DeadlineMissed),
        "acknowledged": first and complaint.has(Fact.ACKNOWLEDGED) and not complaint.handlers,
        "contact attempted": bool(told(events, ContactAttempted)) and not told(events, ContactMade),
        "allocated": first and bool(complaint.handlers),
        "holding response sent": bool(told(events, HoldingResponseSent)) and owed is not None,
        "extended": bool(told(events, DeadlineExtended)) and owed is not None,
        "draft waiting": bool(told(events, DraftSubmitted)) and complaint.draft is not None
        and complaint.draft.approved_by is None,
        "answered in time": bool(met) and met[-1].late_by_working_days == 0,
        "answered late": bool(met) and met[-1].late_by_working_days > 0,
        "at stage 2": complaint.stage == 2 and is_open and not answered,
        "at stage 3": complaint.stage == 3 and is_open and not answered,
        "refused": closed == "refused",
        "withdrawn": closed == "withdrawn",
        "closed by silence": closed == "silence",
        "closed after the final response": closed == "final_response",
        "reopened": bool(told(events, ComplaintReopened)) and is_open,
        "overdue": owed is not None and owed.state is DeadlineState.MISSED,
        "due today": owed is not None and owed.latest.due_on == today,
    }  # fmt: skip
    return {state for state, present in asked.items() if present}


ALL_STATES = {
    "just received", "acknowledged", "contact attempted", "allocated", "holding response sent", "extended",
    "draft waiting", "answered in time", "answered late", "at stage 2", "at stage 3", "refused", "withdrawn",
    "closed by silence", "closed after the final response", "reopened", "overdue", "due today",
}  # fmt: skip


def told_on(today: date) -> set[str]:
    """The states that the cases of a day show, told without a database."""
    numbers = itertools.count(1)
    cases = tell_cases(
        today=today,
        calendar=england_calendar(),
        policies={place: shipped(name).read for place, name in POLICY_OF.items()},
        overlays=dict.fromkeys(POLICY_OF, shipped(STATUTORY).read),
        reference=lambda year: f"RB-{year}-{next(numbers):06d}",
        sealing=lambda subject: partial(seal_for, make_subject_key("riverside", subject)),
    )
    present: set[str] = set()
    for case in cases:
        events = [new.event for append in case.appends for new in append.records]
        present |= states(case.complaint, events, today=today)
    return present


def seal_for(key: SubjectKey, words: UUID, kind: str, text: str) -> SealedWords:
    """Seals as the vault does."""
    return seal_words(key, words=words, kind=kind, text=text)


@pytest.mark.parametrize(
    "today", [MONDAY, date(2026, 1, 5), date(2026, 4, 7), date(2026, 12, 24)], ids=str
)
def test_every_state_is_present_on_any_working_day(today: date) -> None:
    assert told_on(today) == ALL_STATES


def test_on_a_day_when_nobody_works_nothing_is_due_and_all_else_is_there() -> None:
    assert told_on(date(2026, 12, 26)) == ALL_STATES - {"due today"}


def test_what_stands_in_the_log_is_what_was_told(seeded: Installation) -> None:
    present: set[str] = set()
    for complaint, events in cases(seeded.owner).values():
        present |= states(complaint, events, today=MONDAY)
    assert present == ALL_STATES


def test_one_day_gives_the_same_cases(seeded: Installation, installed: Installation) -> None:
    def outline(owner: Database) -> list[tuple[object, ...]]:
        return [
            (each.stream, each.event_id, each.name, each.happened, each.recorded_at, each.actor)
            for each in feed(owner)
        ]

    seed_demonstration(installed, today=MONDAY)
    assert outline(installed.owner) == outline(seeded.owner)


def test_some_cases_have_a_photo_and_some_a_letter_that_can_be_read(seeded: Installation) -> None:
    shelf = seeded.shelf(PROJECTIONS)
    facts = [each.event for each in feed(seeded.owner) if isinstance(each.event, DocumentAdded)]
    assert {each.kind for each in facts} == {"photo", "letter"}
    kept = shelf.standing(LANDLORD.landlord, [UUID(each.document) for each in facts])
    assert len(kept) == len(facts) >= 5
    begins = {"photo": b"\xff\xd8\xff", "letter": b"%PDF-"}
    for each in facts:
        contents = shelf.contents(kept[UUID(each.document)])
        assert contents is not None
        assert contents.startswith(begins[each.kind])
        assert len(contents) == each.size < 50_000


def test_a_second_time_changes_nothing_also_on_a_later_day(seeded: Installation) -> None:
    before = feed(seeded.owner)
    again = seed_demonstration(seeded, today=MONDAY + timedelta(days=3))
    assert (again.cases, again.events) == (0, 0)
    assert feed(seeded.owner) == before


def test_the_feed_is_in_order_of_time_and_its_chain_holds(seeded: Installation) -> None:
    recorded = feed(seeded.owner)
    instants = [each.recorded_at for each in recorded]
    assert instants == sorted(instants)
    assert instants[-1] <= london_midnight(MONDAY) + timedelta(minutes=1)
    adopted = [each for each in recorded if each.stream == RULEBOOK]
    assert list(recorded[: len(adopted)]) == adopted
    assert len(adopted) == 1 + 2 * len(ORGANISATIONS)
    of_cases = recorded[len(adopted) :]
    assert of_cases[0].recorded_at.date() >= MONDAY - timedelta(days=366)
    assert {each.origin for each in of_cases} == {"import"}
    with seeded.owner.transaction("riverside") as cursor:
        assert verify_feed(cursor, "riverside").broken is None


def test_everything_that_happened_was_recorded_when_it_happened(seeded: Installation) -> None:
    for each in feed(seeded.owner):
        assert each.happened.at is not None
        assert timedelta(0) <= each.recorded_at - each.happened.at <= timedelta(seconds=1)


def test_what_falls_due_from_today_on_is_left_to_the_timers(seeded: Installation) -> None:
    with seeded.owner.transaction("riverside") as cursor:
        waiting = open_timers(cursor, "riverside")
    assert waiting
    assert min(timer.due_at for timer in waiting) > london_midnight(MONDAY)


def test_the_timers_are_those_that_follow_from_the_log(seeded: Installation) -> None:
    assert reconcile(seeded.database(WORKFLOW), "riverside", now=beginning_of(MONDAY)) == []


def test_council_almo_and_two_tmos_work_with_officers_of_every_needed_role(
    seeded: Installation,
) -> None:
    with seeded.owner.transaction("riverside") as cursor:
        kinds = [each.kind for each in organisations(cursor, "riverside")]
        people = officers(cursor, "riverside")
    assert sorted(kinds) == ["almo", "council", "tmo", "tmo"]
    assert {each.role for each in people} >= {
        "complaints_team", "caseworker", "manager", "head_of_service", "director", "board_member", "auditor",
    }  # fmt: skip
    assert all(each.email.endswith("@example.org") for each in people)
    answered = [
        complaint.organisation
        for complaint, events in cases(seeded.owner).values()
        if told(events, ResponseIssued) and told(events, ComplaintAcknowledged)
    ]
    assert len(set(answered)) == 4


def test_no_name_and_no_word_stands_in_the_log(seeded: Installation) -> None:
    with seeded.owner.transaction("riverside") as cursor:
        row = cursor.execute(
            "SELECT count(*) AS found FROM workflow.event WHERE record ~* 'example.org|black mould|boiler|RV1|07700'"
        ).fetchone()
        assert row is not None
        assert row["found"] == 0


def test_progress_is_told_to_the_end_and_the_count_is_right(installed: Installation) -> None:
    seen: list[tuple[int, int]] = []
    first = seed_demonstration(
        installed, today=MONDAY, on_progress=lambda done, of: seen.append((done, of))
    )
    assert seen[-1][0] == seen[-1][1] == len(seen)
    assert (first.cases, first.events) == (66, len(feed(installed.owner)))


def test_the_command_fills_the_read_models_and_production_is_refused(
    installed: Installation, database: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seed(installed) == 0
    assert "66 cases" in capsys.readouterr().out
    with installed.owner.transaction("riverside") as cursor:
        row = cursor.execute("SELECT seq FROM projections.position").fetchone()
    assert row is not None
    assert row["seq"] == len(feed(installed.owner))
    assert verify(installed.database(PROJECTIONS), "riverside") == []
    production = Installation(
        settings=Settings(
            environment="production", data_directory=installed.settings.data_directory
        ),
        conninfo=database.conninfo,
        clock=installed.clock,
    )
    assert seed(production) == 2
    production.close()
