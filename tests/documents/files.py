"""Small files of every kind that is taken, and of some that are not."""

from __future__ import annotations

import io
import zipfile

import pillow_heif
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
EMAIL = b"Received: by mail\nFrom: a@example.org\nTo: b@example.org\nSubject: Damp\n\nIt is wet.\n"
TEXT = "The ceiling came down on £40 of carpet.\n".encode()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NORTH_OF_LONDON = (51.0, 30.0, 0.0)


def picture(kind: str = "JPEG", size: tuple[int, int] = (80, 40), *, mode: str = "RGB") -> bytes:
    """A plain picture."""
    written = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(written, kind)
    return written.getvalue()


def photo_with_place(*, orientation: int = 1) -> bytes:
    """A photo as a telephone takes it: with the place, the camera, and which side is up."""
    image = Image.new("RGB", (80, 40), "red")
    exif = Image.Exif()
    exif[0x010F] = "Canary Cameras"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: NORTH_OF_LONDON})
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"Canary comment")
    return written.getvalue()


def iphone_photo(*, orientation: int = 1, size: tuple[int, int] = (80, 40)) -> bytes:
    """A photo as an iPhone takes it, red on the left and blue on the right as it is held, with the place."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x010F] = "Canary Cameras"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: NORTH_OF_LONDON})
    written = io.BytesIO()
    pillow_heif.from_pillow(image).save(written, exif=exif.tobytes(), xmp=b"Canary comment")
    return written.getvalue()


def docx(*more: str, comment: bytes = b"") -> bytes:
    """The least that a Word document is, with more entries."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            archive.writestr(name, "<x/>")
        archive.comment = comment
    return written.getvalue()


def archive() -> bytes:
    """A ZIP file that is no document."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("run.exe", b"MZ")
    return written.getvalue()
