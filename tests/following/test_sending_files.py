"""Whoever follows a case sends photos and documents for it: checked as before a complaint is sent, told of once, never
more than there is room for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.workflow import resident_files
from services.workflow.domain import commands as ask
from services.workflow.domain.subjects.documents import MOST_DOCUMENTS, AddDocument, RemoveDocument
from services.workflow.resident_desk import LONGEST_WORDS
from shared.documents.keeping import Keeper
from shared.documents.kinds import LARGEST
from shared.documents.scanning import Clamd
from tests.documents.clamd import running_clamd
from tests.documents.files import EICAR, PDF, TEXT
from tests.following.resident import REFERENCE, Town, plain
from tests.following.sending import LEAK, PAGE, REPORT, SENT, File, Resident, numbered
from tests.following.test_signing_in import consented
from tests.workflow.office import LANDLORD


def test_files_and_words_are_on_the_case_at_once_and_whoever_handles_it_is_reminded(
    resident: Resident, town: Town
) -> None:
    by = {"happened": town.office.now(), "actor": "ben"}
    town.give(ask.AllocateComplaint(handlers=("cora",), **by), key="to")  # type: ignore[arg-type]
    resident.sent(LEAK, REPORT, words="They came on Tuesday.")
    photo, report = resident.facts()
    assert (photo.kind, photo.media_type, photo.brought_by) == (
        "photo",
        "image/jpeg",
        "complainant",
    )
    assert (report.kind, report.size) == ("other", len(PDF))
    assert resident.contents(report) == PDF
    kept = resident.contents(photo)
    assert kept is not None
    assert b"Canary" not in kept
    assert resident.words() == ["They came on Tuesday."]
    assert town.office.case(REFERENCE).events[-1].actor == "complainant"
    for each in town.office.settings.documents.rglob("*"):
        assert not each.is_file() or PDF not in each.read_bytes()
    reminders = [one for one in town.post_arrives() if "cora@" in str(one["To"])]
    assert len(reminders) == 1
    assert "leak.jpg" not in plain(reminders[0])


def test_their_own_course_tells_of_each_file_by_its_name_and_nothing_that_machines_read(
    resident: Resident,
) -> None:
    resident.sent(LEAK, REPORT)
    page = resident.browser.get(SENT).text
    assert "We have received what you sent us" in page
    assert "You sent us a photo" in page
    assert "You sent us a document" in page
    assert ">leak.jpg</blockquote>" in page
    assert "SHA-256" not in page
    assert resident.words() == ["I send you: leak.jpg, report.pdf"]


def test_what_staff_take_off_the_case_is_told_and_is_not_taken_again(
    resident: Resident, town: Town
) -> None:
    resident.sent(LEAK)
    removal = RemoveDocument(
        number=1,
        reason="wrong_case",
        words=town.said(REFERENCE, "It is the neighbour’s."),
        happened=town.office.now(),
        actor="ben",
    )
    town.give(removal, key="off")
    Keeper(town.office.shelf()).delete_removed(LANDLORD)
    page = resident.browser.get(SENT).text
    assert "We took off the case a file that you had sent us" in page
    assert "neighbour’s" not in page
    again = resident.post(LEAK)
    assert again.status_code == 422
    assert "“leak.jpg” was taken off the case before" in again.text


def test_a_file_that_officers_put_on_the_case_is_not_told_when_it_goes_either(
    resident: Resident, town: Town
) -> None:
    by: dict[str, Any] = {"happened": town.office.now(), "actor": "ben"}
    words = town.said(REFERENCE, "minutes.pdf", kind="document")
    added = AddDocument(
        document="7f1c2c0e-9a59-4d5b-8d5e-1a8f7a3f1c11",
        kind="report",
        media_type="application/pdf",
        size=9,
        brought_by="officer",
        words=words,
        **by,
    )
    town.give(added, key="on")
    words = town.said(REFERENCE, "The wrong ones.")
    town.give(RemoveDocument(number=1, reason="wrong_case", words=words, **by), key="off")
    page = resident.browser.get(f"/track/{REFERENCE}").text
    assert "minutes.pdf" not in page
    assert "We took off" not in page


def test_the_same_form_sent_twice_adds_once_and_is_answered_the_same(resident: Resident) -> None:
    form = resident.form() | {"words": "Once."}
    for _ in range(3):
        resident.sent(LEAK, REPORT, **form)
    assert len(resident.facts()) == 2
    assert resident.words() == ["Once."]
    assert resident.rows() == resident.files() == 2


def test_the_same_file_without_words_sent_again_adds_nothing_and_selected_again_is_said(
    resident: Resident,
) -> None:
    resident.sent(LEAK)
    resident.sent(LEAK)
    assert len(resident.facts()) == len(resident.words()) == 1
    answer = resident.post(LEAK, then="add")
    assert answer.status_code == 422
    assert "was sent before: it is with your complaint already" in answer.text
    # With other words it is those words that are new.
    resident.sent(LEAK, words="Look at it again.")
    assert len(resident.facts()) == 1
    assert resident.words()[1:] == ["Look at it again."]


def test_files_are_added_first_removed_again_and_sent_then_and_what_was_typed_stays(
    resident: Resident,
) -> None:
    page = resident.post(LEAK, REPORT, words="Not <b>done</b> yet.", then="add")
    assert page.status_code == 200
    assert "Not &lt;b&gt;done&lt;/b&gt; yet." in page.text
    assert resident.listed() == ["leak.jpg", "report.pdf"]
    assert not resident.facts()
    document = resident.form(page.text)["added"].split()[1]
    page = resident.post(**resident.form(page.text), words="Not done yet.", remove=document)
    assert page.status_code == 200
    assert "Not done yet." in page.text
    assert resident.listed() == ["leak.jpg"]
    assert resident.rows() == resident.files() == 1
    resident.sent(**resident.form(page.text), words="Done.")
    (fact,) = resident.facts()
    assert resident.read(fact.document).startswith("leak.jpg\n")
    assert resident.words() == ["Done."]
    assert resident.listed() == []


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (("run.exe", b"MZ\x90\x00"), "“run.exe” must be a JPG"),
        (("leak.jpg", b"MZ\x90\x00"), "“leak.jpg” is not the JPG that its name says"),
        (("empty.txt", b""), "“empty.txt” is empty"),
        (("large.txt", b"x" * (LARGEST + 1)), "“large.txt” must be smaller than 10MB"),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_the_others_and_the_words_stay(
    resident: Resident, file: File, says: str
) -> None:
    answer = resident.post(file, REPORT, words="They came on Tuesday.")
    assert answer.status_code == 422
    assert says in answer.text
    assert 'href="#files"' in answer.text
    assert "They came on Tuesday." in answer.text
    assert not resident.facts()
    assert resident.words() == []
    assert resident.listed() == ["report.pdf"]
    resident.sent(**resident.form(answer.text), words="They came on Tuesday.")
    assert len(resident.facts()) == 1


def test_words_that_are_too_long_come_back_with_the_files_that_were_sent_with_them(
    resident: Resident,
) -> None:
    answer = resident.post(LEAK, words="x" * (LONGEST_WORDS + 7))
    assert answer.status_code == 422
    assert "Shorten it by 7 characters" in answer.text
    assert resident.listed() == ["leak.jpg"]
    assert not resident.facts()


def test_a_virus_is_said_and_nothing_of_it_is_kept(town: Town) -> None:
    town.complained()
    with running_clamd() as daemon:
        shelf = town.office.shelf(Clamd(daemon.address))
        resident = Resident(town, town.signed_in(shelf=shelf))
        assert "not checked for viruses" not in resident.browser.get(PAGE).text
        answer = resident.post(("notes.txt", TEXT + EICAR), REPORT, words="Look.")
    assert answer.status_code == 422
    assert "“notes.txt” contains a virus" in answer.text
    assert resident.listed() == ["report.pdf"]
    assert resident.files() == 1


def test_what_no_scanner_has_answered_for_is_sent_and_given_to_nobody_before(town: Town) -> None:
    town.complained()
    shelf = town.office.shelf(Clamd("127.0.0.1:1"))
    resident = Resident(town, town.signed_in(shelf=shelf))
    page = resident.post(REPORT, then="add").text
    assert "being checked for viruses" in page
    resident.sent(**resident.form(page))
    (fact,) = resident.facts()
    document = UUID(fact.document)
    assert shelf.contents(shelf.standing(LANDLORD, [document])[document]) is None


@pytest.mark.parametrize("many", [11, 25])
def test_too_many_files_at_once_are_said_and_none_is_taken(resident: Resident, many: int) -> None:
    answer = resident.post(*numbered(many), words="All of it.")
    assert answer.status_code == 422
    assert "only select up to 10 files" in answer.text
    assert "All of it." in answer.text
    assert resident.rows() == 0


def test_no_more_wait_than_are_sent_at_a_time(resident: Resident) -> None:
    resident.post(*numbered(10), then="add")
    answer = resident.post(("more.txt", TEXT), then="add")
    assert answer.status_code == 422
    assert "only send up to 10 files at a time" in answer.text
    assert resident.post(*numbered(10), then="add").status_code == 200  # the same ones
    assert resident.rows() == 10
    assert "which is as many as can be sent at a time" in resident.browser.get(PAGE).text


def test_whoever_adds_and_removes_again_and_again_is_asked_to_wait_and_loses_nothing(
    resident: Resident, town: Town
) -> None:
    for _ in range(6):
        assert resident.post(*numbered(10), then="add").status_code == 200  # the same ten
    answer = resident.post(("more.txt", TEXT), words="The report follows.")
    assert answer.status_code == 422
    assert "You have added 60 files within an hour: add others in 1 minute" in answer.text
    assert "The report follows." in answer.text
    assert resident.rows() == 10
    consented(town)
    helper = Resident(town, town.signed_in(holder="representative 1"))
    assert helper.post(("more.txt", TEXT), then="add").status_code == 200  # counts for themselves
    town.office.clock.advance(timedelta(minutes=1))
    resident.sent(**resident.form())  # what waits is sent at any time


def test_so_many_are_taken_in_a_day_and_others_the_day_after(
    resident: Resident, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resident_files, "MOST_A_DAY", 3)
    resident.sent(*numbered(2))
    answer = resident.post(*numbered(2, first=3), words="More.")
    assert answer.status_code == 422
    assert "up to 3 files a day, and 2 came today" in answer.text
    resident.sent(*numbered(1, first=3))
    town.office.clock.advance(timedelta(days=1))
    resident.browser = town.signed_in(holder="complainant")
    resident.sent(*numbered(1, first=4))
    assert len(resident.facts()) == 4


def test_so_many_are_taken_for_a_case_whoever_sends_them(
    resident: Resident, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    consented(town)
    monkeypatch.setattr(resident_files, "MOST_OF_A_CASE", 2)
    resident.sent(*numbered(1))
    helper = Resident(town, town.signed_in(holder="representative 1"))
    helper.sent(*numbered(1))
    answer = resident.post(*numbered(1, first=3))
    assert answer.status_code == 422
    assert "room for 2 files from you, and you have sent 2" in answer.text


def test_a_case_that_is_full_says_so_and_the_files_still_wait(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.workflow.domain.subjects.documents.MOST_DOCUMENTS", 1)
    answer = resident.post(*numbered(2), words="Both.")
    assert answer.status_code == 422
    assert "The case holds 1 documents." in answer.text
    assert "Both." in answer.text
    assert not resident.facts()
    assert resident.words() == []
    assert len(resident.listed()) == 2
    assert MOST_DOCUMENTS > resident_files.MOST_OF_A_CASE


def test_only_what_the_page_had_listed_is_sent(resident: Resident) -> None:
    opened = resident.form()
    resident.post(LEAK, then="add")  # in another tab
    resident.sent(REPORT, **opened)
    assert [fact.media_type for fact in resident.facts()] == ["application/pdf"]
    assert resident.listed() == ["leak.jpg"]


def test_a_file_that_was_removed_in_another_tab_is_said_before_anything_is_sent(
    resident: Resident,
) -> None:
    form = resident.form(resident.post(LEAK, REPORT, then="add").text)
    resident.post(**form, remove=form["added"].split()[0])
    answer = resident.post(**form, words="With both.")
    assert answer.status_code == 422
    assert "A file that you had added is no longer here: add it again" in answer.text
    assert not resident.facts()
    assert resident.words() == []
    resident.sent(**resident.form(answer.text), words="With one.")
    assert len(resident.facts()) == 1


def test_nobody_sends_or_removes_what_somebody_else_added(resident: Resident, town: Town) -> None:
    consented(town)
    form = resident.form(resident.post(LEAK, then="add").text)
    helper = Resident(town, town.signed_in(holder="representative 1"))
    assert helper.listed() == []
    helper.post(**helper.form() | {"remove": form["added"]})
    assert resident.listed() == ["leak.jpg"]
    helper.post(**helper.form() | {"added": form["added"], "words": "Mine."})
    assert not resident.facts()
    assert resident.listed() == ["leak.jpg"]


@pytest.mark.parametrize("fields", [{"remove": "x"}, {"added": "x y", "words": ""}])
def test_ids_that_are_none_are_answered_in_words(
    resident: Resident, fields: dict[str, str]
) -> None:
    answer = resident.post(**resident.form() | fields)
    assert answer.status_code == 422
    assert "Choose a file of the list" in answer.text or "or add a file" in answer.text


def test_nobody_without_the_whole_permission_is_even_read(town: Town) -> None:
    town.complained()
    consented(town, scope="progress")
    helper = Resident(town, town.signed_in(holder="representative 1"))
    assert helper.post(LEAK, key="k").status_code == 403
    assert Resident(town, town.browser()).post(LEAK, key="k").status_code == 303  # to sign in
    assert helper.rows() == 0


def test_another_site_makes_nobody_upload(resident: Resident) -> None:
    resident.browser.headers["sec-fetch-site"] = "cross-site"
    assert resident.post(LEAK, key="k").status_code == 403
    assert resident.rows() == 0
