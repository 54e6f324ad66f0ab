"""Looks for viruses: a port, nobody behind it, or the daemon of ClamAV."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 20.0
PIECE = 64 * 1024
LONGEST_ANSWER = 1_000


class ScannerUnavailable(RuntimeError):
    """No answer came, or none that says clean or infected; the document is looked at again later."""


class Scanner(Protocol):
    """Looks into contents."""

    @property
    def checks(self) -> bool:
        """Whether anything is looked for at all."""

    def is_infected(self, content: bytes) -> bool:
        """Whether a virus was found; raises ScannerUnavailable."""

    def described(self) -> str:
        """What it is, for whoever runs the installation."""


class NoScanner:
    """Nobody looks, and pages say so."""

    checks = False

    def is_infected(self, content: bytes) -> bool:
        """Nobody knows."""
        del content
        raise ScannerUnavailable("no scanner is set")

    def described(self) -> str:
        """Says that there is none."""
        return "none: documents are not checked for viruses"


@dataclass(frozen=True, slots=True)
class Clamd:
    """The daemon of ClamAV at `host:port`, or at the path of its socket."""

    address: str
    checks: bool = True

    def is_infected(self, content: bytes) -> bool:
        """Streams the content to the daemon; nothing is written where others could read it."""
        try:
            with self._connection() as connection:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), PIECE):
                    piece = content[start : start + PIECE]
                    connection.sendall(struct.pack(">I", len(piece)) + piece)
                connection.sendall(struct.pack(">I", 0))
                answer = _answer(connection)
        except OSError as trouble:
            raise ScannerUnavailable(f"clamd at {self.address}: {trouble}") from trouble
        if answer == "stream: OK":
            return False
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return True
        raise ScannerUnavailable(f"clamd at {self.address} answered: {answer[:100]}")

    def described(self) -> str:
        """Which version answers, and with which signatures; raises ScannerUnavailable."""
        try:
            with self._connection() as connection:
                connection.sendall(b"zVERSION\0")
                return f"{_answer(connection)} at {self.address}"
        except OSError as trouble:
            raise ScannerUnavailable(f"clamd at {self.address}: {trouble}") from trouble

    @contextmanager
    def _connection(self) -> Iterator[socket.socket]:
        host, _, port = self.address.rpartition(":")
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECT_SECONDS)
        elif not host or not port.isdecimal():
            raise ScannerUnavailable(f"“{self.address}” is neither host:port nor a path")
        else:
            connection = socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
        with connection:
            if self.address.startswith("/"):
                connection.connect(self.address)
            connection.settimeout(ANSWER_SECONDS)
            yield connection


def scanner_at(address: str | None) -> Scanner:
    """The scanner that the settings name."""
    return NoScanner() if address is None else Clamd(address)


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        received += piece
    return received.rstrip(b"\0\n").decode(errors="replace")
