"""The line to PostgreSQL: every statement is a place, and so is what commits a pipeline of them.

Protocol: https://www.postgresql.org/docs/15/protocol-message-formats.html
"""

from __future__ import annotations

import re
import socket
import tempfile
from pathlib import Path
from types import TracebackType

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.crash_points.lines import ANSWERED_WITHIN_SECONDS, CHUNK, Conversation, Cut, Line
from tests.crash_points.points import Fault, Points

PORT = 5432
FLUSH = b"H\x00\x00\x00\x04"
IDLE = b"I"
# How a statement that was executed may end: completed, empty, suspended.
ENDS_OF_STATEMENT = b"CIs"
ERROR, READY = b"E", b"Z"
LABEL_CHARACTERS = 90


class PostgresLine(Line):
    """Listens on a socket of its own; `conninfo` leads through it."""

    def __init__(self, conninfo: str, points: Points) -> None:
        server = conninfo_to_dict(conninfo)
        self._host, self._port = str(server["host"]), int(server.get("port") or PORT)
        self._folder = tempfile.TemporaryDirectory(prefix="line-", dir="/tmp")
        self.conninfo = make_conninfo(conninfo, host=self._folder.name, port=PORT)
        super().__init__(points)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        Path(f"{self._folder.name}/.s.PGSQL.{PORT}").unlink(missing_ok=True)
        self._folder.cleanup()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{self._folder.name}/.s.PGSQL.{PORT}")
        listener.listen()
        return listener

    def _connect(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return server

    def _conversation(self, client: socket.socket, server: socket.socket) -> Conversation:
        return _Session(client, server, self._points)


class _Session:
    """One connection to PostgreSQL."""

    def __init__(self, client: socket.socket, server: socket.socket, points: Points) -> None:
        self._client, self._server, self._points = client, server, points
        self._from_client, self._from_server = b"", b""
        self._has_begun = False
        self._statements: dict[bytes, str] = {}
        self._bound = ""
        self._executing = 0  # statements sent whose end was not answered
        self._syncing = 0  # ends of pipelines sent that were not answered
        self._is_idle = True  # no transaction is open
        self._has_work = False  # executed since the last end of a pipeline

    def from_client(self, sent: bytes) -> None:
        """Pass on whole messages, and cut before the chosen one, or after its answer."""
        self._from_client += sent
        while (message := self._next_from_client()) is not None:
            what = self._place(message)
            if what is None or not self._points.reached(what):
                self._pass(message)
                continue
            if self._points.fault is Fault.REPLY_LOST:
                self._pass(message)
            # What was sent before it has been done, and not only been sent.
            self._wait_for_answers()
            raise Cut

    def from_server(self, sent: bytes) -> None:
        """Pass all on, and remember what has been answered."""
        self._read_answers(sent)
        if self._points.is_dead:
            raise Cut
        self._client.sendall(sent)

    def _pass(self, message: bytes) -> None:
        kind = message[:1]
        if kind == b"E":
            self._executing += 1
            self._has_work = True
        elif kind in {b"S", b"Q"}:
            self._syncing += 1
            self._has_work = False
        self._server.sendall(message)

    def _next_from_client(self) -> bytes | None:
        # The first message of a connection has no letter before its length.
        begin = 1 if self._has_begun else 0
        if len(self._from_client) < begin + 4:
            return None
        length = begin + int.from_bytes(self._from_client[begin : begin + 4], "big")
        if len(self._from_client) < length:
            return None
        message, self._from_client = self._from_client[:length], self._from_client[length:]
        self._has_begun = True
        return message

    def _place(self, message: bytes) -> str | None:
        """What a message does, when the process may die before it; else None."""
        kind, body = message[:1], message[5:]
        if kind == b"P":
            name, text = body.split(b"\x00", 2)[:2]
            self._statements[name] = _label(text)
        elif kind == b"B":
            self._bound = self._statements[body.split(b"\x00", 2)[1]]
        elif kind == b"E":
            return self._bound
        elif kind == b"Q":
            return _label(body.rstrip(b"\x00"))
        elif kind == b"S" and self._has_work and self._is_idle:
            return "the end of a pipeline, which commits it"
        return None

    def _read_answers(self, sent: bytes) -> None:
        self._from_server += sent
        while len(self._from_server) >= 5:
            length = 1 + int.from_bytes(self._from_server[1:5], "big")
            if len(self._from_server) < length:
                return
            kind, body = self._from_server[:1], self._from_server[5:length]
            self._from_server = self._from_server[length:]
            if kind in ENDS_OF_STATEMENT:
                self._executing = max(0, self._executing - 1)
            elif kind == ERROR:
                self._executing = 0  # the rest up to the end of the pipeline is passed over
            elif kind == READY:
                self._syncing = max(0, self._syncing - 1)
                self._is_idle = body == IDLE

    def _wait_for_answers(self) -> None:
        """The server answers a pipeline only when it ends or is asked to; nothing is passed on."""
        self._server.settimeout(ANSWERED_WITHIN_SECONDS)
        if self._executing:
            self._server.sendall(FLUSH)
        while self._executing or self._syncing:
            sent = self._server.recv(CHUNK)
            if not sent:
                return
            self._read_answers(sent)


def _label(statement: bytes) -> str:
    text = re.sub(r"\s+", " ", statement.decode(errors="replace")).strip()
    return text if len(text) <= LABEL_CHARACTERS else f"{text[:LABEL_CHARACTERS]}…"
