"""The documents of a case are listed and given out to those who may see it, as files that nothing in them can run."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.projections import document_pages, pages, past_pages
from services.projections.reading import Reading
from shared.complaints.events import AccessRestricted, DocumentAdded, DocumentRemoved
from shared.database.pool import Database
from shared.documents.shelf import Shelf
from shared.documents.taking import Upload, checked
from shared.messaging.follower import FeedFollower
from shared.runtime.clock import SettableClock
from shared.vault.vault import Vault, store_words
from tests.documents.files import PDF, TEXT
from tests.identity.building import AMARA, CERYS, RIVERSIDE, application, browser, sign_in
from tests.projections.building import DAMP, Fact, append, mon_2_mar, opened

pytestmark = pytest.mark.postgres

PERSON = UUID(int=7)
ADDRESS = f"/complaints/{DAMP}/documents"
NAMES = ("report “final”.pdf", "notes.txt")


@pytest.fixture
def keeping(workflow: Database, vault: Vault, clock: SettableClock, shelf: Shelf) -> Shelf:
    """The documents as the service that takes them has them."""
    return Shelf(
        database=workflow, vault=vault, store=shelf.store, scanner=shelf.scanner, clock=clock
    )


@pytest.fixture
def keep(keeping: Shelf, workflow: Database, follower: FeedFollower) -> Callable[..., None]:
    """Puts two documents on the case, with more facts after them."""

    def kept(*more: Fact) -> None:
        facts: list[Fact] = [(mon_2_mar, opened(DAMP, mon_2_mar, complainant=str(PERSON)))]
        for number, (name, content) in enumerate(zip(NAMES, (PDF, TEXT), strict=True), 1):
            one = keeping.put(
                checked(Upload(name, content)),
                landlord=RIVERSIDE,
                subject=PERSON,
                document=UUID(int=number),
                kind="report",
            )
            with workflow.transaction(RIVERSIDE) as cursor:
                store_words(cursor, landlord=RIVERSIDE, words=(one.words,), now=keeping.clock.now())
            fact = DocumentAdded(
                stage=1,
                number=number,
                document=str(one.document),
                kind="report",
                media_type=one.media_type,
                size=one.size,
                brought_by="complainant",
                words=one.words.reference,
            )
            facts.append((mon_2_mar, fact))
        append(workflow, (*facts, *more), reference=DAMP)
        follower.catch_up(RIVERSIDE)

    return kept


@pytest.fixture
def client(owner: Database, projections: Database, reading: Reading, shelf: Shelf) -> TestClient:
    """A browser on the pages of documents and of evidence, signed in."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(document_pages.router(reading, shelf))
    app.include_router(past_pages.router(reading, shelf))
    app.include_router(pages.router(reading))
    client = browser(app)
    sign_in(owner, client, AMARA)
    return client


def test_the_page_lists_each_with_who_when_and_how_large(
    client: TestClient, keep: Callable[..., None]
) -> None:
    keep()
    page = client.get(ADDRESS).text
    assert "notes.txt" in page
    assert "report “final”.pdf" in page
    assert "Brought by the complainant" in page
    assert "Monday 2 March 2026" in page
    assert hashlib.sha256(TEXT).hexdigest() in page
    assert "Files are not checked for viruses here" in page


@pytest.mark.parametrize("page", ["", "/timeline"])
def test_the_history_names_a_document_and_leaves_its_hashes_where_they_are_checked(
    client: TestClient, keep: Callable[..., None], page: str
) -> None:
    keep()
    shown = client.get(f"/complaints/{DAMP}{page}").text
    assert "report “final”.pdf" in shown
    assert "SHA-256" not in shown


