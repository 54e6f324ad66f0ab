"""Makes sure that the servers and the browser which the tests start can be found, or says what to
install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded.postgres import find_binaries
from tests.support.browser import (
    CHROMIUM_PACKAGES,
    BrowserUnavailable,
    find_chromium,
    make_sure_of_axe,
)
from tests.support.rabbitmq import RabbitUnavailable, find_rabbitmq

DEBIAN_PACKAGES = ("rabbitmq-server",)  # PostgreSQL is among the locked Python packages
START_POLICY = Path("/usr/sbin/policy-rc.d")
NO_SERVICE_STARTS = "#!/bin/sh\nexit 101\n"  # "action forbidden by policy", for invoke-rc.d


class CannotInstall(RuntimeError):
    """A package could not be installed; the message names it."""


def make_sure_of_servers() -> list[str]:
    """What will be used, one line each; raises with what to install when something is missing."""
    return [_postgres(), _rabbitmq(), _browser()]


def _postgres() -> str:
    if os.environ.get("DATABASE_URL"):
        return "PostgreSQL: the one in DATABASE_URL"
    found = find_binaries()
    return f"PostgreSQL: {found.version} in {found.folder}, a private server"


def _rabbitmq() -> str:
    if os.environ.get("RABBITMQ_URL"):
        return "RabbitMQ: the one in RABBITMQ_URL"
    try:
        found = find_rabbitmq()
    except RabbitUnavailable:
        if not can_install():
            raise
        install(DEBIAN_PACKAGES)
        found = find_rabbitmq()
    return f"RabbitMQ: {found.server}, a private server"


def _browser() -> str:
    try:
        found = find_chromium()
    except BrowserUnavailable:
        if not can_install():
            raise
        install(CHROMIUM_PACKAGES)
        found = find_chromium()
    make_sure_of_axe()
    return f"Chromium: {found}"


def can_install() -> bool:
    """Whether we are root on a machine of Debian's kind."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: tuple[str, ...]) -> None:
    """Install Debian packages without letting them start their services."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _services_stay_down():
        for step in (["update", "-qq"], ["install", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", *step], env=environment, check=False)
            if done.returncode != 0:
                raise CannotInstall(
                    f"'apt-get {' '.join(step)}' failed: install {', '.join(packages)} by hand."
                )


@contextmanager
def _services_stay_down() -> Iterator[None]:
    """The standard ports are not ours: Debian's own switch keeps services from starting."""
    if START_POLICY.exists():  # somebody's policy: theirs to keep
        yield
        return
    START_POLICY.write_text(NO_SERVICE_STARTS)
    START_POLICY.chmod(0o755)
    try:
        yield
    finally:
        START_POLICY.unlink()
