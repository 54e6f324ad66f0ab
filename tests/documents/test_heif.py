"""Photos as iPhones take them are kept as JPEG, and what reads them runs in a process that can do nothing else."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from PIL import Image

from shared.documents import heif
from shared.documents.kinds import DocumentRefused
from shared.documents.taking import AS_SENT, Upload, checked
from tests.documents.files import iphone_photo, photo_with_place

RED, BLUE = (254, 0, 0), (0, 0, 254)
UNREADABLE = "“IMG_1234.HEIC” cannot be read: on an iPhone, open the photo, take a screenshot"


@pytest.mark.parametrize(
    ("orientation", "size", "first", "last"),
    [(1, (80, 40), RED, BLUE), (6, (40, 80), RED, BLUE), (3, (80, 40), BLUE, RED)],
)
def test_a_photo_of_an_iphone_is_kept_upright_as_a_jpeg_without_place_and_camera(
    orientation: int, size: tuple[int, int], first: tuple[int, ...], last: tuple[int, ...]
) -> None:
    sent = iphone_photo(orientation=orientation)
    assert b"Canary" in sent
    taken = checked(Upload("Kitchen/IMG_1234.HEIC", sent))
    assert (taken.name, taken.media_type, taken.likely_kind) == (
        "IMG_1234.jpg",
        "image/jpeg",
        "photo",
    )
    assert AS_SENT in taken.words
    assert b"Canary" not in taken.content
    with Image.open(io.BytesIO(taken.content), formats=["JPEG"]) as kept:
        assert kept.size == size
        assert kept.getpixel((2, 2)) == first
        assert kept.getpixel((kept.width - 3, kept.height - 3)) == last
        assert not kept.getexif()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.heic", photo_with_place()),
        ("photo.jpg", iphone_photo()),
        ("photo.heic", iphone_photo().replace(b"heic", b"avif")),
        ("photo.heic", b"\x00\x00\x00\x18ftyp"),
        ("photo.heif", b"MZ\x90\x00"),
    ],
)
def test_what_it_is_named_and_what_it_holds_must_agree(name: str, content: bytes) -> None:
    with pytest.raises(DocumentRefused, match=r"is not the (HEIC|JPG) that its name says"):
        checked(Upload(name, content))


@pytest.mark.parametrize("left", [40, 300, -1])
def test_a_damaged_one_is_refused_with_what_to_do_on_the_telephone(left: int) -> None:
    with pytest.raises(DocumentRefused, match=UNREADABLE):
        checked(Upload("IMG_1234.HEIC", iphone_photo()[:left]))


def test_one_that_says_it_is_far_too_large_is_refused_before_it_is_unpacked() -> None:
    said, much = ((each).to_bytes(4) for each in (80, 60_000))
    forged = iphone_photo().replace(b"ispe\x00\x00\x00\x00" + said, b"ispe\x00\x00\x00\x00" + much)
    forged = forged.replace(much + (40).to_bytes(4), much + much)
    with pytest.raises(DocumentRefused, match=r"“IMG_1234\.HEIC” (has 60,000 by 60,000|cannot)"):
        checked(Upload("IMG_1234.HEIC", forged))


def child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Another program in the place of the one that reads photos."""
    monkeypatch.setattr(heif, "CHILD", (sys.executable, "-I", "-c", program))


@pytest.mark.parametrize(
    "program",
    ["import os; os.abort()", "raise SystemExit(1)", "print('no picture')", "while True: pass"],
)
def test_a_child_that_dies_hangs_or_says_something_else_refuses_the_photo_alone(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    child(monkeypatch, program)
    if program.startswith("while"):
        monkeypatch.setattr(heif, "MOST_SECONDS", 1)
    with pytest.raises(DocumentRefused, match=UNREADABLE):
        checked(Upload("IMG_1234.HEIC", iphone_photo()))


def test_the_child_learns_nothing_of_the_process_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "canary")
    told = "repr((dict(os.environ), sys.argv, os.getcwd())).encode()"
    child(monkeypatch, rf"import os, sys; sys.stdout.buffer.write(b'\xff\xd8' + {told})")
    learnt = heif.as_jpeg("Mrs Canary.heic", iphone_photo())
    assert b"anary" not in learnt
    assert learnt.endswith(b"'/')")


def test_the_child_may_write_no_file_and_take_so_much_memory() -> None:
    program = (
        "import resource; from shared.documents import heif; heif._confine();"
        "print(*(resource.getrlimit(each)[0] for each in"
        " (resource.RLIMIT_FSIZE, resource.RLIMIT_AS, resource.RLIMIT_CPU)))"
    )
    ended = subprocess.run((sys.executable, "-c", program), capture_output=True, check=True)
    limits = [0, heif.MOST_MEMORY, heif.MOST_PROCESSOR_SECONDS]
    assert [int(each) for each in ended.stdout.split()] == limits


def test_the_library_is_loaded_in_no_process_of_ours() -> None:
    program = "import sys, shared.documents.taking; print('pillow_heif' in sys.modules)"
    ended = subprocess.run((sys.executable, "-c", program), capture_output=True, check=True)
    assert ended.stdout.strip() == b"False"
