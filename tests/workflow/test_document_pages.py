"""Officers put documents on a case: all of what was sent or nothing, once, and only on cases that are theirs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.workflow.domain.subjects.restrictions import RestrictAccess
from services.workflow.staff import StaffDesk
from shared.complaints.events import DocumentAdded, DocumentRemoved
from shared.documents.keeping import Keeper
from shared.documents.shelf import Shelf
from shared.documents.store import FolderStore
from shared.vault.sealing import SealBroken
from tests.documents.files import PDF, TEXT, photo_with_place
from tests.workflow.office import LANDLORD, Office

BOILER = "RC-2026-000001"
OTHERS = "RC-2026-000002"
PAGE = f"/complaints/{BOILER}/actions/documents"
UPLOADS = f"/api/v1/complaints/{BOILER}/uploads"
File = tuple[str, bytes]
LEAK: File = ("leak.jpg", photo_with_place())


class Desk:
    """An officer's browser on the form."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.client = office.client()

    def form(self, officer: str = "ben") -> dict[str, str]:
        """The hidden fields of an opened form, and what is chosen."""
        page = self.client.get(PAGE, headers=self.office.signed_in(officer))
        assert page.status_code == 200
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        return hidden | {"kind": "photo", "brought_by": "complainant"}

    def send(self, *files: File, officer: str = "ben", page: str = PAGE, **fields: str) -> Any:
        """The answer to the form with these files."""
        headers = self.office.signed_in(officer) | {"Sec-Fetch-Site": "same-origin"}
        parts = [("files", (name, content, "application/x-anything")) for name, content in files]
        values = fields or self.form(officer)
        return self.client.post(page, data=values, files=parts, headers=headers)

    def upload(self, *files: File, officer: str = "ben") -> Any:
        """The answer of the API to files."""
        parts = [("file", (name, content, "text/plain")) for name, content in files]
        return self.client.post(UPLOADS, files=parts, headers=self.office.signed_in(officer))

    def added(self, reference: str = BOILER) -> list[DocumentAdded]:
        """The facts that tell of documents."""
        events = (each.event for each in self.office.case(reference).events)
        return [event for event in events if isinstance(event, DocumentAdded)]

    def words(self, fact: DocumentAdded) -> str | None:
        """What the vault holds for the fact."""
        assert fact.words is not None
        with self.office.database.transaction(LANDLORD) as cursor:
            assert self.office.vault.verify(cursor, LANDLORD, fact.words) is not False
            return self.office.vault.read(cursor, LANDLORD, UUID(fact.words.words))

    def contents(self, fact: DocumentAdded, shelf: Shelf | None = None) -> bytes | None:
        """The contents, as they may be given out."""
        shelf = shelf or self.office.shelf()
        document = UUID(fact.document)
        return shelf.contents(shelf.standing(LANDLORD, [document])[document])

    def rows(self) -> list[dict[str, Any]]:
        """What is known of documents."""
        with self.office.owner.transaction(LANDLORD) as cursor:
            return cursor.execute("SELECT * FROM documents.document ORDER BY number").fetchall()

    def files(self) -> int:
        """How many files lie in the folder, whole or half."""
        return sum(each.is_file() for each in self.office.settings.documents.rglob("*"))

    def keeper(self) -> Keeper:
        """The worker, without its loop."""
        return Keeper(self.office.shelf())


@pytest.fixture
def desk(office: Office) -> Desk:
    """A case that was opened, and a browser."""
    office.open(BOILER)
    return Desk(office)


def test_files_become_facts_with_their_name_and_hash_sealed_and_their_contents_encrypted(
    desk: Desk,
) -> None:
    answer = desk.send(LEAK, ("report.pdf", PDF))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/complaints/{BOILER}/documents"
    first, second = desk.added()
    assert (first.number, first.kind, first.media_type) == (1, "photo", "image/jpeg")
    assert (second.number, second.brought_by, second.size) == (2, "complainant", len(PDF))
    said = desk.words(first)
    assert said is not None
    assert said.startswith("leak.jpg\nSHA-256 as kept: ")
    assert desk.contents(second) == PDF
    kept = desk.contents(first)
    assert kept is not None
    assert b"Canary" not in kept
    for each in desk.office.settings.documents.rglob("*"):
        if each.is_file():
            assert PDF not in each.read_bytes()
            assert "leak" not in each.name


def test_the_same_form_sent_twice_keeps_and_tells_once(desk: Desk) -> None:
    form = desk.form()
    assert desk.send(LEAK, **form).status_code == 303
    assert desk.send(LEAK, **form).status_code == 303
    assert len(desk.added()) == 1
    assert len(desk.rows()) == 1
    # Back in the browser, another file is another document.
    assert desk.send(("report.pdf", PDF), **form).status_code == 303
    assert len(desk.added()) == 2


