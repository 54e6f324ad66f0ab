"""The commands of officers as plain pages: what may be done, forms, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from services.workflow.action_fields import ACTIONS
from services.workflow.action_groups import DOES, GROUPS
from services.workflow.bodies import BODIES
from services.workflow.staff import ADDRESSES
from tests.workflow.office import Office
from tests.workflow.test_api import EVERY_COMMAND

BOILER = "RC-2026-000001"
ACTIONS_PAGE = f"/complaints/{BOILER}/actions"


class Browser:
    """Opens a form, fills it in and sends it, as a browser without JavaScript does."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.client = office.client()

    def open(self, officer: str, address: str) -> Any:
        """A page."""
        return self.client.get(address, headers=self.office.signed_in(officer))

    def form(self, officer: str, command: str) -> dict[str, Any]:
        """The hidden fields of an opened form."""
        page = self.open(officer, f"{ACTIONS_PAGE}/{command}")
        assert page.status_code == 200
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))

    def send(self, officer: str, command: str, fields: dict[str, Any]) -> Any:
        """The answer to the form with these fields."""
        headers = self.office.signed_in(officer) | {"Sec-Fetch-Site": "same-origin"}
        return self.client.post(f"{ACTIONS_PAGE}/{command}", data=fields, headers=headers)


@pytest.fixture
def browser(office: Office) -> Browser:
    """A case that was opened, and a browser."""
    office.open(BOILER)
    return Browser(office)


def test_every_command_has_an_action_and_a_body() -> None:
    assert set(ACTIONS) == set(BODIES) == set(ADDRESSES.values())


def test_the_page_of_actions_says_what_each_will_do_and_why_others_are_not_possible(
    browser: Browser,
) -> None:
    page = browser.open("ben", ACTIONS_PAGE).text
    assert f'href="{ACTIONS_PAGE}/acknowledgement"' in page
    assert "Records that the complainant was told that it was received" in page
    assert f'href="{ACTIONS_PAGE}/reopening"' not in page
    assert "The complaint is open." in page


def test_every_action_is_in_one_group_and_what_does_a_duty_is_an_action() -> None:
    every = [command for group in GROUPS for command in group.commands]
    assert sorted(every) == sorted(ACTIONS)
    assert set(DOES.values()) <= set(ACTIONS)


def test_the_page_of_actions_begins_with_what_is_due_and_folds_away_what_is_not_possible(
    browser: Browser,
) -> None:
    page = browser.open("ben", ACTIONS_PAGE).text
    due, folded = page.index("Due next"), page.index("<details")
    assert (
        due < page.index(">Acknowledge the complaint<") < page.index("Speak with the complainant")
    )
    assert page.index("Speak with the complainant") < page.index("Answer it") < folded
    assert folded < page.index("Reopen the case")


def test_an_auditor_is_told_that_nothing_can_be_done(browser: Browser) -> None:
    browser.office.register_officers({"ina": ("riverside", "Ina Frost", "auditor")})
    page = browser.open("ina", ACTIONS_PAGE).text
    assert "Nothing can be done on this case now." in page
    assert "Due next" not in page


def test_every_form_has_a_label_for_every_field_and_no_script_inside_the_page(
    browser: Browser,
) -> None:
    for command in BODIES:
        page = browser.open("ben", f"{ACTIONS_PAGE}/{command}").text
        fields = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page)
        assert fields, command
        for field in fields:
            assert re.search(rf'<label[^>]* for="{field}"', page), (command, field)
        assert not re.search(r"<script(?![^>]* src=)", page)
        assert "style=" not in page


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    """A body of the API as somebody would type it into the form."""
    typed: dict[str, Any] = {}
    for name, value in body.items():
        if name == "issues":
            for issue in value:
                place = f"issue-{issue['number']}"
                typed[f"{place}-outcome"] = issue["outcome"]
                typed[f"{place}-remedy"] = issue["remedies"][0]["kind"]
                typed[f"{place}-pounds"] = f"£{issue['remedies'][0]['amount_pence'] / 100:.2f}"
        elif isinstance(value, bool):
            typed[name] = "yes"
        else:
            typed[name] = value if isinstance(value, list) else str(value)
    return typed


