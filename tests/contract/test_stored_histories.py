"""What was stored once replays to the same state for ever: one history for every shape that was ever written."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest

from shared.complaints.events import EVENT_NAMES
from shared.eventstore.upcasting import UPCASTERS
from tests.contract.stored_histories import (
    HISTORIES,
    checksum,
    checksums,
    differences,
    expected_shapes,
    read_history,
    shape_of,
    state_after,
)

ADD_THEM = "run `python -m tests.contract.stored_histories`, and commit what it writes"
FILES = sorted(HISTORIES.glob("*.json"))


def document(path: Any) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(path.read_bytes())
    return read


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_history_replays_to_the_state_that_it_had(path: Any) -> None:
    stored = document(path)
    changed = differences(stored["state"], state_after(read_history(stored)))
    assert not changed, "\n".join(changed)


def test_every_shape_that_is_written_has_a_history() -> None:
    missing = sorted(expected_shapes().keys() - {path.stem for path in FILES})
    assert not missing, f"{ADD_THEM}: {', '.join(missing)}"


def test_every_name_that_can_be_stored_or_was_retired_has_a_history() -> None:
    told = {document(path)["shape"].rpartition(".")[0] for path in FILES}
    assert told >= set(EVENT_NAMES) | set(UPCASTERS)


def test_a_history_holds_the_shape_that_it_is_named_after() -> None:
    for path in FILES:
        stored = document(path)
        assert stored["shape"] == path.stem
        assert shape_of(orjson.loads(stored["records"][-1])) == path.stem


def test_no_history_was_changed_after_it_was_written() -> None:
    assert {path.name: checksum(path) for path in FILES} == checksums()


def test_a_state_that_became_another_is_found_and_one_that_tells_more_is_not() -> None:
    before = document(HISTORIES / "complaint.acknowledged.v1.first.json")["state"]
    more = copy.deepcopy(before)
    more["complaint"]["weather"] = "new"
    assert differences(before, more) == []
    other = copy.deepcopy(before)
    other["complaint"]["stage"] += 1
    del other["complaint"]["route"]
    other["complaint"]["deadlines"] = []
    found = differences(before, other)
    assert len(found) == 3
    assert any("state.complaint.stage: was 1, is 2" in each for each in found)
