"""ComplaintReceived: what intake tells workflow about one submission, without personal data."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from shared.complaints.values import Channel, Issue, Route, WordsReference
from shared.eventstore.codec import instant_text
from shared.messaging.bus import Message, RejectMessage
from shared.messaging.cloud_events import (
    DATA_CONTENT_TYPE,
    SPECIFICATION,
    TYPE_PREFIX,
    happened_time,
)

NAME = "intake.complaint-received.v1"


@dataclass(frozen=True, slots=True)
class ReceivedRepresentative:
    """Somebody who speaks for the complainant. `scope` is what the consent covers that the landlord has from the
    complainant; None where it has none.
    """

    relation: str
    words: WordsReference | None
    scope: str | None = None
    consent_words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ReceivedAdjustment:
    """Something that the complainant needs to be done differently."""

    kind: str
    language: str | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ComplaintReceived:
    """A contact was taken in; people are ids and their words are a reference into the vault."""

    landlord: str
    organisation: str
    submission: UUID
    reference: str
    route: Route
    channel: Channel
    received_on: date
    received_at: datetime | None
    logged_at: datetime
    complainant: str | None
    words: WordsReference | None
    issues: tuple[Issue, ...]
    named_officers: tuple[str, ...]
    logged_by: str | None
    correlation_id: str
    # Added later: a message from before has none of these.
    representative: ReceivedRepresentative | None = None
    adjustments: tuple[ReceivedAdjustment, ...] = ()
    documents: tuple[UUID, ...] = ()  # uploaded with it, in order

    @classmethod
    def from_body(cls, body: bytes) -> "ComplaintReceived":
        """Reads a message strictly; RejectMessage for anything else, so that it is parked."""
        try:
            data = orjson.dumps(orjson.loads(body)["data"])
            return _DATA.validate_json(data, strict=True)
        except ValidationError as invalid:
            # Only the names of fields: the values are somebody's complaint.
            fields = {".".join(str(part) for part in error["loc"]) for error in invalid.errors()}
            raise RejectMessage(f"not valid in: {', '.join(sorted(fields))}") from None
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise RejectMessage("the message is not a CloudEvent with data") from None


_DATA = TypeAdapter(ComplaintReceived)


def complaint_received(received: ComplaintReceived) -> Message:
    """The message that carries it; its id is the submission's, so that a repeat is known as one."""
    event = {
        "specversion": SPECIFICATION,
        "id": str(received.submission),
        "source": f"/landlords/{received.landlord}/submissions/{received.submission}",
        "type": TYPE_PREFIX + NAME,
        "subject": received.reference,
        "time": happened_time(on=received.received_on, at=received.received_at),
        "recordedtime": instant_text(received.logged_at),
        "partitionkey": received.reference,
        "correlationid": received.correlation_id,
        "datacontenttype": DATA_CONTENT_TYPE,
        "data": _DATA.dump_python(received, mode="json"),
    }
    return Message(
        message_id=str(received.submission),
        routing_key=f"{received.landlord}.intake.-.complaint-received.v1",
        type=TYPE_PREFIX + NAME,
        body=orjson.dumps(event),
        correlation_id=received.correlation_id,
        timestamp=received.logged_at,
    )
