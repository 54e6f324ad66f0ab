"""A colour must carry white writing; a stylesheet says what its address says."""

import pytest

from shared.branding.brand import (
    FONTS,
    Brand,
    BrandRefused,
    checked,
    contrast_with_white,
    stylesheet,
)


@pytest.mark.parametrize(
    ("colour", "ratio"),
    # By the definition of WCAG 2.2; grey 767676 is the lightest that passes against white.
    [("ffffff", 1.0), ("000000", 21.0), ("767676", 4.54), ("777777", 4.47), ("ff0000", 3.99)],
)
def test_contrast_is_that_of_wcag(colour: str, ratio: float) -> None:
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize(
    ("typed", "colour"),
    [("#143D59", "143d59"), (" 7a0019 ", "7a0019"), ("#036", "003366"), ("#767676", "767676")],
)
def test_a_colour_is_taken_as_people_write_it(typed: str, colour: str) -> None:
    assert checked(shown_name="", colour=typed, font="arial") == Brand("", colour, "arial")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("#ffcc00", r"contrast of 1\.\d+ to 1; it must be at least 4.5 to 1"),
        ("#777777", r"contrast of 4\.47 to 1"),
        ("blue", "six digits"),
        ("", "six digits"),
        ("#12345", "six digits"),
        ("#143d59;}body{display:none", "six digits"),
    ],
)
def test_a_colour_that_cannot_be_is_refused_with_why(typed: str, said: str) -> None:
    with pytest.raises(BrandRefused, match=said) as refused:
        checked(shown_name="", colour=typed, font="arial")
    assert refused.value.field == "colour"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"shown_name": "N" * 81}, "shown_name"),
        ({"shown_name": "A\nB"}, "shown_name"),
        ({"font": "comic"}, "font"),
    ],
)
def test_what_else_cannot_be_is_refused_at_its_field(wrong: dict[str, str], field: str) -> None:
    good = {"shown_name": "Riverside", "colour": "#143d59", "font": "arial"}
    with pytest.raises(BrandRefused) as refused:
        checked(**good | wrong)
    assert refused.value.field == field


def test_the_stylesheet_sets_colour_and_font_and_nothing_else() -> None:
    assert stylesheet("7a0019-verdana") == (
        ":root{--redress-brand:#7a0019;--redress-font:Verdana, Geneva, Tahoma}\n"
    )
    for font in FONTS:
        assert stylesheet(f"7a0019-{font}") is not None


@pytest.mark.parametrize(
    "name",
    ["", "7a0019", "7a0019-comic", "7A0019-arial", "7a001-arial", "7a0019}-arial", "7a0019-arial}"],
)
def test_no_other_address_gives_a_stylesheet(name: str) -> None:
    assert stylesheet(name) is None


def test_without_a_look_of_its_own_no_stylesheet_is_loaded() -> None:
    assert Brand(shown_name="Riverside").address == ""
    assert Brand(colour="7a0019").address == "/brand/7a0019-atkinson.css"
