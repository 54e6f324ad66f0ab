"""What complainants of the demonstration bring besides words: a made photo of a wall, and a letter; both made here."""

import io
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from uuid import UUID

from PIL import Image, ImageDraw

from shared.documents.taking import Checked, Upload, checked
from shared.letters.kept import Kept
from shared.letters.printing import printed

WIDTH, HEIGHT = 480, 360  # pixels
WALL, STAIN = (222, 214, 198), (58, 62, 54)
SPOTS = 90
WRITTEN_ON = date(2026, 1, 5)  # nothing in it depends on the day


@dataclass(frozen=True, slots=True)
class Brought:
    """A document of a case, to be kept under the key of the complainant once the facts are stored."""

    document: UUID
    subject: UUID
    kind: str
    file: Checked


def photo(number: int) -> Checked:
    """A wall with black spots in one corner; another wall for another number."""
    chance = Random(number)
    wall = Image.new("RGB", (WIDTH, HEIGHT), WALL)
    draw = ImageDraw.Draw(wall)
    draw.line((WIDTH // 3, 0, WIDTH // 3, HEIGHT), fill=(198, 190, 174), width=3)
    for _ in range(SPOTS):
        across, down = int(abs(chance.gauss(0, 90))), int(abs(chance.gauss(0, 70)))
        size = chance.randint(3, 16)
        draw.ellipse((across, down, across + size, down + size), fill=STAIN)
    written = io.BytesIO()
    wall.save(written, "JPEG", quality=70)
    return checked(Upload("photo-of-the-wall.jpg", written.getvalue()))


@cache
def letter(words: str) -> Checked:
    """The words as a letter that somebody wrote and sent, as a PDF."""
    written = Kept(
        to="",
        subject="My complaint",
        text=f"{words}\n\nPlease answer me in writing.",
        in_large_print=False,
    )
    content = printed(written, sender="By hand at the office", on=WRITTEN_ON)
    return checked(Upload("letter.pdf", content))
