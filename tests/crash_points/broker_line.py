"""The line to RabbitMQ: every publish, confirmation, delivery and acknowledgement is a place.

Protocol: AMQP 0-9-1, https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, section 4.2
"""

from __future__ import annotations

import socket
import struct
from urllib.parse import urlsplit, urlunsplit

from tests.crash_points.lines import Conversation, Cut, Line
from tests.crash_points.points import Points

GREETING_BYTES = 8
FRAME_HEAD = struct.Struct(">BHI")
METHOD_FRAME = 1
METHOD = struct.Struct(">HH")
PUBLISH, RETURN, DELIVER = (60, 40), (60, 50), (60, 60)
ACKNOWLEDGE, REJECT, REFUSE = (60, 80), (60, 90), (60, 120)
FROM_CLIENT = {
    PUBLISH: "publish",
    ACKNOWLEDGE: "acknowledge",
    REJECT: "reject",
    REFUSE: "give back",
}
FROM_SERVER = {
    ACKNOWLEDGE: "confirmation",
    DELIVER: "delivery",
    RETURN: "return",
    REFUSE: "refusal",
}


class BrokerLine(Line):
    """Listens on a port of its own; `url` leads through it."""

    def __init__(self, url: str, points: Points) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 5672)
        super().__init__(points)
        port = self._listener.getsockname()[1]
        login = parts.netloc.rpartition("@")[0]
        netloc = f"{login}@127.0.0.1:{port}" if login else f"127.0.0.1:{port}"
        self.url = urlunsplit(parts._replace(netloc=netloc))

    def _listen(self) -> socket.socket:
        return socket.create_server(("127.0.0.1", 0))

    def _connect(self) -> socket.socket:
        server = socket.create_connection(self._server)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return server

    def _conversation(self, client: socket.socket, server: socket.socket) -> Conversation:
        return _Frames(client, server, self._points)


class _Frames:
    """One connection to RabbitMQ."""

    def __init__(self, client: socket.socket, server: socket.socket, points: Points) -> None:
        self._client, self._server, self._points = client, server, points
        self._from_client, self._from_server = b"", b""
        self._has_greeted = False

    def from_client(self, sent: bytes) -> None:
        """Pass on whole frames, and cut before the chosen one."""
        self._from_client += sent
        if not self._has_greeted:
            if len(self._from_client) < GREETING_BYTES:
                return
            self._has_greeted = True
            self._server.sendall(self._from_client[:GREETING_BYTES])
            self._from_client = self._from_client[GREETING_BYTES:]
        frames, self._from_client = _whole_frames(self._from_client)
        self._pass(frames, self._server, FROM_CLIENT)

    def from_server(self, sent: bytes) -> None:
        """The same the other way."""
        self._from_server += sent
        frames, self._from_server = _whole_frames(self._from_server)
        self._pass(frames, self._client, FROM_SERVER)

    def _pass(
        self, frames: list[bytes], to: socket.socket, places: dict[tuple[int, int], str]
    ) -> None:
        for frame in frames:
            method = _method(frame)
            if method in places and self._points.reached(_label(places[method], method, frame)):
                raise Cut
            to.sendall(frame)


def _whole_frames(received: bytes) -> tuple[list[bytes], bytes]:
    frames = []
    while len(received) >= FRAME_HEAD.size:
        _, _, payload = FRAME_HEAD.unpack_from(received)
        length = FRAME_HEAD.size + payload + 1
        if len(received) < length:
            break
        frames.append(received[:length])
        received = received[length:]
    return frames, received


def _method(frame: bytes) -> tuple[int, int] | None:
    kind, _, _ = FRAME_HEAD.unpack_from(frame)
    if kind != METHOD_FRAME:
        return None
    class_id, method_id = METHOD.unpack_from(frame, FRAME_HEAD.size)
    return class_id, method_id


def _label(name: str, method: tuple[int, int], frame: bytes) -> str:
    if method != PUBLISH:
        return name
    # Two bytes that are reserved, then the exchange and the routing key, each after its length.
    rest = frame[FRAME_HEAD.size + METHOD.size + 2 :]
    rest = rest[1 + rest[0] :]
    return f"{name} {rest[1 : 1 + rest[0]].decode()}"
