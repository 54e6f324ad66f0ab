"""A resident's photo and an officer's file in a browser, with and without scripts: added, listed, downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.complaining import FOR_MYSELF, walk
from tests.browser.conftest import Open
from tests.browser.following import about_to_add_information
from tests.browser.test_case_pages import OFFICER, case_of_ours, looked_at
from tests.documents.files import PDF, photo_with_place
from tests.support.eventually import eventually


@pytest.fixture
def leak(tmp_path: Path) -> Path:
    """A photo as a telephone takes it."""
    file = tmp_path / "leak.jpg"
    file.write_bytes(photo_with_place())
    return file


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_adds_a_file_is_told_what_is_wrong_and_downloads_it_again(
    open_page: Open, leak: Path, tmp_path: Path, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=OFFICER)
    address = case_of_ours(page)
    page.goto(f"{address}/documents")
    expect(page.locator("main")).to_contain_text("There are no documents yet.")
    page.get_by_role("link", name="Add documents or photos").click()
    program = tmp_path / "run.exe"
    program.write_bytes(b"MZ\x90\x00")
    page.get_by_label("Files").set_input_files(program)
    page.get_by_label("What they are").select_option("photo")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("must be a JPG")
    expect(page.get_by_label("What they are")).to_have_value("photo")
    if scripts:
        looked_at(page, "documents-error")
    report = tmp_path / "report.pdf"
    report.write_bytes(PDF)
    page.get_by_label("Files").set_input_files([leak, report])
    page.get_by_label("Who brought them").select_option("complainant")
    page.get_by_role("button", name="Add", exact=True).click()

    def is_listed() -> bool:
        page.goto(f"{address}/documents")
        return page.get_by_role("link", name="report.pdf").count() > 0

    eventually(is_listed)
    if scripts:
        looked_at(page, "documents")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="report.pdf").click()
    assert downloaded.value.suggested_filename == "report.pdf"
    assert Path(downloaded.value.path()).read_bytes() == PDF


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_adds_a_photo_removes_another_and_sends_both_pages_on(
    open_page: Open, leak: Path, tmp_path: Path, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    report = tmp_path / "report.pdf"
    report.write_bytes(PDF)

    def with_photos(shown: Page) -> None:
        shown.get_by_label("Add files").set_input_files([leak, report])
        shown.get_by_role("button", name="Add these files").click()
        expect(shown.locator("main")).to_contain_text("leak.jpg")
        if scripts:
            looked_at(shown, "complain-photos")
        shown.get_by_role("button", name="Remove report.pdf").click()
        expect(shown.locator("main")).not_to_contain_text("report.pdf")

    walk(page, {**FOR_MYSELF, "photos": with_photos})
    expect(page.locator("main")).to_contain_text("leak.jpg")
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.locator("h1")).to_contain_text("We have received your complaint")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_sends_a_photo_while_they_follow_their_case_and_staff_find_it_there(
    open_page: Open, leak: Path, tmp_path: Path, *, scripts: bool
) -> None:
    page, officer, reference = about_to_add_information(open_page, scripts=scripts)
    program, report = tmp_path / "run.exe", tmp_path / "report.pdf"
    program.write_bytes(b"MZ\x90\x00")
    report.write_bytes(PDF)
    page.get_by_label("What you want to tell us").fill("It stopped again.")
    page.get_by_label("Add files").set_input_files([leak, program, report])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("“run.exe” must be a JPG")
    expect(page.get_by_label("What you want to tell us")).to_have_value("It stopped again.")
    if scripts:
        looked_at(page, "track-information-error")
    page.get_by_role("button", name="Remove report.pdf").click()
    expect(page.locator("#documents")).not_to_contain_text("report.pdf")
    expect(page.locator("#documents")).to_contain_text("leak.jpg")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("We have received what you sent us")).to_be_visible()
    expect(page.get_by_text("You sent us a photo")).to_be_visible()
    expect(page.get_by_text("leak.jpg")).to_be_visible()
    if scripts:
        looked_at(page, "track-case-with-photo")

    def is_on_the_case() -> bool:
        officer.goto(f"/complaints/{reference}/documents")
        return officer.get_by_role("link", name="leak.jpg").count() > 0

    eventually(is_on_the_case)
