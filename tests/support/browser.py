"""The browser of the tests: finds Chromium, or installs it where the machine lets us, and fetches
the accessibility rules from their locked npm package.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from shared.web.building import PROJECT, fetch

AXE_SOURCES = PROJECT / "tests" / "browser" / "axe"
AXE_WORK = PROJECT / "build" / "axe"
AXE_SCRIPT = AXE_WORK / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_PACKAGES = ("chromium",)
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    # Nothing of the browser's own leaves the machine, and it runs as root in a container.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class BrowserUnavailable(RuntimeError):
    """No Chromium was found; the message says how to get one."""


def find_chromium() -> str:
    """The program's path: from CHROMIUM, or the one on the PATH; raises BrowserUnavailable."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise BrowserUnavailable(
            "The browser tests need Chromium: apt-get install chromium, or name one in CHROMIUM."
        )
    return found


def make_sure_of_axe() -> Path:
    """The script of the accessibility rules, fetched once for each state of its lock file."""
    lock = AXE_SOURCES / "package-lock.json"
    copied = AXE_WORK / "package-lock.json"
    fresh = copied.exists() and copied.read_bytes() == lock.read_bytes()
    if not (fresh and AXE_SCRIPT.exists()):
        fetch(AXE_SOURCES, AXE_WORK, print)
    return AXE_SCRIPT
