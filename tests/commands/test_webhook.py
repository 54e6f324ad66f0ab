"""What an operator does with webhooks from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.redress.assembly import WEBHOOKS, Installation
from services.redress.commands.importing import import_file
from services.redress.failures import NotConfigured
from services.redress.parts import webhooks_part
from services.redress.stages import WEBHOOKS_LAG, waiting_at
from services.webhooks.delivering import WebhookSender
from services.webhooks.posting import Poster
from services.webhooks.signing import secret_of, verify
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.settings import Settings
from tests.commands.histories import LIFT, lines
from tests.webhooks.receiver import Receiver, receiving

pytestmark = pytest.mark.postgres
LARKFIELD = "larkfield-homes"
OF = ("--landlord", LARKFIELD)
Terminal = Callable[..., tuple[int, str]]


@pytest.fixture
def landlord(
    installed: Installation,
    written: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """A landlord with a case, on a machine where webhooks may lead to itself."""
    import_file(installed, file=written("cases.jsonl", lines(LIFT)))
    capsys.readouterr()
    monkeypatch.setenv("REDRESS_WEBHOOK_LOOPBACK", "true")
    return LARKFIELD


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver at work."""
    with receiving() as receiver:
        yield receiver


def sender(installed: Installation) -> WebhookSender:
    return WebhookSender(
        database=installed.database(WEBHOOKS),
        clock=SystemClock(),  # which the commands go by
        seal=installed.webhook_seal,
        poster=Poster(loopback=True),
    )


def test_a_secret_is_shown_once_signs_and_is_changed(
    installed: Installation, landlord: str, terminal: Terminal, receiver: Receiver
) -> None:
    code, printed = terminal(
        "webhook", "add", "warehouse", *OF, "--url", receiver.url, "--after", "0"
    )
    assert code == 0
    secret = secret_of(printed)
    now = SystemClock().now()
    assert sender(installed).send_due() > 0
    verify(receiver.requests[0].headers, receiver.requests[0].body, secret=secret, now=now)
    for asked in (("list", *OF), ("list", *OF, "--json"), ("show", "warehouse", *OF, "--json")):
        assert printed.strip() not in terminal("webhook", *asked)[1]
    code, rotated = terminal("webhook", "rotate", "warehouse", *OF)
    assert code == 0
    assert secret_of(rotated) != secret
    sent = len(receiver.requests)
    assert terminal("webhook", "replay", "warehouse", *OF, "--after", "1")[0] == 0
    assert sender(installed).send_due() == sent - 1
    last = receiver.requests[-1]
    for each in (secret, secret_of(rotated)):
        verify(last.headers, last.body, secret=each, now=now)


def test_the_log_and_the_states_are_shown(
    installed: Installation, landlord: str, terminal: Terminal, receiver: Receiver
) -> None:
    terminal("webhook", "add", "warehouse", *OF, "--url", receiver.url, "--after", "0")
    receiver.answer = lambda _: (500, {})
    sender(installed).send_due()
    assert "failing since" in terminal("webhook", "list", *OF)[1]
    shown = terminal("webhook", "show", "warehouse", *OF)[1]
    assert "event 1, attempt 1" in shown
    assert "it answered 500" in shown
    for command, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        assert terminal("webhook", command, "warehouse", *OF) == (
            0,
            f"warehouse of {LARKFIELD} is {state}\n",
        )
    assert terminal("webhook", "list", *OF) == (0, "")
    assert terminal("webhook", "show", "warehouse", *OF)[0] == 2


def test_what_waits_and_what_was_disabled_stands_in_the_status(
    installed: Installation, landlord: str, terminal: Terminal, receiver: Receiver
) -> None:
    terminal("webhook", "add", "warehouse", *OF, "--url", receiver.url, "--after", "0")
    (waiting,) = waiting_at(installed, WEBHOOKS_LAG, now=SystemClock().now())
    assert waiting.waiting > 0
    receiver.answer = lambda _: (410, {})
    sender(installed).send_due()
    told = json.loads(terminal("status", "--json")[1])
    assert told["alarming"]
    (webhooks,) = told["webhooks"]
    assert webhooks["disabled"] == ["warehouse"]
    code, printed = terminal("status")
    assert code == 1
    assert "webhook warehouse" in printed


def test_what_cannot_be_is_refused_and_says_why(
    landlord: str,
    terminal: Terminal,
    receiver: Receiver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*given: str) -> str:
        code, said = terminal("webhook", *given)
        assert code == 2
        return " ".join(said.split())

    add = ("add", "warehouse", *OF, "--url", receiver.url)
    assert terminal("webhook", *add)[0] == 0
    assert "already" in refused(*add)
    refused("add", "Mrs Smith", *OF, "--url", receiver.url)
    assert "feed ends at" in refused("replay", "warehouse", *OF, "--after", "9999")
    secret = tmp_path / "secret"
    secret.write_text("whsec_short")
    assert "24 to 64" in refused("rotate", "warehouse", *OF, "--secret-file", str(secret))
    assert "no webhook" in refused("pause", "nobody", *OF)
    refused("list", "--landlord", "nobody")
    monkeypatch.setenv("REDRESS_WEBHOOK_LOOPBACK", "false")
    assert "https" in refused("add", "other", *OF, "--url", receiver.url)


def test_production_never_calls_itself_and_needs_a_key_of_its_own(
    installed: Installation, tmp_path: Path, clock: Clock
) -> None:
    def production(**more: object) -> Installation:
        settings = Settings(environment="production", data_directory=tmp_path / "p", **more)  # type: ignore[arg-type]
        return Installation(settings=settings, conninfo=installed.conninfo, clock=clock)

    with (
        closing(production()) as without_key,
        pytest.raises(NotConfigured, match="REDRESS_WEBHOOK_KEY_FILE"),
    ):
        webhooks_part(without_key)
    with pytest.raises(NotConfigured, match="LOOPBACK"):
        production(webhook_loopback=True).poster()
