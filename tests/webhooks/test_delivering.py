"""Every event reaches the receiver in order, again until it is taken, and what happened stands in the log."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from itertools import pairwise

import orjson
import pytest

from services.webhooks.backlog import webhook_backlog
from services.webhooks.signing import verify
from services.webhooks.table import (
    ACTIVE,
    DELIVERIES_KEPT,
    DISABLED,
    PAUSED,
    REMOVED,
    WEBHOOKS_MAX,
    WebhookRefused,
    replay_after,
    set_secret,
    set_state,
)
from services.webhooks.turns import DISABLE_AFTER, LEASE, LONGEST_PAUSE, ROUND_MAX
from shared.eventstore.feed import read_stored
from shared.messaging.envelope import cloud_event
from tests.support.eventually import eventually
from tests.webhooks.conftest import HOOK, SEAL, SECRET, Setting
from tests.webhooks.receiver import Receiver, Request, receiving
from tests.workflow.office import LANDLORD

pytestmark = pytest.mark.postgres


def everything(setting: Setting) -> list[int]:
    return list(range(1, setting.head + 1))


def by_operator(setting: Setting) -> dict[str, object]:
    return {
        "landlord": LANDLORD,
        "webhook": HOOK,
        "by": "operator",
        "now": setting.office.clock.now(),
    }


def state(setting: Setting, state: str) -> None:
    with setting.office.owner.transaction(LANDLORD) as cursor:
        set_state(cursor, state=state, **by_operator(setting))  # type: ignore[arg-type]


def test_the_feed_is_sent_whole_in_order_signed_and_over_one_connection(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    assert setting.sender.send_due() == setting.head
    assert receiver.seqs == everything(setting)
    assert len(receiver.connections) == 1
    with setting.office.owner.transaction(LANDLORD) as cursor:
        stored = read_stored(cursor, LANDLORD, after=0, limit=1)[0]
    first = receiver.requests[0]
    assert orjson.loads(first.body) == cloud_event(stored)
    assert first.headers["webhook-id"] == str(stored.event_id)
    assert first.headers["content-type"].startswith("application/cloudevents+json")
    assert first.path == "/hooks/redress?of=council"
    for request in receiver.requests:
        verify(request.headers, request.body, secret=SECRET, now=setting.office.clock.now())
    assert [(each.seq, each.status, each.trouble) for each in setting.log()] == [
        (seq, 204, None) for seq in everything(setting)
    ]
    assert setting.row().seq == setting.head
    assert setting.sender.send_due() == 0


def test_what_is_not_taken_is_sent_again_later_and_later_and_nothing_overtakes_it(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    receiver.answer = lambda request: (503 if request.seq == 2 else 200, {})
    assert setting.sender.send_due() == 1
    pauses = []
    for _ in range(12):
        row = setting.row()
        pauses.append(row.next_attempt_at - setting.office.clock.now())
        assert setting.sender.send_due() == 0  # not before its time
        setting.office.clock.set(row.next_attempt_at)
        setting.sender.send_due()
    assert receiver.seqs == [1, *[2] * 13]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 2
    assert pauses[0] <= timedelta(seconds=5)
    assert all(later >= sooner for sooner, later in pairwise(pauses[:9]))
    assert LONGEST_PAUSE * 0.8 <= pauses[-1] <= LONGEST_PAUSE
    assert setting.row().trouble == "it answered 503"
    assert [each.attempt for each in setting.log()[1:]] == list(range(1, 14))
    receiver.answer = lambda _: (200, {})
    setting.office.clock.set(setting.row().next_attempt_at)
    setting.sender.send_due()
    assert setting.row().seq == setting.head
    assert setting.row().failing_since is None


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(setting: Setting, receiver: Receiver, status: int) -> None:
    with receiving() as elsewhere:
        setting.hook(receiver)
        receiver.answer = lambda _: (status, {"location": elsewhere.url})
        assert setting.sender.send_due() == 0
        assert elsewhere.requests == []
    assert setting.row().trouble == f"it answered {status}"


def test_a_receiver_that_asks_for_a_pause_gets_it_within_bounds(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    for asked, given in (("1800", 1800), ("99999", 3600), ("soon", 5)):
        receiver.answer = lambda _, asked=asked: (429, {"retry-after": asked})  # type: ignore[misc]
        state(setting, ACTIVE)
        setting.sender.send_due()
        pause = setting.row().next_attempt_at - setting.office.clock.now()
        assert given * 0.8 <= pause.total_seconds() <= given


def test_after_days_of_failure_it_is_disabled_which_shows_until_somebody_resumes_it(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    receiver.answer = lambda _: (500, {})
    setting.sender.send_due()
    setting.office.clock.advance(DISABLE_AFTER - timedelta(minutes=1))
    setting.sender.send_due()
    assert setting.row().state == ACTIVE
    setting.office.clock.advance(LONGEST_PAUSE)
    setting.sender.send_due()
    assert setting.row().state == DISABLED
    (backlog,) = webhook_backlog(setting.database, now=setting.office.clock.now())
    assert (backlog.disabled, backlog.waiting, backlog.oldest_age) == ((HOOK,), 0, None)
    setting.office.clock.advance(LONGEST_PAUSE)
    asked = len(receiver.requests)
    setting.sender.send_due()
    assert len(receiver.requests) == asked
    receiver.answer = lambda _: (200, {})
    state(setting, ACTIVE)
    setting.sender.send_due()
    assert setting.row().seq == setting.head


def test_a_receiver_that_says_it_is_gone_is_disabled_at_once(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    receiver.answer = lambda _: (410, {})
    setting.sender.send_due()
    assert setting.row().state == DISABLED


def test_a_paused_one_is_sent_nothing_and_goes_on_where_it_was(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)

    def answer(_: Request) -> tuple[int, dict[str, str]]:
        state(setting, PAUSED)
        return 200, {}

    receiver.answer = answer
    assert setting.sender.send_due() <= 1  # paused while the first was on its way
    assert setting.row().seq == 1
    assert setting.sender.send_due() == 0
    receiver.answer = lambda _: (200, {})
    state(setting, ACTIVE)
    setting.sender.send_due()
    assert receiver.seqs == everything(setting)


def test_a_replay_sends_everything_after_a_number_again_under_the_same_ids(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    setting.sender.send_due()
    with setting.office.owner.transaction(LANDLORD) as cursor:
        replay_after(cursor, after=1, **by_operator(setting))  # type: ignore[arg-type]
    setting.sender.send_due()
    assert receiver.seqs == [*everything(setting), *everything(setting)[1:]]
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids[1 : setting.head] == ids[setting.head :]


def test_a_replay_while_it_is_sending_is_not_undone_by_what_was_on_its_way(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    setting.sender.send_due()
    setting.office.open("RC-2026-000002")

    def answer(_: Request) -> tuple[int, dict[str, str]]:
        with setting.office.owner.transaction(LANDLORD) as cursor:
            replay_after(cursor, after=0, **by_operator(setting))  # type: ignore[arg-type]
        receiver.answer = lambda _: (200, {})
        return 200, {}

    receiver.answer = answer
    setting.sender.send_due()
    assert setting.row().seq == 0
    setting.sender.send_due()
    assert receiver.seqs[-setting.head :] == everything(setting)


def test_a_changed_secret_signs_with_both_until_the_old_one_ends(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    clock, new = setting.office.clock, b"n" * 32
    with setting.office.owner.transaction(LANDLORD) as cursor:
        set_secret(
            cursor,
            sealed=SEAL.seal(new, landlord=LANDLORD, webhook=HOOK),
            previous_until=clock.now() + timedelta(hours=24),
            **by_operator(setting),  # type: ignore[arg-type]
        )
    setting.sender.send_due()
    for secret in (SECRET, new):
        verify(
            receiver.requests[-1].headers,
            receiver.requests[-1].body,
            secret=secret,
            now=clock.now(),
        )
    clock.advance(timedelta(hours=25))
    setting.office.open("RC-2026-000002")
    setting.sender.send_due()
    last = receiver.requests[-1]
    verify(last.headers, last.body, secret=new, now=clock.now())
    assert len(last.headers["webhook-signature"].split()) == 1


def test_two_processes_take_turns_and_a_lease_that_was_left_behind_ends(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    receiver.stall = threading.Event()
    first = threading.Thread(target=setting.sender.send_due)
    first.start()
    eventually(lambda: receiver.requests)
    assert setting.sender.send_due() == 0
    receiver.stall.set()
    first.join()
    assert receiver.seqs == everything(setting)
    with setting.office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "UPDATE webhooks.webhook SET lease = gen_random_uuid(), leased_until = %s, seq = 0",
            (setting.office.clock.now() + LEASE,),
        )
    assert setting.sender.send_due() == 0
    setting.office.clock.advance(LEASE)
    assert setting.sender.send_due() == setting.head


def test_the_log_of_attempts_has_an_end_and_a_turn_too(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    with setting.office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "INSERT INTO webhooks.delivery (landlord, webhook, seq, event_id, attempt, attempted_at,"
            " took_milliseconds) SELECT %s, %s, 1, gen_random_uuid(), 1, %s, 1 FROM generate_series(1, %s)",
            (LANDLORD, HOOK, setting.office.clock.now(), DELIVERIES_KEPT),
        )
    for number in range(2, 2 + ROUND_MAX // 3):
        setting.office.open(f"RC-2026-{number:06}")
    assert setting.head > ROUND_MAX
    assert setting.sender.send_due() == ROUND_MAX
    assert len(setting.log()) == DELIVERIES_KEPT
    assert setting.log()[-1].seq == ROUND_MAX


def test_a_slow_receiver_keeps_no_other_waiting_and_a_stop_is_quick(
    setting: Setting, receiver: Receiver
) -> None:
    with receiving() as slow:
        slow.stall = threading.Event()
        setting.hook(slow, "slow")
        setting.hook(receiver)

        async def work() -> float:
            stop = asyncio.Event()
            running = asyncio.create_task(setting.sender.run(stop))
            await asyncio.to_thread(eventually, lambda: receiver.seqs == everything(setting))
            await asyncio.to_thread(eventually, lambda: slow.requests)
            began = asyncio.get_running_loop().time()
            stop.set()
            await running
            return asyncio.get_running_loop().time() - began

        assert asyncio.run(work()) < 2
        assert setting.row("slow").seq == 0
        assert setting.log("slow") == ()  # broken off by us: nothing is held against the receiver


def test_a_removed_name_may_be_used_again_and_there_is_a_limit(
    setting: Setting, receiver: Receiver
) -> None:
    setting.hook(receiver)
    with pytest.raises(WebhookRefused, match="already"):
        setting.hook(receiver)
    setting.sender.send_due()
    state(setting, REMOVED)
    with pytest.raises(WebhookRefused, match="no webhook"):
        setting.row()
    setting.hook(receiver, after=setting.head)
    assert setting.row().seq == setting.head
    for number in range(WEBHOOKS_MAX - 1):
        setting.hook(receiver, f"one-{number}")
    with pytest.raises(WebhookRefused, match="remove one first"):
        setting.hook(receiver, "one-more")
