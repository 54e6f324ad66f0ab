"""A private PostgreSQL server: made, started, attached to, stopped, removed.

Its files stand in a folder that only its account may enter, and its socket too: whoever can
reach the socket is trusted. The owner role is an ordinary one, not a superuser, so that
row-level security binds it here exactly as it does in production.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from shared.embedded.account import Account, account_for
from shared.embedded.binaries import Binaries, find_binaries, reason_in
from shared.embedded.places import (
    POINTER,
    SOCKET_NAME,
    known_home,
    settle,
    socket_folder,
    within_reach,
)
from shared.embedded.postmaster import Postmaster, clear_stale_notes, postmaster_of
from shared.embedded.system_home import taking_turns
from shared.embedded.unavailable import EmbeddedPostgresUnavailable

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresUnavailable", "find_binaries"]

OWNER = "redress_owner"
DATABASE = "redress"
SUPERUSER = "postgres"

INITDB_SECONDS = 120.0
START_SECONDS = 120.0  # replaying the log after a crash takes its time
FAST_STOP_SECONDS = 20.0
IMMEDIATE_STOP_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.05
LARGEST_LOG = 10_000_000  # bytes; beyond that the log starts afresh and one old one is kept
BUILTIN_LOCALE_SINCE = 17

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # only part of the socket's name: no network port is opened
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Failed statements and the values in their details may hold a person's words.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROW_AWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One private server, whose files belong to one data directory.

    `start` attaches to a server that runs already (its owner was killed), and so does a second
    process; `started_here` says whether this object started it, and leaving a `with` block
    stops only what was started in it. Without `fsync` data may be lost: for tests alone.
    """

    def __init__(self, data: Path, *, fsync: bool = True, max_connections: int = 100) -> None:
        self._data = data.absolute()
        self._settings = SETTINGS | {"max_connections": str(max_connections)}
        if not fsync:
            self._settings |= THROW_AWAY_SETTINGS
        self._fsync = fsync
        self.started_here = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.started_here:
            self.stop()

    @property
    def home(self) -> Path:
        """Where the server's files are: usually inside the data directory, see `places`."""
        return known_home(self._data)

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """What the server itself reports."""
        return self.home / "server.log"

    def conninfo(self, *, user: str = OWNER, database: str = DATABASE) -> str:
        """How to connect, through the socket."""
        running = self._postmaster()
        folder = running.socket_folder if running else socket_folder(self.home)
        return make_conninfo(host=str(folder), port=5432, user=user, dbname=database)

    def running(self) -> bool:
        """Whether the server runs now, whoever started it."""
        return self._postmaster() is not None

    def start(self) -> str:
        """Bring the server up, or find it up, and say how to connect to it."""
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            account = account_for(self.home)
            settle(self._data, account)
            with taking_turns(self.home / "turn.lock"):
                if not self.running():
                    self._bring_up(account)
                    self.started_here = True
                self._make_database()
        except OSError as trouble:
            raise EmbeddedPostgresUnavailable(
                f"PostgreSQL cannot keep its files in {self.home}: "
                f"{trouble.strerror or trouble} ({trouble.filename or self.home})."
            ) from trouble
        except subprocess.TimeoutExpired as trouble:
            raise EmbeddedPostgresUnavailable(
                f"{Path(trouble.cmd[0]).name} of PostgreSQL took more than {trouble.timeout:.0f} "
                f"seconds; its log is {self.log}."
            ) from trouble
        return self.conninfo()

    def stop(self) -> None:
        """Stop the server, whoever started it: fast, and hard when that takes too long."""
        if not self.home.exists():
            return
        with taking_turns(self.home / "turn.lock"):
            running = self._postmaster()
            if running is not None:
                running.end(
                    fast_seconds=FAST_STOP_SECONDS, immediate_seconds=IMMEDIATE_STOP_SECONDS
                )
        self.started_here = False

    def remove(self) -> None:
        """Stop the server and delete every file of it: the data are gone."""
        self.stop()
        home = self.home
        short_socket_folder = socket_folder(home)
        shutil.rmtree(home, ignore_errors=True)
        if short_socket_folder != home:
            shutil.rmtree(short_socket_folder, ignore_errors=True)
        (self._data / POINTER).unlink(missing_ok=True)

    def _postmaster(self) -> Postmaster | None:
        noted = postmaster_of(self.cluster)
        return noted if noted is not None and noted.is_alive() else None

    def _bring_up(self, account: Account) -> None:
        version_file = self.cluster / "PG_VERSION"
        wanted = int(version_file.read_text("ascii")) if version_file.exists() else None
        try:
            binaries = within_reach(find_binaries(major=wanted), account)
        except EmbeddedPostgresUnavailable as refusal:
            if wanted is None:
                raise
            raise EmbeddedPostgresUnavailable(
                f"The data in {self.cluster} were written by PostgreSQL {wanted}. {refusal}"
            ) from refusal
        if wanted is None:
            self._initialise(binaries, account)
        lock = socket_folder(self.home) / f"{SOCKET_NAME}.lock"
        clear_stale_notes(self.cluster, socket_lock=lock)
        self._launch(binaries, account)

    def _initialise(self, binaries: Binaries, account: Account) -> None:
        # Under a passing name first: a half-made cluster is never taken for a whole one.
        draft = self.home / "cluster.new"
        if draft.exists():
            shutil.rmtree(draft)
        if binaries.major >= BUILTIN_LOCALE_SINCE:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--locale=C.UTF-8"]
        command = [str(binaries.folder / "initdb"), f"--pgdata={draft}", f"--username={SUPERUSER}"]
        command += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", *locale]
        command += ["--no-instructions"] + ([] if self._fsync else ["--no-sync"])
        made = account.run(command, limit_seconds=INITDB_SECONDS)
        if made.returncode != 0:
            raise EmbeddedPostgresUnavailable(
                f"PostgreSQL could not create its files in {self.home}: "
                f"{reason_in(made.stderr).rstrip('.')}."
            )
        draft.rename(self.cluster)

    def _launch(self, binaries: Binaries, account: Account) -> None:
        folder = socket_folder(self.home)
        account.make_private(folder)
        settings = self._settings | {"unix_socket_directories": f'"{folder}"'}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
        said_before = self.log.stat().st_size if self.log.exists() else 0
        # pg_ctl gives the server a session of its own: the terminal's Ctrl-C does not reach it.
        command = [str(binaries.folder / "pg_ctl"), "start", "--wait", f"--pgdata={self.cluster}"]
        command += [f"--timeout={START_SECONDS:.0f}", f"--log={self.log}"]
        command += [f"--options={shlex.join(options)}"]
        started = account.run(command, limit_seconds=START_SECONDS + 10)
        if started.returncode != 0:
            said = self.log.read_bytes()[said_before:] if self.log.exists() else b""
            reason = reason_in(said.decode("utf-8", "replace") or started.stderr)
            raise EmbeddedPostgresUnavailable(
                f"PostgreSQL did not start: {reason.rstrip('.')} (its log is {self.log})."
            )

    def _make_database(self) -> None:
        with self._superuser() as connection:
            owner, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [OWNER])
            if known.rowcount == 0:
                role = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB").format(owner)
                connection.execute(role)
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if known.rowcount == 0:
                create = sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner)
                connection.execute(create)

    def _superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect, with patience: a server that was attached to may still be starting."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            conninfo = self.conninfo(user=SUPERUSER, database="postgres")
            try:
                return psycopg.connect(conninfo, autocommit=True, connect_timeout=10)
            except psycopg.OperationalError as trouble:
                if not self.running() or time.monotonic() > deadline:
                    raise EmbeddedPostgresUnavailable(
                        f"PostgreSQL does not answer: {reason_in(str(trouble)).rstrip('.')}."
                    ) from trouble
                time.sleep(LOOK_AGAIN_SECONDS)
