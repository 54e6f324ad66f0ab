"""A text in parts that people have read: each part is made again, and differs from what was read or not.

Part by part, because a whole text takes seconds to make, and a change of one rule shows in one of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LINES_SHOWN = 200


@dataclass(frozen=True)
class Reviewed:
    """The file, and how each of its parts is made; a part is named by the lines that it begins with."""

    file: Path
    heading: str
    parts: Mapping[str, Callable[[], str]]
    to_the_reader: str  # what has changed, and how to write the file afresh

    def afresh(self) -> str:
        """Return the whole text as it is made now."""
        return self.heading + "".join(self._made(name) for name in self.parts)

    def check(self, name: str) -> None:
        """Compare one part with what was read."""
        then, now = self._read[name].splitlines(), self._made(name).splitlines()
        lines = difflib.unified_diff(then, now, "reviewed", "found", n=4, lineterm="")
        changed = list(lines)
        assert not changed, self.to_the_reader + "\n".join(changed[:LINES_SHOWN])

    def check_that_nothing_else_is_there(self) -> None:
        """The file is its heading and its parts, in their order."""
        assert self.heading + "".join(self._read.values()) == self.file.read_text("utf-8")

    def _made(self, name: str) -> str:
        return f"\n{name}\n{self.parts[name]()}"

    @cached_property
    def _read(self) -> dict[str, str]:
        text = self.file.read_text("utf-8")
        places = {name: text.find(f"\n{name}\n") for name in self.parts}
        missing = [name for name, place in places.items() if place < 0]
        assert not missing, f"{self.to_the_reader}Not in {self.file.name}: {missing}"
        ends = [*sorted(places.values())[1:], len(text)]
        order = sorted(places, key=lambda name: places[name])
        return {name: text[places[name] : end] for name, end in zip(order, ends, strict=True)}
