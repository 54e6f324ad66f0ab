"""The code beside a landlord's own policy judges it, and writes to nobody."""

from dataclasses import replace
from datetime import date

from services.notifier.case_facts import fold
from services.notifier.letters import Staff, letters_for
from shared.complaints.events import ComplaintAcknowledged, DeadlineLifted, DeadlineMissed
from shared.complaints.values import Channel
from tests.notifier.feeding import deadline, opened

STAFF = Staff(known=frozenset({"team"}), complaints_teams={"riverside": ("team",)})
MON_16_MAR_2026, WED_18_MAR_2026 = date(2026, 3, 16), date(2026, 3, 18)
CODE = "a-code"
OWN = deadline("respond", MON_16_MAR_2026)
BESIDE = replace(deadline("respond", WED_18_MAR_2026), overlay=CODE)


def test_a_date_missed_under_the_code_makes_no_letter() -> None:
    facts = fold(fold(fold(None, opened()), OWN), BESIDE)
    assert letters_for(DeadlineMissed("respond", 1, WED_18_MAR_2026, CODE), facts, STAFF) == ()
    assert letters_for(DeadlineMissed("respond", 1, MON_16_MAR_2026), facts, STAFF)


def test_the_complainant_is_promised_what_the_own_policy_promises() -> None:
    facts = fold(fold(fold(None, opened()), OWN), BESIDE)
    facts = fold(facts, DeadlineLifted("respond", 1, "not needed", CODE))
    (letter,) = letters_for(ComplaintAcknowledged(1, Channel.LETTER), facts, STAFF)
    assert [one.due_on for one in letter.facts.expected] == [MON_16_MAR_2026]
