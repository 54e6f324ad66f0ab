"""Builds an installation from its settings: database, vault, log, and what commands and services do with them.

Everything is built here and handed on: no service makes its own connections, and nothing is made at import.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from services.redress.demonstration.moving_clock import MovingClock
from services.redress.failures import NotConfigured
from services.redress.one_instance import SharedUse
from services.redress.read_models import read_model_follower
from services.webhooks.posting import Poster
from services.webhooks.sealing import SecretSeal
from services.workflow.handling import Handling
from services.workflow.importing import HistoryImporter
from shared.database.migrate import migrate
from shared.database.pool import Database
from shared.documents.scanning import scanner_at
from shared.documents.shelf import Shelf
from shared.documents.store import DocumentStore, FolderStore
from shared.embedded.postgres import EmbeddedPostgres
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.local_bus import LocalBus
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.settings import Settings
from shared.vault.sealing import KEY_BYTES, LandlordKeys
from shared.vault.vault import Vault

INTAKE = "redress_intake"
WORKFLOW = "redress_workflow"
NOTIFIER = "redress_notifier"
PROJECTIONS = "redress_projections"
WEBHOOKS = "redress_webhooks"
ADMINISTRATION = "redress_administration"
CLOCK_FILE = "clock"


class Installation:
    """The parts of one process; those of a service are made at their first use and closed together."""

    def __init__(self, *, settings: Settings, conninfo: str, clock: Clock) -> None:
        self.settings = settings
        self.conninfo = conninfo
        self.clock = clock
        self._databases: dict[str | None, Database] = {}

    @property
    def owner(self) -> Database:
        """Connections of the owner, for registering landlords and adopting policies."""
        return self.database(None)

    def database(self, role: str | None) -> Database:
        """Connections under a service's role; None is the login of the connection string itself."""
        if role not in self._databases:
            self._databases[role] = Database(self.conninfo, role=role)
        return self._databases[role]

    @cached_property
    def vault(self) -> Vault:
        """Where personal words are sealed; its key is made here in the demonstration when there is none."""
        key_file = self.settings.key_file
        if not key_file.exists():
            if not self.settings.is_demonstration:
                raise NotConfigured(
                    f"The vault's key {key_file} does not exist: put 32 random bytes there with mode 0600, the same "
                    "for every process, and name the file in REDRESS_VAULT_KEY_FILE."
                )
            make_key_file(key_file)
        return Vault(LandlordKeys.from_file(key_file))

    @cached_property
    def webhook_seal(self) -> SecretSeal:
        """What seals the secrets of webhooks; its key is made here in the demonstration when there is none."""
        key_file = self.settings.sealing_key_file
        if not key_file.exists():
            if not self.settings.is_demonstration:
                raise NotConfigured(
                    f"The key {key_file} of the webhooks does not exist: put 32 random bytes there with mode 0600, and "
                    "name the file in REDRESS_WEBHOOK_KEY_FILE. It must not be the vault's."
                )
            make_key_file(key_file)
        return SecretSeal.from_file(key_file)

    @cached_property
    def documents(self) -> DocumentStore:
        """Where the sealed contents of documents lie."""
        return FolderStore(self.settings.documents)

    def shelf(self, role: str | None) -> Shelf:
        """The documents, as a service may handle them; None is the owner."""
        return Shelf(
            database=self.database(role),
            vault=self.vault,
            store=self.documents,
            scanner=scanner_at(self.settings.clamd),
            clock=self.clock,
        )

    def poster(self) -> Poster:
        """What posts to webhooks; only a demonstration may call this machine itself."""
        loopback = self.settings.webhook_loopback
        if loopback and not self.settings.is_demonstration:
            raise NotConfigured(
                "REDRESS_WEBHOOK_LOOPBACK is for demonstrations: in production no webhook leads to the machine itself."
            )
        return Poster(loopback=loopback)

    @cached_property
    def recorder(self) -> FeedRecorder:
        """The log, under workflow's role: no other may append."""
        return FeedRecorder(self.database(WORKFLOW))

    def handling(self, *, after_append: Callable[[str], None] | None = None) -> Handling:
        """Carries out commands."""
        return Handling(
            recorder=self.recorder,
            database=self.database(WORKFLOW),
            clock=self.clock,
            vault=self.vault,
            after_append=after_append,
        )

    @cached_property
    def importer(self) -> HistoryImporter:
        """Brings histories into the log."""
        return HistoryImporter(
            recorder=self.recorder,
            database=self.database(WORKFLOW),
            clock=self.clock,
            vault=self.vault,
        )

    def catch_up_projections(self, landlord: str) -> int:
        """Brings the read models to the head of the landlord's feed; the number of facts applied."""
        # Pulled from the feed, so no message is needed and the bus is never started.
        idle_bus = LocalBus(self.settings.data_directory / "parked")
        follower = read_model_follower(self.database(PROJECTIONS), idle_bus, self.clock)
        return follower.catch_up(landlord)

    def pool_stats(self) -> dict[str, dict[str, int]]:
        """What each pool of connections says of itself, by database role."""
        databases = dict(self._databases)  # others may be made meanwhile
        return {role or "owner": each.pool.get_stats() for role, each in databases.items()}

    def close(self) -> None:
        """Closes every connection."""
        for database in self._databases.values():
            database.close()


def make_key_file(path: Path) -> None:
    """Writes a new vault key that only this account can read; an existing file is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))


def clock_of(settings: Settings) -> Clock:
    """The machine's clock; in a demonstration on this machine, one that people may move."""
    if settings.is_demonstration and settings.database_url is None:
        return MovingClock(settings.data_directory / CLOCK_FILE)
    return SystemClock()


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The private server of a data directory, running or not."""
    return EmbeddedPostgres(settings.data_directory / "postgres")


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """How to connect: to the configured server, or to the embedded one, started if need be.

    The embedded server is stopped again by whoever uses it last, a running instance or a command.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    if not settings.is_demonstration:
        raise NotConfigured(
            "Production needs DATABASE_URL: the embedded PostgreSQL is for one machine and one process."
        )
    use = SharedUse(settings.data_directory)
    try:
        embedded = embedded_postgres(settings)
        try:
            yield embedded.start()
        finally:
            if use.leave():
                embedded.stop()
    finally:
        use.close()


@contextmanager
def installation(settings: Settings, *, clock: Clock | None = None) -> Iterator[Installation]:
    """An installation whose schema is at its newest; closed, and its embedded database left, at the end."""
    with database_of(settings) as conninfo:
        if settings.is_demonstration:
            migrate(conninfo)
        built = Installation(
            settings=settings, conninfo=conninfo, clock=clock or clock_of(settings)
        )
        try:
            yield built
        finally:
            built.close()
