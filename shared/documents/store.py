"""Where the sealed contents of documents lie: a port, and a folder behind it.

Nothing is read from names: a document lies under its landlord and its id. What is written is whole or not there.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from uuid import UUID

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ContentsMissing(RuntimeError):
    """The store does not hold the contents of this document."""


class DocumentStore(Protocol):
    """Keeps sealed contents by landlord and document."""

    def write(self, landlord: str, document: UUID, sealed: bytes) -> None:
        """Keeps the contents; on return they survive a loss of power. Once more is the same again."""

    def read(self, landlord: str, document: UUID) -> bytes:
        """The contents; raises ContentsMissing where there are none."""

    def delete(self, landlord: str, document: UUID) -> None:
        """Removes the contents, whole or half written; nothing happens where there are none."""


class FolderStore:
    """Contents as files of a folder that only this account can read; every process has the same one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, landlord: str, document: UUID, sealed: bytes) -> None:
        """Writes beside, then renames: a file under its name is whole."""
        path = self._path(landlord, document)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = _beside(path)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync(path.parent)
        _sync(path.parent.parent)

    def read(self, landlord: str, document: UUID) -> bytes:
        """The whole file."""
        try:
            return self._path(landlord, document).read_bytes()
        except FileNotFoundError:
            raise ContentsMissing(f"no contents of the document {document} are kept") from None

    def delete(self, landlord: str, document: UUID) -> None:
        """The file, and what a broken-off writing left beside it."""
        path = self._path(landlord, document)
        _beside(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            _sync(path.parent)

    def _path(self, landlord: str, document: UUID) -> Path:
        if not _SLUG.fullmatch(landlord):
            raise ValueError("a landlord is named by small letters, digits and hyphens")
        return self.folder / landlord / document.hex[:2] / document.hex


def _beside(path: Path) -> Path:
    return path.with_suffix(".part")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
