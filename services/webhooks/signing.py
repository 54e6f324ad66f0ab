"""Signs what is sent, as Standard Webhooks asks (https://www.standardwebhooks.com, specification 1.0.0).

The signed content is `{webhook-id}.{webhook-timestamp}.{body}`; the signature `v1,` and the base64 of its HMAC-SHA256.
While a secret is changed, each request carries a signature under both, with a space between.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
SECRET_BYTES = 32
FEWEST_SECRET_BYTES, MOST_SECRET_BYTES = 24, 64  # as the specification asks
TOLERANCE = timedelta(minutes=5)


class SecretRefused(ValueError):
    """The text is no secret of Standard Webhooks; says what one looks like."""


class SignatureRefused(ValueError):
    """The request was not signed with this secret, or too long ago."""


def secret_text(secret: bytes) -> str:
    """How a secret is shown and stored by people."""
    return PREFIX + base64.b64encode(secret).decode()


def secret_of(text: str) -> bytes:
    """The bytes of a secret; raises SecretRefused."""
    try:
        secret = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not FEWEST_SECRET_BYTES <= len(secret) <= MOST_SECRET_BYTES:
        raise SecretRefused(
            f"a secret is {PREFIX} and the base64 of {FEWEST_SECRET_BYTES} to {MOST_SECRET_BYTES} random bytes"
        )
    return secret


def signed_headers(
    *, message_id: str, at: datetime, body: bytes, secrets: Sequence[bytes]
) -> dict[str, str]:
    """The three headers of one request."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(
            _signature(secret, message_id, timestamp, body) for secret in secrets
        ),
    }


def verify(headers: Mapping[str, str], body: bytes, *, secret: bytes, now: datetime) -> None:
    """What a receiver does with a request, its header names in small letters; raises SignatureRefused."""
    try:
        message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        given = headers["webhook-signature"].split()
        age = now.timestamp() - int(timestamp)
    except (KeyError, ValueError):
        raise SignatureRefused("a header is missing or is no timestamp") from None
    if abs(age) > TOLERANCE.total_seconds():
        raise SignatureRefused("the request was signed too long ago, or in the future")
    own = _signature(secret, message_id, timestamp, body)
    if not any(hmac.compare_digest(own, each) for each in given):
        raise SignatureRefused("no signature is right")


def _signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret, content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
