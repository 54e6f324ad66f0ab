"""A file in the folder is whole or not there, and only its owner reads it."""

from __future__ import annotations

import stat
from pathlib import Path
from uuid import UUID

import pytest

from shared.documents.store import ContentsMissing, FolderStore

ONE = UUID("0c0b7f50-5a43-4b58-9d63-5b1b7a1f6e21")


def test_what_is_written_is_read_until_it_is_deleted(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "documents")
    store.write("riverside", ONE, b"sealed")
    store.write("riverside", ONE, b"sealed again")
    assert store.read("riverside", ONE) == b"sealed again"
    with pytest.raises(ContentsMissing):
        store.read("hillside", ONE)
    store.delete("riverside", ONE)
    store.delete("riverside", ONE)
    with pytest.raises(ContentsMissing):
        store.read("riverside", ONE)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_only_the_account_itself_may_read(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "documents")
    store.write("riverside", ONE, b"sealed")
    for each in (tmp_path / "documents").rglob("*"):
        if each.is_file():
            assert stat.S_IMODE(each.stat().st_mode) == 0o600


def test_a_writing_that_broke_off_is_no_document_and_goes_with_it(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.write("riverside", ONE, b"sealed")
    (whole,) = (each for each in tmp_path.rglob("*") if each.is_file())
    half = whole.with_suffix(".part")
    whole.rename(half)
    with pytest.raises(ContentsMissing):
        store.read("riverside", ONE)
    store.delete("riverside", ONE)
    assert not half.exists()


@pytest.mark.parametrize("landlord", ["..", "../riverside", "a/b", "", "River"])
def test_nothing_leads_out_of_the_folder(tmp_path: Path, landlord: str) -> None:
    with pytest.raises(ValueError, match="a landlord is named"):
        FolderStore(tmp_path).write(landlord, ONE, b"x")
