"""Traces through all of Redress, for those who asked for them: how long each step took, with ids and never words.

A trace begins with an HTTP request or a due timer. Every later step belongs to it only because the step before handed
on its `traceparent` (W3C Trace Context), beside the work and never inside a fact. Switched off, which is the default,
a span is an empty context and nothing of OpenTelemetry is imported here.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import Enum, auto
from typing import Any, Protocol

Attribute = str | int | float | bool


class Kind(Enum):
    """What a step is to those before and after it."""

    INTERNAL = auto()
    PRODUCER = auto()
    CONSUMER = auto()


class Span(Protocol):
    """A step that is being timed."""

    @property
    def traceparent(self) -> str | None:
        """What the next step needs to belong to the same trace; None when nobody keeps this one."""

    def say(self, **attributes: Attribute) -> None:
        """Adds ids, names of kinds and counts; `command_id` becomes `redress.command_id`."""

    def fail(self, error: str) -> None:
        """Says of what kind the failure was: the name of an error, never its text."""


class Tracer(Protocol):
    """What makes spans when tracing is switched on."""

    # What FastAPI is given, for the spans of requests; not typed, because OpenTelemetry may be absent.
    provider: Any

    def span(
        self,
        name: str,
        *,
        kind: Kind,
        parent: str | None,
        begins: bool,
        refusals: tuple[type[Exception], ...],
    ) -> AbstractContextManager[Span]:
        """A span below `parent`, or a trace of its own, or else below the step under way."""

    def traceparent(self) -> str | None:
        """Of the step that is under way."""

    def outside(self) -> AbstractContextManager[Span]:
        """No step is under way inside."""

    def close(self) -> None:
        """Hands on what is not handed on yet."""


class NoSpan:
    """A step that nobody times."""

    traceparent: str | None = None

    def say(self, **attributes: Attribute) -> None:
        """Says nothing."""

    def fail(self, error: str) -> None:
        """Says nothing."""


_NOTHING: AbstractContextManager[Span] = nullcontext(NoSpan())
_tracer: Tracer | None = None


@contextmanager
def traced_by(tracer: Tracer | None) -> Iterator[None]:
    """Tracing is switched on inside, by this tracer; with none it stays as it is."""
    global _tracer  # noqa: PLW0603 - one for the process, as its log and its metrics are
    if tracer is None:
        yield
        return
    before, _tracer = _tracer, tracer
    try:
        yield
    finally:
        _tracer = before
        tracer.close()


def is_traced() -> bool:
    """Whether tracing is switched on in this process."""
    return _tracer is not None


def provider() -> Any:
    """What FastAPI traces requests with; None when tracing is switched off."""
    return None if _tracer is None else _tracer.provider


def span(
    name: str, *, refusals: tuple[type[Exception], ...] = (), **attributes: Attribute
) -> AbstractContextManager[Span]:
    """A step of the trace under way; where there is none, nothing. `refusals` are answers, no failures."""
    if _tracer is None or _tracer.traceparent() is None:
        return _NOTHING
    return _said(
        _tracer.span(name, kind=Kind.INTERNAL, parent=None, begins=False, refusals=refusals),
        attributes,
    )


def span_of(
    traceparent: str | None, name: str, *, kind: Kind = Kind.INTERNAL, **attributes: Attribute
) -> AbstractContextManager[Span]:
    """A step of a trace that came from elsewhere; where none came, nothing, nor of another trace."""
    if _tracer is None:
        return _NOTHING
    if traceparent is None:
        return _tracer.outside()
    return _said(
        _tracer.span(name, kind=kind, parent=traceparent, begins=False, refusals=()), attributes
    )


def trace(name: str, **attributes: Attribute) -> AbstractContextManager[Span]:
    """The first step of a trace of its own."""
    if _tracer is None:
        return _NOTHING
    return _said(
        _tracer.span(name, kind=Kind.INTERNAL, parent=None, begins=True, refusals=()), attributes
    )


def traceparent() -> str | None:
    """What the step under way hands on; None where nothing is traced."""
    return None if _tracer is None else _tracer.traceparent()


@contextmanager
def _said(
    spanning: AbstractContextManager[Span], attributes: dict[str, Attribute]
) -> Iterator[Span]:
    with spanning as entered:
        entered.say(**attributes)
        yield entered
