"""Who may use a data directory at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.redress.one_instance import AlreadyRunning, SharedUse, the_only_instance


def test_a_second_instance_on_the_same_data_is_refused_until_the_first_has_ended(
    tmp_path: Path,
) -> None:
    with (
        the_only_instance(tmp_path),
        pytest.raises(AlreadyRunning, match="--data"),
        the_only_instance(tmp_path),
    ):
        raise AssertionError("two instances")
    with the_only_instance(tmp_path):
        pass


def test_the_last_one_to_leave_the_database_is_told_so(tmp_path: Path) -> None:
    first, second = SharedUse(tmp_path), SharedUse(tmp_path)
    assert not first.leave()
    first.close()
    assert second.leave()
    second.close()


def test_one_that_left_no_longer_holds_the_others_up(tmp_path: Path) -> None:
    gone, staying = SharedUse(tmp_path), SharedUse(tmp_path)
    gone.close()
    assert staying.leave()
    staying.close()
