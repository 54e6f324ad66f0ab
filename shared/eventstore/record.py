"""What is stored about a fact besides the fact itself: who, when, by which command, and its place
in the feed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment

LIVE = "live"
IMPORT = "import"
ORIGINS = frozenset({LIVE, IMPORT})


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A fact about to be appended. `known_at` is when the landlord learned of it, where that is on
    record.
    """

    event_id: UUID
    event: ComplaintEvent
    happened: Moment
    actor: str
    correlation_id: str
    causation_id: str
    known_at: datetime | None = None
    origin: str = LIVE


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A fact of the log. `seq` counts within the landlord's feed, `version` within the complaint
    (`stream`).
    """

    landlord: str
    seq: int
    stream: str
    version: int
    event_id: UUID
    name: str
    event: ComplaintEvent
    happened: Moment
    known_at: datetime | None
    recorded_at: datetime
    actor: str
    command_id: UUID
    correlation_id: str
    causation_id: str
    origin: str
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A fact of the log as it is stored, for whoever hands it on without needing to understand it.

    `name` may be a retired one, or one of a newer version; `data` is plain JSON.
    """

    landlord: str
    seq: int
    stream: str
    version: int
    event_id: UUID
    name: str
    data: Mapping[str, Any]
    happened: Moment
    known_at: datetime | None
    recorded_at: datetime
    actor: str
    command_id: UUID
    correlation_id: str
    causation_id: str
    origin: str
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command did: the answer to every later attempt of the same command."""

    command_id: UUID
    stream: str
    fingerprint: bytes
    version: int  # of the stream after the command
    event_names: tuple[str, ...]
    recorded_at: datetime