def test_a_document_is_given_out_to_keep_and_never_to_show(
    client: TestClient, keep: Callable[..., None]
) -> None:
    keep()
    answer = client.get(f"{ADDRESS}/1")
    assert answer.status_code == 200
    assert answer.content == PDF
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith('attachment; filename="report _final_.pdf"')
    assert "filename*=UTF-8''report%20%E2%80%9Cfinal" in headers["content-disposition"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["cache-control"] == "no-store"
    assert client.get(f"{ADDRESS}/2").headers["content-type"] == "text/plain"
    assert client.get(f"{ADDRESS}/3").status_code == 404


def test_who_may_not_see_the_case_sees_no_document_and_no_list(
    client: TestClient, keep: Callable[..., None], owner: Database
) -> None:
    keep()
    sign_in(owner, client, CERYS)  # of another organisation
    assert client.get(ADDRESS).status_code == 404
    assert client.get(f"{ADDRESS}/1").status_code == 404


def test_a_marked_case_gives_its_documents_to_the_named_roles_alone(
    client: TestClient, keep: Callable[..., None]
) -> None:
    keep((mon_2_mar, AccessRestricted(1, "staff_conduct", ("chief_executive",), ())))
    assert client.get(ADDRESS).status_code == 404
    assert client.get(f"{ADDRESS}/1").status_code == 404


def test_a_removed_document_is_listed_and_given_out_no_more(
    client: TestClient, keep: Callable[..., None]
) -> None:
    keep((mon_2_mar, DocumentRemoved(1, 1, str(UUID(int=1)), "wrong_case")))
    page = client.get(ADDRESS).text
    assert "Removed from the case" in page
    assert f'href="{ADDRESS}/1"' not in page
    assert client.get(f"{ADDRESS}/1").status_code == 409
    assert client.get(f"{ADDRESS}/2").status_code == 200


def test_after_an_erasure_neither_name_nor_contents_can_be_had(
    client: TestClient,
    keep: Callable[..., None],
    owner: Database,
    vault: Vault,
    clock: SettableClock,
) -> None:
    keep()
    with owner.transaction(RIVERSIDE) as cursor:
        vault.destroy_subject_key(cursor, RIVERSIDE, PERSON, clock.now())
    page = client.get(ADDRESS).text
    assert "notes.txt" not in page
    assert "Its contents were erased" in page
    assert client.get(f"{ADDRESS}/2").status_code == 409


def unpacked(client: TestClient, words: str) -> dict[str, bytes]:
    """The members of the evidence by name."""
    answer = client.get(f"/complaints/{DAMP}/evidence.zip?words={words}")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {each.removeprefix(f"{DAMP}/"): archive.read(each) for each in archive.namelist()}


def test_the_evidence_holds_the_documents_with_their_hashes(
    client: TestClient, keep: Callable[..., None]
) -> None:
    keep((mon_2_mar, DocumentRemoved(1, 1, str(UUID(int=1)), "wrong_case")))
    found = unpacked(client, "yes")
    assert found["documents/002-notes.txt"] == TEXT
    assert not any("final" in name for name in found)
    manifest: dict[str, str] = json.loads(found["manifest.json"])
    assert manifest["documents/002-notes.txt"] == hashlib.sha256(TEXT).hexdigest()
    shown: list[dict[str, Any]] = json.loads(found["case.json"])["documents"]
    assert shown[0]["where"] == "Not here: removed from the case"
    assert shown[1]["where"] == "documents/002-notes.txt"
    assert shown[1]["sha256"] == manifest["documents/002-notes.txt"]


def test_the_evidence_without_words_holds_no_document_and_no_name(
    client: TestClient, keep: Callable[..., None]
) -> None:
    keep()
    found = unpacked(client, "no")
    assert not any(name.startswith("documents/") for name in found)
    assert b"notes.txt" not in b"".join(found.values())


def test_evidence_whose_documents_are_not_there_is_not_given_as_if_it_were_whole(
    client: TestClient, keep: Callable[..., None], shelf: Shelf
) -> None:
    keep()
    shelf.store.delete(RIVERSIDE, UUID(int=1))
    assert client.get(f"/complaints/{DAMP}/evidence.zip?words=yes").status_code == 500
