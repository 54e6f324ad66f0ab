"""Runs `redress` processes for acceptance tests: started, watched, killed and ended by their
process number.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2 as httpx

from tests.support.eventually import eventually

COMMAND = str(Path(sys.executable).parent / "redress")
STARTED_WITHIN_SECONDS = 60.0
ENDED_WITHIN_SECONDS = 15.0


def environment(data: Path, **more: str) -> dict[str, str]:
    """What a process gets: nothing of ours but the path, the data directory and what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name == "REDRESS_POSTGRES_BIN"}
    return kept | {"REDRESS_DATA": str(data), "NO_COLOR": "1", "COLUMNS": "200"} | more


class RunningProcess:
    """One `redress` process; what it prints goes into a file."""

    def __init__(
        self, *arguments: str, variables: Mapping[str, str], log: Path, port: int | None = None
    ) -> None:
        self._arguments = [COMMAND, *arguments, *([] if port is None else ["--port", str(port)])]
        self._variables = dict(variables)
        self._log = log
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def printed(self) -> str:
        """All it has printed, over all its lives."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    @property
    def has_ended(self) -> bool:
        """Whether it was started and is not running any more."""
        return self._process is not None and self._process.poll() is not None

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, or starts it again."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                env=self._variables,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def serving(self, *, within_seconds: float = STARTED_WITHIN_SECONDS) -> None:
        """Waits until it answers, or fails with what it printed."""
        eventually(self._answers, within_seconds=within_seconds)

    def kill(self) -> None:
        """SIGKILL: it has no time to finish anything."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(ENDED_WITHIN_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        """Any signal, such as those that let it stand still and go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._process.wait(ENDED_WITHIN_SECONDS)

    def end(self) -> None:
        """Ends it however it can be ended."""
        if self._process is None or self._process.poll() is not None:
            return
        try:
            self.interrupt()
        except subprocess.TimeoutExpired:
            self.kill()

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(
                f"{self._arguments} ended with {self._process.returncode}:\n{self.printed[-3000:]}"
            )
        if self.port == 0:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", self.printed)
            if found is None:
                return False
            self.port = int(found.group(1))
        try:
            return httpx.get(f"{self.address}/health/live", timeout=2.0).status_code == 200
        except httpx.TransportError:
            return False


def sign_in(address: str, *, landlord: str, officer: str) -> dict[str, str]:
    """The headers of a session as that person, in the demonstration."""
    answer = httpx.post(
        f"{address}/sign-in",
        data={"landlord": landlord, "officer": officer},
        headers={"Origin": address},
    )
    assert answer.status_code == 303, answer.text
    credential = answer.headers["set-cookie"].split("=", 1)[1].split(";", 1)[0].strip('"')
    return {"Authorization": f"Bearer {credential}"}
