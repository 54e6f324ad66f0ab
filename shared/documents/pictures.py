"""Makes pictures anew: what is kept holds the image and nothing else, no place, no camera, nothing appended."""

import io
from threading import BoundedSemaphore

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.documents.kinds import LARGEST, DocumentRefused

MOST_PIXELS = 50_000_000  # what a large telephone takes; four bytes each while it is worked on
LONGEST_SIDE = 4_096  # pixels of what is kept
SMALLEST_SIDE = 256
QUALITY = 88
# Pictures are large in memory: so many are worked on at a time in one process, whoever sends them.
AT_ONCE = BoundedSemaphore(2)
# The library warns between its limit and twice that; ours is checked before anything is unpacked.
Image.MAX_IMAGE_PIXELS = None


class PictureDamaged(DocumentRefused):
    """The file cannot be read as a picture."""


def made_anew(name: str, content: bytes, media_type: str) -> bytes:
    """The picture as it is kept; raises DocumentRefused for one that is damaged or far too large."""
    kind = media_type.removeprefix("image/").upper()
    with AT_ONCE:
        return written_anew(name, content, kind, kind)


def written_anew(name: str, content: bytes, kind: str, kept_as: str) -> bytes:
    """The same, of one kind kept as another, as the library calls them."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise DocumentRefused(
                    f"“{name}” has {width:,} by {height:,} pixels: make it smaller, to"
                    f" {MOST_PIXELS // 1_000_000} megapixels at most"
                )
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read at half its size
            return _saved(_upright(picture), kept_as)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as damaged:
        if isinstance(damaged, DocumentRefused):
            raise
        raise PictureDamaged(
            f"“{name}” cannot be read as a picture: save it again as a JPG or PNG"
        ) from None


def _upright(picture: Image.Image) -> Image.Image:
    """The picture as it was held, in colours that can be written, without what stood beside it."""
    turned = ImageOps.exif_transpose(picture)
    has_gaps = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    if has_gaps and picture.format == "PNG":
        plain = turned.convert("RGBA")
    else:
        plain = turned.convert("L" if turned.mode in {"1", "L"} else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info = {}
    return plain


def _saved(picture: Image.Image, kind: str) -> bytes:
    while True:
        written = io.BytesIO()
        if kind == "JPEG":
            picture.save(written, "JPEG", quality=QUALITY)
        else:
            picture.save(written, "PNG")
        if written.tell() <= LARGEST or max(picture.size) <= SMALLEST_SIDE:
            return written.getvalue()
        picture.thumbnail((picture.width * 3 // 4, picture.height * 3 // 4))
