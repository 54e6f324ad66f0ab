"""A superuser, whom row-level security does not bind: refused as a service, and still no rewriting
by accident.
"""

from collections.abc import Iterator

import psycopg
import pytest

from shared.database.migrate import migrate
from shared.database.pool import DangerousRole, Database, refuse_dangerous_role
from shared.embedded.postgres import SUPERUSER, EmbeddedPostgres
from shared.eventstore.recorder import FeedRecorder
from tests.eventstore.building import RIVERSIDE, append_of, fact, register

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def superuser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The superuser of a server of our own, in a database with one fact."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("server"), fsync=False)
    with server:
        migrate(server.conninfo())
        with Database(server.conninfo(), role=None) as owner:
            register(owner, RIVERSIDE)
        with Database(server.conninfo(), role="redress_workflow") as workflow:
            FeedRecorder(workflow, environment={}).append(append_of(fact()))
        with Database(server.conninfo(user=SUPERUSER), role=None) as superuser:
            yield superuser
        server.remove()


def test_a_superuser_is_refused_as_a_service(superuser: Database) -> None:
    with superuser.directory() as cursor, pytest.raises(DangerousRole, match="not bound"):
        refuse_dangerous_role(cursor)


def test_a_superuser_acts_under_the_role_of_a_service_where_one_is_asked_for(
    superuser: Database,
) -> None:
    with Database(superuser.conninfo, role="redress_projections", max_size=1) as projections:
        for _ in range(2):  # the second use comes after the connection was reset
            with projections.directory() as cursor:
                refuse_dangerous_role(cursor)
                row = cursor.execute("SELECT count(*) AS seen FROM workflow.event").fetchone()
                assert row == {"seen": 0}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow.event SET record = '{}'",
        "DELETE FROM workflow.event",
        "TRUNCATE workflow.event",
    ],
)
def test_a_superuser_does_not_rewrite_the_log_by_accident(
    superuser: Database, statement: str
) -> None:
    with (
        superuser.transaction(RIVERSIDE) as cursor,
        pytest.raises(psycopg.errors.RestrictViolation, match="append-only"),
        cursor.connection.transaction(),
    ):
        cursor.execute(statement.encode())
