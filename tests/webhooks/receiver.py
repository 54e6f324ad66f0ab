"""A receiver of webhooks that keeps what it is sent, and answers as a test tells it to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """One POST: its header names in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def seq(self) -> int:
        """The number of the event."""
        return int(json.loads(self.body)["feedseq"])


@dataclass
class Receiver:
    """Where it listens, and what came."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    # What is answered to each request: a status with headers, after which the connection goes on.
    answer: Callable[[Request], tuple[int, dict[str, str]]] = lambda _request: (204, {})
    stall: threading.Event | None = None  # holds every answer back until it is set

    @property
    def seqs(self) -> list[int]:
        """The numbers of the events that came, in their order."""
        return [request.seq for request in self.requests]


@contextmanager
def receiving(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver at work, over TLS when it is given a context."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, self.rfile.read(length))
            receiver.connections.add(self.client_address)
            receiver.requests.append(request)
            if receiver.stall is not None:
                receiver.stall.wait(30)
            status, more = receiver.answer(request)
            self.send_response(status)
            for name, value in {"content-length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    receiver.url = f"{scheme}://{host}:{server.server_address[1]}/hooks/redress?of=council"
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield receiver
    finally:
        if receiver.stall is not None:
            receiver.stall.set()
        server.shutdown()
        serving.join()
        server.server_close()