def test_every_command_can_be_given_through_its_form(browser: Browser) -> None:
    for officer, command, body in EVERY_COMMAND:
        browser.office.clock.advance(timedelta(minutes=5))
        answer = browser.send(officer, command, browser.form(officer, command) | _typed(body))
        assert answer.status_code == 303, (command, answer.text)
        assert answer.headers["location"] == f"/complaints/{BOILER}"
    names = browser.office.names(BOILER)
    assert {"response-issued", "escalated", "withdrawn", "reopened", "closed"} <= set(names)


def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(browser: Browser) -> None:
    fields = browser.form("ben", "contacts") | {"words": "Wants <b>heat</b>."}
    answer = browser.send("ben", "contacts", fields)
    assert answer.status_code == 422
    assert '<a href="#channel">This needs an answer</a>' in answer.text
    assert 'id="channel-error"' in answer.text
    assert "Wants &lt;b&gt;heat&lt;/b&gt;." in answer.text


def test_a_day_that_is_no_day_and_a_day_to_come_are_pointed_at(browser: Browser) -> None:
    for day in ("soon", "2026-03-03"):
        fields = browser.form("ben", "contacts") | {"channel": "phone", "happened_on": day}
        answer = browser.send("ben", "contacts", fields)
        assert answer.status_code == 422
        assert 'id="happened_on-error"' in answer.text
        assert f'value="{day}"' in answer.text


def test_an_issue_without_an_outcome_is_pointed_at(browser: Browser) -> None:
    fields = browser.form("cora", "responses") | {"words": "Sorry.", "issue-1-remedy": "apology"}
    answer = browser.send("cora", "responses", fields)
    assert answer.status_code == 422
    assert 'id="issue-1-outcome-error"' in answer.text


def test_a_refusal_shows_rule_clause_and_way_out_and_keeps_what_was_typed(
    browser: Browser,
) -> None:
    fields = browser.form("ben", "escalation") | {"channel": "phone", "words": "Too slow."}
    answer = browser.send("ben", "escalation", fields)
    assert answer.status_code == 409
    assert "The response is not out yet, due on 2026-03-16." in answer.text
    assert "Procedure, Stage One to Stage Three" in answer.text
    assert "Wait for it" in answer.text
    assert "Too slow." in answer.text


def test_the_same_form_sent_twice_is_done_once(browser: Browser) -> None:
    fields = browser.form("ben", "contacts") | {"channel": "phone"}
    assert browser.send("ben", "contacts", fields).status_code == 303
    assert browser.send("ben", "contacts", fields).status_code == 303
    assert browser.office.names(BOILER).count("contact-made") == 1


def test_a_form_opened_before_somebody_else_acted_says_what_happened_since(
    browser: Browser,
) -> None:
    fields = browser.form("ben", "contacts") | {"channel": "phone", "words": "Called."}
    other = browser.form("cora", "acknowledgement") | {"channel": "letter"}
    browser.send("cora", "acknowledgement", other)
    answer = browser.send("ben", "contacts", fields)
    assert answer.status_code == 412
    assert "<li>Acknowledged by Cora Field, Monday 2 March 2026 at 9:30am</li>" in answer.text
    assert "<li>Acknowledge, stage 1: done, in time.</li>" in answer.text
    assert "Called." in answer.text
    fresh = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert browser.send("ben", "contacts", fields | fresh).status_code == 303


def test_the_pages_of_another_organisations_case_are_not_there(browser: Browser) -> None:
    for address in (ACTIONS_PAGE, f"{ACTIONS_PAGE}/contacts"):
        assert browser.open("edith", address).status_code == 404


