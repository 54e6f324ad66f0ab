"""How a one-off command begins: quiet logs on stderr, and the environment's settings with its own data directory."""

import logging
import sys
from pathlib import Path

from shared.runtime.logging import configure_logging
from shared.runtime.settings import Settings


def settings_for(data: Path | None) -> Settings:
    """The environment's settings, in `data` when that was asked for; from now on only warnings are logged."""
    configure_logging(as_json=not sys.stderr.isatty(), level=logging.WARNING)
    return Settings() if data is None else Settings(data_directory=data.absolute())
