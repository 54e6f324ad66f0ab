"""The filters of the board: what an address chose, in words that a link takes away again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query

from services.projections.read_models.deadlines_board import STATUSES, BoardFilter
from services.projections.reading import Row
from shared.identity.sessions import SignedIn
from shared.web.parameters import STORABLE

Chosen = Annotated[str, Query(max_length=100, pattern=STORABLE)]
LABELS = {
    "overdue": "Overdue",
    "today": "Due today",
    "soon": "Due in 2 working days",
    "week": "Due in 5 working days",
    "approval": "Waiting for approval",
    "missed": "Missed so far",
}
COMPACT = "compact"
DUTIES = {
    "acknowledge": "Acknowledgements",
    "contact": "First contacts",
    "holding_response": "Holding responses",
    "draft": "Drafts",
    "respond": "Responses",
    "promise": "Promises",
    "ombudsman_order": "Orders of the Ombudsman",
}
NAMES = ("status", "organisation", "stage", "handler", "duty", "density")
LONGEST_QUERY = 600  # characters; six filters, whose values are short ones of our own


@dataclass(frozen=True, slots=True)
class Tag:
    """A filter that is set, and the address without it."""

    words: str
    address: str


class Filters:
    """What a link or a form chose; what it left empty, or made up, is no filter."""

    def __init__(
        self,
        *,
        status: Chosen = "",
        organisation: Chosen = "",
        stage: Chosen = "",
        handler: Chosen = "",
        duty: Chosen = "",
        density: Chosen = "",
    ) -> None:
        self.chosen = {
            "status": status if status in STATUSES else "",
            "organisation": organisation,
            "stage": stage if stage.isdecimal() and len(stage) == 1 else "",
            "handler": handler,
            "duty": duty if duty in DUTIES else "",
            "density": density if density == COMPACT else "",
        }

    @classmethod
    def parse(cls, query: str) -> "Filters":
        """The filters in the text of an address; anything else in it is left out."""
        found = parse_qsl(query.removeprefix("?")[:LONGEST_QUERY])
        return cls(**{name: value[:100] for name, value in found if name in NAMES})

    def query(self, **more: str) -> str:
        """The end of an address that keeps the filters, with `more`; empty when there is none."""
        kept = {name: value for name, value in (self.chosen | more).items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def address(self, **more: str) -> str:
        """The board under the filters, with `more` in place of what they said."""
        return f"/board{self.query(**more)}"

    def wanted(self, who: SignedIn) -> BoardFilter:
        """As the read model takes it, for this reader."""
        chosen = self.chosen
        return BoardFilter(
            confined_to=who.confined_to,
            status=chosen["status"] or None,
            organisation=chosen["organisation"] or None,
            stage=int(chosen["stage"]) if chosen["stage"] else None,
            handler=chosen["handler"] or None,
            duty=chosen["duty"] or None,
        )

    def tags(self, choices: Mapping[str, list[tuple[str, str]]]) -> list[Tag]:
        """Each filter that narrows the board, as a link that removes it."""
        words = {
            "status": LABELS.get(self.chosen["status"], ""),
            "organisation": _label(choices["organisations"], self.chosen["organisation"]),
            "stage": f"Stage {self.chosen['stage']}",
            "handler": f"Handled by {_label(choices['handlers'], self.chosen['handler'])}",
            "duty": DUTIES.get(self.chosen["duty"], ""),
        }
        return [
            Tag(said, self.address(**{name: ""}))
            for name, said in words.items()
            if self.chosen[name]
        ]


Filtered = Annotated[Filters, Depends()]


def choices_of(offered: Row) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, as value and label."""
    return {
        "organisations": [(home.organisation, home.name) for home in offered["organisations"]],
        "stages": [(str(stage), f"Stage {stage}") for stage in offered["stages"]],
        "handlers": [
            (officer.officer, officer.name if officer.is_working else f"{officer.name} (left)")
            for officer in offered["handlers"]
        ],
        "duties": list(DUTIES.items()),
    }


def _label(choices: list[tuple[str, str]], value: str) -> str:
    return next((label for one, label in choices if one == value), value)
