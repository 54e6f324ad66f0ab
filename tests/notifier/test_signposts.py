"""Where letters say that a complainant may go: it follows from the subjects of the case and its policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.notifier.case_facts import ComplaintFacts, fold
from services.notifier.letter_facts import LetterFacts, LetterKind
from services.notifier.letter_words import LetterInHand, Person
from services.notifier.letters import Staff, letters_for
from services.notifier.writing import Writer
from shared.complaints.events import ComplaintAcknowledged, IssueAdded, IssueSplitOff
from shared.complaints.values import Issue
from shared.policies.signposts import signposts
from tests.notifier.feeding import opened
from tests.support.complaint_spec import policy_named

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOBODY_ELSE = Staff(frozenset(), {})


def about(*categories: str) -> ComplaintFacts:
    issues = tuple(Issue(number, category) for number, category in enumerate(categories, start=1))
    return fold(None, replace(opened(), issues=issues))


def letter_about(complaint: ComplaintFacts) -> LetterFacts:
    (letter,) = letters_for(ComplaintAcknowledged(1), complaint, NOBODY_ELSE)
    return letter.facts


def test_a_letter_knows_the_subjects_that_the_case_has_by_now() -> None:
    complaint = fold(about("repairs"), IssueAdded(1, Issue(2, "right_to_buy")))
    assert letter_about(complaint).subjects == ("repairs", "right_to_buy")
    complaint = fold(complaint, IssueSplitOff(1, 1, "RC-2026-000002"))
    assert letter_about(complaint).subjects == ("right_to_buy",)
    assert letter_about(complaint).policy_hash == opened().policy_hash


@pytest.mark.parametrize(
    ("subjects", "there", "not_there"),
    [
        (("repairs",), ["PO Box 1484"], ["Local Government", "Tribunal"]),
        (("right_to_buy",), ["0300 061 0614"], ["PO Box 1484", "Tribunal"]),
        (("service_charge",), ["First-tier Tribunal"], ["free of charge", "PO Box 1484"]),
        (("repairs", "right_to_buy"), ["PO Box 1484", "0300 061 0614", "depends on"], ["Tribunal"]),
    ],
)
def test_the_letter_names_the_body_whose_subject_it_is(
    subjects: tuple[str, ...], there: list[str], not_there: list[str]
) -> None:
    letter = LetterInHand(
        letter=UUID(int=1),
        reference="RC-2026-000001",
        kind=LetterKind.CLOSED_BY_SILENCE,
        facts=LetterFacts(1, "complaint"),
        landlord_name="Riverside",
        organisation_name="Riverside Homes",
        handler_names=(),
        signposts=signposts(policy_named("thh-2022"), subjects),
    )
    writer = Writer(sender_address="complaints@example.org", public_url="https://example.org")
    message = writer.write(letter, to=Person("Jo", email=None, address=None), now=NOW)
    text = message.get_content()
    assert all(each in text for each in there), text
    assert not any(each in text for each in not_there), text
