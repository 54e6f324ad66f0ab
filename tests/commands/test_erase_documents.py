"""After an erasure nobody opens a document of the person, whoever asks and whatever was copied; the log holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.redress.assembly import INTAKE, PROJECTIONS, WORKFLOW, Installation
from services.redress.commands.verify import troubles
from services.redress.consumers import CONSUMERS
from services.redress.erasing import erase, held
from services.redress.parts import projections_part, workflow_part
from services.redress.serving import application
from services.workflow.resident_desk import ResidentDesk
from services.workflow.resident_files import ResidentFiles, file_allowances
from shared.documents.store import FolderStore
from shared.documents.taking import Upload
from shared.identity.following import Follower
from shared.identity.resident_sessions import begin_resident_session
from shared.identity.sessions import begin_session, credential
from shared.messaging.local_bus import LocalBus
from shared.registry.officers import Officer, register_officer
from shared.vault.vault import SubjectErased
from tests.commands.test_erase import CASE, LARKFIELD, WHY, lived, stored_anywhere
from tests.documents.files import PDF, TEXT

__all__ = ["lived"]  # the fixture
pytestmark = pytest.mark.postgres

PAGE = f"/complaints/{CASE}/documents"
CANARY = "Plumage of a kestrel.pdf"
ROLES = (INTAKE, WORKFLOW, PROJECTIONS, None)
THE_COMPLAINANT = Follower(LARKFIELD, "Larkfield Homes", CASE, "complainant", "everything")


def files_of(inst: Installation) -> ResidentFiles:
    """What the resident's page stands on."""
    allowances = file_allowances(inst.database(WORKFLOW), inst.vault)
    return ResidentFiles(ResidentDesk(inst.handling()), inst.shelf(WORKFLOW), allowances)


@pytest.fixture
def documented(lived: Installation) -> Installation:
    """The person sent one file, which the log tells of, and added another that they did not send yet."""
    files = files_of(lived)
    sent, _ = files.add(THE_COMPLAINANT, [Upload(CANARY, PDF)])
    files.send(THE_COMPLAINANT, text="", key="k", documents=sent)
    files.add(THE_COMPLAINANT, [Upload(CANARY.replace("pdf", "txt"), TEXT)])
    for consumer in CONSUMERS.values():
        consumer.follower(lived).catch_up(LARKFIELD)
    return lived


def documents(inst: Installation) -> list[UUID]:
    """Every document there is, told of or not."""
    with inst.owner.transaction(LARKFIELD) as cursor:
        rows = cursor.execute("SELECT document FROM documents.document ORDER BY number").fetchall()
    return [row["document"] for row in rows]


def opened(inst: Installation, role: str | None) -> list[bytes]:
    """What a service has of the contents, also where it may give out nothing."""
    shelf = inst.shelf(role)
    standing = shelf.standing(LARKFIELD, documents(inst)).values()
    found = [
        each for one in standing for each in (shelf.contents(one), shelf.contents_to_look_at(one))
    ]
    return [each for each in found if each is not None]


def sealed(inst: Installation) -> dict[Path, bytes]:
    """The files of the folder."""
    return {
        each: each.read_bytes() for each in inst.settings.documents.rglob("*") if each.is_file()
    }


def browser(inst: Installation) -> TestClient:
    """A browser on the pages as the process serves them: an officer by token, a resident by cookie."""
    now = inst.clock.now()
    with inst.owner.transaction(LARKFIELD) as cursor:
        ada = Officer(
            LARKFIELD, "ada", LARKFIELD, "Ada Quayle", "ada@example.org", "complaints_team"
        )
        register_officer(cursor, ada)
        begin_session(cursor, landlord=LARKFIELD, officer="ada", token="t" * 30, now=now)
        begin_resident_session(
            cursor,
            landlord=LARKFIELD,
            reference=CASE,
            holder="complainant",
            token="r" * 30,
            now=now,
        )
    bus = LocalBus(inst.settings.data_directory / "parked")
    app = application(inst, bus, [projections_part(inst, bus), workflow_part(inst)])
    client = TestClient(
        app,
        base_url="http://127.0.0.1:8000",
        headers={
            "authorization": f"Bearer {credential(LARKFIELD, 't' * 30)}",
            "accept": "text/html",
            "sec-fetch-site": "same-origin",
        },
        follow_redirects=False,
    )
    client.cookies.set("redress_resident", credential(LARKFIELD, "r" * 30))
    return client


