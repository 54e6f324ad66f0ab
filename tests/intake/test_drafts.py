"""Answers that are not sent yet: sealed, for one browser or whoever has the code, and gone after thirty days."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from services.intake.drafts import CODE_LENGTH, KEPT_FOR, LONGEST_DRAFT, Drafts, TooLong
from services.intake.sweeping import Sweeper
from tests.intake.resident import MYSELF, Resident
from tests.intake.setting import Setting
from tests.support.eventually import eventually


@pytest.fixture
def drafts(setting: Setting) -> Drafts:
    return Drafts(database=setting.database("redress_intake"), vault=setting.vault)


def code_on(page: str) -> str:
    """The code that a page shows."""
    (code,) = re.findall(r"<strong>([0-9A-Z-]{14})</strong>", page)
    return str(code)


def test_nothing_that_was_typed_stands_in_the_database_in_clear(setting: Setting) -> None:
    resident = Resident(setting.intake_client())
    resident.walk(MYSELF | {"name": {"name": "Canaryname"}})
    code = code_on(resident.post("/complain/save").text)
    (row,) = setting.rows("SELECT * FROM intake.draft")
    stored = b"".join(value for value in row.values() if isinstance(value, bytes))
    token = resident.client.cookies["redress_complaint"].partition(".")[2]
    for secret in (b"Canaryname", b"still", token.encode(), code.replace("-", "").encode()):
        assert secret not in stored
    assert setting.rows("SELECT FROM vault.words") == []


def test_the_cookie_is_unreadable_for_scripts_and_ends_with_the_browser(setting: Setting) -> None:
    client = setting.intake_client()
    answer = client.post("/complain/start", data={}, headers={"Origin": "http://127.0.0.1:8000"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age" not in cookie
    assert "expires" not in cookie


def test_once_it_was_sent_nothing_is_left_but_what_became_of_it(setting: Setting) -> None:
    Resident(setting.intake_client()).complain(MYSELF)
    (row,) = setting.rows("SELECT sealed, wrapped_key, submission FROM intake.draft")
    (submission,) = setting.rows("SELECT submission FROM intake.submission")
    assert row == {"sealed": None, "wrapped_key": None, **submission}


def test_another_browser_opens_the_draft_with_the_code_however_it_is_typed(
    setting: Setting,
) -> None:
    first, second = Resident(setting.intake_client()), Resident(setting.intake_client())
    first.start()
    first.post("/complain/for-whom", {"for_whom": "myself"})
    typed = first.post("/complain/name", {"name": "Jo Bloggs", "then": "save"})
    assert typed.headers["location"] == "/complain/save"
    code = code_on(first.post("/complain/save").text)
    assert code not in first.get("/complain/save").text
    opened = second.post("/complain/return", {"code": f" {code.lower().replace('-', ' ')} "})
    assert opened.headers["location"] == "/complain/contact"
    assert 'value="Jo Bloggs"' in second.get("/complain/name").text
    # Both browsers go on with the one draft.
    second.post("/complain/name", {"name": "Jo Second"})
    assert 'value="Jo Second"' in first.get("/complain/name").text


def test_saving_keeps_also_what_is_not_right_yet(setting: Setting) -> None:
    resident = Resident(setting.intake_client())
    resident.start()
    saved = resident.post(
        "/complain/contact", {"answer_by": "email", "email": "jo@", "then": "save"}
    )
    assert saved.headers["location"] == "/complain/save"
    assert 'value="jo@"' in resident.get("/complain/contact").text


def test_a_new_code_ends_the_one_before_and_a_wrong_one_opens_nothing(setting: Setting) -> None:
    first, second = Resident(setting.intake_client()), Resident(setting.intake_client())
    first.start()
    old = code_on(first.post("/complain/save").text)
    new = code_on(first.post("/complain/save").text)
    for wrong in (old, "", "ABCD", new + "2", "2" * CODE_LENGTH):
        page = second.post("/complain/return", {"code": wrong})
        assert page.status_code == 422
        assert "Check the code" in page.text
    elsewhere = second.post("/complain/return", {"code": new, "landlord": "hillside"})
    assert elsewhere.status_code == 422
    assert second.post("/complain/return", {"code": new}).status_code == 303


def test_the_code_of_a_complaint_that_was_sent_leads_to_its_confirmation(setting: Setting) -> None:
    first, second = Resident(setting.intake_client()), Resident(setting.intake_client())
    first.walk(MYSELF)
    code = code_on(first.post("/complain/save").text)
    sent = first.post("/complain/send").headers["location"]
    assert second.post("/complain/return", {"code": code}).headers["location"] == sent


def test_deleting_leaves_nothing_and_the_browser_forgets_it(setting: Setting) -> None:
    resident = Resident(setting.intake_client())
    resident.walk(MYSELF)
    assert resident.post("/complain/delete").headers["location"] == "/complain"
    assert setting.rows("SELECT FROM intake.draft") == []
    assert "redress_complaint" not in resident.client.cookies
    assert "Go on with it" not in resident.get("/complain").text


def test_a_new_start_deletes_a_draft_that_nobody_else_could_open(setting: Setting) -> None:
    resident = Resident(setting.intake_client())
    resident.start()
    resident.start()
    assert len(setting.rows("SELECT FROM intake.draft")) == 1
    assert "A new one deletes what you have begun" in resident.get("/complain").text
    resident.post("/complain/save")
    assert "its code opens it" in resident.get("/complain").text
    resident.start()
    assert len(setting.rows("SELECT FROM intake.draft")) == 2


def test_a_start_at_another_landlord_leaves_the_draft_alone(setting: Setting) -> None:
    resident = Resident(setting.intake_client())
    resident.start("hillside")
    resident.start("riverside")
    assert len(setting.rows("SELECT FROM intake.draft", "hillside")) == 1


def test_what_is_too_long_to_keep_is_not_said_to_be_saved(setting: Setting) -> None:
    resident = Resident(setting.intake_client())
    resident.start()
    typed = {"complaint": "x" * LONGEST_DRAFT, "then": "save"}
    page = resident.post("/complain/what-happened", typed)
    assert page.status_code == 422
    assert typed["complaint"] in page.text


def test_thirty_days_after_the_last_answer_a_draft_is_unreadable_and_swept(
    setting: Setting, drafts: Drafts
) -> None:
    database = setting.database("redress_intake")
    old = drafts.begin("riverside", now=setting.clock.now())
    drafts.begin("hillside", now=setting.clock.now())
    setting.clock.advance(timedelta(days=1))
    young = drafts.begin("riverside", now=setting.clock.now())
    setting.clock.advance(KEPT_FOR - timedelta(hours=1))
    assert drafts.held(old.credential, now=setting.clock.now()) is None
    assert drafts.held(young.credential, now=setting.clock.now()) is not None
    sweeper = Sweeper(database=database, clock=setting.clock, shelf=setting.shelf())
    assert sweeper.sweep() == 2
    assert sweeper.sweep() == 0
    assert setting.rows("SELECT draft FROM intake.draft") == [{"draft": young.draft}]


async def test_the_sweeper_works_until_it_is_told_to_stop(setting: Setting, drafts: Drafts) -> None:
    drafts.begin("riverside", now=setting.clock.now() - 2 * KEPT_FOR)
    stop = asyncio.Event()
    worker = Sweeper(
        database=setting.database("redress_intake"), clock=setting.clock, shelf=setting.shelf()
    )
    running = asyncio.create_task(worker.run(stop))
    await asyncio.to_thread(eventually, lambda: not setting.rows("SELECT FROM intake.draft"))
    stop.set()
    await asyncio.wait_for(running, timeout=2)


def test_a_draft_has_a_limit_and_is_kept_as_it_was_beyond_it(
    setting: Setting, drafts: Drafts
) -> None:
    now = setting.clock.now()
    draft = drafts.begin("riverside", now=now)
    drafts.keep(draft, {"name": "Jo"}, step="name", now=now)
    with pytest.raises(TooLong):
        drafts.keep(draft, {"complaint": "x" * LONGEST_DRAFT}, step=None, now=now)
    kept = drafts.held(draft.credential, now=now)
    assert kept is not None
    assert (kept.answers, kept.answered) == ({"name": "Jo"}, ["name"])


def test_a_draft_of_another_row_is_not_opened(setting: Setting, drafts: Drafts) -> None:
    now = setting.clock.now()
    one, other = drafts.begin("riverside", now=now), drafts.begin("riverside", now=now)
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute(
            "UPDATE intake.draft SET sealed = (SELECT sealed FROM intake.draft WHERE draft = %s)"
            " WHERE draft = %s",
            (other.draft, one.draft),
        )
    assert drafts.held(one.credential, now=now) is None


@pytest.mark.parametrize(
    "credential", [None, "", ".", "riverside", "riverside.", "nobody.x", "é.x", "a\0b.x"]
)
def test_a_credential_that_is_none_holds_nothing(
    setting: Setting, drafts: Drafts, credential: str | None
) -> None:
    assert drafts.held(credential, now=setting.clock.now()) is None


def test_keeping_answers_in_a_draft_that_is_gone_says_so(setting: Setting, drafts: Drafts) -> None:
    now = setting.clock.now()
    draft = drafts.begin("riverside", now=now)
    drafts.discard(draft)
    assert drafts.keep(draft, {"name": "Jo"}, step=None, now=now) is None
    sent = drafts.begin("riverside", now=now)
    submission = uuid4()
    drafts.sent(sent, submission)
    kept = drafts.keep(sent, {"name": "Jo"}, step=None, now=now)
    assert kept is not None
    assert kept.submission == submission
