"""A line to PostgreSQL that goes dead at the moment the answer to a COMMIT comes back."""

import selectors
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

# What stands in an answer that is sent after the commit: its own tag, or the column of an append
# that is a transaction by itself.
COMMITTED = (b"COMMIT\x00", b"append_commands\x00")
PORT = 5432


class LossyLine:
    """Passes everything on; drops the first `losses` answers to COMMIT, and the connection with
    each.
    """

    def __init__(self, conninfo: str, *, losses: int) -> None:
        server = conninfo_to_dict(conninfo)
        self._host, self._port = str(server["host"]), int(server.get("port") or PORT)
        self._folder = tempfile.TemporaryDirectory(prefix="line-", dir="/tmp")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self._folder.name}/.s.PGSQL.{PORT}")
        self._listener.listen()
        self.conninfo = make_conninfo(conninfo, host=self._folder.name, port=PORT)
        self.losses = losses

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
        Path(f"{self._folder.name}/.s.PGSQL.{PORT}").unlink(missing_ok=True)
        self._folder.cleanup()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, self._server() as server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            with suppress(OSError):
                while True:
                    for key, _ in ready.select():
                        source, target = key.fileobj, key.data
                        assert isinstance(source, socket.socket)
                        passed = source.recv(65536)
                        if not passed or (source is server and self._lost(passed)):
                            return
                        target.sendall(passed)

    def _server(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return server

    def _lost(self, passed: bytes) -> bool:
        if self.losses and any(mark in passed for mark in COMMITTED):
            self.losses -= 1
            return True
        return False
