"""Letters in the form that a person can read: written here where that can be, else asked of people; Code 5.7."""

from __future__ import annotations

import asyncio
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from services.notifier.case_facts import PREPARED_BY_PEOPLE, Need, fold
from services.notifier.gateways import OutboxFolder
from services.notifier.letter_facts import Letter, LetterKind
from services.notifier.letters import letters_for
from services.notifier.sending import Sender
from services.notifier.writing import Writer
from shared.complaints.events import (
    AdjustmentMade,
    AdjustmentReviewed,
    ComplaintAcknowledged,
    ComplaintEvent,
)
from shared.complaints.values import Channel
from shared.policy_packs.loader import shipped_policies
from tests.intake.setting import Setting
from tests.notifier.feeding import Feed, opened
from tests.notifier.test_letters import STAFF, after
from tests.support.complaint_spec import policy_named

FRI_26_JUN_2026 = date(2026, 6, 26)
ACKNOWLEDGED = ComplaintAcknowledged(1, Channel.EMAIL)


def adjusted(kind: str, language: str | None = None) -> AdjustmentMade:
    """An adjustment that was agreed with the complainant."""
    return AdjustmentMade(1, 1, kind, FRI_26_JUN_2026, language=language)


def letters(*before: ComplaintEvent) -> tuple[Letter, ...]:
    """What an acknowledgement makes after these facts."""
    complaint = fold(after(opened(), *before), ACKNOWLEDGED)
    return letters_for(ACKNOWLEDGED, complaint, STAFF)


@pytest.mark.parametrize("kind", sorted(PREPARED_BY_PEOPLE))
def test_a_format_that_only_people_make_raises_a_task_beside_the_letter(kind: str) -> None:
    written, task = letters(adjusted(kind, "so" if kind == "translation" else None))
    assert written.kind is LetterKind.ACKNOWLEDGEMENT
    assert (task.recipient, task.kind) == ("officer:team-homes", LetterKind.FORMAT_NEEDED)
    assert task.facts.of_letter == "acknowledgement"
    assert [need.kind for need in task.facts.needs] == [kind]


def test_large_print_is_written_here_and_asks_nobody() -> None:
    (written,) = letters(adjusted("large_print"))
    assert written.facts.needs == (Need(1, "large_print"),)


def test_what_is_no_format_of_a_letter_changes_no_letter() -> None:
    (written,) = letters(adjusted("extra_time"))
    assert written.facts.needs == ()


def test_an_adjustment_holds_until_a_review_ends_it() -> None:
    kept = AdjustmentReviewed(1, 1, kept=True, review_on=FRI_26_JUN_2026)
    ended = AdjustmentReviewed(1, 1, kept=False)
    assert len(letters(adjusted("audio"), kept)) == 2
    assert len(letters(adjusted("audio"), ended)) == 1


def sent(setting: Setting, tmp_path: Path, *events: ComplaintEvent) -> list[EmailMessage]:
    """The messages in the outbox folder after these facts, the complainant's first."""
    feed = Feed(setting, tmp_path)
    feed.name_the_complainant(email="jo@canary.example")
    feed.follow(opened(), *events)
    feed.follow(ACKNOWLEDGED)
    folder = tmp_path / "outbox"
    sender = Sender(
        database=setting.database("redress_notifier"),
        vault=setting.vault,
        clock=setting.clock,
        writer=Writer(sender_address="c@riverside.example", public_url="https://redress.example/"),
        outbox=OutboxFolder(folder),
        mail=None,
    )
    asyncio.run(sender.send_due())
    found = [
        message_from_bytes(path.read_bytes(), policy=default) for path in folder.rglob("*.eml")
    ]
    assert all(isinstance(message, EmailMessage) for message in found)
    return sorted(found, key=lambda message: "jo@canary" not in str(message["To"]))


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """One form of a message."""
    part = message.get_body((kind,))
    return "" if part is None else part.get_content()


def test_large_print_is_18_points_with_the_same_words(setting: Setting, tmp_path: Path) -> None:
    (letter,) = sent(setting, tmp_path, adjusted("large_print"))
    large = text_of(letter, "html")
    assert "18pt" in large
    assert "Dear Jo Canaryname" in large
    assert "Dear Jo Canaryname" in text_of(letter)


def test_a_task_names_letter_format_and_language_and_no_name(
    setting: Setting, tmp_path: Path
) -> None:
    letter, *tasks = sent(setting, tmp_path, adjusted("translation", "so"))
    assert text_of(letter, "html") == ""
    assert tasks
    for task in tasks:
        assert 'the letter "acknowledgement"' in text_of(task)
        assert "a translation (language: so)" in text_of(task)
        assert "Canaryname" not in task.as_string()


def test_the_acknowledgement_says_what_the_landlord_is_and_is_not_responsible_for(
    setting: Setting, tmp_path: Path
) -> None:
    (letter,) = sent(setting, tmp_path)
    text = " ".join(text_of(letter).split())
    policy = policy_named("kctmo-2010")
    for name in ("responsible_for", "not_responsible_for"):
        stated = policy.provision(name)
        assert stated is not None
        assert stated.rule in text


def test_every_policy_of_a_landlord_says_what_it_is_responsible_for() -> None:
    codes = {"hos-code-2024", "lgsco-code"}  # they stand above a landlord's own
    for name in set(shipped_policies()) - codes:
        policy = policy_named(name)
        assert policy.provision("responsible_for"), name
        assert policy.provision("not_responsible_for"), name
