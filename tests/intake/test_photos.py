"""Photos and documents belong to a draft until it is sent, go with it, and reach the case once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.intake.handover import Handover
from services.intake.sweeping import Sweeper
from shared.documents.scanning import Clamd
from shared.messaging.local_bus import LocalBus
from tests.documents.clamd import running_clamd
from tests.documents.files import EICAR, PDF, TEXT, photo_with_place
from tests.intake.resident import MYSELF, OWN_ORIGIN, Resident, errors_on, rows_on
from tests.intake.setting import Setting

PAGE = "/complain/photos"
File = tuple[str, bytes]
LEAK: File = ("leak.jpg", photo_with_place())
REPORT: File = ("report.pdf", PDF)


@pytest.fixture
def resident(setting: Setting) -> Resident:
    """A browser that has answered everything before the photos."""
    found = Resident(setting.intake_client())
    found.walk(MYSELF, until=PAGE)
    return found


def send(resident: Resident, *files: File, **fields: str) -> Any:
    """The answer to the form with these files."""
    parts = [("files", (name, content, "application/x-anything")) for name, content in files]
    return resident.client.post(
        PAGE, data=fields, files=parts or {"files": ("", b"")}, headers=OWN_ORIGIN
    )


def documents(setting: Setting) -> list[dict[str, Any]]:
    """What is known of documents."""
    return setting.rows("SELECT * FROM documents.document ORDER BY number")


def files(setting: Setting) -> int:
    """How many files lie in the folder."""
    return sum(each.is_file() for each in setting.settings.documents.rglob("*"))


def finish(resident: Resident) -> Any:
    """Answers what is left, and sends the complaint."""
    send(resident)
    resident.post("/complain/needs")
    return resident.post("/complain/send")


def sweeper(setting: Setting) -> Sweeper:
    """The worker, without its loop."""
    return Sweeper(
        database=setting.database("redress_intake"), clock=setting.clock, shelf=setting.shelf()
    )


def test_nothing_need_be_added(resident: Resident, setting: Setting) -> None:
    assert send(resident).headers["location"] == "/complain/needs"
    assert not documents(setting)


def test_what_is_added_is_listed_and_can_be_removed(resident: Resident, setting: Setting) -> None:
    assert send(resident, LEAK, REPORT, then="add").headers["location"] == PAGE
    page = resident.get(PAGE).text
    assert "leak.jpg" in page
    assert "report.pdf" in page
    assert "Files are not checked for viruses here" in page
    (first,) = re.findall(r'name="remove" value="([^"]+)">Remove<[^>]*> leak.jpg', page)
    assert send(resident, remove=first).headers["location"] == PAGE
    page = resident.get(PAGE).text
    assert "leak.jpg" not in page
    assert len(documents(setting)) == files(setting) == 1
    assert send(resident, remove="not an id").status_code == 422


def test_files_that_are_selected_when_going_on_are_added_too_and_told_on_the_check(
    resident: Resident, setting: Setting
) -> None:
    assert send(resident, LEAK).headers["location"] == "/complain/needs"
    resident.post("/complain/needs")
    assert rows_on(resident.get("/complain/check").text)["Photos and documents"] == "leak.jpg"
    assert send(resident, REPORT, checking="yes").headers["location"] == "/complain/check"
    told = rows_on(resident.get("/complain/check").text)["Photos and documents"]
    assert told == "leak.jpg\nreport.pdf"


def test_a_wrong_file_is_named_at_the_field_and_what_was_added_stays(
    resident: Resident, setting: Setting
) -> None:
    send(resident, LEAK, then="add")
    answer = send(resident, ("run.exe", b"MZ"))
    assert answer.status_code == 422
    assert "“run.exe” must be a JPG" in errors_on(answer.text)["files"]
    assert "leak.jpg" in answer.text
    assert "Select a file" in errors_on(send(resident, then="add").text)["files"]
    assert len(documents(setting)) == 1


def test_the_same_file_twice_is_one_document(resident: Resident, setting: Setting) -> None:
    send(resident, LEAK, then="add")
    send(resident, LEAK, then="add")
    assert len(documents(setting)) == 1


def test_a_draft_takes_ten_files_and_not_one_more(resident: Resident, setting: Setting) -> None:
    ten = [(f"{number}.txt", TEXT + bytes(str(number), "ascii")) for number in range(10)]
    assert send(resident, *ten, then="add").status_code == 303
    answer = send(resident, LEAK, then="add")
    assert answer.status_code == 422
    assert "only send up to 10 files" in answer.text
    assert len(documents(setting)) == 10


def test_a_browser_without_a_draft_uploads_nothing(setting: Setting) -> None:
    stranger = Resident(setting.intake_client())
    assert send(stranger, LEAK).headers["location"] == "/complain"
    assert not documents(setting)


def test_another_site_cannot_make_a_browser_upload(resident: Resident, setting: Setting) -> None:
    parts = [("files", ("leak.jpg", LEAK[1], "image/jpeg"))]
    answer = resident.client.post(PAGE, files=parts, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert not documents(setting)


async def test_what_was_added_is_handed_over_with_the_complaint_in_its_order(
    resident: Resident, setting: Setting
) -> None:
    send(resident, LEAK, then="add")
    send(resident, REPORT, then="add")
    assert finish(resident).status_code == 303
    (taken,) = setting.rows("SELECT submission, documents, complainant FROM intake.submission")
    rows = documents(setting)
    assert taken["documents"] == [row["document"] for row in rows]
    assert {row["submission"] for row in rows} == {taken["submission"]}
    assert {row["subject"] for row in rows} == {taken["complainant"]}
    handover = Handover(
        database=setting.database("redress_intake"),
        bus=LocalBus(setting.settings.data_directory / "parked"),
        clock=setting.clock,
    )
    ((received, _),) = handover._oldest("riverside")
    assert received.documents == tuple(taken["documents"])


def test_what_was_removed_before_it_was_sent_is_not_handed_over(
    resident: Resident, setting: Setting
) -> None:
    send(resident, LEAK, then="add")
    (row,) = documents(setting)
    send(resident, remove=str(row["document"]))
    finish(resident)
    (taken,) = setting.rows("SELECT documents FROM intake.submission")
    assert taken["documents"] == []


def test_a_draft_that_is_deleted_takes_its_files_with_it(
    resident: Resident, setting: Setting
) -> None:
    send(resident, LEAK, then="add")
    assert files(setting) == 1
    resident.post("/complain/delete")
    assert not documents(setting)
    assert files(setting) == 0


def test_files_are_swept_with_their_draft_and_not_before(
    resident: Resident, setting: Setting
) -> None:
    send(resident, LEAK, then="add")
    setting.clock.advance(timedelta(days=29))
    sweeper(setting).sweep()
    assert files(setting) == 1
    setting.clock.advance(timedelta(days=2))
    sweeper(setting).sweep()
    assert not documents(setting)
    assert files(setting) == 0


def test_what_was_sent_is_never_swept_by_this_service(resident: Resident, setting: Setting) -> None:
    send(resident, LEAK, then="add")
    finish(resident)
    setting.clock.advance(timedelta(days=90))
    sweeper(setting).sweep()
    assert len(documents(setting)) == files(setting) == 1


def test_a_file_with_a_virus_is_refused(setting: Setting) -> None:
    with running_clamd() as daemon:
        found = Resident(setting.intake_client(setting.shelf(Clamd(daemon.address))))
        found.walk(MYSELF, until=PAGE)
        answer = send(found, ("notes.txt", TEXT + EICAR))
    assert answer.status_code == 422
    assert "contains a virus" in errors_on(answer.text)["files"]
    assert not documents(setting)


LETTER = {
    "channel": "letter",
    "route": "complaint",
    "received_on": "2026-02-27",
    "organisation": "riverside-homes",
    "name": "Jo Bloggs",
    "email": "jo@example.org",
    "complaint": "The lift stands still.",
}


Log = Callable[..., Any]


@pytest.fixture
def log(setting: Setting) -> Log:
    """Sends the form of staff with files; gives the answer."""
    client = setting.intake_client()
    headers = setting.signed_in("team-homes") | {"Sec-Fetch-Site": "same-origin"}

    def logged(*sent: File, **fields: str) -> Any:
        parts = [("files", (name, content, "application/x-anything")) for name, content in sent]
        values = LETTER | {"key": str(uuid4())} | fields
        return client.post("/staff/complaints/new", data=values, files=parts, headers=headers)

    return logged


def test_staff_log_a_letter_with_its_scan(setting: Setting, log: Log) -> None:
    assert log(REPORT).status_code == 303
    (taken,) = setting.rows("SELECT documents, complainant FROM intake.submission")
    (row,) = documents(setting)
    assert taken["documents"] == [row["document"]]
    assert (row["kind"], row["subject"]) == ("letter", taken["complainant"])


def test_the_form_of_staff_sent_twice_keeps_the_scan_once(setting: Setting, log: Log) -> None:
    key = str(uuid4())
    for _ in range(2):
        assert log(REPORT, key=key).status_code == 303
    assert len(documents(setting)) == 1


def test_a_form_of_staff_that_comes_back_keeps_no_file_behind(setting: Setting, log: Log) -> None:
    wrong = log(("run.exe", b"MZ"), name="")
    assert wrong.status_code == 422
    assert set(errors_on(wrong.text)) == {"name", "files"}
    future = log(REPORT, received_on="2030-01-01")
    assert future.status_code == 422
    assert not documents(setting)
    assert files(setting) == 0
