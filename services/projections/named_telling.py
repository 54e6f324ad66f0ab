"""Tells a fact as the pages say it: officers by their names and policies by their titles, where the fact has codes."""

from collections.abc import Mapping, Sequence

from services.projections.further_telling import Telling
from services.projections.telling import tell
from shared.complaints.events import ComplaintEvent, ComplaintOpened
from shared.registry.policy_titles import PolicyTitles
from shared.web.wording import sentence_case


def told_by_name(
    event: ComplaintEvent, titles: PolicyTitles, names: Mapping[str, str] | None = None
) -> Telling:
    """The fact in words, with the titles of its policies and the names of the officers in its detail."""
    told = tell(event)
    title, detail = told.title, told.detail
    for policy in _policies_in(event):
        title = title.replace(policy, titles[policy])
        detail = detail.replace(policy, titles[policy])
    for officer in _officers_in(event):
        detail = detail.replace(officer, (names or {}).get(officer, officer))
    return Telling(title, detail)


def owed_by(names: Mapping[str, str], responsible: str) -> str:
    """A duty is owed by a role, a promise by an officer: who it is, in words."""
    return names.get(responsible) or sentence_case(responsible)


def names_of(names: Mapping[str, str], ids: Sequence[str]) -> list[str]:
    """Officers by name; whoever is not among them by id."""
    return [names.get(one, one) for one in ids]


def _policies_in(event: ComplaintEvent) -> tuple[str, ...]:
    """The policies whose codes a fact is told with; what an officer's id or a remedy is called like them is not."""
    named = [getattr(event, "overlay", None)]
    if isinstance(event, ComplaintOpened):
        named += [event.policy, event.overlay_policy]
    return tuple(code for code in named if code)


def _officers_in(event: ComplaintEvent) -> tuple[str, ...]:
    """The officers whom a fact names, besides who recorded it."""
    seats = tuple(seat.officer for seat in getattr(event, "seats", ()))
    named = (getattr(event, "officer", None), getattr(event, "owner", None))
    return (*getattr(event, "handlers", ()), *seats, *(one for one in named if one is not None))
