"""A line to PostgreSQL that goes dead at the moment the answer to a COMMIT comes back."""

import socket

from tests.crash_points.lines import Conversation, Cut
from tests.crash_points.points import Points
from tests.crash_points.postgres_line import PostgresLine

# What stands in an answer that is sent after the commit: its own tag, or the column of an append
# that is a transaction by itself.
COMMITTED = (b"COMMIT\x00", b"append_commands\x00")


class LossyLine(PostgresLine):
    """Passes everything on; drops the first `losses` answers to COMMIT, and the connection with
    each.
    """

    def __init__(self, conninfo: str, *, losses: int) -> None:
        super().__init__(conninfo, Points())
        self.losses = losses

    def loses(self, answer: bytes) -> bool:
        """Whether this answer is to be lost; counts it."""
        if self.losses and any(mark in answer for mark in COMMITTED):
            self.losses -= 1
            return True
        return False

    def _conversation(self, client: socket.socket, server: socket.socket) -> Conversation:
        return _Lossy(client, server, self)


class _Lossy:
    """One connection to PostgreSQL."""

    def __init__(self, client: socket.socket, server: socket.socket, line: LossyLine) -> None:
        self._client, self._server, self._line = client, server, line

    def from_client(self, sent: bytes) -> None:
        self._server.sendall(sent)

    def from_server(self, sent: bytes) -> None:
        if self._line.loses(sent):
            raise Cut
        self._client.sendall(sent)
