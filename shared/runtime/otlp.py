"""Tracing by OpenTelemetry, over OTLP; imported only where it is switched on, because it is an extra.

The SDK reads the rest of its standard settings by itself: headers, sampling, limits, the name of the service.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.runtime.tracing import Attribute, Kind, NoSpan, Span

SERVICE_NAME = "service.name"
WITHHELD = "[withheld]"
# What FastAPI says of a request: an address may hold a secret, a query the name that somebody looked for.
PERSONAL_ATTRIBUTES = ("url.path", "url.query", "http.request.method_original")
# A process that is told to stop waits no longer for a collector that does not answer.
CLOSE_SECONDS = 2.0

_TRACE_CONTEXT = TraceContextTextMapPropagator()
_KINDS = {
    Kind.INTERNAL: trace.SpanKind.INTERNAL,
    Kind.PRODUCER: trace.SpanKind.PRODUCER,
    Kind.CONSUMER: trace.SpanKind.CONSUMER,
}


class OpenTelemetry:
    """Makes spans of the SDK and hands them to `processor` when they end."""

    def __init__(self, processor: SpanProcessor, *, service: str) -> None:
        named = OTELResourceDetector().detect()  # OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES
        given = {} if SERVICE_NAME in named.attributes else {SERVICE_NAME: f"redress-{service}"}
        self.provider = TracerProvider(resource=Resource.create(given), shutdown_on_exit=False)
        self.provider.add_span_processor(_WithoutPersonalData())
        self.provider.add_span_processor(processor)
        self._tracer = self.provider.get_tracer("redress")

    @classmethod
    def over_otlp(cls, *, service: str) -> "OpenTelemetry":
        """Sends spans in batches to where the standard settings say."""
        return cls(BatchSpanProcessor(OTLPSpanExporter()), service=service)

    @contextmanager
    def span(
        self,
        name: str,
        *,
        kind: Kind,
        parent: str | None,
        begins: bool,
        refusals: tuple[type[Exception], ...],
    ) -> Iterator[Span]:
        """A span that is under way inside; an error passes through it by its name alone."""
        context = Context() if begins else None
        if parent is not None:
            context = _TRACE_CONTEXT.extract({"traceparent": parent}, Context())
        with (
            self._tracer.start_as_current_span(
                name,
                context,
                kind=_KINDS[kind],
                record_exception=False,
                set_status_on_exception=False,
            ) as started,
            _Failing(_Span(started), refusals) as span,
        ):
            yield span

    def traceparent(self) -> str | None:
        """Of the span that is under way, where it is kept."""
        return _traceparent(trace.get_current_span())

    @contextmanager
    def outside(self) -> Iterator[Span]:
        """No span is under way inside."""
        before = attach(Context())
        try:
            yield NoSpan()
        finally:
            detach(before)

    def close(self) -> None:
        """Hands on what waits, for a short while."""
        closing = Thread(target=self.provider.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


class _Span:
    """A span of the SDK, as the rest of Redress sees it."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str | None:
        return _traceparent(self._span)

    def say(self, **attributes: Attribute) -> None:
        self._span.set_attributes({f"redress.{name}": value for name, value in attributes.items()})

    def fail(self, error: str) -> None:
        self._span.set_attribute("error.type", error)
        self._span.set_status(trace.StatusCode.ERROR)


class _Failing:
    """Tells of an error by its name alone, and of none that is an answer."""

    def __init__(self, span: _Span, refusals: tuple[type[Exception], ...]) -> None:
        self._span = span
        self._refusals = refusals

    def __enter__(self) -> _Span:
        return self._span

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if (
            kind is not None
            and issubclass(kind, Exception)
            and not issubclass(kind, self._refusals)
        ):
            self._span.fail(kind.__name__)


class _WithoutPersonalData(SpanProcessor):
    """Overwrites what could name or lead to a person before anybody else sees the span."""

    def on_start(self, span: SdkSpan, parent_context: Context | None = None) -> None:
        del parent_context
        for name in PERSONAL_ATTRIBUTES:
            if span.attributes is not None and name in span.attributes:
                span.set_attribute(name, WITHHELD)


def _traceparent(span: trace.Span) -> str | None:
    context = span.get_span_context()
    if not (context.is_valid and context.trace_flags.sampled):
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-01"
