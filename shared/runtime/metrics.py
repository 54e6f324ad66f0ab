"""What a process counts about its own work, for Prometheus; docs/operation.md explains every name, and none changes.

What waits is not counted here but measured from the tables when Prometheus asks (`services.redress.metrics`), so that
it is true also when the process that should do the work is gone.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

COMMANDS = Counter(
    "redress_commands",
    "Commands by kind and by how they ended: done, repeated, refused, conflict, unknown, failed.",
    ("command", "outcome"),
    registry=REGISTRY,
)
COMMAND_SECONDS = Histogram(
    "redress_command_seconds",
    "How long a command took from its receipt to its answer, whatever the answer.",
    ("command",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
    registry=REGISTRY,
)
APPEND_CONFLICTS = Counter(
    "redress_append_conflicts",
    "Appends that met a complaint which somebody else had changed meanwhile; each is decided again.",
    registry=REGISTRY,
)
TIMER_DRIFT_SECONDS = Histogram(
    "redress_timer_drift_seconds",
    "How long after its due instant a timer was fired.",
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0, 86400.0),
    registry=REGISTRY,
)
LETTERS = Counter(
    "redress_letters",
    "Attempts at a letter by the state it was in afterwards: sent, waiting, failed, undeliverable.",
    ("state",),
    registry=REGISTRY,
)
API_REFUSALS = Counter(
    "redress_api_refusals",
    "Requests of the JSON API that were refused because their token, or their address, made too many.",
    ("limit",),
    registry=REGISTRY,
)

# Told as 0 before the first, because `increase` and `rate` see no increase in a figure that was not there before.
for _limit in ("token", "address"):
    API_REFUSALS.labels(_limit)
for _state in ("sent", "waiting", "failed", "undeliverable"):
    LETTERS.labels(_state)