def test_one_wrong_file_keeps_none_and_is_named_at_the_field(desk: Desk) -> None:
    answer = desk.send(LEAK, ("run.exe", b"MZ\x90\x00"))
    assert answer.status_code == 422
    assert 'href="#files"' in answer.text
    assert "“run.exe” must be a JPG, HEIC, PNG, PDF, DOCX, TXT or EML" in answer.text
    assert not desk.added()
    assert not desk.rows()


def test_what_is_not_chosen_or_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(
    desk: Desk,
) -> None:
    form = desk.form() | {"kind": "", "happened_on": "2026-02-20"}
    answer = desk.send(LEAK, **form)
    assert answer.status_code == 422
    assert "Choose what they are" in answer.text
    assert 'value="2026-02-20"' in answer.text
    assert '<option value="complainant" selected>' in answer.text
    late = desk.send(LEAK, **desk.form() | {"happened_on": "2027-02-20"})
    assert late.status_code == 422
    assert "lies in the future" in late.text
    assert not desk.added()


def test_no_file_and_too_many_files_are_said(desk: Desk) -> None:
    assert "Select a file" in desk.send().text
    eleven = [(f"{number}.txt", TEXT) for number in range(11)]
    answer = desk.send(*eleven)
    assert answer.status_code == 422
    assert "only select up to 10 files" in answer.text
    assert "only select up to 10 files" in desk.send(*(eleven * 4)).text
    assert not desk.added()


def test_what_came_before_the_stage_is_recorded_at_its_day(desk: Desk) -> None:
    assert desk.send(LEAK, **desk.form() | {"happened_on": "2026-02-20"}).status_code == 303
    record = desk.office.case(BOILER).events[-1]
    assert record.happened.on.isoformat() == "2026-02-20"


def test_a_large_body_passes_on_this_route_and_no_other(desk: Desk) -> None:
    large = ("large.txt", b"word " * 600_000)
    assert desk.send(large).status_code == 303
    headers = desk.office.signed_in("ben") | {"Sec-Fetch-Site": "same-origin"}
    other = desk.client.post(
        f"/complaints/{BOILER}/actions/contacts", data={"words": "x" * 2_000_000}, headers=headers
    )
    assert other.status_code == 413


def test_who_may_not_see_the_case_may_not_add_to_it_and_is_not_told_that_it_is_there(
    desk: Desk, office: Office
) -> None:
    refused = desk.send(LEAK, officer="edith", **desk.form())
    assert refused.status_code == 404
    office.give(
        BOILER,
        RestrictAccess(
            mark="staff_conduct",
            roles=("manager",),
            happened=office.now(),
            actor="cora",
            actor_role="manager",
        ),
        key="mark",
    )
    assert desk.send(LEAK, officer="ben", form_key="x", kind="photo").status_code == 404
    assert desk.upload(LEAK).status_code == 404
    assert desk.client.post(PAGE, headers={"Sec-Fetch-Site": "same-origin"}).status_code in {
        303,
        401,
    }
    assert not desk.rows()


def test_an_auditor_adds_nothing(desk: Desk, office: Office) -> None:
    office.register_officers({"gale": ("riverside-homes", "Gale Hart", "auditor")})
    assert desk.send(LEAK, officer="gale", **desk.form()).status_code == 403
    assert desk.upload(LEAK, officer="gale").status_code == 403
    assert not desk.rows()


def test_another_site_cannot_make_a_browser_upload(desk: Desk) -> None:
    headers = desk.office.signed_in("ben") | {"Sec-Fetch-Site": "cross-site"}
    parts = [("files", ("leak.jpg", LEAK[1], "image/jpeg"))]
    answer = desk.client.post(PAGE, data=desk.form(), files=parts, headers=headers)
    assert answer.status_code == 403
    assert not desk.rows()


def test_a_program_uploads_first_and_puts_on_the_case_then(desk: Desk) -> None:
    uploaded = desk.upload(("report.pdf", PDF))
    assert uploaded.status_code == 201
    document = uploaded.json()["document"]
    body = {"document": document, "kind": "report", "brought_by": "officer"}
    address = f"/api/v1/complaints/{BOILER}/documents"
    headers = desk.office.signed_in("ben") | {"Idempotency-Key": "one"}
    for _ in range(2):
        assert desk.client.post(address, json=body, headers=headers).status_code == 201
    (fact,) = desk.added()
    assert (fact.document, fact.kind, fact.size) == (document, "report", len(PDF))
    nowhere = body | {"document": "0c0b7f50-5a43-4b58-9d63-5b1b7a1f6e21"}
    headers["Idempotency-Key"] = "two"
    assert desk.client.post(address, json=nowhere, headers=headers).status_code == 422
    assert desk.upload(LEAK, LEAK).status_code == 422


