"""A data directory for a test that runs the private PostgreSQL or the whole of `redress up`.

Pytest's own folders are closed to every other account; as root that would send the server's
files to /var/lib/redress, where nobody removes them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres
from tests.support.places import throw_away_folder


@contextmanager
def fresh_data_directory() -> Iterator[Path]:
    """One that every account may pass through, not made yet; whatever ran in it is removed."""
    with tempfile.TemporaryDirectory(prefix="redress-data-", dir=throw_away_folder()) as folder:
        Path(folder).chmod(0o711)
        directory = Path(folder) / "data"
        try:
            yield directory
        finally:
            EmbeddedPostgres(directory).remove()
