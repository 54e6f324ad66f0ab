"""The pages and the API over HTTP: who sees what, why stands beside each date, and nothing leaves
the machine.
"""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from services.projections import api, pages
from services.projections.reading import Reading
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.registry.officers import Officer
from shared.vault.vault import Vault
from shared.web.security_headers import CONTENT_SECURITY_POLICY
from tests.identity.building import (
    AMARA,
    BEN,
    CERYS,
    DAI,
    RIVERSIDE,
    THU_9_APR_2026,
    application,
    browser,
    sign_in,
)
from tests.projections.building import (
    ACKNOWLEDGE,
    DAMP,
    DAMP_CASE,
    LIFT,
    LIFT_CASE,
    append,
    mon_2_mar,
    opened,
)
from tests.projections.test_two_clocks import BEGUN, CODE

pytestmark = pytest.mark.postgres

SUBJECT = UUID(int=7)
TWICE = "RC-2026-000003"
NAME = "Wilhelmina <b>Marchbanks</b>"
WORDS = "Black mould & a leak, since November"
WRITTEN = {
    "name": NAME,
    "complaint": WORDS,
    "address": "Box 5",
    "home": "7 Mill Lane",
    "desired_outcome": "A dry wall & an apology",
}
PATHS = (
    "/board",
    "/board.csv",
    "/board.xlsx",
    f"/complaints/{DAMP}",
    f"/complaints/{DAMP}/timeline",
    "/api/v1/board",
    f"/api/v1/complaints/{DAMP}/history",
    "/api/v1/caseload",
    "/api/v1/counts",
)
TITLE = "Complaint Handling Code 2024 of the Housing Ombudsman"


@pytest.fixture
def two_cases(owner: Database, workflow: Database, follower: FeedFollower, vault: Vault) -> None:
    """Two cases, the first with a complainant and their words."""
    with owner.transaction(RIVERSIDE) as cursor:
        written = {
            kind: vault.write(
                cursor,
                landlord=RIVERSIDE,
                subject=SUBJECT,
                words=UUID(int=number),
                kind=kind,
                text=text,
                now=THU_9_APR_2026,
            )
            for number, (kind, text) in enumerate(WRITTEN.items(), 1)
        }
    damp = opened(DAMP, mon_2_mar, complainant=str(SUBJECT), words=written["complaint"])
    append(workflow, ((mon_2_mar, damp), *DAMP_CASE[1:]), reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)


@pytest.fixture
def app(two_cases: None, projections: Database, reading: Reading) -> FastAPI:
    """The routes of this service."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(api.router(reading))
    app.include_router(pages.router(reading))
    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser, not signed in."""
    return browser(app)


