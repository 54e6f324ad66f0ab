"""A person who uses the keyboard alone: Tab, Enter, Space, arrows, letters and digits, on what the browser itself gives
the focus to. Wherever they stop, the page must show them where they are, and nothing may lie over it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

# From one stop to the next that is wanted. More is out of proportion: it asks for another order, or a skip link.
MOST_TABS = 40
MOST_RADIOS = 20
# A browser opens the window that asks for a file only within seconds of the key: on a crowded machine they may be over.
MOST_PRESSES = 3

HAS_FOCUS = "element => element === document.activeElement"
# One of the radio buttons of a group has the focus for all of them.
GROUP_HAS_FOCUS = (
    "element => document.activeElement.type === 'radio'"
    " && document.activeElement.name === element.name"
)

# What is wrong with where the focus is; nothing, when all is well.
#
# What the eye sees is the look of the element and of its labels, with what is drawn before and after them, because the
# kit draws the ring of a radio button beside the real one. The focus is taken away for a moment to see what differs:
# once for each element, because it comes back to the first part of a date, and the other parts are stops too.
#
# What lies over it is asked in the middle of what the window shows of it.
WHAT_IS_WRONG = """() => {
  const element = document.activeElement;
  // From the last stop of a page the way to the first leads through the browser.
  if (element === document.body) return '';
  const parts = [element, ...(element.labels || [])];
  const drawn = style => [
    style.outlineStyle === 'none' ? '' : `${style.outlineStyle} ${style.outlineColor} ${style.outlineWidth}`,
    style.boxShadow, style.backgroundColor, style.borderColor].join('; ');
  const look = () => parts.flatMap(
    part => [null, '::before', '::after'].map(pseudo => drawn(getComputedStyle(part, pseudo))));
  const focused = look();
  const at_rest = window.looks_at_rest ||= new WeakMap();
  if (!at_rest.has(element)) {
    element.blur();
    at_rest.set(element, look());
    element.focus({preventScroll: true});
  }
  const is_seen = focused.some((seen, place) => seen !== at_rest.get(element)[place]);
  const box = element.getClientRects()[0] || {left: -1, right: -1, top: -1, bottom: -1};
  const across = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
  const down = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const there = document.elementFromPoint(across, down);
  const is_uncovered = parts.some(part => part.contains(there));
  const wrong = !is_seen ? 'not seen to have the focus' : !is_uncovered ? 'covered' : '';
  return wrong && `${wrong}: ${element.outerHTML.slice(0, 200)}`;
}"""

ORDER_OF_A_DATE = """() => new Intl.DateTimeFormat(navigator.language).formatToParts(0)
  .map(part => part.type).filter(type => type !== 'literal')"""
DIGITS = {"day": "%d", "month": "%m", "year": "%Y"}


class Keyboard:
    """What somebody does at a page with nothing else: one field after another, as `keys.write(…).pick(…)`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def skip_to_content(self) -> None:
        """Takes the skip link, the first stop of every page."""
        self._stop()
        expect(self.page.locator(".govuk-skip-link")).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#main")).to_be_focused()

    def reach(self, target: Locator, *, reached: str = HAS_FOCUS) -> None:
        """Presses Tab until the target has the focus; each stop on the way can be seen."""
        expect(target).to_have_count(1)
        for _ in range(MOST_TABS):
            self._stop()
            if target.evaluate(reached):
                return
        raise AssertionError(f"Tab, {MOST_TABS} times, does not reach {target} on {self.page.url}")

    def link(self, name: str) -> None:
        """Follows a link, the first of that name."""
        self._follow(self.page.get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        """Presses a button that leads on to a page, the first of that name."""
        self._follow(self.page.get_by_role("button", name=name, exact=True).first)

    def write(self, label: str, words: str) -> Keyboard:
        """Writes into a field."""
        field = self.page.get_by_label(label, exact=True)
        self.reach(field)
        self.page.keyboard.type(words)
        expect(field).to_have_value(words)
        return self

    def choose(self, label: str, option: str) -> Keyboard:
        """Chooses from a list by writing the option's name."""
        field = self.page.get_by_label(label, exact=True)
        self.reach(field)
        self.page.keyboard.type(option)
        expect(field.locator("option:checked")).to_have_text(option)
        return self

    def write_date(self, label: str, day: date) -> Keyboard:
        """Writes day, month and year in the order in which the browser asks for them."""
        field = self.page.get_by_label(label, exact=True)
        self.reach(field)
        for part in self.page.evaluate(ORDER_OF_A_DATE):
            self.page.keyboard.type(day.strftime(DIGITS[part]))
        expect(field).to_have_value(day.isoformat())
        return self

    def tick(self, label: str) -> Keyboard:
        """Ticks a box."""
        box = self.page.get_by_label(label, exact=True)
        self.reach(box)
        self.page.keyboard.press("Space")
        expect(box).to_be_checked()
        return self

    def pick(self, label: str) -> Keyboard:
        """Picks a radio button: Tab leads to its group, Space takes the first, the arrows go on from there."""
        radio = self.page.get_by_label(label, exact=True)
        self.reach(radio, reached=GROUP_HAS_FOCUS)
        self.page.keyboard.press("Space")
        for _ in range(MOST_RADIOS):
            if radio.is_checked():
                return self
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrows do not reach “{label}” on {self.page.url}")

    def attach(self, label: str, file: Path) -> Keyboard:
        """Opens the window that asks for a file, and chooses one there."""
        self.reach(self.page.get_by_label(label, exact=True))
        for _ in range(MOST_PRESSES):
            try:
                with self.page.expect_file_chooser() as asked:
                    self.page.keyboard.press("Space")
            except PlaywrightTimeout:
                continue
            asked.value.set_files(file)
            return self
        raise AssertionError(f"Space does not open the window of “{label}” on {self.page.url}")

    def _stop(self) -> None:
        self.page.keyboard.press("Tab")
        wrong = self.page.evaluate(WHAT_IS_WRONG)
        assert wrong == "", f"{self.page.url}: {wrong}"

    def _follow(self, target: Locator) -> None:
        self.reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
