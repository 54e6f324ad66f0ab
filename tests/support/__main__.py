"""`python -m tests.support`: find or install the servers that the tests need, and say which."""

from __future__ import annotations

import sys

from shared.embedded.postgres import EmbeddedPostgresUnavailable
from tests.support.installing import make_sure_of_servers
from tests.support.rabbitmq import RabbitUnavailable

if __name__ == "__main__":
    try:
        print("\n".join(make_sure_of_servers()))
    except (EmbeddedPostgresUnavailable, RabbitUnavailable) as missing:
        sys.exit(str(missing))
