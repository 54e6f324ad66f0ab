"""The three longest journeys without a mouse: a resident complains, follows the case, and officers answer a complaint
that came by telephone. Every stop on the way can be seen and has nothing over it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from random import randint

import pytest
from playwright.sync_api import expect

from shared.complaints.working_days import LONDON
from tests.browser.complaining import left, step_of
from tests.browser.conftest import Open
from tests.browser.following import OFFICER, code_from_the_mailbox, complained
from tests.browser.keys import Keyboard
from tests.documents.files import photo_with_place
from tests.support.eventually import eventually


@pytest.fixture
def leak(tmp_path: Path) -> Path:
    """A photo as a telephone takes it."""
    file = tmp_path / "leak.jpg"
    file.write_bytes(photo_with_place())
    return file


def test_a_resident_makes_a_complaint(open_page: Open, leak: Path) -> None:
    page = open_page()
    keys = Keyboard(page)

    def adds_a_photo() -> None:
        keys.attach("Add files (optional)", leak)
        keys.button("Add these files")
        expect(page.locator("#documents")).to_contain_text("leak.jpg")

    answers: Mapping[str, Callable[[], object]] = {
        "for-whom": lambda: keys.pick("For somebody else"),
        "representative": lambda: (
            keys.write("Your full name", "Kay Board")
            .pick("Friend or neighbour")
            .write("Telephone number", "020 7946 0000")
        ),
        "consent": lambda: keys.pick("Yes, they have agreed").write(
            "How they agreed, or why they cannot and what lets you act for them",
            "She asked me to.",
        ),
        "name": lambda: keys.write("Full name", "Ada Example"),
        "contact": lambda: keys.pick("By email").write(
            "Email address, for an answer by email", "ada@example.org"
        ),
        "home": lambda: keys.write(
            "Address of the home, with its postcode", "1 Tab Street\nLondon"
        ).pick("Riverside Homes"),
        "what-happened": lambda: keys.write("Tell us in up to 5,000 characters", "Nobody came."),
        "photos": adds_a_photo,
        "needs": lambda: keys.tick("A translation into another language").choose(
            "Language of the translation or the interpreter", "Polish"
        ),
    }
    page.goto("/complain")
    keys.skip_to_content()
    keys.button("Start now")
    while (step := step_of(page)) != "check":
        answers.get(step, lambda: None)()
        keys.button("Continue")
        left(page, step)
    keys.button("Send the complaint")
    expect(page.locator("h1")).to_contain_text("We have received your complaint")


def test_a_resident_follows_their_case(open_page: Open, leak: Path) -> None:
    officer = open_page(officer=OFFICER)
    reference = complained(officer)
    page = open_page()
    keys = Keyboard(page)
    page.goto("/")
    keys.link("Follow a complaint")
    keys.skip_to_content()
    keys.write("Reference of the complaint", reference)
    keys.button("Continue")
    keys.write("Code", code_from_the_mailbox(officer, reference))
    keys.button("Sign in")
    expect(page.locator("h1")).to_contain_text(reference)
    keys.link("Letters")
    keys.link("Add information")
    keys.write("What you want to tell us", "It stopped again.")
    keys.attach("Add files (optional)", leak)
    keys.button("Send")
    expect(page.locator("main")).to_contain_text("We have received what you sent us")
    keys.link("I am not satisfied")
    keys.write("Why you are not satisfied (optional)", "It stops each day.")
    keys.button("Tell us")
    expect(page.locator("h1")).to_have_text("We cannot open the next stage now")
    keys.link("How to reach me")
    keys.pick("By telephone")
    keys.write("Telephone number", "020 7946 0001")
    keys.button("Send")
    keys.button("Sign out")
    expect(page.locator("main")).to_contain_text("You are signed out.")


def at_their_desk(open_page: Open, name: str) -> Keyboard:
    """An officer who has signed in from the start page on."""
    page = open_page()
    keys = Keyboard(page)
    page.goto("/")
    keys.link("Staff sign-in")
    keys.skip_to_content()
    keys.button(name)
    return keys


def log_a_phone_complaint(keys: Keyboard) -> str:
    """From the board on; gives the reference of the case."""
    keys.link("New complaint")
    keys.skip_to_content()
    keys.choose("How it was received", "Telephone")
    keys.choose("What it is", "Complaint")
    keys.write_date("Day of receipt", datetime.now(LONDON).date())
    keys.choose("Who manages the home", "Mill Lane Tenant Management")
    keys.write("Name of the complainant", f"Kay Board {randint(0, 999_999)}")
    keys.write("Telephone number", f"07700 {randint(0, 999_999):06}")
    keys.write("What happened", "The lift has been out of order since Friday.")
    keys.button("Log the complaint")
    case = keys.page.get_by_role("link", name="Go to the complaint")
    address = case.get_attribute("href") or ""
    eventually(lambda: keys.page.request.get(f"{address}/actions").ok)
    keys.link("Go to the complaint")
    return address.rpartition("/")[2]


def acts(keys: Keyboard, action: str, fill_in: Callable[[], object]) -> None:
    """From the page of the case on: opens the form of an action, fills it in and sends it."""
    keys.button("What can be done now")
    keys.skip_to_content()
    keys.link(action)
    keys.skip_to_content()
    fill_in()
    keys.button(action)
    expect(keys.page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")


def test_officers_answer_a_complaint_that_came_by_telephone(open_page: Open) -> None:
    joan = at_their_desk(open_page, "Joan Peake Manager")
    leroy = at_their_desk(open_page, "Leroy Banks Complaints team")
    reference = log_a_phone_complaint(joan)
    acts(
        joan,
        "Acknowledge the complaint",
        lambda: joan.choose("How was the complainant told?", "Phone"),
    )
    acts(
        joan,
        "Record contact with the complainant",
        lambda: joan.choose("How was the complainant reached?", "Phone").write(
            "What was said (optional)", "The lift of the east stair."
        ),
    )
    acts(joan, "Allocate the complaint", lambda: joan.tick("Joan Peake, Manager"))
    acts(
        joan,
        "Submit a draft response",
        lambda: joan.write("The draft", "We are sorry. The lift works again."),
    )
    eventually(lambda: reference in leroy.page.request.get("/approvals").text())
    leroy.link("Approvals")
    leroy.skip_to_content()
    leroy.link(reference)
    leroy.skip_to_content()
    leroy.button("Approve the draft")
    acts(
        joan,
        "Issue the response",
        lambda: (
            joan.choose("What was found", "Upheld")
            .choose("What is done to put it right (optional)", "Repair")
            .write("The response", "We are sorry. The lift works again.")
        ),
    )
    timeline = f"/complaints/{reference}/timeline"
    eventually(lambda: "response sent, upheld" in joan.page.request.get(timeline).text())
    joan.link("Timeline")
    expect(joan.page.locator("main")).to_contain_text("response sent, upheld")


@pytest.mark.parametrize(
    ("style", "why"),
    [
        ("a { outline: none }", "not seen to have the focus"),
        ("p { position: fixed; inset: 0; background: white }", "covered"),
        ("a { position: absolute; left: -1000px }", "covered"),
    ],
)
def test_a_stop_that_is_not_shown_would_be_found(open_page: Open, style: str, why: str) -> None:
    page = open_page()
    page.set_content(f"<style>{style}</style><a href='/track'>Follow a complaint</a><p>Words</p>")
    with pytest.raises(AssertionError, match=why):
        Keyboard(page).link("Follow a complaint")
