"""Letters decided from the feed, in the transaction of the position: once, and with poison aside."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ComplaintClosed,
    DeadlineApproaching,
    DeadlineMissed,
    NoteAdded,
)
from shared.eventstore.record import IMPORT
from tests.intake.setting import Setting
from tests.notifier.feeding import COMPLAINANT, REFERENCE, Feed, deadline, opened

MON_16_MAR_2026 = date(2026, 3, 16)
TUE_17_MAR_2026 = date(2026, 3, 17)
MISSED = DeadlineMissed("respond", 1, MON_16_MAR_2026)
LETTERS = "SELECT * FROM notifier.letter ORDER BY kind, recipient"


@pytest.fixture
def feed(setting: Setting, tmp_path: Path) -> Feed:
    return Feed(setting, tmp_path)


def test_an_acknowledged_complaint_gets_one_letter_with_the_dates_its_command_left(
    feed: Feed, setting: Setting
) -> None:
    feed.follow(opened(), deadline("respond", MON_16_MAR_2026))
    # The Code counts the response from the acknowledgement, so its date follows in the same command.
    (event_id, _) = feed.follow(
        ComplaintAcknowledged(stage=1), deadline("respond", TUE_17_MAR_2026, generation=2)
    )
    (letter,) = setting.rows(LETTERS)
    assert letter["event_id"] == event_id
    assert letter["recipient"] == f"complainant:{COMPLAINANT}"
    assert (letter["reference"], letter["state"]) == (REFERENCE, "waiting")
    assert [due["due_on"] for due in letter["facts"]["expected"]] == ["2026-03-17"]


def test_a_fact_that_comes_twice_makes_its_letter_once(feed: Feed, setting: Setting) -> None:
    feed.follow(opened(), ComplaintAcknowledged(stage=1))
    (before,) = setting.rows(LETTERS)
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute("UPDATE notifier.position SET seq = seq - 2")
        cursor.execute(
            "UPDATE notifier.letter SET state = 'sent', sent_by = 'outbox', ended_at = now()"
        )
    assert feed.follower().catch_up("riverside") == 2
    (after,) = setting.rows(LETTERS)
    assert after["letter"] == before["letter"]
    assert after["state"] == "sent"


def test_the_letter_and_the_position_are_stored_together_or_not_at_all(
    feed: Feed, setting: Setting
) -> None:
    feed.append(opened(), ComplaintAcknowledged(stage=1))
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute("ALTER TABLE notifier.position ADD CONSTRAINT broken CHECK (seq < 1)")
    with pytest.raises(Exception, match="broken"):
        feed.follower().catch_up("riverside")
    assert setting.rows(LETTERS) == []
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute("ALTER TABLE notifier.position DROP CONSTRAINT broken")
    feed.follower().catch_up("riverside")
    assert len(setting.rows(LETTERS)) == 1


def test_reminders_go_to_the_handlers_of_the_stage(feed: Feed, setting: Setting) -> None:
    feed.follow(opened(), ComplaintAllocated(1, ("manager-homes", "team-homes")))
    feed.follow(DeadlineApproaching("respond", 1, MON_16_MAR_2026, 2))
    recipients = [row["recipient"] for row in setting.rows(LETTERS)]
    assert recipients == ["officer:manager-homes", "officer:team-homes"]


def test_without_handlers_they_go_to_the_complaints_team(feed: Feed, setting: Setting) -> None:
    feed.follow(opened(), MISSED)
    assert [row["recipient"] for row in setting.rows(LETTERS)] == ["officer:team-homes"]


def test_without_anybody_the_reminder_stands_there_as_undeliverable(
    setting: Setting, tmp_path: Path
) -> None:
    feed = Feed(setting, tmp_path, landlord="hillside")
    feed.follow(opened(organisation="hillside"), MISSED)
    (letter,) = setting.rows(LETTERS, landlord="hillside")
    assert (letter["recipient"], letter["state"]) == ("nobody", "undeliverable")
    assert letter["trouble"] == "no officer to remind"


def test_an_imported_history_is_folded_and_makes_no_letter(feed: Feed, setting: Setting) -> None:
    feed.append(
        opened(),
        ComplaintAllocated(1, ("manager-homes",)),
        ComplaintAcknowledged(stage=1),
        MISSED,
        ComplaintClosed(stage=1, because="silence"),
        origin=IMPORT,
    )
    feed.follower().catch_up("riverside")
    assert setting.rows(LETTERS) == []
    feed.follow(DeadlineApproaching("respond", 1, MON_16_MAR_2026, 2))
    assert [row["recipient"] for row in setting.rows(LETTERS)] == ["officer:manager-homes"]


def test_poison_parks_its_complaint_and_the_letters_of_others_go_on(
    feed: Feed, setting: Setting
) -> None:
    feed.append(NoteAdded(stage=1), stream="RC-2026-000666")  # a complaint that was never opened
    feed.append(ComplaintAcknowledged(stage=1), stream="RC-2026-000666")
    feed.follow(opened(), ComplaintAcknowledged(stage=1))
    assert [row["reference"] for row in setting.rows(LETTERS)] == [REFERENCE]
    parked = setting.rows("SELECT stream, reason FROM notifier.parked ORDER BY seq")
    assert parked == [
        {"stream": "RC-2026-000666", "reason": "poison"},
        {"stream": "RC-2026-000666", "reason": "held"},
    ]


def test_no_personal_word_stands_in_the_notifiers_tables(feed: Feed, setting: Setting) -> None:
    feed.name_the_complainant(email="jo.canary@example.org", address="1 Canary Row")
    feed.follow(opened(), ComplaintAcknowledged(stage=1), MISSED)
    shown = str(setting.rows(LETTERS)) + str(setting.rows("SELECT * FROM notifier.complaint"))
    for canary in ("anary", "@", "Ada", "Ben"):
        assert canary not in shown
