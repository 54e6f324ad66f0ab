"""Where the private PostgreSQL keeps its files, its socket and, for root, its programs."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from shared.embedded.account import Account
from shared.embedded.binaries import Binaries
from shared.embedded.system_home import system_home, taking_turns
from shared.embedded.unavailable import EmbeddedPostgresUnavailable

POINTER = "postgres.location"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes: sockaddr_un has room for 108, and one is the closing zero


def known_home(data: Path) -> Path:
    """The folder of the server's files, as far as the data directory knows."""
    pointer = data / POINTER
    return Path(pointer.read_text("utf-8").strip()) if pointer.exists() else data / "postgres"


def settle(data: Path, account: Account) -> Path:
    """The folder of the server's files, created for the account alone.

    Inside the data directory when the account can get there; else under /var/lib/redress, with
    a file in the data directory that says where, so that data and directory stay together.
    """
    home = known_home(data)
    if home.parent == data and not account.reaches(data):
        name = hashlib.sha256(bytes(data)).hexdigest()[:12]
        # The random part keeps a new directory of an old name from waking up old data.
        home = system_home() / f"{name}-{secrets.token_hex(4)}"
        (data / POINTER).write_text(f"{home}\n", "utf-8")
    account.make_private(home)
    return home


def socket_folder(home: Path) -> Path:
    """The folder of the socket: the server's own, or a short one where a path may be too long."""
    too_long = len(bytes(home / SOCKET_NAME)) > LONGEST_SOCKET_PATH
    if too_long or "," in str(home):  # libpq takes a comma for the end of a host
        return Path("/tmp") / f"redress-{hashlib.sha256(bytes(home)).hexdigest()[:16]}"  # noqa: S108  # checked for its owner before use
    return home


def within_reach(binaries: Binaries, account: Account) -> Binaries:
    """The same programs where the account can run them: copied once, when root's are closed."""
    if _runs(binaries, account):
        return binaries
    copied = _copy(binaries) if account.switch else binaries
    if not _runs(copied, account):
        raise EmbeddedPostgresUnavailable(
            f"The account {account.name} cannot run the programs in {binaries.folder}."
        )
    return copied


def _runs(binaries: Binaries, account: Account) -> bool:
    try:
        asked = account.run([str(binaries.folder / "postgres"), "--version"], limit_seconds=30)
    except PermissionError:
        return False
    return asked.returncode == 0


def _copy(binaries: Binaries) -> Binaries:
    installation = binaries.folder.parent
    package = installation.parent
    target = system_home() / f"postgresql-{binaries.version}"
    with taking_turns(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            # Under a passing name first: a copy that was cut short is never used.
            draft = target.with_name(f"{target.name}.new")
            shutil.rmtree(draft, ignore_errors=True)
            _copy_installation(installation, draft / package.name / installation.name)
            # Packages built as wheels keep their libraries beside the package's folder.
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():
                _copy_installation(libraries, draft / libraries.name)
            _let_everybody_read(draft)
            draft.rename(target)
    return replace(
        binaries, folder=target / package.name / installation.name / binaries.folder.name
    )


def _copy_installation(source: Path, target: Path) -> None:
    not_needed = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(source, target, symlinks=True, ignore=not_needed)


def _let_everybody_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            readable = 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644
            path.chmod(readable)
