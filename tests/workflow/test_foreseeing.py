"""What a command would do to the dates, in a sentence each: set, moved, met, lifted, and never one that stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.workflow.domain.complaint import Complaint
from services.workflow.foreseeing import NO_DATE_MOVES, date_effects, foresight
from shared.complaints.events import (
    ComplaintAcknowledged,
    ContactAttempted,
    DeadlineLifted,
    DeadlineMet,
    DeadlineSet,
)
from shared.complaints.values import Channel
from shared.registry.policy_titles import PolicyTitles
from tests.notifier.feeding import deadline
from tests.workflow.office import Office

BOILER = "RC-2026-000001"
mon_16_mar, fri_20_mar = date(2026, 3, 16), date(2026, 3, 20)


@pytest.fixture
def complaint(office: Office) -> Complaint:
    """A complaint whose answer is due on Monday 16 March 2026."""
    office.open(BOILER)
    return office.case(BOILER).complaint


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            deadline("respond", fri_20_mar, generation=2),
            ("Respond, stage 1: moves from Monday 16 March 2026 to Friday 20 March 2026.",),
        ),
        (deadline("respond", mon_16_mar, generation=2), ()),
        (deadline("promise 1", fri_20_mar), ("Promise 1, stage 1: due Friday 20 March 2026.",)),
        (
            replace(deadline("respond", fri_20_mar), overlay="hos-code-2024"),
            ("Respond, stage 1, under hos-code-2024: due Friday 20 March 2026.",),
        ),
        (
            DeadlineMet("respond", 1, mon_16_mar, fri_20_mar, 4),
            ("Respond, stage 1: done, 4 working days late.",),
        ),
        (DeadlineLifted("respond", 1, "closed"), ("Respond, stage 1: no longer due.",)),
        (ContactAttempted(1, Channel.PHONE), ()),
    ],
)
def test_a_date_is_told_as_it_changes(
    complaint: Complaint, event: Any, told: tuple[str, ...]
) -> None:
    assert date_effects(complaint, (event,), PolicyTitles()) == told


def test_of_a_date_that_is_set_and_met_at_once_the_end_is_told(complaint: Complaint) -> None:
    due: DeadlineSet = deadline("promise 1", fri_20_mar)
    met = DeadlineMet("promise 1", 1, fri_20_mar, fri_20_mar, 0)
    assert date_effects(complaint, (due, met), PolicyTitles()) == (
        "Promise 1, stage 1: done, in time.",
    )


def test_a_letter_follows_an_acknowledgement_and_no_attempt_to_reach_somebody(
    complaint: Complaint,
) -> None:
    attempted = foresight(complaint, (ContactAttempted(1, Channel.PHONE),), PolicyTitles())
    assert (attempted.dates, attempted.letter_facts) == ((NO_DATE_MOVES,), None)
    acknowledged = foresight(complaint, (ComplaintAcknowledged(1),), PolicyTitles())
    assert acknowledged.letter_facts is not None
    assert "acknowledged" in acknowledged.letter_facts
