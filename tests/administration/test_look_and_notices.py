"""The look and the notices of a landlord stand on all its pages, to whom they should, and on nobody else's."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.responses import Response

from shared.branding.showing import KEPT_SECONDS, Showing
from shared.database.pool import Database
from shared.identity.resident_sessions import ResidentSession
from shared.registry.officers import Officer
from shared.runtime.clock import SettableClock
from shared.web.pages import render
from shared.web.security_headers import CONTENT_SECURITY_POLICY
from tests.administration.conftest import ADA, TOM
from tests.identity.building import AMARA, DAI, RIVERSIDE, THU_9_APR_2026, browser, sign_in

pytestmark = pytest.mark.postgres

BRAND, NOTICES, RETENTION = (
    "/administration/brand",
    "/administration/notices",
    "/administration/retention",
)
RED = {"shown_name": "Riverside Homes for All", "colour": "#7A0019", "font": "verdana"}
TOLD = {"message": "Our office is closed on Friday.", "audience": "both", "until_on": "2026-04-10"}
SHEET = 'href="/brand/7a0019-verdana.css"'


@pytest.fixture
def ada(app: FastAPI, owner: Database) -> TestClient:
    """The browser of the landlord's administrator."""
    client = browser(app)
    sign_in(owner, client, ADA)
    return client


@pytest.fixture
def resident(app: FastAPI) -> TestClient:
    """The browser of a resident, on a page of the default landlord's and one of another's."""

    @app.get("/page")
    def page(request: Request) -> Response:
        return render(request, "error.html", title="A page", detail="", rule=None)

    @app.get("/page/{landlord}")
    def page_of(request: Request, landlord: str) -> Response:
        return render(
            request, "error.html", title="A page", detail="", rule=None, landlord=landlord
        )

    @app.get("/followed/{at}")
    def page_followed(request: Request, at: str) -> Response:
        now = THU_9_APR_2026
        follower = ResidentSession(at, "RC-2026-000001", "complainant", now, now)
        return render(
            request, "error.html", title="A page", detail="", rule=None, follower=follower
        )

    return browser(app)


def staff(app: FastAPI, owner: Database, officer: Officer) -> TestClient:
    client = browser(app)
    sign_in(owner, client, officer)
    return client


@pytest.mark.parametrize("path", [BRAND, NOTICES, RETENTION])
@pytest.mark.parametrize("who", [AMARA, TOM])
def test_only_administrators_of_the_whole_landlord_open_them(
    app: FastAPI, owner: Database, who: Officer, path: str
) -> None:
    client = staff(app, owner, who)
    assert client.get(path).status_code == 403
    assert client.post(path, data=RED | TOLD | {"days": "100"}).status_code == 403


