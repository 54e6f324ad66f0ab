"""A note is for colleagues: it may be written at any time, says something, and moves nothing."""

from services.workflow.domain.commands import Command
from services.workflow.domain.subjects.notes import AddNote
from shared.complaints.events import NoteAdded
from shared.complaints.values import WordsReference
from tests.complaints.steps import A_REASON, TEAM, answered, closed, escalated, opened
from tests.support.complaint_spec import CODE, at, given
from tests.support.dates import (
    mon_2_mar_2026,
    mon_9_mar_2026,
    thu_12_mar_2026,
    tue_3_mar_2026,
    wed_4_mar_2026,
)


def noted(*, words: WordsReference | None = A_REASON) -> Command:
    return AddNote(happened=at(thu_12_mar_2026), actor=TEAM, words=words)


def test_a_note_is_kept_and_nothing_else_happens() -> None:
    spec = given(opened(mon_2_mar_2026)).when(noted()).then(NoteAdded(1, A_REASON))
    assert not spec.state.involved_before(2)


def test_a_note_stands_at_the_stage_of_the_case() -> None:
    given(
        opened(mon_2_mar_2026), answered(tue_3_mar_2026), escalated(wed_4_mar_2026), under=CODE
    ).when(noted()).then(NoteAdded(2, A_REASON))


def test_a_closed_case_takes_notes_too() -> None:
    given(opened(mon_2_mar_2026), closed(mon_9_mar_2026, words=A_REASON)).when(noted()).then(
        NoteAdded(1, A_REASON)
    )


def test_a_note_says_something() -> None:
    given(opened(mon_2_mar_2026)).when(noted(words=None)).then_refused(
        "says nothing", way_out="Write the note"
    )
