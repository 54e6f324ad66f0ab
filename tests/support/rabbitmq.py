"""A private RabbitMQ broker: its own folder, node name, ports, cookie and port mapper.

Nothing of it is shared with a broker that the machine may run already, and everything that was
started is ended by its process number. The class stands on its own, so that a test may stop,
kill and restart a broker without disturbing the one that the other tests share.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.eventually import eventually

SERVER_PROGRAMS = (
    # The program itself comes first: Debian's /usr/sbin/rabbitmq-server is a wrapper that
    # changes to the account and the folders of the machine's own broker.
    Path("/usr/lib/rabbitmq/bin/rabbitmq-server"),
    Path("/opt/rabbitmq/sbin/rabbitmq-server"),
    Path("/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server"),
    Path("/usr/local/opt/rabbitmq/sbin/rabbitmq-server"),
)
START_SECONDS = 60.0
STOP_SECONDS = 20.0
EVALUATED_WITHIN_SECONDS = 180.0
PORT_ATTEMPTS = 3  # a free port may be taken by somebody else before the broker listens on it
USER = PASSWORD = "guest"
GREETING = b"AMQP\x00\x00\x09\x01"


class RabbitUnavailable(RuntimeError):
    """No broker can be started here; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the broker's and Erlang's programs are."""

    server: Path
    port_mapper: Path


def find_rabbitmq() -> Programs:
    """The installed broker and Erlang's port mapper."""
    on_path = shutil.which("rabbitmq-server")
    candidates = [*SERVER_PROGRAMS, *([Path(on_path)] if on_path else [])]
    server = next((path for path in candidates if path.is_file()), None)
    port_mapper = shutil.which("epmd")
    if server is None or port_mapper is None:
        raise RabbitUnavailable(
            "RabbitMQ is not installed: 'apt-get install rabbitmq-server', or name a broker in "
            "RABBITMQ_URL."
        )
    return Programs(server=server, port_mapper=Path(port_mapper))