def erased(terminal: Callable[..., tuple[int, str]]) -> str:
    """The person is erased by the command."""
    code, output = terminal(
        "erase", "--landlord", LARKFIELD, "--person", CASE, "--by", "amara", "--reason", WHY
    )
    assert code == 0, output
    return output


async def test_nobody_opens_a_document_after_it_also_not_from_a_copy_of_the_folder(
    documented: Installation, terminal: Callable[..., tuple[int, str]]
) -> None:
    assert {len(opened(documented, role)) for role in ROLES} == {4}
    copied = sealed(documented)
    assert len(copied) == 2
    assert "2 documents" in erased(terminal)
    assert sealed(documented) == {}
    with documented.owner.transaction(LARKFIELD) as cursor:
        cursor.execute("UPDATE documents.document SET deleted_at = NULL")
    for path, content in copied.items():
        path.write_bytes(content)
    assert [opened(documented, role) for role in ROLES] == [[], [], [], []]
    assert stored_anywhere(documented, CANARY.removesuffix(".pdf")) == []


async def test_staff_read_that_it_was_erased_and_the_chain_still_verifies(
    documented: Installation, terminal: Callable[..., tuple[int, str]]
) -> None:
    staff = browser(documented)
    assert CANARY in staff.get(PAGE).text
    assert staff.get(f"{PAGE}/1").content == PDF
    erased(terminal)
    for consumer in CONSUMERS.values():
        consumer.follower(documented).catch_up(LARKFIELD)
    page = staff.get(PAGE).text
    assert CANARY not in page
    assert "Its contents were erased" in page
    assert f'href="{PAGE}/1"' not in page
    answer = staff.get(f"{PAGE}/1")
    assert answer.status_code == 409
    assert "Its contents were erased." in answer.text
    assert CANARY not in staff.get(f"/complaints/{CASE}/timeline").text
    assert staff.get(f"/complaints/{CASE}/evidence.zip?words=yes").status_code == 200
    assert list(troubles(documented, LARKFIELD)) == []


async def test_whoever_followed_the_case_is_let_in_no_more_and_can_add_nothing(
    documented: Installation, terminal: Callable[..., tuple[int, str]]
) -> None:
    resident = browser(documented)
    del resident.headers["authorization"]
    address = f"/track/{CASE}/information"
    assert CANARY.replace("pdf", "txt") in resident.get(address).text
    erased(terminal)
    assert resident.get(address).status_code == 303
    answer = resident.post(address, data={"key": "k"}, files={"files": ("more.txt", TEXT)})
    assert answer.headers["location"].startswith("/track?")
    with pytest.raises(SubjectErased):
        files_of(documented).add(THE_COMPLAINANT, [Upload("more.txt", b"More.\n")])
    assert sealed(documented) == {}


async def test_an_upload_that_is_under_way_leaves_nothing_of_the_person_either(
    documented: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = FolderStore.write
    found = held(documented, LARKFIELD, CASE)

    def erased_first(store: FolderStore, *what: Any) -> None:
        erase(documented, LARKFIELD, found, by="amara", reason=WHY)
        write(store, *what)

    monkeypatch.setattr(FolderStore, "write", erased_first)
    _, refused = files_of(documented).add(THE_COMPLAINANT, [Upload("more.txt", b"More.\n")])
    assert refused == ("“more.txt” could not be uploaded: try again",)
    assert sealed(documented) == {}