def test_a_browser_without_a_session_is_sent_to_sign_in(browser: Browser) -> None:
    answer = browser.client.get(ACTIONS_PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_a_form_from_another_site_is_refused(browser: Browser) -> None:
    fields = browser.form("ben", "contacts") | {"channel": "phone"}
    headers = browser.office.signed_in("ben") | {"Sec-Fetch-Site": "cross-site"}
    answer = browser.client.post(f"{ACTIONS_PAGE}/contacts", data=fields, headers=headers)
    assert answer.status_code == 403


def test_an_unknown_action_and_a_broken_form_are_refused(browser: Browser) -> None:
    assert browser.open("ben", f"{ACTIONS_PAGE}/deletion").status_code == 404
    assert browser.send("ben", "contacts", {"channel": "phone"}).status_code == 400


def test_a_form_says_before_anything_is_typed_what_it_will_do_to_the_dates(
    browser: Browser,
) -> None:
    page = browser.open("ben", f"{ACTIONS_PAGE}/acknowledgement").text
    assert "<li>Acknowledge, stage 1: done, in time.</li>" in page
    assert f'action="/complaints/{BOILER}/letters/preview"' in page
    contact = browser.open("ben", f"{ACTIONS_PAGE}/contact-attempts").text
    assert "<li>No date changes.</li>" in contact
    assert "letters/preview" not in contact
    impossible = browser.open("ben", f"{ACTIONS_PAGE}/reopening").text
    assert "as the form stands" not in impossible


def test_looking_ahead_does_nothing_and_says_where_a_date_moves(browser: Browser) -> None:
    before = browser.office.case(BOILER).version
    fields = browser.form("cora", "promises") | {"by": "2026-03-20", "owner": "ben"}
    fields |= {"words": "A <b>new</b> boiler.", "step": "look"}
    answer = browser.send("cora", "promises", fields)
    assert answer.status_code == 200
    assert "Nothing was done yet" in answer.text
    assert "<li>Promise 1, stage 1: due Friday 20 March 2026.</li>" in answer.text
    assert "A &lt;b&gt;new&lt;/b&gt; boiler." in answer.text
    assert browser.office.case(BOILER).version == before
    fresh = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    del fields["step"]
    assert browser.send("cora", "promises", fields | fresh).status_code == 303


def test_looking_ahead_is_refused_as_the_command_would_be(browser: Browser) -> None:
    fields = browser.form("ben", "escalation") | {"channel": "phone", "step": "look"}
    answer = browser.send("ben", "escalation", fields)
    assert answer.status_code == 409
    assert "The response is not out yet" in answer.text
    stale = browser.form("ben", "contacts") | {"channel": "phone", "step": "look"}
    other = browser.form("cora", "acknowledgement") | {"channel": "letter"}
    browser.send("cora", "acknowledgement", other)
    assert browser.send("ben", "contacts", stale).status_code == 412


def test_an_auditor_sees_no_foresight_and_may_not_look_ahead(browser: Browser) -> None:
    browser.office.register_officers({"ina": ("riverside", "Ina Frost", "auditor")})
    fields = browser.form("ina", "acknowledgement") | {"channel": "letter", "step": "look"}
    assert "as the form stands" not in browser.open("ina", f"{ACTIONS_PAGE}/acknowledgement").text
    assert browser.send("ina", "acknowledgement", fields).status_code == 403


def test_who_decides_on_a_draft_in_the_queue_goes_on_there_and_nowhere_else(
    browser: Browser,
) -> None:
    browser.send("cora", "drafts", browser.form("cora", "drafts") | {"words": "Dear resident"})
    hidden = browser.form("ben", "draft-returns") | {"after": "approvals"}
    refused = browser.send("ben", "draft-returns", hidden | {"words": ""})
    assert refused.status_code == 409
    assert "Nothing says what is to be changed." in refused.text
    assert 'name="after" value="approvals"' in refused.text
    sent = browser.send("ben", "draft-returns", hidden | {"words": "Say what was found."})
    assert (sent.status_code, sent.headers["location"]) == (303, "/approvals")
    hidden = browser.form("cora", "drafts") | {"after": "https://elsewhere.example/"}
    elsewhere = browser.send("cora", "drafts", hidden | {"words": "Dear resident, we found it."})
    assert elsewhere.headers["location"] == f"/complaints/{BOILER}"
