"""Every setting of the mail server does what it says."""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.notifier.gateways import (
    DeliveryFailed,
    MailServer,
    SmtpGateway,
    configured_gateways,
)
from shared.runtime.settings import Settings
from tests.notifier.mail_server import Kept
from tests.support.certificates import certificate
from tests.support.ports import free_port


def authenticated(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
) -> AuthResult:
    """Knows one account."""
    assert isinstance(given, LoginPassword)
    success = (given.login, given.password) == (b"redress", b"open sesame")
    return AuthResult(success=success, handled=success)


@pytest.mark.parametrize(
    ("username", "password", "starttls", "outcome"),
    [
        ("redress", "open sesame", True, "sent"),
        ("redress", "wrong", True, "refused"),
        (None, None, True, "refused"),
        ("redress", "open sesame", False, "refused"),
    ],
)
def test_encryption_and_the_account_are_used_as_they_are_set(
    tmp_path: Path, username: str | None, password: str | None, starttls: bool, outcome: str
) -> None:
    pem, kept = certificate(tmp_path, "127.0.0.1"), Kept()
    trusted_by_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted_by_server.load_cert_chain(pem)
    controller = Controller(
        kept,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=trusted_by_server,
        require_starttls=True,
        authenticator=authenticated,
        auth_required=True,
    )
    controller.start()
    gateway = SmtpGateway(
        MailServer(
            "127.0.0.1",
            controller.port,
            username=username,
            password=password,
            starttls=starttls,
            trust=ssl.create_default_context(cafile=str(pem)),
        )
    )
    message = EmailMessage()
    message["From"], message["To"] = "complaints@example.org", "jo@example.org"
    message.set_content("Hello")
    try:
        if outcome == "sent":
            gateway.deliver(message, landlord="riverside", name="1")
        else:
            with pytest.raises(DeliveryFailed) as failed:
                gateway.deliver(message, landlord="riverside", name="1")
            assert not failed.value.is_final  # a setting can be mended, and the letter waits
    finally:
        controller.stop()
    assert len(kept.messages) == (1 if outcome == "sent" else 0)


def test_without_a_mail_server_in_the_settings_there_is_only_the_folder(tmp_path: Path) -> None:
    mail, outbox = configured_gateways(Settings(data_directory=tmp_path))
    assert mail is None
    path = outbox.path(landlord="riverside", name="1")
    assert path == tmp_path / "outbox" / "riverside" / "1.eml"


def test_the_password_of_the_mail_server_is_read_from_its_file(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("open sesame\n")
    settings = Settings(
        data_directory=tmp_path,
        smtp_host="mail.example.org",
        smtp_port=587,
        smtp_username="redress",
        smtp_password_file=password,
        smtp_starttls=True,
    )
    mail, _ = configured_gateways(settings)
    assert mail is not None
    assert mail.server == MailServer(
        "mail.example.org", 587, username="redress", password="open sesame", starttls=True
    )
    assert "sesame" not in repr(mail.server)
