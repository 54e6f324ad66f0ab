"""Who administers, when and how far it reaches; and how it is said that something cannot be done."""

from dataclasses import dataclass
from datetime import datetime


class Refused(ValueError):
    """This cannot be done; `field` says where, the message the rule and the way out."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def errors_of(refused: Refused | None) -> list[dict[str, str]]:
    """As the error summary of a form takes it."""
    return [{"field": refused.field, "message": str(refused)}] if refused else []


@dataclass(frozen=True, slots=True)
class Desk:
    """Who administers, when, and how far it reaches: `within` is the one organisation, or None for all."""

    landlord: str
    by: str
    now: datetime
    within: str | None = None
