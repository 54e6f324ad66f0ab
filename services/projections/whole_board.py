"""The board from its first line on, page by page, for files and calendars."""

from collections.abc import Iterator

from services.projections.read_models.deadlines_board import PAGE, BoardFilter, Place
from services.projections.reading import Reading, Row
from shared.identity.sessions import SignedIn


def whole_board(
    reading: Reading, who: SignedIn, wanted: BoardFilter, *, most: int
) -> Iterator[Row]:
    """Every line, soonest first; at most about `most`, a whole number of pages."""
    after: Place | None = None
    for _ in range(most // PAGE):
        found = reading.board(who, wanted, after=after, limit=PAGE)
        yield from found["deadlines"]
        if found["next"] is None:
            return
        after = Place.parse(found["next"])
