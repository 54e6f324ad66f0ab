"""What the test run does besides running tests: it opens and ends the servers, and marks tests."""

from __future__ import annotations

import os
import signal

import pytest

from tests.support.postgres import drop_template
from tests.support.servers import FOLDER_VARIABLE, ServerFolder, open_folder

MARKER_OF_FIXTURE = {
    "database": "postgres",
    "empty_database": "postgres",
    "rabbit_url": "rabbitmq",
    "own_rabbit": "rabbitmq",
}
CRASH_POINTS = "crash points"  # what a test records about itself
SERVERS = pytest.StashKey[ServerFolder]()


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder of the servers, unless the process that started us did."""
    if FOLDER_VARIABLE not in os.environ:
        config.stash[SERVERS] = open_folder()
        # A cancelled run stops its servers as an interrupted one does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers, also when the run was interrupted."""
    servers = config.stash.get(SERVERS, None)
    if servers is not None:
        try:
            drop_template(servers)
        finally:
            servers.end()
        del os.environ[FOLDER_VARIABLE]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a server is marked so, and can be left out with -m."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKER_OF_FIXTURE:
                item.add_marker(MARKER_OF_FIXTURE[fixture])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many places each path has at which its process was killed: fewer would show."""
    places = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == CRASH_POINTS and getattr(report, "when", "") == "call"
    ]
    if places:
        terminalreporter.write_line(f"crash points taken: {', '.join(sorted(places))}")
