"""What a narrow screen and a high-contrast theme must not take away, though no page scrolls or breaks a rule."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.support.eventually import eventually

OFFICER, MANAGER = "dana-okafor", "helen-marsh"
SMALLEST_WORDS = 12.0  # pixels high, as drawn

IS_INSIDE_ITS_FRAME = """link => {
  const [box, frame] = [link.getBoundingClientRect(), link.closest('.app-scroll').getBoundingClientRect()];
  return box.left >= frame.left && box.right <= frame.right;
}"""
BAR_AND_GROUND = """link => [getComputedStyle(link, '::before').backgroundColor,
  getComputedStyle(document.body).backgroundColor]"""


def test_a_chart_can_be_read_and_moved_in_its_frame_on_a_narrow_screen(open_page: Open) -> None:
    page = open_page(officer=MANAGER, width=320)
    page.goto("/figures")
    words = page.locator(".app-chart text").first
    assert (words.bounding_box() or {"height": 0.0})["height"] >= SMALLEST_WORDS
    frame = page.locator(".app-chart").first
    frame.focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: frame.evaluate("frame => frame.scrollLeft") > 0)


def test_the_board_shows_the_reference_beside_the_date_on_a_narrow_screen(open_page: Open) -> None:
    page = open_page(officer=OFFICER, width=320)
    page.goto("/board")
    reference = page.locator("tbody a").first
    expect(reference).to_contain_text("RB-")
    assert reference.evaluate(IS_INSIDE_ITS_FRAME)


def test_the_page_of_a_case_that_one_is_on_is_marked_in_a_high_contrast_theme(
    open_page: Open,
) -> None:
    page = open_page(officer=OFFICER)
    page.goto("/board")
    page.locator("tbody a").first.click()
    page.emulate_media(forced_colors="active")
    here = page.locator(".moj-sub-navigation__link[aria-current]")
    bar, ground = here.evaluate(BAR_AND_GROUND)
    assert bar != ground