@pytest.mark.parametrize("path", [BRAND, NOTICES, f"{NOTICES}/1/down", RETENTION])
def test_a_form_from_another_site_is_refused(ada: TestClient, path: str) -> None:
    answer = ada.post(path, data=RED | TOLD, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_a_look_that_is_kept_stands_on_pages_of_staff_and_residents_at_once(
    ada: TestClient, resident: TestClient, app: FastAPI, owner: Database
) -> None:
    assert "/brand/" not in resident.get("/page").text
    assert ada.post(BRAND, data=RED).status_code == 303
    for page in (ada.get(BRAND).text, resident.get("/page").text):
        assert SHEET in page
        assert "Riverside Homes for All" in page
    assert "by Ada Quayle" in ada.get(BRAND).text
    other = staff(app, owner, DAI).get("/administration/people").text
    assert "/brand/" not in other
    assert "Riverside" not in other
    assert "/brand/" not in resident.get("/page/hilltop").text
    assert "/brand/" not in resident.get("/followed/hilltop").text
    assert SHEET in resident.get("/followed/riverside").text


def test_a_stylesheet_is_cached_for_ever_and_allowed_by_the_policy(ada: TestClient) -> None:
    answer = ada.get("/brand/7a0019-verdana.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "style-src 'self'" in CONTENT_SECURITY_POLICY
    assert ada.get("/brand/7a0019-comic.css").status_code == 404


def test_a_look_is_seen_before_it_is_kept_by_whoever_chooses_it_alone(
    ada: TestClient, resident: TestClient
) -> None:
    answer = ada.post(BRAND, data=RED | {"step": "preview"})
    assert answer.status_code == 200
    assert SHEET in answer.text
    assert "Nothing is kept yet" in answer.text
    assert 'value="#7A0019"' in answer.text
    for page in (ada.get(BRAND), resident.get("/page")):
        assert "/brand/" not in page.text


def test_a_colour_too_light_is_refused_with_its_contrast_and_what_was_typed(
    ada: TestClient,
) -> None:
    answer = ada.post(BRAND, data=RED | {"colour": "#ffcc00"})
    assert answer.status_code == 422
    assert "at least 4.5 to 1" in answer.text
    assert 'value="#ffcc00"' in answer.text
    assert 'value="Riverside Homes for All"' in answer.text
    assert "/brand/" not in ada.get(BRAND).text


@pytest.mark.parametrize(
    ("audience", "staff_see", "residents_see"),
    [("staff", True, False), ("residents", False, True), ("both", True, True)],
)
def test_a_notice_is_shown_to_whom_it_is_for(
    ada: TestClient, resident: TestClient, audience: str, staff_see: bool, residents_see: bool
) -> None:
    assert ada.post(NOTICES, data=TOLD | {"audience": audience}).status_code == 303
    shown = 'aria-label="Notices"'
    assert (shown in ada.get("/administration/people").text) is staff_see
    assert (shown in resident.get("/page").text) is residents_see


def test_a_notice_comes_and_goes_by_itself_and_is_plain_text(
    ada: TestClient, resident: TestClient, clock: SettableClock, app: FastAPI
) -> None:
    ahead = TOLD | {"message": "Closed <b>today</b>", "from_on": "2026-04-10", "from_time": "09:00"}
    assert ada.post(NOTICES, data=ahead).status_code == 303

    def shown() -> bool:
        return "Closed &lt;b&gt;today&lt;/b&gt;" in resident.get("/page").text

    assert not shown()
    clock.set(THU_9_APR_2026.replace(day=10, hour=8, minute=0))  # nine in London
    assert shown()
    clock.set(THU_9_APR_2026.replace(day=10, hour=22, minute=59))
    assert shown()
    clock.set(THU_9_APR_2026.replace(day=10, hour=23, minute=0))
    assert not shown()


def test_a_notice_that_is_taken_down_is_gone_and_stays_on_record(
    ada: TestClient, resident: TestClient, owner: Database
) -> None:
    ada.post(NOTICES, data=TOLD)
    with owner.transaction(RIVERSIDE) as cursor:
        row = cursor.execute("SELECT notice FROM administration.notice").fetchone()
    assert row is not None
    assert ada.post(f"{NOTICES}/{row['notice']}/down").status_code == 303
    assert TOLD["message"] not in resident.get("/page").text
    page = ada.get(NOTICES).text
    assert "Those that were" in page
    assert "Taken down" in page
    assert ada.post(f"{NOTICES}/{row['notice']}/down").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"message": "  "}, "message"),
        ({"message": "x" * 501}, "message"),
        ({"audience": ""}, "audience"),
        ({"until_on": ""}, "until_on"),
        ({"until_on": "tomorrow"}, "until_on"),
        ({"until_on": "2026-04-08"}, "until_on"),
        ({"until_on": "2026-12-31"}, "until_on"),
        ({"until_time": "25:00"}, "until_time"),
        ({"from_on": "2027-04-20", "until_on": "2027-04-21"}, "from_on"),
        ({"from_on": "2026-04-12"}, "until_on"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_at_its_field(
    ada: TestClient, wrong: dict[str, str], field: str
) -> None:
    answer = ada.post(NOTICES, data=TOLD | wrong)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert 'aria-label="Notices"' not in answer.text


def test_at_most_three_notices_stand_at_once(ada: TestClient) -> None:
    for number in (1, 2, 3):
        assert ada.post(NOTICES, data=TOLD | {"message": f"Number {number}"}).status_code == 303
    answer = ada.post(NOTICES, data=TOLD)
    assert answer.status_code == 422
    assert "take one down" in answer.text


def test_what_another_process_changed_is_shown_within_seconds(
    administration: Database, owner: Database, clock: SettableClock
) -> None:
    elapsed = [0.0]
    showing = Showing(
        database=administration, clock=clock, landlord=RIVERSIDE, monotonic=lambda: elapsed[0]
    )
    app = FastAPI()
    request = Request({"type": "http", "app": app, "path_params": {}, "headers": []})
    assert showing.around(request).stylesheet == ""
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute(
            "INSERT INTO administration.brand VALUES ('riverside', '', '7a0019', 'arial', now())"
        )
    assert showing.around(request).stylesheet == ""
    elapsed[0] = KEPT_SECONDS
    assert showing.around(request).stylesheet == "/brand/7a0019-arial.css"


def test_a_page_is_shown_with_what_was_known_while_the_database_is_away(
    owner: Database, clock: SettableClock
) -> None:
    elapsed = [0.0]
    gone = Database(owner.conninfo, role="redress_intake")
    showing = Showing(database=gone, clock=clock, landlord=RIVERSIDE, monotonic=lambda: elapsed[0])
    request = Request({"type": "http", "app": FastAPI(), "path_params": {}, "headers": []})
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute(
            "INSERT INTO administration.brand VALUES ('riverside', '', '7a0019', 'arial', now())"
        )
    assert showing.around(request).stylesheet == "/brand/7a0019-arial.css"
    gone.close()
    elapsed[0] = KEPT_SECONDS
    assert showing.around(request).stylesheet == "/brand/7a0019-arial.css"


def test_how_long_reads_are_kept_is_set_within_limits_and_recorded(ada: TestClient) -> None:
    assert 'value="730"' in ada.get(RETENTION).text
    for wrong in ("", "89", "3661", "a year", "-100", "1e3"):
        answer = ada.post(RETENTION, data={"days": wrong})
        assert (answer.status_code, 'href="#days"' in answer.text) == (422, True)
    assert ada.post(RETENTION, data={"days": " 365 "}).status_code == 303
    page = ada.get(f"{RETENTION}?done=yes").text
    assert "kept for 365 days" in page
    assert "730 became 365" in page


def test_a_page_that_failed_has_the_look_of_the_landlord_too(
    ada: TestClient, resident: TestClient
) -> None:
    ada.post(BRAND, data=RED)
    answer = resident.get("/nowhere")
    assert (answer.status_code, SHEET in answer.text) == (404, True)
