"""One POST to one receiver: to the address that was judged, with TLS verified, no redirect followed, and a limit on
everything that is waited for or read.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from services.webhooks.addresses import HTTPS, Target, checked_addresses, target_of

CONNECT_SECONDS = 5.0
WHOLE_REQUEST_SECONDS = 10.0  # from the first byte sent to the last byte read
ANSWER_MAX = 16 * 1024  # bytes that are read of an answer; nobody looks at them
LONGEST_RETRY_AFTER_SECONDS = 3600


class NotPosted(Exception):
    """No answer came; says of what kind the trouble was, without anything that the receiver said."""


class PostAbandoned(Exception):
    """The process is stopping; nothing is recorded, and the event is sent after the next start."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said: its status, and how long it asks to be left alone."""

    status: int
    retry_after_seconds: int | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has the event now: 2xx and nothing else."""
        return 200 <= self.status < 300


class Poster:
    """Makes connections; one connection serves a round of posts to the same receiver."""

    def __init__(self, *, loopback: bool = False, context: ssl.SSLContext | None = None) -> None:
        self._loopback = loopback
        self._context = context or ssl.create_default_context()
        self._open: set[Line] = set()
        self._guard = threading.Lock()
        self._abandoned = False

    def line(self, url: str) -> "Line":
        """A line to the receiver, not connected yet; raises AddressRefused for a URL that may not be called."""
        line = Line(target_of(url, loopback=self._loopback), self)
        with self._guard:
            self._open.add(line)
        return line

    def addresses(self, target: Target) -> tuple[str, ...]:
        """Where the name leads now, judged."""
        return checked_addresses(target, loopback=self._loopback)

    def wrapped(self, plain: socket.socket, host: str) -> ssl.SSLSocket:
        """The connection for TLS; its handshake, still to be made, verifies the certificate for the name."""
        return self._context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)

    def forget(self, line: "Line") -> None:
        """Takes a closed line off the list."""
        with self._guard:
            self._open.discard(line)

    @property
    def is_abandoned(self) -> bool:
        """Whether the process is stopping."""
        return self._abandoned

    def abandon(self) -> None:
        """Breaks off every post, and lets no other begin."""
        self._abandoned = True
        with self._guard:
            lines = tuple(self._open)
        for line in lines:
            line.break_off()


class Line:
    """A connection to one receiver, opened when it is needed and kept for the next post."""

    def __init__(self, target: Target, poster: Poster) -> None:
        self._target = target
        self._poster = poster
        self._http: _Pinned | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends it and reads the answer; raises NotPosted, AddressRefused and PostAbandoned."""
        expired = threading.Event()
        deadline = threading.Timer(WHOLE_REQUEST_SECONDS, self._expire, (expired,))
        deadline.start()
        try:
            connection = self._connected()
            if expired.is_set():
                raise TimeoutError
            connection.request("POST", self._target.path, body=body, headers=dict(headers))
            with connection.getresponse() as answer:
                answer.read(ANSWER_MAX)
                if not answer.isclosed():  # more than anybody needs: what is left is not waited for
                    self._drop()
                # The library takes headers that were cut off for whole ones.
                if expired.is_set() or self._poster.is_abandoned:
                    raise TimeoutError
                return Answer(answer.status, _retry_after(answer.headers.get("retry-after")))
        except (OSError, http.client.HTTPException) as trouble:
            self._drop()
            if self._poster.is_abandoned:
                raise PostAbandoned from None
            raise NotPosted(_kind(TimeoutError() if expired.is_set() else trouble)) from None
        finally:
            deadline.cancel()

    def close(self) -> None:
        """Ends the connection."""
        self._drop()
        self._poster.forget(self)

    def break_off(self) -> None:
        """Ends whatever is waited for, from another thread."""
        connection = self._http
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _expire(self, expired: threading.Event) -> None:
        expired.set()
        self.break_off()

    def _connected(self) -> "_Pinned":
        if self._poster.is_abandoned:
            raise PostAbandoned
        if self._http is None or self._http.sock is None:
            self._http = _Pinned(self._target, self._poster)
            self._http.connect()
        return self._http

    def _drop(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None


class _Pinned(http.client.HTTPConnection):
    """Connects to an address that was judged a moment before, whatever the name says by then."""

    def __init__(self, target: Target, poster: Poster) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self._target = target
        self._poster = poster
        if target.scheme == HTTPS:
            self.default_port = 443

    def connect(self) -> None:
        """Tries each address in turn."""
        trouble: OSError = ConnectionError("no address")
        for address in self._poster.addresses(self._target):
            try:
                plain = socket.create_connection((address, self._target.port), CONNECT_SECONDS)
            except OSError as refused:
                trouble = refused
                continue
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # From here on the whole request has its limit, and no part of it a shorter one.
            plain.settimeout(WHOLE_REQUEST_SECONDS)
            self.sock = plain
            if self._target.scheme == HTTPS:
                # Wrapped first and greeted then, so that the greeting too can be broken off.
                self.sock = secured = self._poster.wrapped(plain, self._target.host)
                secured.do_handshake()
            return
        raise trouble


def _retry_after(said: str | None) -> int | None:
    """Seconds alone; a date would need a clock that both sides share."""
    if said is None or not said.strip().isdecimal() or len(said) > 9:
        return None
    return min(int(said), LONGEST_RETRY_AFTER_SECONDS)


def _kind(trouble: Exception) -> str:
    match trouble:
        case ssl.SSLCertVerificationError():
            return "its certificate is not valid for this name"
        case ssl.SSLError():
            return "no secure connection could be made"
        case socket.gaierror():
            return "its name leads nowhere"
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "it refuses connections"
        case http.client.HTTPException():
            return "the connection broke off, or what came is not HTTP"
        case _:
            return "the connection broke off"
