"""The places at which a process may die, counted as they pass, and what is done at one of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from threading import Lock


class Fault(Enum):
    """What happens at the chosen place."""

    DEATH = auto()  # the process dies before it sends this: what it sent before has been done
    REQUEST_LOST = auto()  # the connection breaks on the way there: this has not been done
    REPLY_LOST = auto()  # the connection breaks on the way back: this has been done


class Points:
    """Counts from 1 what passes on the lines of one process; at `chosen` the fault happens.

    The place after one statement is the place before the next: the servers are in the same state,
    and a dead process cannot tell them apart. So n statements have n places, and the one after the
    last is a whole run.
    """

    def __init__(
        self,
        chosen: int = 0,
        *,
        fault: Fault = Fault.DEATH,
        die: Callable[[], None] = lambda: None,
    ) -> None:
        self.fault = fault
        self.passed: list[str] = []
        self.happened = False
        self._chosen = chosen
        self._die = die
        self._lock = Lock()

    @property
    def is_dead(self) -> bool:
        """Whether nothing may pass any more."""
        return self.happened and self.fault is Fault.DEATH

    def reached(self, what: str) -> bool:
        """Count what is about to pass, and say whether the fault happens here."""
        with self._lock:
            if self.is_dead:
                return True
            self.passed.append(what)
            if len(self.passed) != self._chosen:
                return False
            self.happened = True
            return True

    def die(self) -> None:
        """End the process, when that is the fault."""
        if self.fault is Fault.DEATH:
            self._die()

    def __str__(self) -> str:
        lines = (f"{place:3} {what}" for place, what in enumerate(self.passed, start=1))
        return f"{self.fault.name} at {self._chosen}:\n" + "\n".join(lines)
