"""Where the links in letters of a demonstration lead."""

from __future__ import annotations

import pytest

from services.redress.http_server import address_of, take_port
from services.redress.up import reached_at
from shared.runtime.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what an operator may give
def test_letters_lead_to_the_port_that_is_served(host: str) -> None:
    with take_port(host, 0) as listening:
        reached = reached_at(Settings(host=host), listening).public_url
        assert reached == f"http://{address_of(listening).replace('0.0.0.0', '127.0.0.1')}"  # noqa: S104


def test_letters_lead_to_the_public_address_that_was_given() -> None:
    with take_port("127.0.0.1", 0) as listening:
        given = Settings(public_url="https://complaints.example.org")
        assert reached_at(given, listening) == given
