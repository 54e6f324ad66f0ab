"""`redress webhooks` as a process of its own, under its own login and without the vault's key, killed on the way."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from services.redress.assembly import make_key_file
from services.webhooks.sealing import SecretSeal
from services.webhooks.signing import verify
from shared.runtime.clock import SystemClock
from tests.acceptance.running import RunningProcess, environment
from tests.support.eventually import eventually
from tests.webhooks import conftest
from tests.webhooks.conftest import SECRET, Setting
from tests.webhooks.receiver import receiving
from tests.workflow.office import LANDLORD

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.postgres,
    pytest.mark.rabbitmq,
    pytest.mark.timeout(300),
]
setting = conftest.setting


def test_a_killed_process_is_followed_by_another_and_nothing_is_lost_or_out_of_order(
    setting: Setting, rabbit_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    make_key_file(data / "webhooks.key")
    monkeypatch.setattr(conftest, "SEAL", SecretSeal.from_file(data / "webhooks.key"))
    process = RunningProcess(
        "webhooks",
        variables=environment(
            data,
            DATABASE_URL=setting.office.conninfo,
            RABBITMQ_URL=rabbit_url,
            REDRESS_WEBHOOK_LOOPBACK="true",
        ),
        log=tmp_path / "webhooks.log",
    )
    for number in range(2, 12):
        setting.office.open(f"RC-2026-{number:06}")
    with receiving() as receiver:
        receiver.stall = threading.Event()
        setting.hook(receiver)
        try:
            process.start()
            eventually(lambda: receiver.requests, within_seconds=90)
            process.kill()  # the first is on its way, and its answer is never heard
            receiver.stall.set()
            with setting.office.owner.transaction(LANDLORD) as cursor:  # as time passes
                cursor.execute("UPDATE webhooks.webhook SET leased_until = now()")
            process.start()
            eventually(lambda: setting.row().seq == setting.head, within_seconds=90)
        finally:
            process.end()
        assert receiver.seqs == [1, *range(1, setting.head + 1)]
        first, again = receiver.requests[:2]
        assert first.headers["webhook-id"] == again.headers["webhook-id"]
        verify(again.headers, again.body, secret=SECRET, now=SystemClock().now())
    assert not (data / "vault.key").exists()
    assert "s" * 32 not in process.printed
