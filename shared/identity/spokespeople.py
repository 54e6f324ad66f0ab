"""Who may follow a case as the complainant does: the complainant, and a representative while their consent lasts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from shared.complaints.events import (
    ComplaintEvent,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    RepresentativeNamed,
)
from shared.complaints.values import WordsReference

COMPLAINANT = "complainant"
EVERYTHING, PROGRESS = "everything", "progress"
# A Member of Parliament or a councillor is told how the case stands, and never gets what a resident was sent.
MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Spokesperson:
    """A representative of the complainant, and what they may be told: `scope` is none without consent."""

    number: int
    relation: str
    words: WordsReference | None  # who it is, and how to reach them
    scope: str | None = None
    until: date | None = None

    @property
    def holder(self) -> str:
        """What a session or a letter calls them."""
        return f"representative {self.number}"

    def extent(self, today: date) -> str | None:
        """How much of the case they may follow on a day: everything, its progress, or nothing of it."""
        if self.scope not in {EVERYTHING, PROGRESS}:
            return None
        if self.until is not None and today > self.until:
            return None
        return PROGRESS if self.relation == MEMBER else self.scope


def is_representative(actor: str) -> bool:
    """Whether somebody who speaks for the complainant did it, under the number they are named by."""
    return actor.startswith("representative ")


def is_theirs(actor: str) -> bool:
    """Whether the complainant did it, or who speaks for them."""
    return actor == COMPLAINANT or is_representative(actor)


def spokespeople(events: Iterable[ComplaintEvent]) -> dict[int, Spokesperson]:
    """The representatives that these facts of one case name, by their numbers."""
    known: dict[int, Spokesperson] = {}
    for event in events:
        match event:
            case RepresentativeNamed():
                known[event.number] = Spokesperson(event.number, event.relation, event.words)
            case ConsentGiven() if event.number in known:
                known[event.number] = replace(
                    known[event.number], scope=event.scope, until=event.until
                )
            case ConsentWithdrawn() | ConsentEnded() if event.number in known:
                known[event.number] = replace(known[event.number], scope=None, until=None)
            case _:
                pass
    return known


def extent_of(holder: str, events: Iterable[ComplaintEvent], *, today: date) -> str | None:
    """How much of the case whoever holds a session of it may follow today; None for nothing."""
    if holder == COMPLAINANT:
        return EVERYTHING
    number = holder.rpartition(" ")[2]
    speaker = spokespeople(events).get(int(number)) if number.isdecimal() else None
    return None if speaker is None else speaker.extent(today)
