"""A mail server of the test's own, that keeps what it gets and refuses what it is told to refuse."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifier.gateways import MailServer
from tests.support.ports import free_port


class Kept:
    """What the server got; `answer` is what it says to the next messages."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer = "250 OK"
        self.answer_to_recipient = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names its hooks after the verbs of SMTP
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Takes or refuses a recipient."""
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(  # noqa: N802 - the same
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Takes or refuses a message."""
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.messages.append(message_from_bytes(content, policy=default))
            self.recipients.extend(str(each) for each in envelope.rcpt_tos)
        return self.answer


@contextmanager
def mail_server() -> Iterator[tuple[MailServer, Kept]]:
    """A running mail server on this machine."""
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield MailServer(host="127.0.0.1", port=controller.port), kept
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[MailServer]:
    """A server that takes the connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield MailServer(host="127.0.0.1", port=int(listening.getsockname()[1]))
