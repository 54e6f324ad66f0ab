"""No webhook leads into the network of the landlord, whatever its URL or its name says."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from services.webhooks.addresses import AddressRefused, checked_addresses, refuse_address, target_of

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0",  # noqa: S104 - nothing is bound
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2002:a00:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        refuse_address(address, loopback=False)


@pytest.mark.parametrize("address", ["81.2.69.142", "2a00:1450:4009::8a", "64:ff9b::5102:458e"])
def test_a_public_address_is_let_through(address: str) -> None:
    refuse_address(address, loopback=False)


@pytest.mark.parametrize("address", INSIDE)
def test_the_setting_lets_this_machine_through_and_nothing_else(address: str) -> None:
    if address in {
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
    }:
        refuse_address(address, loopback=True)
    else:
        with pytest.raises(AddressRefused):
            refuse_address(address, loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/hook",
        "ftp://receiver.example/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user:word@receiver.example/",
        "https://receiver.example/#part",
        "https://receiver.example:99999/",
        "https://receiver.example/\r\nhost: inside",
        "https://receiver.example/ä",
        "https://receiver.example/" + "x" * 2000,
    ],
)
def test_a_url_that_may_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(url, loopback=False)


def test_a_url_is_taken_apart() -> None:
    target = target_of("https://receiver.example:8443/hooks?of=council", loopback=False)
    assert (target.host, target.port, target.path) == (
        "receiver.example",
        8443,
        "/hooks?of=council",
    )
    assert target_of("https://receiver.example", loopback=False).port == 443


def test_one_address_inside_is_enough_to_refuse_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def leads_to(*addresses: str) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]

        def resolve(*_: Any, **__: Any) -> Any:
            return found

        monkeypatch.setattr(socket, "getaddrinfo", resolve)

    target = target_of("https://receiver.example/", loopback=False)
    leads_to("81.2.69.142", "81.2.69.143")
    assert checked_addresses(target, loopback=False) == ("81.2.69.142", "81.2.69.143")
    leads_to("81.2.69.142", "10.0.0.5")
    with pytest.raises(AddressRefused):
        checked_addresses(target, loopback=False)
