"""A landlord with a few complaints, a receiver, and a sender that may call this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from services.webhooks.delivering import WebhookSender
from services.webhooks.posting import Poster
from services.webhooks.sealing import SecretSeal
from services.webhooks.table import Attempt, Webhook, add_webhook, deliveries, webhook_named
from shared.database.pool import Database
from shared.eventstore.feed import head
from tests.support.postgres import TestDatabase
from tests.webhooks.receiver import Receiver, receiving
from tests.workflow.office import LANDLORD, Office, new_office

SECRET = b"s" * 32
SEAL = SecretSeal(b"k" * 32)
HOOK = "council-warehouse"


@dataclass
class Setting:
    """The office, the sender under its own role, and the rows as the operator sees them."""

    office: Office
    database: Database
    poster: Poster = field(default_factory=lambda: Poster(loopback=True))

    @property
    def sender(self) -> WebhookSender:
        """A sender that has not begun."""
        return WebhookSender(
            database=self.database,
            clock=self.office.clock,
            seal=SEAL,
            poster=self.poster,
            chance=Random(1),
        )

    def hook(self, receiver: Receiver, name: str = HOOK, *, after: int = 0) -> None:
        """Adds a webhook that leads to the receiver."""
        self.hook_to(receiver.url, name, after=after)

    def hook_to(self, url: str, name: str = HOOK, *, after: int = 0) -> None:
        """Adds a webhook that leads somewhere."""
        with self.office.owner.transaction(LANDLORD) as cursor:
            add_webhook(
                cursor,
                landlord=LANDLORD,
                webhook=name,
                url=url,
                sealed=SEAL.seal(SECRET, landlord=LANDLORD, webhook=name),
                after=after,
                by="operator",
                now=self.office.clock.now(),
            )

    def row(self, name: str = HOOK) -> Webhook:
        """The webhook as it stands."""
        with self.office.owner.transaction(LANDLORD) as cursor:
            return webhook_named(cursor, LANDLORD, name)

    def log(self, name: str = HOOK) -> tuple[Attempt, ...]:
        """Its attempts, the oldest first."""
        with self.office.owner.transaction(LANDLORD) as cursor:
            return deliveries(cursor, LANDLORD, name, limit=1000)[::-1]

    @property
    def head(self) -> int:
        """The end of the feed."""
        with self.office.owner.transaction(LANDLORD) as cursor:
            return head(cursor, LANDLORD)


@pytest.fixture
def setting(database: TestDatabase, tmp_path: Path) -> Iterator[Setting]:
    """One complaint stands in the feed."""
    with ExitStack() as opened:

        def connect(conninfo: str, *, role: str | None) -> Database:
            return opened.enter_context(Database(conninfo, role=role, max_size=4))

        office = new_office(database.conninfo, tmp_path, connect)
        office.open("RC-2026-000001")
        yield Setting(office, connect(database.conninfo, role="redress_webhooks"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver at work."""
    with receiving() as receiver:
        yield receiver
