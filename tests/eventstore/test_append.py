"""One transaction per command: everything or nothing, once, and never over others' facts."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from shared.complaints.events import ComplaintClosed, NoteAdded
from shared.database.pool import Database
from shared.eventstore.feed import FeedUnknown, head, read_feed, stream_by_source_reference
from shared.eventstore.recorder import (
    CommandAlreadyDone,
    FeedRecorder,
    SourceReferenceTaken,
    StreamMoved,
    command_result,
)
from shared.eventstore.timers import open_timers
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.eventstore.building import (
    BOILER,
    DAMP,
    HILLTOP,
    RIVERSIDE,
    WED_11_MAR_2026,
    append_of,
    fact,
)
from tests.eventstore.lossy_line import LossyLine


@dataclass(frozen=True)
class Timer:
    """A timer as the rules hand it over."""

    duty: str
    stage: int
    kind: str
    generation: int
    due_at: datetime


ACKNOWLEDGE = Timer("acknowledge", 1, "missed", 1, datetime(2026, 3, 18, tzinfo=UTC))


def test_what_was_appended_is_loaded_in_order_with_its_envelope(recorder: FeedRecorder) -> None:
    first = append_of(fact(NoteAdded(stage=1)), fact(ComplaintClosed(stage=1, because="silence")))
    assert recorder.append(first) == 2
    assert recorder.append(append_of(fact(), expected_version=2)) == 3

    loaded = recorder.load(RIVERSIDE, BOILER)

    assert [(event.seq, event.version, event.name) for event in loaded] == [
        (1, 1, "complaint.note-added.v1"),
        (2, 2, "complaint.closed.v1"),
        (3, 3, "complaint.note-added.v1"),
    ]
    assert loaded[1].event == ComplaintClosed(stage=1, because="silence")
    assert loaded[1].command_id == first.command_id
    assert loaded[1].event_id == first.records[1].event_id
    assert loaded[1].happened == first.records[1].happened
    assert loaded[1].recorded_at == WED_11_MAR_2026
    assert loaded[1].previous_hash == loaded[0].hash


def test_each_landlord_has_a_feed_of_its_own_numbered_from_one(
    recorder: FeedRecorder, workflow: Database
) -> None:
    recorder.append(append_of(fact(), stream=BOILER))
    recorder.append(append_of(fact(), landlord=HILLTOP, stream=BOILER))
    recorder.append(append_of(fact(), stream=DAMP))

    with workflow.transaction(RIVERSIDE) as cursor:
        assert [event.stream for event in read_feed(cursor, RIVERSIDE, after=0, limit=10)] == [
            BOILER,
            DAMP,
        ]
        assert head(cursor, RIVERSIDE) == 2
        with pytest.raises(FeedUnknown):
            head(cursor, HILLTOP)
    with workflow.transaction(HILLTOP) as cursor:
        assert head(cursor, HILLTOP) == 1


def test_of_two_who_decided_on_the_same_version_the_second_is_refused(
    recorder: FeedRecorder,
) -> None:
    recorder.append(append_of(fact()))
    late = append_of(fact(), fact())
    with pytest.raises(StreamMoved):
        recorder.append(late)
    assert len(recorder.load(RIVERSIDE, BOILER)) == 1
    assert recorder.command_result(RIVERSIDE, late.command_id) is None


def test_a_command_is_carried_out_once_and_its_result_is_kept(recorder: FeedRecorder) -> None:
    append = append_of(fact(), fact())
    recorder.append(append)
    with pytest.raises(CommandAlreadyDone):
        recorder.append(append)

    result = recorder.command_result(RIVERSIDE, append.command_id)

    assert result is not None
    assert (result.stream, result.version, result.fingerprint) == (BOILER, 2, b"what was asked")
    assert result.event_names == ("complaint.note-added.v1",) * 2
    assert recorder.command_result(HILLTOP, append.command_id) is None


def test_a_command_that_changes_nothing_has_a_result_too(
    recorder: FeedRecorder, workflow: Database
) -> None:
    nothing = append_of(expected_version=0)
    assert recorder.append(nothing) == 0
    with pytest.raises(CommandAlreadyDone):
        recorder.append(nothing)
    result = recorder.command_result(RIVERSIDE, nothing.command_id)
    assert result is not None
    assert result.event_names == ()
    with workflow.transaction(RIVERSIDE) as cursor:
        assert head(cursor, RIVERSIDE) == 0


def test_a_source_reference_belongs_to_one_complaint(
    recorder: FeedRecorder, workflow: Database
) -> None:
    recorder.append(replace(append_of(fact()), source_reference="202213567"))
    with pytest.raises(SourceReferenceTaken):
        recorder.append(replace(append_of(fact(), stream=DAMP), source_reference="202213567"))
    with workflow.transaction(RIVERSIDE) as cursor:
        assert stream_by_source_reference(cursor, RIVERSIDE, "202213567") == BOILER
        assert stream_by_source_reference(cursor, RIVERSIDE, "202299999") is None
    assert recorder.load(RIVERSIDE, DAMP) == ()


def test_words_timers_and_result_stand_and_fall_with_the_facts(
    recorder: FeedRecorder, workflow: Database
) -> None:
    vault = Vault(LandlordKeys(bytes(32)))
    subject, words = uuid4(), uuid4()
    with workflow.transaction(RIVERSIDE) as cursor:
        key = vault.subject_key(cursor, landlord=RIVERSIDE, subject=subject, now=WED_11_MAR_2026)
    sealed = vault.seal(key, words=words, kind="note", text="The boiler is out again.")
    noted = fact(NoteAdded(stage=1, words=sealed.reference))
    whole = replace(append_of(noted), words=(sealed,), timers_set=(ACKNOWLEDGE,))

    recorder.append(append_of(fact(), stream=BOILER))
    with pytest.raises(StreamMoved):
        recorder.append(whole)
    with workflow.transaction(RIVERSIDE) as cursor:
        assert vault.read_kind(cursor, RIVERSIDE, subject, "note") is None
        assert open_timers(cursor, RIVERSIDE) == ()

    recorder.append(replace(whole, expected_version=1))
    with workflow.transaction(RIVERSIDE) as cursor:
        assert vault.read(cursor, RIVERSIDE, words) == "The boiler is out again."
        assert [timer.duty for timer in open_timers(cursor, RIVERSIDE)] == ["acknowledge"]


def test_an_append_in_the_callers_transaction_can_be_undone_alone(
    recorder: FeedRecorder, workflow: Database
) -> None:
    done = append_of(fact())
    with workflow.transaction(RIVERSIDE) as cursor:
        assert recorder.append_in(cursor, done) == 1
        with pytest.raises(StreamMoved), cursor.connection.transaction():
            recorder.append_in(cursor, append_of(fact()))
        with pytest.raises(CommandAlreadyDone), cursor.connection.transaction():
            recorder.append_in(cursor, replace(done, expected_version=1))
        assert recorder.append_in(cursor, append_of(fact(), stream=DAMP)) == 1
        assert command_result(cursor, RIVERSIDE, done.command_id) is not None
    with workflow.transaction(RIVERSIDE) as cursor:
        streams = [event.stream for event in read_feed(cursor, RIVERSIDE, after=0, limit=10)]
    assert streams == [BOILER, DAMP]


def test_appends_to_several_complaints_in_one_transaction_stand_and_fall_together(
    recorder: FeedRecorder,
) -> None:
    with recorder.database.transaction(RIVERSIDE) as cursor:
        recorder.append_all_in(cursor, [append_of(fact()), append_of(fact(), stream=DAMP)])
    assert [len(recorder.load(RIVERSIDE, stream)) for stream in (BOILER, DAMP)] == [1, 1]
    moved = append_of(fact(), stream=DAMP, expected_version=0)
    good = append_of(fact(), expected_version=1)
    with (
        pytest.raises(StreamMoved),
        recorder.database.transaction(RIVERSIDE) as cursor,
    ):
        recorder.append_all_in(cursor, [good, moved])
    assert [len(recorder.load(RIVERSIDE, stream)) for stream in (BOILER, DAMP)] == [1, 1]


def test_a_landlord_without_a_feed_cannot_be_appended_to(recorder: FeedRecorder) -> None:
    with pytest.raises(Exception, match="has no feed") as refused:
        recorder.append(append_of(fact(), landlord="nowhere"))
    assert isinstance(refused.value.__cause__, psycopg.errors.ForeignKeyViolation)


def test_an_attempt_that_was_committed_unseen_shows_as_done_already(
    recorder: FeedRecorder, owner: Database
) -> None:
    """The answer to COMMIT is lost: the library tries again and meets its own result."""
    append = append_of(fact())
    with (
        LossyLine(owner.conninfo, losses=1) as line,
        Database(line.conninfo, role="redress_workflow") as database,
    ):
        with pytest.raises(CommandAlreadyDone):
            FeedRecorder(database, environment={}).append(append)
        assert line.losses == 0
    assert len(recorder.load(RIVERSIDE, BOILER)) == 1
    result = recorder.command_result(RIVERSIDE, append.command_id)
    assert result is not None
    assert result.version == 1
