"""The daemon is asked over its socket; whatever it answers besides clean and infected is no answer."""

from __future__ import annotations

import os

import pytest

from shared.documents.scanning import Clamd, NoScanner, ScannerUnavailable, scanner_at
from tests.documents.clamd import running_clamd
from tests.documents.files import EICAR


def test_what_is_clean_is_told_from_what_is_not_and_all_of_it_is_looked_into() -> None:
    large = os.urandom(300_000)
    with running_clamd() as daemon:
        scanner = Clamd(daemon.address)
        assert not scanner.is_infected(large)
        assert scanner.is_infected(b"x" * 100_000 + EICAR)
        assert daemon.scanned[0] == large
        assert "ClamAV 1.4.6" in scanner.described()


def test_an_error_of_the_daemon_is_never_taken_for_clean() -> None:
    with running_clamd(longest=1_000) as daemon, pytest.raises(ScannerUnavailable):
        Clamd(daemon.address).is_infected(b"x" * 100_000)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock", "nonsense", ":3310"])
def test_a_daemon_that_is_not_there_is_said_to_be_so(address: str) -> None:
    with pytest.raises(ScannerUnavailable):
        Clamd(address).is_infected(b"x")


def test_where_nobody_looks_it_is_said() -> None:
    assert isinstance(scanner_at(None), NoScanner)
    assert not NoScanner().checks
    assert "not checked" in NoScanner().described()
