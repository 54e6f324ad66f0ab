"""Lines between a process and its servers that can be cut before or after anything that passes.

A line knows enough of the protocol to tell one statement, or one message, from the next; it changes
nothing of what it passes on.
"""

from __future__ import annotations

import selectors
import socket
from abc import ABC, abstractmethod
from contextlib import suppress
from threading import Lock, Thread
from types import TracebackType
from typing import Protocol, Self

from tests.crash_points.points import Points

CHUNK = 65536
ANSWERED_WITHIN_SECONDS = 10.0


class Cut(Exception):
    """The fault happened: nothing more passes on this connection."""


class Conversation(Protocol):
    """One connection: takes what either side sends and passes it on, or raises Cut."""

    def from_client(self, sent: bytes) -> None:
        """Pass on what the client sent, as far as it is whole."""

    def from_server(self, sent: bytes) -> None:
        """Pass on what the server sent, as far as it is whole."""


class Line(ABC):
    """Listens for a process, connects each of its connections to the server, and passes all on."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._listener = self._listen()
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    @abstractmethod
    def _listen(self) -> socket.socket:
        """Where the process connects to."""

    @abstractmethod
    def _connect(self) -> socket.socket:
        """A connection to the server."""

    @abstractmethod
    def _conversation(self, client: socket.socket, server: socket.socket) -> Conversation:
        """What passes between the two ends of one connection."""

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Closing alone would leave accept() waiting for ever.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, suppress(OSError), self._connect() as server:
            ends = {client, server}
            with self._lock:
                self._open |= ends
            try:
                self._talk(client, server)
            except Cut:
                self._points.die()
                if self._points.is_dead:
                    self._hang_up()
            finally:
                with self._lock:
                    self._open -= ends

    def _talk(self, client: socket.socket, server: socket.socket) -> None:
        conversation = self._conversation(client, server)
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, conversation.from_client)
            ready.register(server, selectors.EVENT_READ, conversation.from_server)
            while True:
                for key, _ in ready.select():
                    source, take = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    sent = source.recv(CHUNK)
                    if not sent:
                        return
                    take(sent)
