"""An installation on a fresh database, on Monday 2 November 2026 at half past nine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.redress.assembly import Installation
from services.redress.main import app
from shared.runtime.clock import SettableClock
from shared.runtime.settings import Settings
from tests.support.postgres import TestDatabase

MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> SettableClock:
    """The installation's clock."""
    return SettableClock(MONDAY)


@pytest.fixture
def installed(
    database: TestDatabase, tmp_path: Path, clock: SettableClock
) -> Iterator[Installation]:
    """The parts that commands work with."""
    built = Installation(
        settings=Settings(data_directory=tmp_path / "data"), conninfo=database.conninfo, clock=clock
    )
    yield built
    built.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of histories and says where it stands."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def terminal(
    database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[int, str]]]:
    """Runs `redress` on the test's database; gives exit code and output."""
    monkeypatch.setenv("DATABASE_URL", database.conninfo)
    monkeypatch.setenv("REDRESS_DATA", str(tmp_path / "data"))
    root = logging.getLogger()
    kept = (root.handlers[:], root.level)

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result.exit_code, result.output

    yield run
    root.handlers[:], root.level = kept
