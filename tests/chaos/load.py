"""Users who send complaints and commands, again under the same key until there is an answer, and
keep what they were told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event, Lock
from types import TracebackType
from typing import Any, Self

import httpx2 as httpx

from tests.chaos.deployment import ORGANISATION, Deployment

ANSWERED_WITHIN_SECONDS = 15.0
PAUSE_SECONDS = 0.1
GIVES_UP_AFTER = timedelta(minutes=6)


class NotAnswered(Exception):
    """A request had no answer within the limit, however often it was sent."""


@dataclass
class History:
    """What users were told: only that can be lost."""

    complaints: dict[str, str] = field(default_factory=dict)  # reference by key
    commands: dict[str, tuple[str, int]] = field(default_factory=dict)  # case and version by key
    repetitions: int = 0
    contradictions: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


class Users:
    """So many users at work until they leave; `history` is complete then."""

    def __init__(self, deployment: Deployment, *, users: int) -> None:
        self.history = History()
        self._deployment = deployment
        self._users = users
        self._leave = Event()
        self._abandoned = Event()  # something went wrong: nobody waits for answers any more
        self._numbers = count(1)
        self._cases: deque[str] = deque()
        self._threads = ThreadPoolExecutor(users)
        self._working: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._working = [self._threads.submit(self._work) for _ in range(self._users)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave.set()
        self._abandoned.set()
        self._threads.shutdown()

    def are_busy(self) -> bool:
        """Whether everybody is well into it."""
        return len(self.history.commands) >= self._users

    def leave(self) -> list[str]:
        """Begin nothing new, wait until everything begun has its answer, and say what has none."""
        self._leave.set()
        without: list[str] = []
        for each in self._working:
            try:
                each.result()
            except NotAnswered as trouble:
                without.append(str(trouble))
        while self._cases and not without:
            try:
                self._command(self._cases.popleft())
            except NotAnswered as trouble:
                without.append(str(trouble))
        return without

    def _work(self) -> None:
        while not self._leave.wait(PAUSE_SECONDS):
            self._complain()
            if len(self._cases) > self._users:
                self._command(self._cases.popleft())

    def _complain(self) -> None:
        number = next(self._numbers)
        # Long enough ago for the first dates to have passed unmet: reminders are due at once.
        received_at = datetime.now(UTC) - timedelta(days=7)
        body = {
            "organisation": ORGANISATION,
            "complainant": {"name": f"Resident {number}", "email": f"r{number}@example.org"},
            "complaint": f"The boiler of flat {number} has failed again.",
            "received_at": received_at.isoformat(),
        }
        key = f"complaint-{number}"
        answers = [self._until_answered("intake", "complaints", key, body) for _ in self._often()]
        self._compare(key, [answer["reference"] for answer in answers])
        self.history.complaints[key] = answers[0]["reference"]
        self._cases.append(answers[0]["reference"])

    def _command(self, reference: str) -> None:
        key = f"attempt-{next(self._numbers)}"
        path = f"complaints/{reference}/contact-attempts"
        answers = [
            self._until_answered("workflow", path, key, {"channel": "phone"}) for _ in self._often()
        ]
        self._compare(key, [answer["version"] for answer in answers])
        self.history.commands[key] = (reference, answers[0]["version"])

    def _often(self) -> range:
        """Every third request is sent twice, though the first was answered."""
        with self.history.lock:
            self.history.repetitions += 1
            return range(2 if self.history.repetitions % 3 == 0 else 1)

    def _compare(self, key: str, answers: list[Any]) -> None:
        if len(set(answers)) > 1:
            self.history.contradictions.append(f"{key} was answered with {answers}")

    def _until_answered(
        self, process: str, path: str, key: str, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        give_up_at = datetime.now(UTC) + GIVES_UP_AFTER
        while datetime.now(UTC) < give_up_at:
            answer = self._sent(process, path, key, body)
            if answer is not None:
                return answer
            if self._abandoned.wait(PAUSE_SECONDS):
                break
        raise NotAnswered(f"{key}: no answer from {process} within {GIVES_UP_AFTER}")

    def _sent(
        self, process: str, path: str, key: str, body: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        address = self._deployment.processes[process].address
        try:
            answer = httpx.post(
                f"{address}/api/v1/{path}",
                json=body,
                headers={"Idempotency-Key": key} | self._headers(process),
                timeout=ANSWERED_WITHIN_SECONDS,
            )
        except httpx.TransportError:
            return None  # whether it was done is unknown
        # A case is known to workflow a moment after intake has promised its dates.
        if answer.status_code >= 500 or answer.status_code == 404:
            return None
        if answer.status_code not in {200, 201}:
            raise NotAnswered(f"{key}: {answer.status_code} {answer.text}")
        answered: dict[str, Any] = answer.json()
        return answered

    def _headers(self, process: str) -> dict[str, str]:
        return self._deployment.headers if process == "workflow" else {}
