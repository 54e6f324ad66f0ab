"""Dates, times and counts as pages say them, and contrast that everybody can read."""

import re
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from shared.web.wording import (
    lateness,
    london_instant,
    sentence_case,
    short_date,
    weekday_date,
    working_days,
)


def test_a_date_names_its_weekday() -> None:
    assert weekday_date(date(2026, 12, 4)) == "Friday 4 December 2026"
    assert short_date(date(2026, 12, 4)) == "Fri 4 Dec 2026"


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thursday 2 July 2026 at 12:30am"),
        (datetime(2026, 1, 5, 12, 5, tzinfo=UTC), "Monday 5 January 2026 at 12:05pm"),
        (datetime(2026, 1, 5, 9, 5, tzinfo=UTC), "Monday 5 January 2026 at 9:05am"),
    ],
)
def test_an_instant_is_what_the_clock_in_london_showed(instant: datetime, said: str) -> None:
    assert london_instant(instant) == said


def test_counts_agree_with_their_noun() -> None:
    assert working_days(1) == "1 working day"
    assert lateness(2) == "2 working days late"
    assert lateness(0) == "in time"
    assert sentence_case("complaints_team") == "Complaints team"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    full = colour if len(colour) == 6 else "".join(part * 2 for part in colour)
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_of_ours_has_contrast_on_both_backgrounds() -> None:
    style = files("shared.web").joinpath("kit/style.scss").read_text()
    colours = dict(re.findall(r"--redress-(\w+): #([0-9a-f]{3,6})", style))
    for text in ("brand", "late", "soon"):
        for paper in ("ffffff", colours["wash"]):
            light, dark = luminance(paper), luminance(colours[text])
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, paper)
