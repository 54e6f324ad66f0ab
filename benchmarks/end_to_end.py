"""What people meet, on a whole installation of separate processes: from the post of a complaint until it is visible.

And officers' commands over HTTP.
"""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from uuid import uuid4

import httpx2 as httpx
import psycopg
from psycopg.conninfo import conninfo_to_dict

from benchmarks.paced import at_rate
from benchmarks.reporting import Measured, milliseconds, percentile
from benchmarks.servers import Servers
from tests.chaos.deployment import LANDLORD, ORGANISATION, Deployment, deployed
from tests.support.eventually import eventually
from tests.support.ports import free_port

# What no landlord reaches, and what was aimed at: all processes and both servers share this machine.
RATES_A_SECOND, POSTED_SECONDS = (10, 50), 10.0
CLIENTS, SECONDS, WARM_SECONDS = 16, 6.0, 1.0
LOOK_AGAIN_SECONDS = 0.004
POSTERS = 8
COMPLAINT = {
    "organisation": ORGANISATION,
    "complainant": {"name": "A Resident", "email": "resident@example.org"},
    "complaint": "The lift has been out of order since Friday.",
}


def measure(servers: Servers) -> list[Measured]:
    """Servers and processes of their own, as `make chaos` has them."""
    folder = servers.folder / "deployment"
    folder.mkdir()
    with deployed(folder) as deployment:
        references: list[str] = []
        visible = [
            measured
            for rate in RATES_A_SECOND
            for measured in milliseconds(
                f"post of a complaint to visible on the board at {rate} a second",
                _visible(deployment, references, per_second=rate),
                aims=("30 ms", "100 ms"),
            )
        ]
        return [*visible, *_commands(deployment, references)]


def _visible(deployment: Deployment, references: list[str], *, per_second: int) -> list[float]:
    posted: dict[str, float] = {}
    seen: dict[str, float] = {}
    intake = deployment.processes["intake"].address
    done = Event()
    with httpx.Client(timeout=30.0) as client:

        def post(_: int) -> None:
            began = time.perf_counter()
            answer = client.post(
                f"{intake}/api/v1/complaints",
                json=COMPLAINT,
                headers={"Idempotency-Key": str(uuid4())},
            )
            assert answer.status_code == 201, answer.text
            posted[answer.json()["reference"]] = began

        watching = Thread(target=_watch, args=(deployment, posted, seen, done))
        watching.start()
        for number in range(20):  # warm
            post(number)
        warm = frozenset(posted)
        at_rate(post, per_second=per_second, seconds=POSTED_SECONDS, workers=POSTERS)
    eventually(lambda: posted.keys() <= seen.keys(), within_seconds=60)
    done.set()
    watching.join()
    references.extend(posted)
    return [seen[one] - at for one, at in posted.items() if one not in warm]


def _watch(
    deployment: Deployment, posted: dict[str, float], seen: dict[str, float], done: Event
) -> None:
    """Looks into the board's table, which a page reads, instead of loading the machine with pages."""
    with psycopg.connect(deployment.conninfo, autocommit=True) as bare:
        bare.execute("SELECT set_config('redress.landlord', %s, false)", (LANDLORD,))
        while not done.is_set():
            waiting = [one for one in list(posted) if one not in seen]
            rows = bare.execute(
                "SELECT reference FROM projections.complaint WHERE reference = ANY(%s)", (waiting,)
            ).fetchall()
            now = time.perf_counter()
            seen.update({reference: now for (reference,) in rows})
            time.sleep(LOOK_AGAIN_SECONDS)


def _commands(deployment: Deployment, references: list[str]) -> list[Measured]:
    workflow = deployment.processes["workflow"]
    assert workflow.port is not None
    body = json.dumps({"channel": "phone"})

    def contact(client: int) -> tuple[str, str, Mapping[str, str]]:
        path = f"/api/v1/complaints/{references[client]}/contacts"
        return path, body, deployment.headers | {"Idempotency-Key": str(uuid4())}

    ours, latencies = _rate(workflow.port, contact)
    with _LibrarysService(deployment.conninfo) as library:
        cases = [library.open() for _ in range(CLIENTS)]
        theirs, _ = _rate(library.port, lambda client: (f"/cases/{cases[client]}/notes", "", {}))
        nothing, _ = _rate(library.port, lambda _: ("/nothing", "", {}))
    return [
        Measured(
            f"officers' commands over HTTP, {CLIENTS} clients",
            ours,
            "/s",
            {"eventsourcing behind FastAPI": theirs, "FastAPI without work": nothing},
            aim="2.0 of eventsourcing",
        ),
        Measured(
            "the same, p99",
            percentile(latencies, 0.99) * 1000,
            "ms",
            higher_is_better=False,
            aim="50 ms",
        ),
    ]


Request = Callable[[int], tuple[str, str, Mapping[str, str]]]


def _rate(port: int, request: Request) -> tuple[float, list[float]]:
    """Requests a second of all clients together, each on a connection of its own, and how long each took."""
    _asked(port, request, seconds=WARM_SECONDS)
    latencies = _asked(port, request, seconds=SECONDS)
    return len(latencies) / SECONDS, latencies


def _asked(port: int, request: Request, *, seconds: float) -> list[float]:
    latencies: list[float] = []
    lock = Lock()
    until = time.perf_counter() + seconds

    def ask(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        mine = []
        while time.perf_counter() < until:
            path, body, headers = request(client)
            began = time.perf_counter()
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 201, said
            mine.append(time.perf_counter() - began)
        connection.close()
        with lock:
            latencies.extend(mine)

    threads = [Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies


class _LibrarysService:
    """The library's application behind FastAPI, in a process of its own on the same server."""

    def __init__(self, conninfo: str) -> None:
        known = conninfo_to_dict(conninfo)
        self.port = free_port()
        settings = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": known["dbname"],
            "POSTGRES_HOST": known["host"],
            "POSTGRES_PORT": known.get("port") or "5432",
            "POSTGRES_USER": known["user"],
            "POSTGRES_PASSWORD": known.get("password") or "",
            "POSTGRES_POOL_SIZE": "10",
        }
        self._command = [
            sys.executable,
            "-m",
            "benchmarks.librarys_service",
            str(self.port),
            *(f"{name}={value}" for name, value in settings.items()),
        ]

    def __enter__(self) -> "_LibrarysService":
        self._process = subprocess.Popen(self._command)
        eventually(self._answers, within_seconds=60)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)

    def open(self) -> str:
        """A case to note something on."""
        answer = httpx.post(f"http://127.0.0.1:{self.port}/cases", timeout=10.0)
        return str(answer.json()["case"])

    def _answers(self) -> bool:
        try:
            return httpx.post(f"http://127.0.0.1:{self.port}/nothing").status_code == 201
        except httpx.TransportError:
            return False
