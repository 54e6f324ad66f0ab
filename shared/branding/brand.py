"""A landlord's own name, colour and font, as a stylesheet that stands under an address made of what it says."""

import re
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

Row = dict[str, Any]

LONGEST_NAME = 80
STANDARD_COLOUR, STANDARD_FONT = "143d59", "atkinson"
# White writing stands on the colour: WCAG 2.2 AA, 1.4.3.
LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Font:
    """A choice: its name, and the families a browser tries in turn. Nothing is fetched from elsewhere."""

    label: str
    families: str


FONTS = {
    "atkinson": Font(
        "Atkinson Hyperlegible Next, made for readers with low vision",
        '"Atkinson Hyperlegible Next Variable"',
    ),
    "arial": Font("Arial or Helvetica", "Arial, Helvetica"),
    "verdana": Font("Verdana, wide letters", "Verdana, Geneva, Tahoma"),
    "system": Font("The font of the reader’s own device", "system-ui"),
}


class BrandRefused(ValueError):
    """The pages cannot look like this; `field` says where, the message the rule and the way out."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Brand:
    """How the pages look: `colour` is six hexadecimal digits; without a name of its own it is the registered one."""

    shown_name: str = ""
    colour: str = STANDARD_COLOUR
    font: str = STANDARD_FONT

    @property
    def address(self) -> str:
        """Where its stylesheet stands; empty where the pages look as they do anyway."""
        if (self.colour, self.font) == (STANDARD_COLOUR, STANDARD_FONT):
            return ""
        return f"/brand/{self.colour}-{self.font}.css"


def checked(*, shown_name: str, colour: str, font: str) -> Brand:
    """What was typed as a brand; raises BrandRefused."""
    name = shown_name.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BrandRefused(
            "shown_name", f"The name is one line of at most {LONGEST_NAME} characters"
        )
    digits = colour.strip().removeprefix("#").lower()
    if re.fullmatch(r"[0-9a-f]{3}", digits):
        digits = "".join(2 * digit for digit in digits)
    if not _COLOUR.fullmatch(digits):
        raise BrandRefused("colour", "Give the colour as six digits from 0 to f, like #143d59")
    if contrast_with_white(digits) < LEAST_CONTRAST:
        raise BrandRefused(
            "colour",
            f"White writing on #{digits} has a contrast of {_said(contrast_with_white(digits))} to 1;"
            f" it must be at least {LEAST_CONTRAST} to 1 (WCAG 2.2 AA): choose a darker colour",
        )
    if font not in FONTS:
        raise BrandRefused("font", "Choose a font of the list")
    return Brand(name, digits, font)


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of WCAG 2.2 between white and a colour of six digits: from 1 to 21."""
    return 1.05 / (_luminance(colour) + 0.05)


def stylesheet(name: str) -> str | None:
    """The stylesheet that `name`, such as `143d59-arial`, stands for; None where it stands for none."""
    colour, _, font = name.partition("-")
    if not _COLOUR.fullmatch(colour) or font not in FONTS:
        return None
    return f":root{{--redress-brand:#{colour};--redress-font:{FONTS[font].families}}}\n"


def brand_of(cursor: Cursor[Row], landlord: str) -> Brand:
    """How the landlord's pages look."""
    row = cursor.execute(
        "SELECT shown_name, colour, font FROM administration.brand WHERE landlord = %s",
        (landlord,),
    ).fetchone()
    return Brand() if row is None else Brand(**row)


def _luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _said(ratio: float) -> str:
    """Rounded down, so that what is refused never reads as if it were enough."""
    return f"{int(ratio * 100) / 100:g}"
