"""Requests are signed as Standard Webhooks asks, and secrets are kept sealed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.webhooks.sealing import SealingKeyRefused, SecretSeal, SecretSealBroken
from services.webhooks.signing import (
    SecretRefused,
    SignatureRefused,
    secret_of,
    secret_text,
    signed_headers,
    verify,
)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
BODY = b'{"feedseq": 1}'


def test_a_signature_is_that_of_the_specification() -> None:
    # The example of https://github.com/standard-webhooks/standard-webhooks, in its libraries' own tests.
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
        secrets=(secret,),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_while_a_secret_is_changed_a_receiver_with_either_one_takes_the_request() -> None:
    headers = signed_headers(message_id="event-1", at=AT, body=BODY, secrets=(NEW, OLD))
    for secret in (OLD, NEW):
        verify(headers, BODY, secret=secret, now=AT)
    with pytest.raises(SignatureRefused):
        verify(headers, BODY, secret=b"x" * 32, now=AT)


def test_what_was_changed_on_the_way_or_comes_late_is_refused() -> None:
    headers = signed_headers(message_id="event-1", at=AT, body=BODY, secrets=(OLD,))
    with pytest.raises(SignatureRefused):
        verify(headers, BODY + b" ", secret=OLD, now=AT)
    with pytest.raises(SignatureRefused):
        verify(headers | {"webhook-id": "event-2"}, BODY, secret=OLD, now=AT)
    for late in (timedelta(minutes=6), -timedelta(minutes=6)):
        with pytest.raises(SignatureRefused, match="long ago"):
            verify(headers, BODY, secret=OLD, now=AT + late)
    with pytest.raises(SignatureRefused, match="header"):
        verify({}, BODY, secret=OLD, now=AT)


def test_a_secret_is_24_to_64_bytes_in_base64() -> None:
    assert secret_of(secret_text(OLD)) == OLD
    for wrong in ("", "whsec_", "whsec_!!!", "whsec_" + base64.b64encode(b"short").decode()):
        with pytest.raises(SecretRefused):
            secret_of(wrong)


def test_a_sealed_secret_opens_for_its_own_webhook_and_key_alone(tmp_path: Path) -> None:
    seal = SecretSeal(b"k" * 32)
    sealed = seal.seal(OLD, landlord="riverside", webhook="warehouse")
    assert OLD not in sealed
    assert seal.open(sealed, landlord="riverside", webhook="warehouse") == OLD
    for landlord, webhook in (("hilltop", "warehouse"), ("riverside", "other")):
        with pytest.raises(SecretSealBroken):
            seal.open(sealed, landlord=landlord, webhook=webhook)
    with pytest.raises(SecretSealBroken):
        SecretSeal(b"j" * 32).open(sealed, landlord="riverside", webhook="warehouse")
    key = tmp_path / "webhooks.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    with pytest.raises(SealingKeyRefused, match="chmod"):
        SecretSeal.from_file(key)
    key.chmod(0o600)
    assert SecretSeal.from_file(key).open(sealed, landlord="riverside", webhook="warehouse") == OLD
    key.write_bytes(b"short")
    with pytest.raises(SealingKeyRefused, match="32"):
        SecretSeal.from_file(key)
