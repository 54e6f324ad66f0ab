"""A process that dies, or another tab, leaves what a resident sends all on the case or all of it waiting."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.sweeping import Sweeper
from services.workflow.handling import Handling
from shared.documents.shelf import Shelf
from shared.documents.store import FolderStore
from shared.eventstore.recorder import FeedRecorder
from tests.following.resident import Town
from tests.following.sending import LEAK, REPORT, Resident
from tests.workflow.office import LANDLORD


class Killed(BaseException):
    """The process ends here."""


def die(*_args: Any, **_more: Any) -> None:
    """What a process does that is killed."""
    raise Killed


def after(carried_out: Callable[..., Any]) -> Callable[..., Any]:
    """Dies once it is done."""

    def done_and_dead(*args: Any, **more: Any) -> None:
        carried_out(*args, **more)
        raise Killed

    return done_and_dead


PLACES: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "before the file": (FolderStore, "write", die),
    "after the file": (Shelf, "_finished", die),
    "before the facts": (FeedRecorder, "append", die),
    "after the facts": (FeedRecorder, "append", after(FeedRecorder.append)),
    "before the answer": (Handling, "handle", after(Handling.handle)),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_process_that_dies_on_the_way_leaves_all_or_nothing_and_the_form_sent_again_all(
    resident: Resident, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    form = resident.form() | {"words": "Look."}
    with monkeypatch.context() as patched:
        patched.setattr(*PLACES[place])
        with pytest.raises(Killed):
            resident.post(LEAK, REPORT, **form)
    assert (len(resident.facts()), len(resident.words())) in {(0, 0), (2, 1)}
    resident.sent(LEAK, REPORT, **form)
    assert (len(resident.facts()), len(resident.words())) == (2, 1)
    assert all(resident.contents(fact) for fact in resident.facts())
    assert resident.rows() == resident.files() == 2
    assert resident.listed() == []


def test_what_a_dead_process_had_not_sent_is_shown_to_whoever_comes_back(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(FeedRecorder, "append", die)
        with pytest.raises(Killed):
            resident.post(LEAK, REPORT)
    assert resident.listed() == ["leak.jpg", "report.pdf"]
    resident.sent()
    assert len(resident.facts()) == 2


def test_what_nobody_sends_is_swept_after_a_day_and_what_was_sent_never(
    resident: Resident, town: Town
) -> None:
    resident.sent(LEAK)
    resident.post(REPORT, then="add")
    sweeper = Sweeper(
        database=town.office.owner, clock=town.office.clock, shelf=town.office.shelf()
    )
    sweeper.sweep()
    assert resident.files() == 2
    town.office.clock.advance(timedelta(hours=25))
    sweeper.sweep()
    assert resident.files() == resident.rows() == 1
    assert resident.contents(resident.facts()[0]) is not None


def test_taking_back_after_the_facts_and_before_they_are_settled_takes_nothing(
    resident: Resident, town: Town
) -> None:
    form = resident.form(resident.post(LEAK, then="add").text)
    resident.sent(**form)
    resident.post(**form, remove=form["added"])
    town.office.shelf().discard(LANDLORD, UUID(form["added"]))
    assert resident.contents(resident.facts()[0]) is not None


def test_what_is_being_sent_is_not_taken_back_at_that_moment(
    resident: Resident, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = resident.form(resident.post(LEAK, then="add").text)
    append = FeedRecorder.append
    with ThreadPoolExecutor(1) as elsewhere:
        removing: list[Future[None]] = []

        def meanwhile(recorder: FeedRecorder, what: Any) -> int:
            removing.append(
                elsewhere.submit(town.office.shelf().discard, LANDLORD, UUID(form["added"]))
            )
            return append(recorder, what)

        monkeypatch.setattr(FeedRecorder, "append", meanwhile)
        resident.sent(**form)
        for one in removing:
            one.result(timeout=20)
    assert resident.contents(resident.facts()[0]) is not None
