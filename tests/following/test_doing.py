"""What the complainant does while they follow their case: it is on record at once, and somebody is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from services.workflow.domain import commands as ask
from services.workflow.domain.letters import parts_of_response
from services.workflow.resident_desk import LONGEST_WORDS, WITHOUT_REASON
from shared.complaints.events import ComplaintEscalated, InformationAdded
from shared.complaints.values import Channel, IssueOutcome, Outcome
from tests.following.resident import REFERENCE, Town, plain
from tests.following.test_signing_in import consented
from tests.workflow.office import LANDLORD, MON_2_MAR_2026

PAGE = f"/track/{REFERENCE}"


def told(town: Town) -> list[tuple[str, str]]:
    """What was added, by what it is about, with its words."""
    found = []
    for record in town.office.case(REFERENCE).events:
        if isinstance(record.event, InformationAdded):
            assert record.event.words is not None
            with town.projections.transaction(LANDLORD) as cursor:
                words = town.office.vault.read(cursor, LANDLORD, UUID(record.event.words.words))
            found.append((record.event.about, words or ""))
    return found


def answered(town: Town) -> None:
    """Stage 1 is answered."""
    by: dict[str, Any] = {"happened": town.office.now(), "actor": "cora"}
    town.give(ask.AcknowledgeComplaint(channel=Channel.EMAIL, **by), key="ack")
    town.give(ask.SubmitDraft(words=town.said(REFERENCE, "Dear Jo"), **by), key="draft")
    approval = ask.ApproveDraft(
        happened=town.office.now(), actor="ben", actor_role="complaints_team"
    )
    town.give(approval, key="ok")
    issues = (IssueOutcome(1, Outcome.NOT_UPHELD),)
    answer = ask.IssueResponse(issues=issues, channel=Channel.EMAIL, **by)
    town.give(answer, key="answer")


def send(browser: TestClient, form: str, **fields: str) -> str:
    """Sends a form; where the browser is sent, or what the page says."""
    answer = browser.post(f"{PAGE}/{form}", data={"key": "k-1"} | fields)
    return answer.headers.get("location") or answer.text


def test_what_is_added_is_on_record_and_whoever_handles_it_is_reminded(town: Town) -> None:
    town.complained()
    town.give(
        ask.AllocateComplaint(handlers=("cora",), happened=town.office.now(), actor="ben"), key="to"
    )
    browser = town.signed_in()
    sent = send(browser, "information", words="They came on Tuesday.\r\nIt leaks <b>still</b>.")
    assert sent == f"{PAGE}?done=information"
    assert told(town) == [("case", "They came on Tuesday.\nIt leaks <b>still</b>.")]
    page = browser.get(f"{PAGE}?done=information").text
    assert "We have received what you told us" in page
    assert "It leaks &lt;b&gt;still&lt;/b&gt;." in page
    reminders = [one for one in town.post_arrives() if "cora@" in str(one["To"])]
    assert ["added information" in str(one["Subject"]) for one in reminders] == [True]
    assert "leaks" not in plain(reminders[0])


def test_sending_it_twice_records_it_once(town: Town) -> None:
    town.complained()
    browser = town.signed_in()
    for _ in range(2):
        assert send(browser, "information", words="Once.") == f"{PAGE}?done=information"
    send(browser, "information", words="Another.")
    assert [words for _, words in told(town)] == ["Once.", "Another."]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Write what you want to tell us"),
        (" \r\n ", "Write what you want to tell us"),
        ("x" * (LONGEST_WORDS + 7), "Shorten it by 7 characters: there is room for 5,000"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(
    town: Town, words: str, says: str
) -> None:
    town.complained()
    page = send(town.signed_in(), "information", words=words)
    assert says in page
    assert words.strip() in page
    assert told(town) == []


def test_as_much_as_there_is_room_for_is_taken_whatever_the_line_ends(town: Town) -> None:
    town.complained()
    words = "\r\n".join(["x"] * (LONGEST_WORDS // 2))
    assert send(town.signed_in(), "information", words=words).endswith("done=information")


def test_information_is_taken_after_the_close_too(town: Town) -> None:
    town.complained()
    by: dict[str, Any] = {"happened": town.office.now(), "actor": "ben"}
    town.give(ask.WithdrawComplaint(**by), key="withdrawn")
    assert send(town.signed_in(), "information", words="And yet.").endswith("done=information")


def test_another_site_can_make_nobody_say_anything(town: Town) -> None:
    town.complained()
    browser = town.signed_in()
    for form in ("information", "not-satisfied", "reach-me"):
        answer = browser.post(
            f"{PAGE}/{form}",
            data={"key": "k", "words": "forged"},
            headers={"sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 403
    assert told(town) == []


def test_the_next_stage_is_opened_without_a_reason_and_the_page_says_what_follows(
    town: Town,
) -> None:
    town.complained()
    answered(town)
    browser = town.signed_in()
    assert "Ask for stage 2" in browser.get(f"{PAGE}/not-satisfied").text
    assert send(browser, "not-satisfied") == f"{PAGE}?done=next_stage"
    ((actor, escalated),) = [
        (record.actor, record.event)
        for record in town.office.case(REFERENCE).events
        if isinstance(record.event, ComplaintEscalated)
    ]
    assert actor == "complainant"
    assert escalated.words is None
    page = browser.get(f"{PAGE}?done=next_stage").text
    assert "You asked for the next stage." in page
    assert "You asked for stage 2, and we opened it" in page
    assert "we will answer you in writing" in page
    assert told(town) == []


def test_a_late_answer_alone_opens_the_next_stage(town: Town) -> None:
    town.complained()
    town.office.clock.set(MON_2_MAR_2026 + timedelta(days=15))
    assert send(town.signed_in(), "not-satisfied").endswith("done=next_stage")


def test_after_the_time_to_ask_nobody_is_refused_for_want_of_a_reason(town: Town) -> None:
    town.complained()
    answered(town)
    town.office.run_until(MON_2_MAR_2026 + timedelta(days=90))
    assert town.office.case(REFERENCE).complaint.ending is not None
    browser = town.signed_in()
    assert "opens it again" in browser.get(f"{PAGE}/not-satisfied").text
    assert send(browser, "not-satisfied").endswith("done=next_stage")
    case = town.office.case(REFERENCE)
    assert (case.complaint.stage, case.complaint.ending) == (2, None)
    (escalated,) = [
        record.event for record in case.events if isinstance(record.event, ComplaintEscalated)
    ]
    assert escalated.words is not None
    with town.projections.transaction(LANDLORD) as cursor:
        said = town.office.vault.read(cursor, LANDLORD, UUID(escalated.words.words))
    assert said == WITHOUT_REASON


def test_before_the_answer_is_due_the_page_says_why_and_until_when_and_keeps_the_wish(
    town: Town,
) -> None:
    town.complained()
    browser = town.signed_in()
    assert "The next stage is not open now" in browser.get(f"{PAGE}/not-satisfied").text
    page = send(browser, "not-satisfied", words="You do nothing.")
    assert "We cannot open the next stage now" in page
    assert "We have until Monday 16 March 2026 to answer you at stage 1." in page
    assert "from Tuesday 17 March 2026 on" in page
    assert "Housing Ombudsman" in page
    assert told(town) == [("next_stage", "You do nothing.")]
    assert any("asked for the next stage" in str(one["Subject"]) for one in town.post_arrives())


def test_at_the_last_stage_the_page_says_where_else_to_go(town: Town) -> None:
    town.person(email="jo@example.org")
    town.office.open(REFERENCE, "riverside")
    by: dict[str, Any] = {"happened": town.office.now(), "actor": "ada"}
    browser = town.signed_in()
    for stage in (1, 2):
        town.give(ask.AcknowledgeComplaint(channel=Channel.EMAIL, **by), key=f"ack {stage}")
        found = town.office.case(REFERENCE).complaint
        policy, _ = town.office.handling.rules_for(LANDLORD, found)
        answer = ask.IssueResponse(
            issues=(IssueOutcome(1, Outcome.NOT_UPHELD),),
            channel=Channel.EMAIL,
            contains=parts_of_response(found, policy),
            happened=town.office.now(),
            actor="ada" if stage == 1 else "dev",
        )
        town.give(answer, key=f"answer {stage}")
        if stage == 1:
            assert send(browser, "not-satisfied").endswith("done=next_stage")
    page = send(browser, "not-satisfied", words="Still not.", key="k-2")
    assert "Stage 2 is the last stage of our procedure." in page
    assert "Ombudsman" in page
    assert told(town) == [("next_stage", "Still not.")]


def test_how_somebody_wants_to_be_reached_reaches_whoever_handles_it(town: Town) -> None:
    town.complained()
    browser = town.signed_in()
    sent = send(
        browser, "reach-me", way="phone", phone="0300 000 0000", format="Large print, please"
    )
    assert sent.endswith("done=reaching_them")
    ((about, words),) = told(town)
    assert about == "reaching_them"
    assert words == (
        "Please reach me: by telephone\n"
        "Telephone number: 0300 000 0000\n"
        "What I need to read or hear you: Large print, please"
    )
    assert "0300 000 0000" in browser.get(PAGE).text


def test_nothing_or_no_address_is_told_to_be_none(town: Town) -> None:
    town.complained()
    browser = town.signed_in()
    assert "Tell us at least one thing" in send(browser, "reach-me")
    page = send(browser, "reach-me", email="jo at home", phone="0300 000 0000")
    assert "Enter an email address, such as name@example.org" in page
    assert "jo at home" in page
    assert "0300 000 0000" in page
    assert "Choose one of the list" in send(browser, "reach-me", way="pigeon")
    assert told(town) == []


def test_what_a_representative_does_stands_under_their_own_number(town: Town) -> None:
    town.complained()
    consented(town)
    browser = town.signed_in(holder="representative 1")
    assert send(browser, "information", words="For Jo.").endswith("done=information")
    last = town.office.case(REFERENCE).events[-1]
    assert last.actor == "representative 1"
    assert "It came from the person who speaks for you." in browser.get(PAGE).text


def test_a_form_without_its_key_is_not_taken(town: Town) -> None:
    town.complained()
    answer = town.signed_in().post(f"{PAGE}/information", data={"words": "x"})
    assert answer.status_code == 400
    assert told(town) == []
