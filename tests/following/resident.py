"""A town in which people complain and follow their complaints: its pages, its mail, its clock."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

from fastapi import FastAPI
from starlette.testclient import TestClient

from services.notifier import resident_letters, sign_in_pages
from services.notifier.composing import compose
from services.notifier.gateways import OutboxFolder
from services.notifier.sending import Sender
from services.notifier.signing_in import SignIn
from services.notifier.writing import Writer
from services.projections import resident_pages
from services.projections.resident_course import Courses
from services.workflow import resident_information
from services.workflow import resident_pages as resident_forms
from services.workflow.domain.commands import Command
from services.workflow.resident_desk import ResidentDesk
from services.workflow.resident_files import ResidentFiles, file_allowances
from shared.complaints.values import WordsReference
from shared.database.pool import Database
from shared.documents.shelf import Shelf
from shared.identity.resident_sessions import begin_resident_session
from shared.identity.sessions import credential
from shared.identity.sign_in import install_identity
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import NOTIFIER_FEED
from shared.web.site import install_web
from tests.workflow.office import LANDLORD, TESTS, Office

REFERENCE = "RC-2026-000001"
OTHER = "RC-2026-000002"
EMAIL = "jo@example.org"
COOKIE = "redress_resident"
FROM_HERE = {"sec-fetch-site": "same-origin", "accept": "text/html"}


@dataclass
class Town:
    """The parts on one database, each under the role of its service."""

    office: Office
    notifier: Database
    projections: Database
    folder: Path

    def person(self, reference: str = REFERENCE, *, landlord: str = LANDLORD, **words: str) -> UUID:
        """What intake writes into the vault about whoever complained under a reference."""
        subject = uuid5(TESTS, reference)
        with self.office.owner.transaction(landlord) as cursor:
            for kind, text in ({"name": "Jo Bloggs"} | words).items():
                self.office.vault.write(
                    cursor,
                    landlord=landlord,
                    subject=subject,
                    words=uuid5(subject, f"{landlord} {kind} {text}"),
                    kind=kind,
                    text=text,
                    now=self.office.clock.now(),
                )
        return subject

    def complained(self, reference: str = REFERENCE, **words: str) -> str:
        """Somebody complained; with an email address unless their words say otherwise."""
        self.person(reference, **(words or {"email": EMAIL}))
        return self.office.open(reference)

    def said(self, reference: str, text: str, *, kind: str = "note") -> WordsReference:
        """Words on the case, sealed."""
        subject = uuid5(TESTS, reference)
        with self.office.owner.transaction(LANDLORD) as cursor:
            return self.office.vault.write(
                cursor,
                landlord=LANDLORD,
                subject=subject,
                words=uuid5(subject, text),
                kind=kind,
                text=text,
                now=self.office.clock.now(),
            )

    def give(self, command: Command, *, reference: str = REFERENCE, key: str) -> None:
        """An officer gives a command."""
        self.office.give(reference, command, key=key)

    def browser(self, shelf: Shelf | None = None) -> TestClient:
        """A browser on every page that residents meet; it follows no redirect and keeps cookies."""
        app = FastAPI()
        office = self.office
        sign_in = SignIn(
            database=self.notifier,
            vault=office.vault,
            clock=office.clock,
            settings=office.settings,
        )
        desk = ResidentDesk(office.handling)
        app.include_router(resident_forms.router(desk))
        app.include_router(
            resident_information.router(
                ResidentFiles(
                    desk,
                    shelf or office.shelf(),
                    file_allowances(office.database, office.vault),
                )
            )
        )
        app.include_router(
            resident_pages.router(
                Courses(database=self.projections, vault=office.vault, clock=office.clock)
            )
        )
        app.include_router(sign_in_pages.router(sign_in))
        app.include_router(resident_letters.router(database=self.notifier, vault=office.vault))
        services = {name: f"services.{name}" for name in ("workflow", "notifier", "projections")}
        install_web(app, settings=office.settings, services=services)
        install_identity(
            app, database=self.projections, clock=office.clock, settings=office.settings
        )
        return TestClient(
            app, base_url="http://127.0.0.1:8000", headers=FROM_HERE, follow_redirects=False
        )

    def signed_in(
        self,
        reference: str = REFERENCE,
        *,
        holder: str = "complainant",
        landlord: str = LANDLORD,
        shelf: Shelf | None = None,
    ) -> TestClient:
        """A browser in which somebody is signed in already."""
        token = f"token of {holder} and {reference}".replace(" ", "-")
        with self.notifier.transaction(landlord) as cursor:
            begin_resident_session(
                cursor,
                landlord=landlord,
                reference=reference,
                holder=holder,
                token=token,
                now=self.office.clock.now(),
            )
        browser = self.browser(shelf)
        browser.cookies.set(COOKIE, credential(landlord, token))
        return browser

    def post_arrives(self) -> list[EmailMessage]:
        """The notifier catches up and sends what waits; every letter there is, oldest first."""
        FeedFollower(
            name=NOTIFIER_FEED.name,
            database=self.notifier,
            bus=LocalBus(self.folder / "parked"),
            queue=NOTIFIER_FEED,
            schema="notifier",
            apply=compose,
            clock=self.office.clock,
        ).catch_up(LANDLORD)
        sender = Sender(
            database=self.notifier,
            vault=self.office.vault,
            clock=self.office.clock,
            writer=Writer(
                sender_address="complaints@riverside.example",
                public_url="https://redress.example/",
            ),
            outbox=OutboxFolder(self.folder / "outbox"),
            mail=None,
        )
        asyncio.run(sender.send_due())
        paths = sorted(
            (self.folder / "outbox").glob("*/*.eml"), key=lambda path: path.stat().st_mtime_ns
        )
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]

    def codes(self, *, to: str = EMAIL) -> list[str]:
        """The codes that were mailed to an address, oldest first."""
        return [
            code.group(1)
            for message in self.post_arrives()
            if "Your code to follow" in message["Subject"] and to in str(message["To"])
            if (code := re.search(r"^ +([0-9]{8})$", plain(message), re.MULTILINE))
        ]

    def counted(self, table: str, landlord: str = LANDLORD) -> int:
        """How many rows a table has."""
        with self.office.owner.transaction(landlord) as cursor:
            row = cursor.execute(f"SELECT count(*) AS many FROM {table}".encode()).fetchone()  # noqa: S608 - a name from the tests
        assert row is not None
        return int(row["many"])


def plain(message: EmailMessage) -> str:
    """The words of a letter."""
    body = message.get_body(("plain",))
    return "" if body is None else body.get_content().replace("\r\n", "\n")


def asked_in(browser: TestClient, reference: str = REFERENCE) -> dict[str, str]:
    """Names a reference, and returns what the page for the code then holds."""
    answer = browser.post("/track", data={"reference": reference})
    assert answer.status_code == 303, answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def enter(browser: TestClient, form: dict[str, str], code: str) -> bool:
    """Whether a code lets this browser in."""
    answer = browser.post("/track/sign-in/code", data=form | {"code": code})
    assert answer.status_code in {303, 422}, answer.text
    return answer.status_code == 303