def test_a_document_uploaded_for_one_case_is_not_put_on_another(desk: Desk, office: Office) -> None:
    office.open(OTHERS)
    document = desk.upload(("report.pdf", PDF)).json()["document"]
    body = {"document": document, "kind": "report", "brought_by": "officer"}
    headers = office.signed_in("ben") | {"Idempotency-Key": "one"}
    answer = desk.client.post(f"/api/v1/complaints/{OTHERS}/documents", json=body, headers=headers)
    assert answer.status_code == 422
    assert not desk.added(OTHERS)


def test_what_was_uploaded_and_put_on_no_case_is_swept_after_a_day(desk: Desk) -> None:
    desk.upload(("report.pdf", PDF))
    desk.send(LEAK)
    desk.office.clock.advance(timedelta(hours=23))
    assert desk.keeper().sweep(LANDLORD) == 0
    desk.office.clock.advance(timedelta(hours=2))
    assert desk.keeper().sweep(LANDLORD) == 1
    assert desk.files() == len(desk.rows()) == 1
    assert desk.contents(desk.added()[0]) is not None


def test_what_was_uploaded_long_ago_is_not_put_on_a_case_while_it_is_swept(desk: Desk) -> None:
    document = desk.upload(("report.pdf", PDF)).json()["document"]
    desk.office.clock.advance(timedelta(hours=21))
    body = {"document": document, "kind": "report", "brought_by": "officer"}
    headers = desk.office.signed_in("cora") | {"Idempotency-Key": "one"}
    address = f"/api/v1/complaints/{BOILER}/documents"
    answer = desk.client.post(address, json=body, headers=headers)
    assert answer.status_code == 422
    assert "upload it again" in answer.text


@pytest.mark.parametrize("killed_at", ["row", "file", "fact"])
def test_a_process_that_dies_on_the_way_leaves_nothing_half(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    place: dict[str, tuple[Any, str]] = {
        "row": (FolderStore, "write"),
        "file": (Shelf, "_finished"),
        "fact": (StaffDesk, "carry_out"),
    }
    form = desk.form()
    with monkeypatch.context() as patched:
        patched.setattr(*place[killed_at], die)
        with pytest.raises(Killed):
            desk.send(LEAK, **form)
    assert not desk.added()
    assert len(desk.rows()) == 1
    # Sent again, it is kept and told of as if nothing had been.
    assert desk.send(LEAK, **form).status_code == 303
    assert len(desk.added()) == 1
    assert desk.contents(desk.added()[0]) is not None


def test_what_a_dead_process_left_is_swept_whole_and_half(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(
            Shelf, "_finished", lambda *_a, **_k: (_ for _ in ()).throw(OSError("full"))
        )
        with pytest.raises(OSError, match="full"):
            desk.send(LEAK)
    assert desk.files() == 1
    desk.office.clock.advance(timedelta(hours=25))
    assert desk.keeper().sweep(LANDLORD) == 1
    assert desk.files() == 0
    assert not desk.rows()


def test_a_document_that_was_removed_stays_on_record_and_its_contents_go(desk: Desk) -> None:
    desk.send(LEAK, ("report.pdf", PDF))
    removal = {"number": 1, "reason": "wrong_case", "words": "It is the neighbour’s."}
    headers = desk.office.signed_in("ben") | {"Idempotency-Key": "off"}
    address = f"/api/v1/complaints/{BOILER}/document-removals"
    assert desk.client.post(address, json=removal, headers=headers).status_code == 201
    last = desk.office.case(BOILER).events[-1].event
    first, second = desk.added()
    assert isinstance(last, DocumentRemoved)
    assert last.document == first.document
    assert desk.keeper().delete_removed(LANDLORD) == 1
    assert desk.keeper().delete_removed(LANDLORD) == 0
    assert desk.contents(first) is None
    assert desk.contents(second) == PDF
    assert desk.files() == 1


def test_after_the_key_is_destroyed_no_document_can_be_read_or_added(desk: Desk) -> None:
    desk.send(("report.pdf", PDF))
    (fact,) = desk.added()
    subject = desk.rows()[0]["subject"]
    with desk.office.owner.transaction(LANDLORD) as cursor:
        desk.office.vault.destroy_subject_key(cursor, LANDLORD, subject, desk.office.clock.now())
    assert desk.words(fact) is None
    assert desk.contents(fact) is None
    assert desk.send(LEAK).status_code == 409


def test_contents_that_were_exchanged_are_not_given_out(desk: Desk) -> None:
    desk.send(("report.pdf", PDF))
    desk.send(("notes.txt", TEXT))
    first, second = (UUID(each.document) for each in desk.added())
    store = desk.office.store
    store.write(LANDLORD, first, store.read(LANDLORD, second))
    with pytest.raises(SealBroken):
        desk.contents(desk.added()[0])


def test_a_form_says_where_nobody_looks_for_viruses(desk: Desk) -> None:
    page = desk.client.get(PAGE, headers=desk.office.signed_in("ben")).text
    assert "Files are not checked for viruses here" in page
