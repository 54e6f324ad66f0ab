"""The servers of one test run: one private PostgreSQL, one private RabbitMQ, for all processes.

The process that begins the run opens a `ServerFolder` and ends it; test processes find it
through the environment and start in it what they need, the first one that needs it, under a
lock. What a killed run left behind is ended by the next run.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres
from tests.support.places import throw_away_folder
from tests.support.rabbitmq import RabbitServer

FOLDER_VARIABLE = "REDRESS_TEST_SERVERS"
FOLDER_PREFIX = "redress-tests-"
VIRTUAL_HOSTS = 80  # one for each test that needs a broker, made at its start: later ones are slow
CONNECTIONS = 300  # several test processes, each with several pools

# Other processes use the broker that this one started: it is not stopped with this one.
_brokers_for_the_whole_run: list[RabbitServer] = []


@dataclass
class ServerFolder:
    """Where the servers of this run live, and what every process of the run can find out."""

    folder: Path

    @cached_property
    def postgres_conninfo(self) -> str:
        """The owner's way into the server: DATABASE_URL, or the private one, started now."""
        given = os.environ.get("DATABASE_URL")
        return given or self._postgres().start()

    def rabbit_url(self, virtual_host: str) -> str:
        """A virtual host of the private broker, which is started now if it was not yet."""
        port = self._rabbit_port
        return f"amqp://guest:guest@127.0.0.1:{port}/{virtual_host}"

    def next_virtual_host(self) -> str:
        """A virtual host that no other test of this run has seen."""
        with self.turn("virtual-hosts") as turns:
            taken = int(turns.read_text() or "0")
            if taken == VIRTUAL_HOSTS:
                raise AssertionError("All virtual hosts are used: raise VIRTUAL_HOSTS.")
            turns.write_text(str(taken + 1))
        return _virtual_host(taken)

    @property
    def token(self) -> str:
        """Sets the databases of this run apart from those of another on the same server."""
        return self.folder.name.removeprefix(FOLDER_PREFIX)

    @contextmanager
    def turn(self, what: str) -> Iterator[Path]:
        """Only one process of the run is inside at a time."""
        path = self.folder / f"{what}.turn"
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield path

    def end(self) -> None:
        """Stop what was started in this folder, by process number, and remove it."""
        self._postgres().remove()
        noted = self._rabbit_note() or {}
        for process in ("broker", "port_mapper"):
            if process in noted:
                self._end_process(noted[process])
        shutil.rmtree(self.folder, ignore_errors=True)

    def _postgres(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.folder / "postgres", fsync=False, max_connections=CONNECTIONS)

    @cached_property
    def _rabbit_port(self) -> int:
        with self.turn("rabbitmq"):
            noted = self._rabbit_note()
            return self._start_rabbit() if noted is None else noted["port"]

    def _start_rabbit(self) -> int:
        hosts = tuple(_virtual_host(number) for number in range(VIRTUAL_HOSTS))
        server = RabbitServer(self.folder / "rabbitmq", virtual_hosts=hosts)
        server.start()
        broker, port_mapper = server.process_numbers
        noted = {"port": server.port, "broker": broker, "port_mapper": port_mapper}
        self._rabbit_file.write_text(json.dumps(noted))
        _brokers_for_the_whole_run.append(server)
        return server.port

    @property
    def _rabbit_file(self) -> Path:
        return self.folder / "rabbitmq.json"

    def _rabbit_note(self) -> dict[str, int] | None:
        if not self._rabbit_file.exists():
            return None
        noted: dict[str, int] = json.loads(self._rabbit_file.read_text())
        return noted

    def _end_process(self, pid: int) -> None:
        environment = Path(f"/proc/{pid}/environ")
        with suppress(OSError):
            # The number may belong to another process by now; ours know this folder.
            if environment.exists() and bytes(self.folder) not in environment.read_bytes():
                return
            os.killpg(pid, signal.SIGKILL)


def _virtual_host(number: int) -> str:
    return f"test-{number}"


def open_folder() -> ServerFolder:
    """A fresh folder for this run, announced to the processes that it will start."""
    _end_abandoned_runs()
    folder = throw_away_folder() / f"{FOLDER_PREFIX}{secrets.token_hex(4)}"
    # Open for passing through: as root, PostgreSQL runs as another account.
    folder.mkdir(mode=0o711)
    (folder / "run.pid").write_text(str(os.getpid()))
    os.environ[FOLDER_VARIABLE] = str(folder)
    return ServerFolder(folder)


def current_folder() -> ServerFolder:
    """The folder of the run that this process belongs to."""
    return ServerFolder(Path(os.environ[FOLDER_VARIABLE]))


def _end_abandoned_runs() -> None:
    for folder in throw_away_folder().glob(f"{FOLDER_PREFIX}*"):
        with suppress(OSError, ValueError):
            if folder.stat().st_uid != os.geteuid():
                continue
            pid = int((folder / "run.pid").read_text())
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                ServerFolder(folder).end()
