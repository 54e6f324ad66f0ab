"""What is told of the changes: every verdict is counted once, and what was not tried is not called noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.__main__ import ROOT, fresh_copy
from tests.mutation.report import Tally, share_noticed, table, tally

VERDICTS = {
    "guards.x_may_extend__mutmut_1": 1,  # a test failed
    "guards.x_may_extend__mutmut_2": 0,  # all passed
    "guards.x_may_extend__mutmut_3": 33,  # no test calls it
    "guards.x_may_extend__mutmut_4": -24,  # the tests ran into the limit
    "guards.x_may_extend__mutmut_5": None,  # not tried yet
    "guards.x_may_extend__mutmut_6": 2,  # interrupted
}


def test_a_change_without_a_test_counts_as_survived_and_one_not_tried_counts_as_nothing() -> None:
    counted = tally("guards", VERDICTS)
    assert counted == Tally(
        "guards",
        noticed=2,
        timed_out=1,
        untried=2,
        survived=("guards.x_may_extend__mutmut_2", "guards.x_may_extend__mutmut_3"),
    )
    assert counted.tried == 4


def test_the_share_is_of_what_was_tried_and_nothing_tried_is_nothing_noticed() -> None:
    some = Tally("guards", noticed=9, timed_out=0, untried=5, survived=("one",))
    assert share_noticed((some, Tally("step", 10, 0, 0, ()))) == 95.0
    assert share_noticed(()) == 0.0


def test_the_table_ends_with_all_modules_together() -> None:
    some = Tally("guards", noticed=1099, timed_out=0, untried=0, survived=("one",))
    *_, row, total = table((some, Tally("step", 0, 0, 3, ())))
    assert row == "| `step` | 0 | 0 | 0 | 0.0 % |"
    assert total == "| **all** | 1,100 | 1,099 | 1 | 99.9 % |"


@pytest.mark.parametrize("keep", [True, False])
def test_a_copy_is_made_afresh_and_only_verdicts_are_kept_if_at_all(
    tmp_path: Path, *, keep: bool
) -> None:
    verdicts, left_over = tmp_path / "mutants" / "guards.py.meta", tmp_path / "shared" / "gone.py"
    for file in (verdicts, left_over):
        file.parent.mkdir(exist_ok=True)
        file.write_text("{}", "utf-8")
    fresh_copy(tmp_path, keep_verdicts=keep)
    assert not left_over.exists()
    assert verdicts.exists() is keep
    for name in ("pyproject.toml", "shared/complaints/working_days.py"):
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()
