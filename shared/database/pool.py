"""Connections under one service's role, each transaction confined to one landlord.

Row-level security binds the service roles and, because it is forced, the owner of the tables. It
does not bind superusers: where one logs in, only the role set here keeps landlords apart.
"""

import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, LiteralString, Self

from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

Row = dict[str, Any]
Question = tuple[LiteralString, Sequence[Any]]  # a statement and its parameters

# Every wait for the database ends. A statement may run for the longest report, a lock may be held
# for the longest batch of appends, and a transaction that its owner forgot must not hold up a
# landlord's feed.
STATEMENT_LIMIT_SECONDS = 30
LOCK_LIMIT_SECONDS = 10
IDLE_TRANSACTION_LIMIT_SECONDS = 30
CONNECT_LIMIT_SECONDS = 5
# How long a caller waits for a free connection.
CHECKOUT_LIMIT_SECONDS = 5.0
CALLERS_WAITING_MAX = 200
# After so long without a server the pool stops retrying on its own, with ever longer pauses, and
# the next caller starts a fresh attempt: so a server that comes back is found at once, however long
# it was away.
RECONNECT_LIMIT_SECONDS = 2.0


class DangerousRole(RuntimeError):
    """The service would run under a role that row-level security does not bind."""


class PooledConnection(Connection[Row]):
    """A connection that knows whether its last user may have left something behind."""

    is_clean = True


class Database:
    """A pool of connections under `role`, or under the user of the connection string when it is
    None.

    Connections are in autocommit mode with rows as dictionaries; transactions are opened explicitly
    here.
    """

    def __init__(self, conninfo: str, *, role: str | None, max_size: int = 8) -> None:
        self.conninfo = conninfo
        self.role = role
        self.pool: ConnectionPool[PooledConnection] = ConnectionPool(
            _with_settings(conninfo, role=role),
            connection_class=PooledConnection,
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=max_size,
            max_waiting=CALLERS_WAITING_MAX,
            timeout=CHECKOUT_LIMIT_SECONDS,
            reconnect_timeout=RECONNECT_LIMIT_SECONDS,
            check=_make_ready,
            name=role or "owner",
            open=True,
        )

    @contextmanager
    def transaction(self, landlord: str, *, one_snapshot: bool = False) -> Iterator[Cursor[Row]]:
        """Open one transaction that sees and writes the rows of `landlord` alone.

        With `one_snapshot` all its statements see the database as it was at its first.
        """
        with self.pool.connection() as connection, connection.cursor() as cursor:
            # One round trip for both. Whatever is raised below rolls the transaction back.
            with connection.pipeline():
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ" if one_snapshot else "BEGIN")
                confine(cursor, landlord)
            yield cursor
            connection.commit()
            connection.is_clean = True

    def rows(self, landlord: str, statement: LiteralString, parameters: Sequence[Any]) -> list[Row]:
        """Return the rows of one statement in a transaction of its own, in a single round trip."""
        (found,) = self.rows_of_each(landlord, (statement, parameters))
        return found

    def rows_of_each(self, landlord: str, *asked: Question) -> list[list[Row]]:
        """Return the rows of each of several statements, in one transaction and one round trip.

        Each sees what was committed before it began, so a later one may see more.
        """
        with self.pool.connection() as connection:
            # Without a BEGIN, what a pipeline holds up to its end is one transaction.
            with connection.pipeline():
                confine(connection.cursor(), landlord)
                cursors = [connection.execute(statement, given) for statement, given in asked]
            connection.is_clean = True
            return [cursor.fetchall() for cursor in cursors]

    @contextmanager
    def directory(self) -> Iterator[Cursor[Row]]:
        """Open one transaction without a landlord: only the directory of landlords can be read in
        it.
        """
        with self.transaction("") as cursor:
            yield cursor

    def connection_apart(self, *, application_name: str) -> Connection[Row]:
        """Open a connection of the caller's own, outside the pool: for a lock that lives as long as
        its connection, and must not be handed to anybody else. The caller closes it.
        """
        return Connection.connect(
            self.conninfo,
            autocommit=True,
            row_factory=dict_row,
            connect_timeout=CONNECT_LIMIT_SECONDS,
            tcp_user_timeout=CONNECT_LIMIT_SECONDS * 1000,
            application_name=application_name,
        )

    def close(self) -> None:
        """Close every connection; whoever waits for one is refused."""
        self.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def confine(cursor: Cursor[Any], landlord: str) -> None:
    """Confine what is left of the open transaction to `landlord`; ends with the transaction."""
    cursor.execute("SELECT set_config('redress.landlord', %s, true)", (landlord,))


def refuse_dangerous_role(cursor: Cursor[Row]) -> None:
    """Refuse to go on as a superuser, with BYPASSRLS, or as the owner of anything in here."""
    row = cursor.execute(
        """
        SELECT role.rolname, role.rolsuper, role.rolbypassrls,
               EXISTS (SELECT FROM pg_class WHERE relowner = role.oid) AS owns
        FROM pg_roles AS role WHERE role.rolname = current_user
        """
    ).fetchone()
    if row is None or row["rolsuper"] or row["rolbypassrls"] or row["owns"]:
        name = row["rolname"] if row else "unknown"
        raise DangerousRole(
            f"The database role {name} is not bound by row-level security (superuser, BYPASSRLS or "
            "owner of tables); run the service under its own role, such as redress_workflow."
        )


def _with_settings(conninfo: str, *, role: str | None) -> str:
    given = conninfo_to_dict(conninfo)
    options = [
        str(given.get("options") or ""),
        f"-c statement_timeout={STATEMENT_LIMIT_SECONDS}s",
        f"-c lock_timeout={LOCK_LIMIT_SECONDS}s",
        f"-c idle_in_transaction_session_timeout={IDLE_TRANSACTION_LIMIT_SECONDS}s",
        "-c TimeZone=UTC",
    ]
    if role is not None:
        options.append(f"-c role={role}")
    return make_conninfo(
        conninfo,
        options=" ".join(options).strip(),
        connect_timeout=given.get("connect_timeout") or CONNECT_LIMIT_SECONDS,
        application_name=given.get("application_name") or role or "redress",
    )


def _make_ready(connection: PooledConnection) -> None:
    _refuse_if_the_server_hung_up(connection)
    if not connection.is_clean:
        _forget_everything(connection)
    connection.is_clean = False


def _refuse_if_the_server_hung_up(connection: Connection[Row]) -> None:
    # An idle connection has nothing to read unless the server said goodbye: looking costs no round
    # trip.
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)


def _forget_everything(connection: Connection[Row]) -> None:
    # A transaction that ended well leaves no session setting behind; this catches the caller who
    # took the connection itself, or broke off. DISCARD ALL would forget the prepared statements
    # too. RESET ALL alone leaves the role as somebody set it.
    connection.execute("RESET ALL; RESET ROLE; UNLISTEN *; SELECT pg_advisory_unlock_all()")
