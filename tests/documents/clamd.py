"""A small daemon that speaks ClamAV's protocol over a socket and finds the EICAR test file."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.documents.files import EICAR


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, FakeClamd)
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        server.commands.append(command)
        if command == b"zVERSION\0":
            self.wfile.write(b"ClamAV 1.4.6/27500/Mon Mar  2 09:30:00 2026\0")
        elif command == b"zINSTREAM\0":
            self.wfile.write(self._scanned(server))
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _scanned(self, server: FakeClamd) -> bytes:
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > server.longest:
                return b"INSTREAM size limit exceeded. ERROR\0"
        server.scanned.append(content)
        return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


class FakeClamd(socketserver.ThreadingTCPServer):
    """What was asked of it, and what it looked into."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *, longest: int = 25 * 1024 * 1024) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.longest = longest
        self.commands: list[bytes] = []
        self.scanned: list[bytes] = []

    @property
    def address(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        return f"{host!s}:{port}"


@contextmanager
def running_clamd(*, longest: int = 25 * 1024 * 1024) -> Iterator[FakeClamd]:
    """A daemon that runs until the end of the block."""
    with FakeClamd(longest=longest) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
