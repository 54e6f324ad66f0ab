"""Logging: one line per unit of work, for people on a terminal and as JSON elsewhere; ids, never words.

A deny-list keeps personal data out even where a caller slips, and long texts are cut.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from shared.runtime.tracing import traceparent

PERSONAL_KEYS = frozenset(
    {
        "name",
        "email",
        "phone",
        "address",
        "body",
        "text",
        "words_text",
        "free_text",
        "token",
        "password",
        "complainant_name",
    }
)
LONGEST_VALUE = 300


def configure_logging(*, as_json: bool, level: int = logging.INFO) -> None:
    """Sends structlog's and the standard library's lines to stderr, once, in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_personal_data,
        with_trace,
    ]
    last: structlog.typing.Processor
    if as_json:
        last = structlog.processors.JSONRenderer(serializer=_to_json)
    else:
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Importing the eventsourcing library silences psycopg below errors; trouble of a pool must show.
    for noisy in ("aio_pika", "aiormq", "psycopg", "psycopg.pool", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def without_personal_data(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drops values under keys that name personal data, and cuts long texts."""
    for key in list(line):
        if key in PERSONAL_KEYS:
            line[key] = "[withheld]"
        elif isinstance(line[key], str) and len(line[key]) > LONGEST_VALUE and key != "exception":
            line[key] = line[key][:LONGEST_VALUE] + "…"
    return line


def with_trace(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Says to which trace the line belongs, where somebody traces."""
    if (under_way := traceparent()) is not None:
        line["trace_id"] = under_way.split("-")[1]
    return line


def _to_json(line: Any, **_options: Any) -> str:
    return orjson.dumps(line, default=str).decode()
