"""What can fail, each as one call that lets it fail and, where it does not heal itself, mends it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from threading import Event

import psycopg

from services.redress.parts import SERVICES
from tests.acceptance.running import RunningProcess
from tests.chaos.deployment import LANDLORD, Deployment

BACK_ENDS_AT_ONCE = 3
# Shares of the machine's memory, as Erlang writes them; the usual one is RabbitMQ's own default.
ALARMING, USUAL = "0.000001", "0.4"


@dataclass(frozen=True)
class Scene:
    """Where faults happen, how long they last, and the chance that chooses."""

    deployment: Deployment
    chance: Random
    longest_seconds: float

    def lasting(self) -> None:
        """Wait while the fault lasts; nothing is waited for."""
        Event().wait(self.chance.uniform(0.3, 1.0) * self.longest_seconds)


Fault = Callable[[Scene], None]


def kill(kind: str) -> Fault:
    """SIGKILL of a process, which is started again at once."""

    def fault(scene: Scene) -> None:
        process = scene.chance.choice(_of_kind(scene, kind))
        with scene.deployment.hands:
            process.kill()
            process.start()

    return fault


def freeze(kind: str) -> Fault:
    """A process stands still and then goes on as if nothing had been."""

    def fault(scene: Scene) -> None:
        process = scene.chance.choice(_of_kind(scene, kind))
        if not process.has_ended:
            process.signal(signal.SIGSTOP)
            scene.lasting()
            process.signal(signal.SIGCONT)

    return fault


def _of_kind(scene: Scene, kind: str) -> list[RunningProcess]:
    return [
        process
        for name, process in scene.deployment.processes.items()
        if name.partition(" ")[0] == kind
    ]


def restart_broker(scene: Scene) -> None:
    """RabbitMQ is stopped and started."""
    scene.deployment.broker.stop()
    scene.lasting()
    scene.deployment.broker.start()


def close_connections(scene: Scene) -> None:
    """RabbitMQ throws everybody out."""
    scene.deployment.broker.evaluate(
        'rabbit_networking:close_connections(rabbit_networking:connections(), "a test").'
    )


def memory_alarm(scene: Scene) -> None:
    """RabbitMQ takes nothing for a while."""
    broker = scene.deployment.broker
    broker.evaluate(f"vm_memory_monitor:set_vm_memory_high_watermark({ALARMING}).")
    try:
        scene.lasting()
    finally:
        broker.evaluate(f"vm_memory_monitor:set_vm_memory_high_watermark({USUAL}).")


def restart_postgres(scene: Scene) -> None:
    """PostgreSQL is stopped, which ends all connections, and started."""
    scene.deployment.postgres.stop()
    scene.lasting()
    scene.deployment.postgres.start()


def terminate_back_ends(scene: Scene) -> None:
    """Some connections to PostgreSQL are ended in the middle of what they do."""
    with scene.deployment.superuser() as operator:
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
            " WHERE application_name LIKE 'redress%%' AND pid <> pg_backend_pid()"
            " ORDER BY state = 'idle', random() LIMIT %s) AS chosen",
            (BACK_ENDS_AT_ONCE,),
        )


def idle_transaction(scene: Scene) -> None:
    """Somebody writes, holds the head of the feed and forgets to commit."""
    with _transaction(scene, "redress") as forgotten:
        forgotten.execute("SELECT set_config('redress.landlord', %s, true)", (LANDLORD,))
        forgotten.execute("SELECT pg_current_xact_id()")
        forgotten.execute("SELECT FROM workflow.feed_head FOR UPDATE")
        scene.lasting()


def transaction_elsewhere(scene: Scene) -> None:
    """A long transaction in another database of the same server."""
    with _transaction(scene, "postgres") as elsewhere:
        elsewhere.execute("CREATE TABLE never_committed (id int)")
        scene.lasting()


def vacuum(scene: Scene) -> None:
    """Maintenance, while appends go on."""
    with scene.deployment.superuser(_database(scene)) as operator:
        operator.execute("VACUUM (FREEZE, ANALYZE) workflow.event, workflow.timer")
        operator.execute("VACUUM (ANALYZE)")


@contextmanager
def _transaction(scene: Scene, database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with scene.deployment.superuser(_database(scene) if database == "redress" else database) as one:
        one.execute("BEGIN")
        yield one
        one.execute("ROLLBACK")


def _database(scene: Scene) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(scene.deployment.conninfo)["dbname"])


KILLS: Mapping[str, Fault] = {f"kill {kind}": kill(kind) for kind in SERVICES}
OTHERS: Mapping[str, Fault] = {
    "freeze relay": freeze("relay"),
    "freeze timers": freeze("timers"),
    "freeze projections": freeze("projections"),
    "close broker connections": close_connections,
    "broker out of memory": memory_alarm,
    "restart broker": restart_broker,
    "terminate back-ends": terminate_back_ends,
    "transaction left idle": idle_transaction,
    "long transaction elsewhere": transaction_elsewhere,
    "vacuum": vacuum,
    "restart PostgreSQL": restart_postgres,
}
FAULTS = {**KILLS, **OTHERS}
