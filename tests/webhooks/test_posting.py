"""A post goes to the address that was judged, over TLS that was verified, and ends in time."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.webhooks import posting
from services.webhooks.addresses import AddressRefused
from services.webhooks.posting import Answer, NotPosted, PostAbandoned, Poster
from tests.support.certificates import certificate
from tests.support.eventually import eventually
from tests.webhooks.conftest import HOOK, Setting
from tests.webhooks.receiver import Receiver, receiving

HEADERS = {"content-type": "application/json"}


def post(url: str, poster: Poster | None = None) -> Answer:
    line = (poster or Poster(loopback=True)).line(url)
    try:
        return line.post(b'{"feedseq": 1}', HEADERS)
    finally:
        line.close()


def test_without_the_setting_this_machine_is_not_called(receiver: Receiver) -> None:
    strict = Poster(loopback=False)
    port = receiver.url.split(":")[2].partition("/")[0]
    for url in (
        f"https://127.0.0.1:{port}/",
        f"https://localhost:{port}/",
        f"https://[::1]:{port}/",
    ):
        with pytest.raises(AddressRefused):
            post(url, strict)
    with pytest.raises(AddressRefused):
        post(receiver.url, strict)
    assert receiver.requests == []


def test_a_name_that_leads_elsewhere_a_moment_later_gains_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first look-up is judged, and no second one is made for the connection."""
    asked: list[str] = []
    real = socket.getaddrinfo
    port = int(receiver.url.split(":")[2].partition("/")[0])

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "rebound.example":
            asked.append(host)
            if len(asked) > 1:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", port))]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert post(f"http://rebound.example:{port}/hook").is_taken
    assert asked == ["rebound.example"]
    assert receiver.requests[0].headers["host"] == f"rebound.example:{port}"


@pytest.mark.postgres
def test_every_new_connection_is_judged_again(
    setting: Setting, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(receiver.url.split(":")[2].partition("/")[0])
    leads_to = ["127.0.0.1"]
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "receiver.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (leads_to[0], port))]
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    setting.hook_to(f"http://receiver.example:{port}/")
    assert setting.sender.send_due() == setting.head
    setting.office.open("RC-2026-000002")
    leads_to[0] = "169.254.169.254"
    assert setting.sender.send_due() == 0
    assert setting.row(HOOK).trouble == "the name leads to an address that is not public"


def served_with(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_certificate_that_is_not_trusted_or_for_another_name_is_refused(tmp_path: Path) -> None:
    right, wrong = certificate(tmp_path, "127.0.0.1"), certificate(tmp_path, "other.example")
    with receiving(served_with(right)) as receiver:
        with pytest.raises(NotPosted, match="certificate"):
            post(receiver.url)
        trusting = Poster(loopback=True, context=ssl.create_default_context(cafile=right))
        assert post(receiver.url, trusting).is_taken
        assert len(receiver.requests) == 1
    with (
        receiving(served_with(wrong)) as receiver,
        pytest.raises(NotPosted, match="certificate"),
    ):
        post(
            receiver.url,
            Poster(loopback=True, context=ssl.create_default_context(cafile=wrong)),
        )


@pytest.fixture
def raw() -> Iterator[tuple[str, list[bytes]]]:
    """A server that sends, byte by byte and for ever, what a test puts into the list."""
    listening = socket.create_server(("127.0.0.1", 0))
    said: list[bytes] = []
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(said[0])
                    while not stop.is_set():
                        connection.sendall(said[1])
                        stop.wait(0.02)
                except OSError:
                    pass

    serving = threading.Thread(target=serve)
    serving.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/", said
    stop.set()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    serving.join()


def test_an_answer_that_trickles_is_broken_off_in_time(
    raw: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, said = raw
    said += [b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n"]
    monkeypatch.setattr(posting, "WHOLE_REQUEST_SECONDS", 0.4)
    with pytest.raises(NotPosted):
        post(url)


def test_of_an_endless_answer_no_more_than_a_little_is_read(raw: tuple[str, list[bytes]]) -> None:
    url, said = raw
    said += [b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n", b"x" * 4096]
    assert post(url) == Answer(200)


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", "not HTTP"),
    ],
)
def test_what_is_no_answer_is_told_without_repeating_it(
    raw: tuple[str, list[bytes]], said: bytes, trouble: str
) -> None:
    url, sends = raw
    sends += [said, b"\r\n"]
    with pytest.raises(NotPosted, match=trouble) as found:
        post(url)
    assert "OpenSSH" not in str(found.value)


def test_nobody_there_and_no_name_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotPosted, match="refuses connections"):
        post(f"http://127.0.0.1:{port}/")
    with pytest.raises(NotPosted, match="leads nowhere"):
        post("http://nowhere.invalid/")


def test_when_the_process_stops_a_post_is_broken_off_and_none_begins(receiver: Receiver) -> None:
    receiver.stall = threading.Event()
    poster, raised = Poster(loopback=True), []

    def send() -> None:
        try:
            post(receiver.url, poster)
        except PostAbandoned as abandoned:
            raised.append(abandoned)

    sending = threading.Thread(target=send)
    sending.start()
    eventually(lambda: receiver.requests)
    poster.abandon()
    sending.join(5)
    assert len(raised) == 1
    with pytest.raises(PostAbandoned):
        post(receiver.url, poster)
