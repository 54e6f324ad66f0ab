"""The account that the server runs as: one's own, or an unprivileged one when root asks.

PostgreSQL refuses to run as root, rightly. Root's own folders are closed to other accounts,
and we never open a folder that is not ours; so what the account cannot reach gets a place
under /var/lib/redress instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.embedded.system_home import system_home, taking_turns
from shared.embedded.unavailable import EmbeddedPostgresUnavailable

PREFERRED = "postgres"  # where PostgreSQL is installed, its own account exists
CREATED = "redress"
LAST_RESORT = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """Who the server's programs run as; `switch` when that is not who we are."""

    name: str
    uid: int
    gid: int
    switch: bool

    def run(
        self, command: Sequence[str], *, limit_seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, in a clean environment, and hand back what it said."""
        identity: dict[str, object] = (
            {"user": self.uid, "group": self.gid, "extra_groups": ()} if self.switch else {}
        )
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            command,
            env=_environment(os.environ),
            cwd="/",  # the caller's folder may be closed to the account
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_seconds,
            check=False,
            **identity,
        )

    def reaches(self, folder: Path) -> bool:
        """Whether this account may enter the folder."""
        if not self.switch:
            return os.access(folder, os.X_OK)
        entering = self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], limit_seconds=30)
        return entering.returncode == 0

    def make_private(self, folder: Path) -> None:
        """Create the folder for this account alone, or check that it is so already."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            self._refuse_strange(folder)
            return
        if self.switch:
            os.chown(folder, self.uid, self.gid)

    def _refuse_strange(self, folder: Path) -> None:
        # A folder in /tmp that somebody else prepared could hold a server of theirs.
        status = folder.lstat()
        private = not folder.is_symlink() and status.st_uid == self.uid
        if not private or status.st_mode & 0o077:
            raise EmbeddedPostgresUnavailable(
                f"{folder} is not private to the account {self.name}: remove it and start again."
            )


def account_for(cluster_folder: Path) -> Account:
    """Ourselves; for root, the owner of what is there already, else an unprivileged account."""
    uid = os.geteuid()
    if uid != 0:
        return Account(name=_name_of(uid), uid=uid, gid=os.getegid(), switch=False)
    owner = cluster_folder.stat().st_uid if cluster_folder.exists() else 0
    if owner != 0:
        return Account(name=_name_of(owner), uid=owner, gid=_group_of(owner), switch=True)
    entry = _entry(PREFERRED) or _entry(CREATED) or _create() or _entry(LAST_RESORT)
    if entry is None:
        raise EmbeddedPostgresUnavailable(
            "PostgreSQL does not run as root, and no unprivileged account could be found or "
            f"made: add one with 'useradd --system {CREATED}'."
        )
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, switch=True)


def _create() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    # Two processes that both make it would leave files of an account that no longer exists.
    with taking_turns(system_home() / "account.lock"):
        if _entry(CREATED) is None:
            command = [useradd, *options, "--shell", "/usr/sbin/nologin", CREATED]
            subprocess.run(command, capture_output=True, check=False)
    return _entry(CREATED)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Nothing of PGPORT, PGDATA and their like, nor of the caller's secrets."""
    clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    if "LD_LIBRARY_PATH" in ours:
        clean["LD_LIBRARY_PATH"] = ours["LD_LIBRARY_PATH"]
    return clean


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"


def _group_of(uid: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid
