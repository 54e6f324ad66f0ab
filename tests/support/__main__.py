"""`python -m tests.support`: find or install the servers that the tests need, and say which."""

from __future__ import annotations

import sys

from shared.embedded.postgres import EmbeddedPostgresUnavailable
from shared.web.building import CannotBuild
from tests.support.browser import BrowserUnavailable
from tests.support.installing import CannotInstall, make_sure_of_servers
from tests.support.rabbitmq import RabbitUnavailable

MISSING = (
    EmbeddedPostgresUnavailable,
    RabbitUnavailable,
    BrowserUnavailable,
    CannotInstall,
    CannotBuild,
)

if __name__ == "__main__":
    try:
        print("\n".join(make_sure_of_servers()))
    except MISSING as missing:
        sys.exit(str(missing))
