"""A resident who sends photos and documents for the case that they follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from shared.complaints.events import DocumentAdded, InformationAdded
from tests.documents.files import PDF, photo_with_place
from tests.following.resident import REFERENCE, Town
from tests.workflow.office import LANDLORD

PAGE = f"/track/{REFERENCE}/information"
SENT = f"/track/{REFERENCE}?done=files"
File = tuple[str, bytes]
LEAK: File = ("leak.jpg", photo_with_place())
REPORT: File = ("report.pdf", PDF)


@dataclass
class Resident:
    """A resident's browser on the page, and what has come of it."""

    town: Town
    browser: TestClient

    def form(self, page: str = "") -> dict[str, str]:
        """The hidden fields of the page as it was opened, or as it came back."""
        page = page or self.browser.get(PAGE).text
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))

    def post(self, *files: File, **fields: str) -> Any:
        """The answer to the form with these files; a fresh form unless its fields are given."""
        parts = [("files", (name, content, "application/x-anything")) for name, content in files]
        values = fields if "key" in fields else self.form() | fields
        return self.browser.post(PAGE, data=values, files=parts)

    def sent(self, *files: File, **fields: str) -> None:
        """Sends, and is led back to the case."""
        answer = self.post(*files, **fields)
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == SENT

    def listed(self) -> list[str]:
        """The files that the page shows as added and not sent."""
        return re.findall(r"Remove<span[^>]*> ([^<]*)</span>", self.browser.get(PAGE).text)

    def facts(self) -> list[DocumentAdded]:
        """The documents that the log tells of."""
        events = (each.event for each in self.town.office.case(REFERENCE).events)
        return [event for event in events if isinstance(event, DocumentAdded)]

    def words(self) -> list[str]:
        """What was written, by the log."""
        return [
            self.read(each.event.words.words)
            for each in self.town.office.case(REFERENCE).events
            if isinstance(each.event, InformationAdded) and each.event.words is not None
        ]

    def read(self, words: str) -> str:
        """What the vault holds."""
        with self.town.projections.transaction(LANDLORD) as cursor:
            return self.town.office.vault.read(cursor, LANDLORD, UUID(words)) or ""

    def contents(self, fact: DocumentAdded) -> bytes | None:
        """The contents as they may be given out."""
        shelf, document = self.town.office.shelf(), UUID(fact.document)
        return shelf.contents(shelf.standing(LANDLORD, [document])[document])

    def rows(self) -> int:
        """How many documents there are, told of or not."""
        return self.town.counted("documents.document")

    def files(self) -> int:
        """How many files lie in the folder, whole or half."""
        return sum(each.is_file() for each in self.town.office.settings.documents.rglob("*"))


def numbered(many: int, first: int = 1) -> list[File]:
    """So many different files."""
    return [(f"note-{n}.txt", f"Note {n}.\n".encode()) for n in range(first, first + many)]
