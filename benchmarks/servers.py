"""The private servers of a run: PostgreSQL with fsync on, and RabbitMQ for those benchmarks that need it."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from shared.database.migrate import migrate
from shared.embedded.postgres import EmbeddedPostgres
from tests.support.rabbitmq import RabbitServer


class Servers:
    """Started when they are first asked for, and gone at the end with all they held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ending = ExitStack()
        self._conninfo: str | None = None
        self._rabbit: RabbitServer | None = None
        self._databases = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def database(self) -> str:
        """A database of its own with the whole schema, and the table of the floors."""
        if self._conninfo is None:
            server = EmbeddedPostgres(self.folder / "postgres")
            self._ending.callback(server.remove)
            self._conninfo = server.start()
        self._databases += 1
        name = f"bench_{os.getpid()}_{self._databases}"
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        conninfo = make_conninfo(self._conninfo, dbname=name)
        migrate(conninfo)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("CREATE TABLE public.floor (id uuid, body bytea)")
        return conninfo

    def broker(self) -> str:
        """A virtual host of the broker; each benchmark that uses it empties what it declares."""
        if self._rabbit is None:
            self._rabbit = self._ending.enter_context(RabbitServer(self.folder / "rabbitmq"))
        return self._rabbit.url()
