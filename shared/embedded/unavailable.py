"""The one exception of this package: the private PostgreSQL cannot run here, and why."""

from __future__ import annotations


class EmbeddedPostgresUnavailable(RuntimeError):
    """The private PostgreSQL cannot run here; the message is one sentence for a person."""
