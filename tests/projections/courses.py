"""Cases made by chance from every fact that a read model listens to, in any order: no landlord would live them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent, ComplaintOpened
from shared.complaints.values import Channel, Issue, Outcome, Route
from tests.projections.building import RESPOND, Fact, mon_2_mar, mon_23_mar, opened, wed_18_mar

DUTIES = ("acknowledge", "respond", "promise 1")
STAGES = (1, 2)
OVERLAYS = (None, "hos-code-2024")
DUE = (wed_18_mar, mon_23_mar)
OFFICERS = ("amara", "ben", "chidi")
FACTS_IN_A_COURSE = 40


def course(reference: str, chance: Random, *, more: Sequence[ComplaintEvent] = ()) -> list[Fact]:
    """A case that is opened, perhaps late or twice, and then anything."""
    begin: ComplaintEvent = opened(reference, mon_2_mar)
    facts = [begin] if chance.random() < 0.9 else []
    facts += [_next(begin, chance, more) for _ in range(chance.randrange(FACTS_IN_A_COURSE))]
    return [(_day(chance), _about(reference, fact)) for fact in facts]


def _next(begin: ComplaintEvent, chance: Random, more: Sequence[ComplaintEvent]) -> ComplaintEvent:
    return chance.choice(more) if more and chance.random() < 0.3 else _any(begin, chance)


def _day(chance: Random) -> date:
    return chance.choice((mon_2_mar, *DUE))


def _about(reference: str, fact: ComplaintEvent) -> ComplaintEvent:
    return replace(fact, reference=reference) if isinstance(fact, ComplaintOpened) else fact


def _any(begin: ComplaintEvent, chance: Random) -> ComplaintEvent:
    stage, duty, overlay = chance.choice(STAGES), chance.choice(DUTIES), chance.choice(OVERLAYS)
    due_on, officer, number = chance.choice(DUE), chance.choice(OFFICERS), chance.randrange(1, 4)
    dated: dict[str, Any] = {"stage": stage, "duty": duty, "overlay": overlay}
    outcome = chance.choice((Outcome.UPHELD, None))
    made: tuple[ComplaintEvent, ...] = (
        replace(RESPOND, due_on=due_on, generation=number, **dated),
        replace(RESPOND, due_on=due_on, generation=number, **dated),
        told.DeadlineMet(
            due_on=due_on, met_on=due_on, late_by_working_days=chance.choice((0, 2)), **dated
        ),
        told.DeadlineMissed(due_on=due_on, **dated),
        told.DeadlineMissed(due_on=due_on, **dated),
        told.DeadlineLifted(reason="closed", **dated),
        told.ResponseIssued(stage=stage, outcome=outcome, issues=()),
        told.ComplaintEscalated(1, 2, Channel.EMAIL, "late"),
        told.ComplaintReopened(stage=stage),
        told.ComplaintClosed(stage=stage, because="accepted"),
        told.ComplaintRefused("jurisdiction", "Code 2.2", "tribunal"),
        told.ComplaintWithdrawn(stage=stage),
        told.RouteChanged(
            stage, Route.COMPLAINT, Route.SERVICE_REQUEST, "conversion", due_on, None, agreed=True
        ),
        told.IssueAdded(stage=stage, issue=Issue(number, chance.choice(("repairs", "heat")))),
        told.IssueSplitOff(stage=stage, number=number, to_reference="RC-2026-000777"),
        told.ComplaintAllocated(stage=stage, handlers=tuple(chance.sample(OFFICERS, number - 1))),
        told.AccessRestricted(stage, "staff_conduct", ("manager",), (officer,)),
        told.ConflictDeclared(stage, officer, "named"),
        told.NoteAdded(stage=stage),
        begin,
    )
    return chance.choice(made)
