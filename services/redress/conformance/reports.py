"""What the subscriber says it applied: sent to the kit over HTTP, or written to a file that the kit reads along."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import orjson

from services.redress.conformance.judging import Applied

REPORTS_MAX = 200_000
LINE_MAX = 1_000  # bytes
READ_AGAIN_SECONDS = 0.05


class ReportRefused(ValueError):
    """A report is not `{"id": …, "feedseq": …}`, or there are too many."""


class Reports:
    """Everything reported so far, in the order of arrival."""

    def __init__(self) -> None:
        self._applied: list[Applied] = []
        self._seqs: set[int] = set()
        self._lock = threading.Lock()

    @property
    def applied(self) -> tuple[Applied, ...]:
        """All of it."""
        with self._lock:
            return tuple(self._applied)

    def __len__(self) -> int:
        with self._lock:
            return len(self._applied)

    def has(self, seqs: frozenset[int]) -> bool:
        """Whether each of these numbers was reported."""
        with self._lock:
            return seqs <= self._seqs

    def take(self, body: bytes) -> None:
        """One report, or an array of them; raises ReportRefused and takes nothing of a body that is not right."""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise ReportRefused("the report is not JSON") from None
        self._add([_report(each) for each in (said if isinstance(said, list) else [said])])

    def _add(self, found: Sequence[Applied]) -> None:
        with self._lock:
            if len(self._applied) + len(found) > REPORTS_MAX:
                raise ReportRefused(f"more than {REPORTS_MAX} reports")
            self._applied += found
            self._seqs.update(each.seq for each in found)


class ReportFile:
    """Reads the lines that the subscriber adds to a file; what stood there before the run does not count."""

    def __init__(self, path: Path, reports: Reports) -> None:
        self._path = path
        self._reports = reports
        self._place = path.stat().st_size if path.exists() else 0
        self._rest = b""

    async def run(self, stop: asyncio.Event) -> None:
        """Reads along until `stop` is set; raises ReportRefused for a line that is no report."""
        while not stop.is_set():
            await asyncio.to_thread(self.read_on)
            await asyncio.sleep(READ_AGAIN_SECONDS)

    def read_on(self) -> None:
        """Takes every whole line that was added since the last look."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._place)
            read = file.read()
        self._place += len(read)
        *lines, self._rest = (self._rest + read).split(b"\n")
        if len(self._rest) > LINE_MAX:
            raise ReportRefused(f"a line of the report is longer than {LINE_MAX} bytes")
        for line in lines:
            if line.strip():
                self._reports.take(line)


def _report(said: object) -> Applied:
    if isinstance(said, dict):
        id_, seq = said.get("id"), said.get("feedseq")
        if isinstance(id_, str) and type(seq) is int:
            return Applied(id_, seq)
    raise ReportRefused('a report is {"id": "the event\'s id", "feedseq": its number}')
