"""The failures that a person at the terminal can mend: each is told in one sentence, without a traceback."""

import psycopg

from services.redress.http_server import PortTaken
from services.redress.one_instance import AlreadyRunning
from services.webhooks.sealing import SealingKeyRefused
from shared.database.migrate import MigrationRefused
from shared.database.pool import DangerousRole
from shared.documents.scanning import ScannerUnavailable
from shared.embedded.unavailable import EmbeddedPostgresUnavailable
from shared.vault.sealing import KeyFileRefused


class NotConfigured(RuntimeError):
    """A setting is missing or contradicts another; the message says which, and what to do."""


EXPECTED_FAILURES = (
    AlreadyRunning,
    DangerousRole,
    EmbeddedPostgresUnavailable,
    KeyFileRefused,
    MigrationRefused,
    NotConfigured,
    PortTaken,
    ScannerUnavailable,
    psycopg.OperationalError,
    SealingKeyRefused,
)


def in_one_sentence(failure: BaseException) -> str:
    """What went wrong, on one line."""
    if isinstance(failure, psycopg.OperationalError):
        reason = (
            str(failure).strip().splitlines()[-1] if str(failure).strip() else "no reason given"
        )
        return f"The database cannot be reached: {reason}"
    return " ".join(str(failure).split())
