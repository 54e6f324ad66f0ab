"""Switches tracing on where the settings say so, and tells FastAPI how much of a request may be said."""

from contextlib import AbstractContextManager

from fastapi.telemetry import TelemetryConfig

from services.redress.failures import NotConfigured
from shared.runtime.settings import Settings
from shared.runtime.tracing import Tracer, provider, traced_by

# FastAPI would export by itself, and its logs hold messages of errors and with them perhaps somebody's words.
NOT_TRACED: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def traced(settings: Settings, *, service: str) -> AbstractContextManager[None]:
    """Traces what happens inside, when the settings say where the traces go."""
    return traced_by(None if settings.traces_endpoint is None else _tracer(service))


def requests_traced() -> TelemetryConfig:
    """Spans of requests alone, and these only where tracing is switched on."""
    tracing = provider()
    if tracing is None:
        return NOT_TRACED
    return {**NOT_TRACED, "tracing": True, "tracer_provider": tracing}


def _tracer(service: str) -> Tracer:
    try:
        from shared.runtime.otlp import OpenTelemetry  # noqa: PLC0415 - an extra, perhaps not there
    except ImportError as missing:
        raise NotConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT asks for traces, and OpenTelemetry is not installed: "
            f"pip install 'redress[tracing]', or unset it ({missing.name} is missing)."
        ) from missing
    return OpenTelemetry.over_otlp(service=service)
