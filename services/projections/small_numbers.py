"""Keeps small numbers out of what is published, so that nobody can be told from a count. Pure."""

from collections.abc import Mapping

SMALLEST_SHOWN = 5
"""From this number on a count is shown; the usual threshold of official statistics about people."""


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return the counts of one table, None for what is not shown: numbers from 1 to 4.

    Where one alone would be hidden, it could be had by subtraction from the total: then the next smallest goes too.
    A nought says nothing about anybody, and is shown.
    """
    hidden = {name for name, count in counts.items() if 0 < count < SMALLEST_SHOWN}
    shown = sorted(
        (name for name, count in counts.items() if count and name not in hidden),
        key=lambda name: (counts[name], name),
    )
    if len(hidden) == 1 and shown:
        hidden.add(shown[0])
    return {name: None if name in hidden else count for name, count in counts.items()}


def told(count: int | None) -> str:
    """A count as a reader sees it."""
    return "fewer than 5, or withheld" if count is None else f"{count:,}"


def per_1000(count: int | None, homes: int) -> float | None:
    """A count for each 1,000 homes, to one decimal place; None where the count is not shown."""
    return None if count is None or homes <= 0 else round(count * 1000 / homes, 1)
