"""Letters on their way out: by mail or into the folder, again after trouble, and to nobody erased."""

from __future__ import annotations

import asyncio
import stat
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest

from services.notifier.gateways import MailServer, OutboxFolder, SmtpGateway
from services.notifier.sending import MOST_ATTEMPTS, Sender, letter_backlog
from services.notifier.writing import Writer
from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ComplaintClosed,
    DeadlineApproaching,
    DeadlineMissed,
    DraftDue,
    HoldingResponseDue,
)
from tests.intake.setting import Setting
from tests.notifier.feeding import COMPLAINANT, REFERENCE, Feed, deadline, opened
from tests.notifier.mail_server import mail_server, silent_server
from tests.support.eventually import eventually
from tests.support.ports import free_port

MON_16_MAR_2026 = date(2026, 3, 16)
MISSED = DeadlineMissed("respond", 1, MON_16_MAR_2026)


@pytest.fixture
def feed(setting: Setting, tmp_path: Path) -> Feed:
    return Feed(setting, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def sender(setting: Setting, folder: Path, server: MailServer | None = None) -> Sender:
    return Sender(
        database=setting.database("redress_notifier"),
        vault=setting.vault,
        clock=setting.clock,
        writer=Writer(
            sender_address="complaints@riverside.example", public_url="https://redress.example/"
        ),
        outbox=OutboxFolder(folder),
        mail=None if server is None else SmtpGateway(server),
    )


def letters(setting: Setting) -> list[dict[str, Any]]:
    return setting.rows("SELECT * FROM notifier.letter ORDER BY recipient, kind")


def one_letter(setting: Setting) -> dict[str, Any]:
    (letter,) = letters(setting)
    return letter


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes().replace(b"\r\n", b"\n"), policy=default)


