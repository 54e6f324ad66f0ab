"""The codec takes nothing for something else, in either direction."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from shared.complaints.events import (
    ComplaintAllocated,
    ComplaintEvent,
    DeadlineMet,
    NoteAdded,
    ResponseIssued,
)
from shared.complaints.values import Channel, Moment, WordsReference
from shared.eventstore.codec import (
    UndecodableRecord,
    UnencodableEvent,
    UnknownEvent,
    decode_event,
    encode_event,
    from_record,
    instant_text,
    to_record,
)
from shared.eventstore.converting import converter_for
from shared.eventstore.record import NewRecord
from tests.eventstore.building import BOILER, RIVERSIDE, WED_11_MAR_2026, fact

MET: dict[str, Any] = {
    "duty": "acknowledge",
    "stage": 1,
    "due_on": "2026-03-18",
    "met_on": "2026-03-12",
    "late_by_working_days": 0,
}


def text_of(new: NewRecord, **changes: Any) -> str:
    """A record with some of its envelope changed."""
    arguments: dict[str, Any] = {
        "landlord": RIVERSIDE,
        "stream": BOILER,
        "version": 1,
        "command_id": UUID(int=1),
        "recorded_at": WED_11_MAR_2026,
    }
    return to_record(new, **{**arguments, **changes})


def read(text: str) -> ComplaintEvent:
    """The fact in a record."""
    return from_record(text, seq=1, previous_hash=b"", hash_=b"").event


def test_a_record_is_one_line_of_sorted_json_without_spaces() -> None:
    text = text_of(fact(NoteAdded(stage=1, words=WordsReference("w – é", "c"))))
    assert text == json.dumps(
        json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert '"recorded_at":"2026-03-11T09:30:00.000000Z"' in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stage", "1"),
        ("stage", 1.0),
        ("stage", True),
        ("stage", None),
        ("duty", 7),
        ("due_on", "2026-02-30"),
        ("due_on", "20260318"),
        ("due_on", "2026-W12-3"),
        ("due_on", "2026-03-18T00:00:00.000000Z"),
        ("unheard_of", 1),
    ],
)
def test_data_of_the_wrong_kind_is_not_read(field: str, value: object) -> None:
    with pytest.raises(UndecodableRecord, match=r"complaint\.deadline-met\.v1"):
        decode_event("complaint.deadline-met.v1", {**MET, field: value})


@pytest.mark.parametrize("field", sorted(MET))
def test_a_missing_field_without_a_default_is_not_read(field: str) -> None:
    data = {name: value for name, value in MET.items() if name != field}
    with pytest.raises(UndecodableRecord, match=field):
        decode_event("complaint.deadline-met.v1", data)


def test_a_fact_from_before_a_field_with_a_default_existed_is_read() -> None:
    assert decode_event("complaint.note-added.v1", {"stage": 1}) == NoteAdded(stage=1)


def test_a_field_that_was_added_later_is_written_only_when_it_says_something() -> None:
    silent, told = ResponseIssued(1, None), ResponseIssued(1, None, channel=Channel.LETTER)
    assert "channel" not in encode_event(silent)
    assert encode_event(told)["channel"] == "letter"
    for event in (silent, told):
        assert decode_event("complaint.response-issued.v1", encode_event(event)) == event


@pytest.mark.parametrize(
    "event",
    [
        DeadlineMet("acknowledge", "1", date(2026, 3, 18), date(2026, 3, 12), 0),  # type: ignore[arg-type]
        DeadlineMet(
            "acknowledge", 1, date(2026, 3, 18), date(2026, 3, 12), late_by_working_days=False
        ),
        DeadlineMet("acknowledge", 1, WED_11_MAR_2026, date(2026, 3, 12), 0),
        ComplaintAllocated(1, ["officer-1"]),  # type: ignore[arg-type]
        NoteAdded(1, words="what somebody said"),  # type: ignore[arg-type]
        NoteAdded(2**70),
        ComplaintAllocated(1, ("\ud800",)),
    ],
)
def test_a_fact_with_a_value_of_the_wrong_kind_is_not_written(event: ComplaintEvent) -> None:
    with pytest.raises(UnencodableEvent) as refused:
        text_of(fact(event))
    assert "somebody" not in str(refused.value)


@pytest.mark.parametrize(
    "recorded_at",
    [
        datetime(2026, 3, 11, 9, 30),  # noqa: DTZ001  # the point of the test
        datetime(2026, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=1))),
        date(2026, 3, 11),
    ],
)
def test_an_instant_is_in_utc_or_refused(recorded_at: object) -> None:
    with pytest.raises(UnencodableEvent, match="recorded_at"):
        text_of(fact(), recorded_at=recorded_at)


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-03-11T09:30:00Z",
        "2026-03-11T09:30:00.000000+00:00",
        "2026-03-11 09:30:00.000000Z",
        "2026-13-11T09:30:00.000000Z",
        "2026-W11-3T09:30:00.000000Z",
        "2026-03-11T09:30:00,000000Z",
    ],
)
def test_an_instant_in_another_spelling_is_not_read(spelling: str) -> None:
    text = text_of(fact()).replace("2026-03-11T09:30:00.000000Z", spelling)
    with pytest.raises(UndecodableRecord, match="instant"):
        read(text)


def test_an_unknown_name_is_not_read_and_an_unknown_class_not_written() -> None:
    @dataclass(frozen=True)
    class CatRescued:
        stage: int

    with pytest.raises(UnknownEvent, match=r"complaint\.cat-rescued\.v1"):
        decode_event("complaint.cat-rescued.v1", {"stage": 1})
    with pytest.raises(UnknownEvent, match="CatRescued"):
        encode_event(CatRescued(1))  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"landlord":"riverside"}', "{"])
def test_a_text_that_is_no_record_is_not_read(text: str) -> None:
    with pytest.raises(UndecodableRecord):
        read(text)


def test_a_record_with_one_field_more_is_not_read() -> None:
    text = text_of(fact()).replace('{"actor"', '{"Name":"x","actor"', 1)
    with pytest.raises(UndecodableRecord, match="Name"):
        read(text)


def test_an_origin_that_nobody_knows_is_refused_both_ways() -> None:
    with pytest.raises(UnencodableEvent, match="origin"):
        text_of(replace(fact(), origin="guess"))
    with pytest.raises(UndecodableRecord, match="origin"):
        read(text_of(fact()).replace('"origin":"live"', '"origin":"guess"'))


def test_a_day_without_an_instant_stays_one() -> None:
    text = text_of(replace(fact(), happened=Moment(date(2026, 3, 11))))
    rebuilt = from_record(text, seq=1, previous_hash=b"", hash_=b"")
    assert rebuilt.happened == Moment(date(2026, 3, 11), None)


def test_a_type_without_a_strict_spelling_is_refused_when_first_asked_for() -> None:
    for hint in (float, dict[str, int], int | str, tuple[int, int]):
        with pytest.raises(TypeError):
            converter_for(hint)


def test_an_instant_is_written_in_utc_with_microseconds() -> None:
    summer = datetime(2026, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert instant_text(summer) == "2026-07-01T08:30:00.000000Z"
    assert instant_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000Z"
