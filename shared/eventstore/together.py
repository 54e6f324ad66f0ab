"""Lets appends that wait at the same time share one transaction.

The first to come for a landlord writes at once, alone. Whoever comes meanwhile waits, and the first
of those then writes for all of them: so a busy landlord costs one flush of the disk for many
commands, and a quiet one waits for nobody. Landlords never wait for one another here.

A batch is written whole or not at all. When it fails, for whatever reason, each of its members goes
on alone and meets its own fate.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from threading import Event, Lock

import psycopg
from eventsourcing.persistence import PersistenceError

from shared.eventstore.writing import Encoded

# Bounds the time for which one batch holds the head of the feed.
TOGETHER_MAX = 64
# How long a batch waits for those who had part in the one before it: they come back at about the
# same time, and without a moment's patience the first of them would write alone, the others next.
GATHERING_SECONDS = 0.001

Write = Callable[[Sequence[Encoded]], None]


class _Waiting:
    """An append whose thread sleeps until somebody wrote it or made it the next to write."""

    __slots__ = ("encoded", "is_written", "leads", "woken")

    def __init__(self, encoded: Encoded) -> None:
        self.encoded = encoded
        self.woken = Event()
        self.leads = False
        self.is_written = False


class _Line:
    """The appends to one landlord's feed."""

    __slots__ = ("crowd", "gathered", "is_led", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[_Waiting] = deque()
        self.is_led = False
        self.crowd = 1  # how many were here, written or waiting, when the last batch ended
        self.gathered = Event()


class Together:
    """The appends of one process that are waiting, by landlord.

    `write` writes a batch in one transaction or raises; `write_alone` may take its time, and what
    it raises goes to its caller.
    """

    def __init__(self, *, write: Write, write_alone: Callable[[Encoded], None]) -> None:
        self._write = write
        self._write_alone = write_alone
        self._lock = Lock()
        self._lines: defaultdict[str, _Line] = defaultdict(_Line)

    def append(self, encoded: Encoded) -> None:
        """Return when the append is committed; raise when it was refused."""
        mine = _Waiting(encoded)
        with self._lock:
            line = self._lines[encoded.append.landlord]
            mine.leads = not line.is_led
            line.is_led = True
            if not mine.leads:
                line.waiting.append(mine)
                if len(line.waiting) >= line.crowd - 1:
                    line.gathered.set()
        if not mine.leads:
            mine.woken.wait()
        if mine.leads:
            self._lead(line, mine)
        elif not mine.is_written:
            self._write_alone(encoded)

    def _lead(self, line: _Line, mine: _Waiting) -> None:
        followers: list[_Waiting] = []
        try:
            followers = self._followers(line, mine)
            if not followers:
                self._write_alone(mine.encoded)
                return
            if self._written_together([mine, *followers]):
                return
        finally:
            # Whatever happened, nobody is left asleep.
            self._hand_over(line, written=1 + len(followers))
            for follower in followers:
                follower.woken.set()
        self._write_alone(mine.encoded)

    def _followers(self, line: _Line, mine: _Waiting) -> list[_Waiting]:
        """Take whoever waits; of two who append to one complaint, one waits for the next batch."""
        if line.crowd > 1:
            line.gathered.wait(GATHERING_SECONDS)
        streams = {mine.encoded.append.stream}
        taken: list[_Waiting] = []
        left: deque[_Waiting] = deque()
        with self._lock:
            for each in line.waiting:
                stream = each.encoded.append.stream
                if stream in streams or len(taken) == TOGETHER_MAX - 1:
                    left.append(each)
                else:
                    streams.add(stream)
                    taken.append(each)
            line.waiting = left
        return taken

    def _written_together(self, batch: Sequence[_Waiting]) -> bool:
        try:
            self._write([each.encoded for each in batch])
        except (psycopg.Error, PersistenceError):
            return False  # each tries again alone, and its caller gets what is raised there
        for each in batch:
            each.is_written = True
        return True

    def _hand_over(self, line: _Line, *, written: int) -> None:
        with self._lock:
            line.crowd = min(written + len(line.waiting), TOGETHER_MAX)
            line.gathered.clear()
            if not line.waiting:
                line.is_led = False
                return
            leader = line.waiting.popleft()
            if len(line.waiting) >= line.crowd - 1:
                line.gathered.set()
        leader.leads = True
        leader.woken.set()