def get(client: TestClient, path: str) -> Any:
    """The answer as JSON."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_board_shows_each_date_with_weekday_what_is_left_and_why(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/board").text
    assert page.index("Friday 10 April 2026") < page.index("Friday 24 April 2026")
    assert "1 working day left" in page
    assert "Ben Okafor" in page
    assert f'href="/complaints/{LIFT}#due-1-acknowledge"' in page


def test_the_case_shows_who_what_why_and_everything_that_happened(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(f"/complaints/{DAMP}").text
    assert "Wilhelmina &lt;b&gt;Marchbanks&lt;/b&gt;" in page
    assert "Black mould &amp; a leak" in page
    assert "A dry wall &amp; an apology" in page
    assert page.index("Box 5") < page.index("7 Mill Lane")
    for words in (
        "Stage 1: response sent, upheld",
        "To Amara Cole",
        "2 working days late",
        "Code 6.3",
        "Counted 10 working days from Wednesday 4 March 2026",
        "Friday 20 March 2026",
        "by Amara Cole",
    ):
        assert words in page, words
    assert f'href="/complaints/{DAMP}/actions"' in page
    assert 'id="fact-7"' not in page  # a date that only follows; the timeline has it
    timeline = client.get(f"/complaints/{DAMP}/timeline?kind=everything").text
    assert timeline.index('id="fact-10"') < timeline.index('id="fact-1"')
    assert 'href="/complaints/' + DAMP + '/timeline?kind=dates#fact-7"' in page


@pytest.mark.parametrize(
    ("kind", "shown", "folded"),
    [
        ("", {1, 4, 5, 8, 9}, {2, 3, 6, 7, 10}),
        ("dates", {2, 3, 6, 7, 8, 10}, set()),
        ("contact", {1, 5, 9}, set()),
        ("made-up", {1, 4, 5, 8, 9}, {2, 3, 6, 7, 10}),
    ],
)
def test_the_timeline_shows_one_kind_and_folds_away_the_dates_that_only_follow(
    client: TestClient, owner: Database, kind: str, shown: set[int], folded: set[int]
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(f"/complaints/{DAMP}/timeline", params={"kind": kind}).text
    assert {int(one) for one in re.findall(r'id="fact-(\d+)"', page)} == shown | folded
    inside = "".join(re.findall(r"<details.*?</details>", page, re.DOTALL))
    assert {int(one) for one in re.findall(r'id="fact-(\d+)"', inside)} == folded


def test_a_bank_holiday_is_named_where_a_count_passed_over_it(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(f"/complaints/{LIFT}").text
    assert "passed over Friday 3 April 2026: Good Friday" in page
    assert "passed over Monday 6 April 2026: Easter Monday" in page


def test_erased_words_are_shown_as_erased(
    client: TestClient, owner: Database, vault: Vault
) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        vault.destroy_subject_key(cursor, RIVERSIDE, SUBJECT, THU_9_APR_2026)
    sign_in(owner, client, AMARA)
    page = client.get(f"/complaints/{DAMP}").text
    assert "Marchbanks" not in page
    assert "Erased." in page


@pytest.mark.parametrize(
    ("officer", "visible"),
    [(AMARA, {DAMP, LIFT}), (BEN, {LIFT}), (CERYS, set()), (DAI, set())],
)
def test_an_officer_sees_the_cases_of_their_organisation_and_the_council_s_see_all(
    client: TestClient, owner: Database, officer: Officer, visible: set[str]
) -> None:
    sign_in(owner, client, officer)
    for reference in (DAMP, LIFT):
        status = 200 if reference in visible else 404
        for path in (f"/complaints/{reference}", f"/api/v1/complaints/{reference}/history"):
            answer = client.get(path)
            assert answer.status_code == status, (path, officer)
            assert (reference in answer.text) == (status == 200)
    board = get(client, "/api/v1/board") if visible else {"deadlines": []}
    assert {row["reference"] for row in board["deadlines"]} == visible & {LIFT}
    missed = get(client, "/api/v1/board?status=missed")
    assert {row["reference"] for row in missed["deadlines"]} == visible & {DAMP}
    assert sum(row["open_cases"] for row in get(client, "/api/v1/caseload")["caseload"]) == len(
        visible
    )
    assert sum(row["complaints"] for row in get(client, "/api/v1/counts")["received"]) == len(
        visible
    )


def test_the_history_carries_why_and_no_personal_words(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    answer = client.get(f"/api/v1/complaints/{DAMP}/history")
    facts = answer.json()["facts"]
    assert [fact["version"] for fact in facts] == list(range(1, 11))
    assert facts[6]["why"]["clause"] == "Code 6.3"
    assert facts[6]["why"]["counted"][-1]["date"] == "2026-03-18"
    assert "why" not in facts[0]
    assert "Marchbanks" not in answer.text
    assert "mould" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_a_session(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (401 if path.startswith("/api/") else 303)


def test_every_route_carries_the_security_headers(
    reading: Reading, client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    routes = [*api.router(reading).routes, *pages.router(reading).routes]
    paths = {
        route.path.replace("{reference}", DAMP) for route in routes if isinstance(route, APIRoute)
    }
    assert paths == set(PATHS)
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/board", f"/complaints/{DAMP}", "/complaints/none"])
def test_a_page_needs_nothing_from_elsewhere_and_no_script(
    client: TestClient, owner: Database, path: str
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(path).text
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", page)
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert "<style" not in page
    assert not re.search(r"\s(?:style|on\w+)=", page)
    assert page.count("<h1") == 1
    assert 'lang="en-GB"' in page
    assert 'href="#main"' in page
    assert "not real people" in page
    assert "Housing Ombudsman" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/board?status=late", 422),
        ("/api/v1/board?after=nonsense", 400),
        ("/api/v1/board?limit=201", 422),
        ("/api/v1/board?limit=1&stage=1&handler=ben&organisation=mill-lane", 200),
        ("/board?status=late&stage=x&organisation=&handler=", 200),
        ("/board?after=nonsense", 400),
        ("/board?organisation=%00", 422),
        ("/api/v1/board?after=2026-03-02,1,respond,%00", 422),
        ("/complaints/%00", 422),
        ("/complaints/..%2f..%2fetc", 404),
    ],
)
def test_a_made_up_question_gets_a_clear_answer(
    client: TestClient, owner: Database, path: str, status: int
) -> None:
    sign_in(owner, client, AMARA)
    assert client.get(path).status_code == status


def test_a_full_page_leads_to_the_next(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    first = get(client, "/api/v1/board?limit=1")
    assert [row["duty"] for row in first["deadlines"]] == ["acknowledge"]
    second = client.get("/api/v1/board", params={"limit": 1, "after": first["next"]}).json()
    assert [row["duty"] for row in second["deadlines"]] == ["respond"]
    assert second["next"] is None


class Outline(HTMLParser):
    """Reads a page strictly: every element closed in its turn, every id used once."""

    EMPTY = frozenset({"meta", "link", "input", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes ids and links within the page."""
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "for" or (name == "href" and (value or "").startswith("#")):
                self.targets.append((value or "").removeprefix("#"))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The innermost element ends first."""
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "path",
    ["/board", f"/complaints/{DAMP}", f"/complaints/{LIFT}", f"/complaints/{DAMP}/timeline"],
)
def test_a_page_is_well_formed_and_its_inner_links_lead_somewhere(
    client: TestClient, owner: Database, path: str
) -> None:
    sign_in(owner, client, AMARA)
    outline = Outline(client.get(path).text)
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)


def test_two_clocks_are_shown_each_with_its_own_why(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    append(workflow, BEGUN, reference=TWICE)
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, AMARA)
    page = client.get("/board", params={"status": "overdue"}).text
    assert f'href="/complaints/{TWICE}#due-1-respond"' in page
    assert "by own-policy" in page
    assert f"{TITLE}: Wednesday 18 March 2026" in page
    case = client.get(f"/complaints/{TWICE}").text
    assert f"<strong>{TITLE}</strong>" in case
    assert f"Judged beside it by {TITLE} ({CODE})" in case  # where an auditor looks, the code too
    assert f"beside it {TITLE}" in client.get(f"/complaints/{TWICE}/timeline").text
    dates = client.get(f"/complaints/{TWICE}/timeline?kind=dates").text
    assert f"Stage 1: respond under {TITLE}: due date set" in dates
    assert f"under {CODE}" not in dates
    own, beside = case.index('id="due-1-respond"'), case.index(f'id="due-1-respond-{CODE}"')
    assert own < case.index("Own policy 3") < beside < case.rindex("Code 6.3")
    (line,) = get(client, "/api/v1/board?status=overdue")["deadlines"]
    assert (line["owed_under"], line["due_on"]) == ("own-policy", "2026-03-16")
    assert (line["beside"]["owed_under"], line["beside"]["due_on"]) == (CODE, "2026-03-18")


def test_what_an_officer_owes_stands_under_their_name_and_what_a_role_owes_under_its_words(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    promised = replace(ACKNOWLEDGE, duty="promise 1", responsible="cerys")
    facts = ((mon_2_mar, opened(TWICE, mon_2_mar)), (mon_2_mar, promised), (mon_2_mar, ACKNOWLEDGE))
    append(workflow, facts, reference=TWICE)
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, AMARA)
    for path in ("/board", f"/complaints/{TWICE}"):
        page = client.get(path).text
        assert "Cerys Pugh" in page
        assert "Complaints team" in page
        assert ">Cerys<" not in page