async def test_without_a_mail_server_the_letter_stands_in_the_outbox_folder(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.name_the_complainant(address="1 Mill Lane\nRiverside")
    feed.follow(
        opened(),
        ComplaintAllocated(1, ("manager-homes",)),
        deadline("respond", MON_16_MAR_2026),
    )
    (event_id,) = feed.follow(ComplaintAcknowledged(stage=1))
    assert await sender(setting, folder).send_due() == 1
    letter = one_letter(setting)
    assert (letter["state"], letter["sent_by"], letter["attempts"]) == ("sent", "outbox", 1)
    (path,) = files(folder)
    assert path.parent == folder / "riverside"
    assert path.name.startswith(f"{event_id}-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = read(path).get_content()
    for said in (
        "Jo Canaryname\n1 Mill Lane\nRiverside\n",
        REFERENCE,
        "Cora Field",
        "stage 1",
        "By Monday 16 March 2026:\n  we will answer you in writing (Clause of respond).",
        "Housing Ombudsman",
        "Riverside Homes\nfor Riverside",
    ):
        assert said in text


async def test_with_a_mail_server_the_letter_goes_out_once(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.name_the_complainant(email="jo@example.org")
    feed.follow(opened(), ComplaintAcknowledged(stage=1))
    with mail_server() as (server, kept):
        worker = sender(setting, folder, server)
        assert await worker.send_due() == 1
        assert await worker.send_due() == 0
    (message,) = kept.messages
    assert kept.recipients == ["jo@example.org"]
    assert message["To"] == "Jo Canaryname <jo@example.org>"
    assert message["From"] == "Riverside <complaints@riverside.example>"
    assert message["Subject"] == f"We have received your complaint ({REFERENCE})"
    # Made from the event and the recipient, so that a second copy would carry the same one.
    letter = one_letter(setting)["letter"]
    assert letter == uuid5(one_letter(setting)["event_id"], f"complainant:{COMPLAINANT}")
    assert message["Message-ID"] == f"<{letter}@riverside.example>"
    assert one_letter(setting)["sent_by"] == "email"
    assert files(folder) == []


async def test_whoever_has_no_email_gets_paper_also_with_a_mail_server(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.name_the_complainant(address="1 Mill Lane")
    feed.follow(opened(), ComplaintAcknowledged(stage=1))
    with mail_server() as (server, kept):
        await sender(setting, folder, server).send_due()
    assert kept.messages == []
    assert len(files(folder)) == 1


async def test_an_erased_complainant_gets_no_letter(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.name_the_complainant(email="jo@example.org")
    feed.follow(opened(), ComplaintAcknowledged(stage=1))
    with setting.owner.transaction("riverside") as cursor:
        setting.vault.destroy_subject_key(
            cursor, "riverside", subject=COMPLAINANT, now=setting.clock.now()
        )
    await sender(setting, folder).send_due()
    letter = one_letter(setting)
    assert (letter["state"], letter["trouble"]) == ("undeliverable", "erased")
    assert files(folder) == []


async def test_an_officer_who_left_gets_no_reminder_and_that_is_visible(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.follow(opened(), MISSED)
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute("UPDATE registry.officer SET ended_at = now() WHERE officer = 'team-homes'")
    await sender(setting, folder).send_due()
    assert one_letter(setting)["trouble"] == "the officer does not work here any more"
    (behind,) = letter_backlog(setting.database("redress_notifier"), now=setting.clock.now())
    assert (behind.waiting, behind.failed, behind.undeliverable) == (0, 0, 1)


async def test_a_mail_server_that_is_away_is_tried_again_later(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.follow(opened(), MISSED)
    await sender(setting, folder, MailServer("127.0.0.1", free_port())).send_due()
    letter = one_letter(setting)
    assert (letter["state"], letter["attempts"]) == ("waiting", 1)
    assert letter["trouble"].startswith("the mail server cannot be reached")
    with mail_server() as (server, kept):
        worker = sender(setting, folder, server)
        assert await worker.send_due() == 0  # not yet
        setting.clock.advance(timedelta(seconds=10))
        assert await worker.send_due() == 1
        assert len(kept.messages) == 1
    assert one_letter(setting)["trouble"] is None


async def test_after_the_last_attempt_a_letter_has_failed_and_says_why(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.follow(opened(), MISSED)
    with mail_server() as (server, kept):
        kept.answer = "451 try again"
        worker = sender(setting, folder, server)
        for _ in range(MOST_ATTEMPTS):
            assert await worker.send_due() == 1
            setting.clock.advance(timedelta(hours=1))
        assert await worker.send_due() == 0
    letter = one_letter(setting)
    assert (letter["state"], letter["attempts"]) == ("failed", MOST_ATTEMPTS)
    assert letter["trouble"] == "the mail server refused it with code 451"


@pytest.mark.parametrize("at_recipient", [True, False])
async def test_what_the_mail_server_refuses_for_good_is_not_tried_again(
    feed: Feed, setting: Setting, folder: Path, at_recipient: bool
) -> None:
    feed.follow(opened(), MISSED)
    with mail_server() as (server, kept):
        if at_recipient:
            kept.answer_to_recipient = "550 no such mailbox team-homes@example.org"
        else:
            kept.answer = "554 not wanted"
        await sender(setting, folder, server).send_due()
    letter = one_letter(setting)
    assert letter["state"] == "failed"
    assert (
        letter["trouble"] == f"the mail server refused it with code {550 if at_recipient else 554}"
    )


async def test_a_letter_that_cannot_be_sent_does_not_hold_up_the_others(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.follow(opened(), ComplaintAcknowledged(stage=1), MISSED)
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute(
            "UPDATE notifier.letter SET facts = '{}' WHERE recipient LIKE 'complainant%'"
        )
    feed.name_the_complainant(email="jo@example.org")
    assert await sender(setting, folder).send_due() == 2
    states = {row["kind"]: (row["state"], row["trouble"]) for row in letters(setting)}
    assert states["deadline_missed"] == ("sent", None)
    assert states["acknowledgement"] == (
        "waiting",
        "the letter cannot be written: ValidationError",
    )


async def test_a_folder_that_cannot_be_written_is_tried_again_later(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    await asyncio.to_thread(folder.write_text, "in the way")
    feed.follow(opened(), MISSED)
    await sender(setting, folder).send_due()
    letter = one_letter(setting)
    assert letter["state"] == "waiting"
    assert letter["trouble"].startswith("the outbox folder cannot be written")


async def test_two_senders_send_each_letter_once(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    for number in range(20):
        stream = f"RC-2026-{number:06}"
        feed.append(opened(), MISSED, stream=stream)
    feed.follower().catch_up("riverside")
    with mail_server() as (server, kept):
        senders = [sender(setting, folder, server) for _ in range(2)]
        counts = await asyncio.gather(*(each.send_due() for each in senders))
    assert sum(counts) == 20
    assert len({message["Message-ID"] for message in kept.messages}) == 20
    assert len(kept.messages) == 20


async def test_a_second_attempt_writes_the_same_file_again(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.follow(opened(), MISSED)
    await sender(setting, folder).send_due()
    before = files(folder)
    with setting.owner.transaction("riverside") as cursor:  # as if the commit had been lost
        cursor.execute(
            "UPDATE notifier.letter SET state = 'waiting', sent_by = NULL, ended_at = NULL,"
            " next_attempt_at = caused_at"
        )
    assert await sender(setting, folder).send_due() == 1
    assert files(folder) == before


async def test_the_worker_sends_what_comes_and_stops_at_once_also_in_the_middle_of_a_mail(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(sender(setting, folder).run(stop))
    await asyncio.to_thread(feed.follow, opened(), MISSED)
    await asyncio.to_thread(eventually, lambda: one_letter(setting)["state"] == "sent")
    stop.set()
    await asyncio.wait_for(running, timeout=2)

    await asyncio.to_thread(feed.follow, DraftDue(1, MON_16_MAR_2026))
    with silent_server() as server:
        stop = asyncio.Event()
        running = asyncio.create_task(sender(setting, folder, server).run(stop))
        await asyncio.to_thread(eventually, lambda: is_claimed(setting))
        stop.set()
        await asyncio.wait_for(running, timeout=2)
    (left,) = [row for row in letters(setting) if row["kind"] == "draft_due"]
    assert (left["state"], left["attempts"]) == ("waiting", 0)


def is_claimed(setting: Setting) -> bool:
    """Whether a sender holds a waiting letter at this moment."""
    free = setting.rows(
        "SELECT FROM notifier.letter WHERE state = 'waiting' FOR UPDATE SKIP LOCKED"
    )
    return free == []


async def test_every_kind_of_letter_can_be_written_and_reads_as_plain_english(
    feed: Feed, setting: Setting, folder: Path
) -> None:
    feed.name_the_complainant(email="jo@example.org")
    feed.follow(opened(), deadline("respond", MON_16_MAR_2026))
    feed.follow(
        ComplaintAcknowledged(stage=2),
        DeadlineApproaching("respond", 1, MON_16_MAR_2026, 2),
        HoldingResponseDue(1, date(2026, 3, 11), MON_16_MAR_2026),
        DraftDue(1, date(2026, 3, 13)),
        MISSED,
        ComplaintClosed(stage=1, because="silence", clause="Closing your complaint"),
    )
    assert await sender(setting, folder).send_due() == 6
    assert {row["state"] for row in letters(setting)} == {"sent"}
    written = {str(read(path)["Subject"]): read(path) for path in files(folder)}
    assert len(written) == 6
    for message in written.values():
        text = message.get_content()
        assert REFERENCE in text
        assert "None" not in text
        assert "{" not in text
        assert "_" not in text
        assert "\n\n\n" not in text
        to_complainant = message["To"] == "Jo Canaryname <jo@example.org>"
        assert ("Housing Ombudsman" in text) == to_complainant
        assert (f"https://redress.example/complaints/{REFERENCE}" in text) != to_complainant
    closed = written[f"We have closed your complaint ({REFERENCE})"].get_content()
    assert "Closing your complaint" in closed


async def test_the_log_names_letters_by_id_and_nobody_by_name(
    feed: Feed, setting: Setting, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    feed.name_the_complainant(email="jo.canary@example.org", address="1 Canary Row")
    feed.follow(opened(), ComplaintAcknowledged(stage=1))
    with mail_server() as (server, kept):
        kept.answer_to_recipient = "550 no mailbox jo.canary@example.org"
        await sender(setting, folder, server).send_due()
    shown = "".join(capfd.readouterr()) + str(letters(setting))
    assert str(one_letter(setting)["letter"]) in shown
    for canary in ("anary", "jo@", "@example"):
        assert canary not in shown
