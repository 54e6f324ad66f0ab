"""The board as a file: every line of it, under the filters of the page, and no cell that is a formula."""

import csv
import io
import zipfile
from datetime import date

import pytest
from fastapi.testclient import TestClient

from services.projections import pages
from services.projections.board_files import COLUMNS, as_csv, as_xlsx
from services.projections.reading import Reading
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from tests.identity.building import AMARA, BEN, RIVERSIDE, application, browser, sign_in
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append

FORMULA = '=HYPERLINK("http://example.org","Stage 1")'


@pytest.fixture
def client(
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    projections: Database,
    reading: Reading,
) -> TestClient:
    """A browser on the board of two cases."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(pages.router(reading))
    return browser(app)


@pytest.mark.postgres
def test_the_file_holds_the_lines_of_the_page(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    lines = list(csv.DictReader(io.StringIO(client.get("/board.csv").text.lstrip("\ufeff"))))
    assert {line["Complaint"] for line in lines} == {LIFT}
    assert [line["Due on"] for line in lines] == sorted(line["Due on"] for line in lines)
    assert lines[0]["Due"] == f"{date.fromisoformat(lines[0]['Due on']):%A %-d %B %Y}"


@pytest.mark.postgres
def test_the_file_keeps_the_filters_of_the_page(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/board?status=week&stage=1").text
    assert 'href="/board.csv?status=week&amp;stage=1"' in page
    everything = client.get("/board.csv").text.splitlines()
    within_five_days = client.get("/board.csv?status=week&stage=1").text.splitlines()
    assert 1 < len(within_five_days) < len(everything)


@pytest.mark.postgres
def test_the_spreadsheet_opens_and_is_offered_as_a_file(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, BEN)
    sent = client.get("/board.xlsx")
    assert sent.headers["content-disposition"] == 'attachment; filename="board.xlsx"'
    with zipfile.ZipFile(io.BytesIO(sent.content)) as book:
        assert LIFT in book.read("xl/sharedStrings.xml").decode()


@pytest.mark.postgres
def test_nobody_gets_a_file_without_signing_in(client: TestClient) -> None:
    sent = client.get("/board.csv")
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/sign-in")


def test_no_cell_becomes_a_formula() -> None:
    row = (FORMULA, *[""] * (len(COLUMNS) - 1))
    assert list(csv.reader(io.StringIO(as_csv([row]).decode("utf-8-sig"))))[1][0] == f"'{FORMULA}"
    with zipfile.ZipFile(io.BytesIO(as_xlsx([row]))) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
        assert "HYPERLINK" in book.read("xl/sharedStrings.xml").decode()