class RabbitServer:
    """One broker with its data in one folder; the data outlive stop, kill and start."""

    def __init__(self, folder: Path, *, virtual_hosts: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._virtual_hosts = ("/", *virtual_hosts)
        self._broker: subprocess.Popen[bytes] | None = None
        self._port_mapper: subprocess.Popen[bytes] | None = None
        self._ports: tuple[int, ...] = ()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The AMQP port; it stays the same over a restart."""
        return self._ports[0]

    @property
    def process_numbers(self) -> tuple[int, ...]:
        """What must be ended when nobody is left to call `stop`."""
        return tuple(process.pid for process in (self._broker, self._port_mapper) if process)

    def url(self, virtual_host: str = "/") -> str:
        """Where clients connect."""
        host = "%2F" if virtual_host == "/" else virtual_host
        return f"amqp://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{host}"

    def running(self) -> bool:
        """Whether the broker takes clients now."""
        alive = self._broker is not None and self._broker.poll() is None
        return alive and _greets(self.port)

    def start(self) -> None:
        """Start the broker and wait until it takes clients."""
        programs = find_rabbitmq()
        first_time = not self._ports
        for attempt in range(1, PORT_ATTEMPTS + 1):
            if first_time:
                self._ports = _free_ports(3)
                self._prepare()
            try:
                self._launch(programs)
            except RabbitUnavailable:
                self.kill()
                # Only before there are data may the ports move: they are in the node's name.
                if not first_time or attempt == PORT_ATTEMPTS:
                    raise
                shutil.rmtree(self.folder / "data", ignore_errors=True)
            else:
                return

    def stop(self) -> None:
        """An orderly stop; hard when that takes too long."""
        if self._broker is not None:
            with suppress(ProcessLookupError):
                self._broker.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._broker.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would.

        RabbitMQ 3.10 may lose a quorum queue that was declared within the last seconds before:
        a test that kills the broker declares its queues early.
        """
        for process in (self._broker, self._port_mapper):
            if process is not None:
                with suppress(ProcessLookupError):
                    # The group: its small children (disk and memory watchers) go too.
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._broker = self._port_mapper = None

    def evaluate(self, expression: str) -> str:
        """Evaluate an Erlang expression in the broker, for what has no other handle; its value.

        Erlang's own `erl_call` takes milliseconds, where `rabbitmqctl` starts a whole Erlang.
        """
        programs = find_rabbitmq()
        environment = self._environment(programs)
        erl_call = shutil.which("erl_call")
        if erl_call is None:
            command = [str(programs.server.with_name("rabbitmqctl")), "eval", expression]
        else:
            cookie = (self.folder / "home" / ".erlang.cookie").read_text()
            command = [erl_call, "-n", environment["RABBITMQ_NODENAME"], "-c", cookie, "-e"]
        done = subprocess.run(
            command,
            env=environment,
            cwd="/",
            input=f"{expression}\n",
            capture_output=True,
            text=True,
            timeout=EVALUATED_WITHIN_SECONDS,
            check=False,
        )
        if done.returncode != 0 or done.stdout.startswith("{error"):
            raise RabbitUnavailable(f"{expression} was answered with {done.stdout}{done.stderr}")
        return done.stdout

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "home").mkdir(exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[rabbitmq_consistent_hash_exchange].\n")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        hosts = self._virtual_hosts
        definitions = {
            "users": [{"name": USER, "password": PASSWORD, "tags": "administrator"}],
            "vhosts": [{"name": host} for host in hosts],
            "permissions": [{"user": USER, "vhost": host, **everything} for host in hosts],
        }
        (self.folder / "definitions.json").write_text(json.dumps(definitions))
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"load_definitions = {self.folder}/definitions.json\n"
            "disk_free_limit.absolute = 50MB\n"
            "log.file.level = warning\n"
        )

    def _environment(self, programs: Programs) -> dict[str, str]:
        amqp, distribution, mapper = (str(port) for port in self._ports)
        folder = str(self.folder)
        here = "-kernel inet_dist_use_interface {127,0,0,1}"
        return {
            "PATH": f"{programs.port_mapper.parent}:/usr/bin:/bin:/usr/sbin:/sbin",
            "LANG": "C.UTF-8",
            "HOME": f"{folder}/home",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": mapper,
            "RABBITMQ_NODENAME": f"redress-{amqp}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": amqp,
            "RABBITMQ_DIST_PORT": distribution,
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/generated",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_PID_FILE": f"{folder}/broker.pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": here,
            # The start script becomes the broker itself, instead of waiting beside it.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _launch(self, programs: Programs) -> None:
        environment = self._environment(programs)
        mapper = [str(programs.port_mapper), "-port", environment["ERL_EPMD_PORT"]]
        with (self.folder / "output.log").open("ab") as output:
            self._port_mapper = _spawn([*mapper, "-address", "127.0.0.1"], environment, output)
            self._broker = _spawn([str(programs.server)], environment, output)
        broker = self._broker
        with suppress(AssertionError):
            eventually(
                lambda: broker.poll() is not None or _greets(self.port),
                within_seconds=START_SECONDS,
            )
        if broker.poll() is not None or not _greets(self.port):
            said = (self.folder / "output.log").read_text("utf-8", "replace")[-2000:]
            raise RabbitUnavailable(f"RabbitMQ did not start in {self.folder}:\n{said}")


def _spawn(
    command: list[str], environment: dict[str, str], output: object
) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal is for the test run, which then stops us.
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        command,
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _greets(port: int) -> bool:
    """Whether a broker answers the protocol's first bytes."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2.0) as connection:
            connection.sendall(GREETING)
            return connection.recv(1) == b"\x01"
    except OSError:
        return False


def _free_ports(count: int) -> tuple[int, ...]:
    with _bound_sockets(count) as sockets:
        return tuple(int(bound.getsockname()[1]) for bound in sockets)


@contextmanager
def _bound_sockets(count: int) -> Iterator[list[socket.socket]]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for unbound in sockets:
            unbound.bind(("127.0.0.1", 0))
        yield sockets
    finally:
        for bound in sockets:
            bound.close()
