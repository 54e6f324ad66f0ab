"""Drafts of forms: saved by a button, restored for their officer alone, sealed, and gone after sending."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.workflow.form_drafts import KEPT_FOR, LONGEST_DRAFT
from tests.workflow.office import LANDLORD, Office
from tests.workflow.test_action_pages import ACTIONS_PAGE, BOILER, Browser

WORDS = "She wants <b>heat</b> by Friday."
FORM = f"{ACTIONS_PAGE}/contacts"


@pytest.fixture
def browser(office: Office) -> Browser:
    """A case that was opened, and a browser."""
    office.open(BOILER)
    return Browser(office)


def saved(browser: Browser, officer: str = "ben") -> dict[str, Any]:
    """A draft of a contact, saved; returns what was sent."""
    fields = browser.form(officer, "contacts") | {"channel": "phone", "words": WORDS}
    answer = browser.send(officer, "contacts", fields | {"step": "save"})
    assert (answer.status_code, answer.headers["location"]) == (303, FORM)
    return fields


def stored(browser: Browser) -> list[dict[str, Any]]:
    """The rows of drafts."""
    with browser.office.owner.transaction(LANDLORD) as cursor:
        return cursor.execute("SELECT * FROM workflow.form_draft").fetchall()


def test_a_saved_draft_is_there_when_its_form_is_opened_again_and_nothing_was_done(
    browser: Browser,
) -> None:
    before = browser.office.case(BOILER).version
    saved(browser)
    page = browser.open("ben", FORM).text
    assert "This is your draft, saved Monday 2 March 2026 at 9:30am" in page
    assert "She wants &lt;b&gt;heat&lt;/b&gt; by Friday." in page
    assert re.search(r'value="phone" selected', page)
    assert browser.office.case(BOILER).version == before


def test_a_draft_is_sealed_and_is_its_officers_alone(browser: Browser) -> None:
    saved(browser)
    (row,) = stored(browser)
    assert b"heat" not in bytes(row["sealed"])
    assert "This is your draft" not in browser.open("cora", FORM).text
    assert browser.open("edith", FORM).status_code == 404


def test_saving_again_keeps_the_last_and_sending_ends_it(browser: Browser) -> None:
    saved(browser)
    fields = saved(browser)
    assert len(stored(browser)) == 1
    assert browser.send("ben", "contacts", fields).status_code == 303
    assert stored(browser) == []


def test_a_draft_can_be_discarded(browser: Browser) -> None:
    saved(browser)
    assert browser.send("ben", "contacts", {"step": "discard"}).status_code == 303
    assert stored(browser) == []
    assert "This is your draft" not in browser.open("ben", FORM).text


def test_a_draft_says_what_happened_since_it_was_saved(browser: Browser) -> None:
    saved(browser)
    other = browser.form("cora", "acknowledgement") | {"channel": "letter"}
    assert browser.send("cora", "acknowledgement", other).status_code == 303
    page = browser.open("ben", FORM).text
    assert "Since you saved it:" in page
    assert "<li>Acknowledged by Cora Field, Monday 2 March 2026 at 9:30am</li>" in page


def test_a_draft_ends_with_the_erasure_of_the_complainants_words(browser: Browser) -> None:
    saved(browser)
    office = browser.office
    complainant = office.case(BOILER).opened.complainant
    assert complainant is not None
    with office.owner.transaction(LANDLORD) as cursor:
        office.vault.destroy_subject_key(cursor, LANDLORD, UUID(complainant), office.clock.now())
    page = browser.open("ben", FORM)
    assert page.status_code == 200
    assert "heat" not in page.text
    fields = browser.form("ben", "contacts") | {"words": WORDS, "step": "save"}
    assert browser.send("ben", "contacts", fields).status_code == 409


def test_a_draft_is_kept_for_thirty_days_and_the_next_save_clears_it_away(
    browser: Browser,
) -> None:
    saved(browser)
    browser.office.clock.advance(KEPT_FOR + timedelta(minutes=1))
    browser.office.sessions.clear()
    with browser.office.owner.transaction(LANDLORD) as cursor:
        cursor.execute("DELETE FROM registry.session")
    assert "This is your draft" not in browser.open("ben", FORM).text
    fields = browser.form("ben", "drafts") | {"words": WORDS, "step": "save"}
    assert browser.send("ben", "drafts", fields).status_code == 303
    assert [row["command"] for row in stored(browser)] == ["drafts"]


def test_a_draft_that_is_too_long_and_an_auditors_are_not_kept(browser: Browser) -> None:
    fields = browser.form("ben", "contacts") | {"step": "save"}
    long = browser.send("ben", "contacts", fields | {"words": "x" * LONGEST_DRAFT})
    assert long.status_code == 413
    browser.office.register_officers({"ina": ("riverside", "Ina Frost", "auditor")})
    assert browser.send("ina", "contacts", fields | {"words": WORDS}).status_code == 403
    assert stored(browser) == []
