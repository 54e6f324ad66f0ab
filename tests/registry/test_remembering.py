"""What is remembered is bounded and made once."""

import pytest

from shared.registry.remembering import Remembered


def test_a_value_is_made_once_and_the_least_asked_for_is_forgotten() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    memory: Remembered[str, str] = Remembered(limit=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert memory.get(name, lambda name=name: make(name)) == name.upper()  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]


def test_a_failure_to_make_is_not_remembered() -> None:
    memory: Remembered[str, int] = Remembered(limit=2)
    with pytest.raises(ZeroDivisionError):
        memory.get("a", lambda: 1 // 0)
    assert memory.get("a", lambda: 1) == 1


def test_what_is_held_is_told_without_making_it_and_counts_as_asked_for() -> None:
    memory: Remembered[str, str] = Remembered(limit=2)
    assert memory.held("a") is None
    for name in ("a", "b"):
        memory.get(name, name.upper)
    assert memory.held("a") == "A"
    memory.get("c", "c".upper)
    assert (memory.held("a"), memory.held("b")) == ("A", None)
