"""The two ways out: a mail server, and a folder of files for what no mail server takes.

Each carries a message at least once. The folder is exact: a second attempt replaces the same
file. Over SMTP a second delivery is possible in one place: the process or the connection breaks
after the server's yes and before our commit. The Message-ID is made from the event, so the copy
carries the same one, and mail servers and readers can drop it.
"""

import asyncio
import os
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal, Protocol, cast

import aiosmtplib

from shared.runtime.settings import Settings

# Shorter than the database lets a transaction stand idle, because one is open meanwhile.
SMTP_LIMIT_SECONDS = 15.0
GOODBYE_SECONDS = 1.0
STOP_LOOK_SECONDS = 0.2
PERMANENT_REPLY = 500
LOGIN_WANTED = 530
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class DeliveryFailed(Exception):
    """The message did not go out; `is_final` when another attempt would not help.

    Never says whom it was for.
    """

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class DeliveryAbandoned(Exception):
    """The process is stopping: nothing is recorded, and the letter is sent after the next start."""


class Gateway(Protocol):
    """A way out for messages."""

    @property
    def sent_by(self) -> Literal["email", "outbox"]:
        """Which of the two."""

    def deliver(self, message: EmailMessage, *, landlord: str, name: str) -> None:
        """Sends it or raises; `name` is the same for every attempt and for no other message."""


class OutboxFolder:
    """Writes each message as a file `<landlord>/<name>.eml`, for printing and for looking at."""

    sent_by: Literal["outbox"] = "outbox"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: EmailMessage, *, landlord: str, name: str) -> None:
        """Writes under another name first, so that nobody ever sees half a letter."""
        path = self.path(landlord=landlord, name=name)
        unfinished = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(unfinished, NEW_FILE, 0o600), "wb") as file:
                file.write(message.as_bytes(policy=SMTP))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as trouble:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise DeliveryFailed(
                f"the outbox folder cannot be written: {trouble.strerror}", is_final=False
            ) from trouble

    def path(self, *, landlord: str, name: str) -> Path:
        """Where the message of that name stands."""
        return self._folder / landlord / f"{name}.eml"


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the mail server."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = False
    trust: ssl.SSLContext | None = None  # None: the machine's certificates


class SmtpGateway:
    """Sends through a mail server, one connection per message."""

    sent_by: Literal["email"] = "email"

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._stopping = threading.Event()

    def abandon(self) -> None:
        """Breaks off what is under way: the process stops."""
        self._stopping.set()

    def deliver(self, message: EmailMessage, *, landlord: str, name: str) -> None:  # noqa: ARG002 - the folder's
        """Returns when the server said yes."""
        asyncio.run(self._deliver(message))

    async def _deliver(self, message: EmailMessage) -> None:
        sending = asyncio.create_task(self._send(message))
        try:
            while not (await asyncio.wait({sending}, timeout=STOP_LOOK_SECONDS))[0]:
                if self._stopping.is_set():
                    raise DeliveryAbandoned
            await sending
        except TimeoutError as late:
            raise DeliveryFailed("the mail server did not answer in time", is_final=False) from late
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [one.code for one in refused.recipients]
            raise _refused(max(codes), of_this_message=True) from None
        except aiosmtplib.SMTPResponseException as refused:
            of_this_message = isinstance(refused, aiosmtplib.SMTPDataError)
            raise _refused(refused.code, of_this_message=of_this_message) from None
        except (aiosmtplib.SMTPException, OSError) as trouble:
            reason = f"the mail server cannot be reached: {type(trouble).__name__}"
            raise DeliveryFailed(reason, is_final=False) from None
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, message: EmailMessage) -> None:
        server = self.server
        client = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, start_tls=False, timeout=SMTP_LIMIT_SECONDS
        )
        transport: asyncio.WriteTransport | None = None
        try:
            async with asyncio.timeout(SMTP_LIMIT_SECONDS):
                await client.connect()
                transport = cast("asyncio.WriteTransport | None", client.transport)
                if server.starttls:
                    await client.starttls(tls_context=server.trust)
                    transport = cast("asyncio.WriteTransport | None", client.transport)
                if server.username is not None:
                    await client.login(server.username, server.password or "")
                await client.send_message(message)
            # The message is taken: whatever becomes of the goodbye does not matter any more.
            with suppress(aiosmtplib.SMTPException):
                await client.quit(timeout=GOODBYE_SECONDS)
        finally:
            # Not close(), which under encryption waits for the other side.
            if transport is not None:
                transport.abort()
            client.close()


def configured_gateways(settings: Settings) -> tuple[SmtpGateway | None, OutboxFolder]:
    """The mail server if one is configured, and the folder that is always there."""
    outbox = OutboxFolder(settings.data_directory / "outbox")
    if settings.smtp_host is None:
        return None, outbox
    password = None
    if settings.smtp_password_file is not None:
        password = settings.smtp_password_file.read_text(encoding="utf-8").strip()
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=password,
        starttls=settings.smtp_starttls,
    )
    return SmtpGateway(server), outbox


def _refused(code: int, *, of_this_message: bool) -> DeliveryFailed:
    # A refused login or sender is a setting to be mended, so the letter waits for that.
    is_final = of_this_message and code >= PERMANENT_REPLY and code != LOGIN_WANTED
    # The server's own words may quote the address, so only the code is kept.
    return DeliveryFailed(f"the mail server refused it with code {code}", is_final=is_final)
