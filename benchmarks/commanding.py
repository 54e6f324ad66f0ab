"""How long a command takes at a steady rate, beside the barest INSERT at the same rate."""

from uuid import uuid4

import psycopg
from psycopg_pool import ConnectionPool

from benchmarks.paced import at_rate
from benchmarks.reporting import Measured, milliseconds
from benchmarks.servers import Servers
from benchmarks.setting import Setting, new_setting
from shared.database.pool import Database

COMMANDS_A_SECOND, SECONDS, WORKERS = 200, 10.0, 8
CASES, CONTACTS = 200, 5
BODY = b"x" * 600


def measure(servers: Servers) -> list[Measured]:
    """On complaints of some ten facts, in one process."""
    conninfo = servers.database()
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow", max_size=WORKERS) as database,
        ConnectionPool[psycopg.Connection[tuple[object, ...]]](
            conninfo, min_size=WORKERS, max_size=WORKERS, kwargs={"autocommit": True}
        ) as bare,
    ):
        setting = new_setting(conninfo, owner, database)
        references = [setting.open(number) for number in range(CASES)]
        for reference in references:
            for _ in range(CONTACTS):
                setting.contact(reference)
        return _latency(setting, bare, references)


def _latency(
    setting: Setting,
    bare: ConnectionPool[psycopg.Connection[tuple[object, ...]]],
    references: list[str],
) -> list[Measured]:
    def insert(_: int) -> None:
        with bare.connection() as connection:
            connection.execute("INSERT INTO public.floor VALUES (%s, %s)", (uuid4(), BODY))

    def command(number: int) -> None:
        setting.contact(references[number % len(references)])

    pace = {"per_second": COMMANDS_A_SECOND, "seconds": SECONDS, "workers": WORKERS}
    floor = at_rate(insert, **pace)  # type: ignore[arg-type]
    ours = at_rate(command, **pace)  # type: ignore[arg-type]
    return milliseconds(
        f"a whole command at {COMMANDS_A_SECOND} a second",
        ours,
        beside={"raw INSERT": floor},
        aims=("", "25 ms"),
    )
