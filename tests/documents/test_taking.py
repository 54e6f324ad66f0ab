"""A file is taken when its name and its content say the same and we allow it; a picture is made anew."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from shared.documents.kinds import LARGEST, MOST_AT_ONCE, DocumentRefused, cleaned_name
from shared.documents.pictures import LONGEST_SIDE
from shared.documents.taking import Upload, all_checked, checked, hash_in, name_in
from tests.documents.files import (
    EMAIL,
    PDF,
    TEXT,
    archive,
    docx,
    photo_with_place,
    picture,
)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("leak.jpg", picture(), "image/jpeg"),
        ("LEAK.JPEG", picture(), "image/jpeg"),
        ("leak.png", picture("PNG"), "image/png"),
        ("report.pdf", PDF, "application/pdf"),
        ("letter.docx", docx(),
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("notes.txt", TEXT, "text/plain"),
        ("old notes.txt", "Café, £40".encode("cp1252"), "text/plain"),
        ("BMW.txt", b"BMW parked across the door since Monday.", "text/plain"),
        ("mail.eml", EMAIL, "message/rfc822"),
    ],
)  # fmt: skip
def test_every_kind_that_is_allowed_is_taken(name: str, content: bytes, media_type: str) -> None:
    assert checked(Upload(name, content)).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("run.exe", b"MZ\x90\x00" + bytes(200), "must be a JPG"),
        ("page.html", b"<html><script>alert(1)</script>", "must be a JPG"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "must be a JPG"),
        ("no extension", picture(), "must be a JPG"),
        ("leak.jpg", picture("PNG"), "is not the JPG that its name says"),
        ("leak.png", picture(), "is not the PNG that its name says"),
        ("report.pdf", picture(), "is not the PDF"),
        ("leak.jpg", b"MZ\x90\x00" + bytes(200), "is not the JPG"),
        ("letter.docx", archive(), "is not the DOCX"),
        ("letter.docx", PDF, "is not the DOCX"),
        ("letter.docx", docx("word/vbaProject.bin"), "is not the DOCX"),
        ("notes.txt", b"<html><script>alert(1)</script>", "is not the TXT"),
        ("notes.txt", b"plain \x00 or not", "is not the TXT"),
        ("mail.eml", TEXT, "is not the EML"),
        ("empty.pdf", b"", "is empty"),
    ],
)  # fmt: skip
def test_any_other_is_refused_by_its_name_with_what_is_allowed(
    name: str, content: bytes, said: str
) -> None:
    with pytest.raises(DocumentRefused) as refused:
        checked(Upload(name, content))
    assert said in str(refused.value)
    assert f"“{name}”" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", PDF + archive()),
        ("report.pdf", b"MZ\x90\x00" + PDF),
        ("report.pdf", PDF + b"<script>" * 1000),
        ("letter.docx", PDF + docx()),
        ("letter.docx", docx() + PDF),
        ("letter.docx", docx(comment=b"<script>alert(1)</script>")),
    ],
)
def test_a_file_that_is_two_things_at_once_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(DocumentRefused):
        checked(Upload(name, content))


def test_what_is_appended_to_a_picture_is_not_kept() -> None:
    taken = checked(Upload("leak.jpg", picture() + archive()))
    assert b"run.exe" not in taken.content


def test_a_photo_is_kept_without_the_place_the_camera_and_the_comment_and_stands_upright() -> None:
    sent = photo_with_place(orientation=6)
    assert b"Canary" in sent
    taken = checked(Upload("leak.jpg", sent))
    assert b"Canary" not in taken.content
    with Image.open(io.BytesIO(taken.content)) as kept:
        assert not kept.getexif()
        assert kept.size == (40, 80)


def test_a_large_picture_is_made_smaller() -> None:
    taken = checked(Upload("wide.jpg", picture(size=(6_000, 100))))
    with Image.open(io.BytesIO(taken.content)) as kept:
        assert kept.size[0] <= LONGEST_SIDE


def test_a_see_through_picture_stays_so() -> None:
    taken = checked(Upload("plan.png", picture("PNG", mode="RGBA")))
    with Image.open(io.BytesIO(taken.content)) as kept:
        assert kept.mode == "RGBA"


def _bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels wide and high."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    data = zlib.compress(bytes(100))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(DocumentRefused, match="60,000 by 60,000 pixels"):
        checked(Upload("bomb.png", _bomb()))


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_damaged_picture_is_refused(kept: float) -> None:
    whole = picture("PNG", (400, 400))
    with pytest.raises(DocumentRefused):
        checked(Upload("leak.png", whole[: int(len(whole) * kept)]))


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="must be smaller than 10MB"):
        checked(Upload("large.txt", b"x" * (LARGEST + 1)))


def test_so_many_files_at_once_and_not_one_more() -> None:
    one = Upload("notes.txt", TEXT)
    assert len(all_checked([one] * MOST_AT_ONCE)) == MOST_AT_ONCE
    with pytest.raises(DocumentRefused, match="only select up to 10 files"):
        all_checked([one] * (MOST_AT_ONCE + 1))
    with pytest.raises(DocumentRefused, match="Select a file"):
        all_checked([])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\Ada\leak.jpg", "leak.jpg"),
        ("..", "document"),
        (".jpg", "document.jpg"),
        ("leak\r\nSet-Cookie: x.jpg", "leak Set-Cookie_ x.jpg"),
        ("gpj\u202e.exe.jpg", "gpj .exe.jpg"),
        ('"quoted".pdf', "_quoted_.pdf"),
        ("é" * 300 + ".pdf", "é" * 100 + ".pdf"),
        ("Мой дом.jpg", "Мой дом.jpg"),
    ],
)
def test_a_name_is_kept_without_folders_controls_and_signs(sent: str, kept: str) -> None:
    assert cleaned_name(sent) == kept


def test_what_is_sealed_names_the_file_and_how_to_know_it_again() -> None:
    taken = checked(Upload("a/leak.jpg", picture()))
    assert name_in(taken.words) == "leak.jpg"
    assert len(hash_in(taken.words)) == 64
    assert "as sent" in taken.words  # a picture is made anew, so that two hashes tell of it
    assert "as sent" not in checked(Upload("notes.txt", TEXT)).words
