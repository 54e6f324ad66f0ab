"""Whom a form may name: the officers who work on complaints; on a panel only those who may fill one of its seats."""

from dataclasses import replace
from typing import Any

from psycopg import Cursor

from services.workflow.fields import Action, Choice, Field, labelled
from shared.policies.policy import Policy
from shared.registry.officers import working_officers

PANEL = "panel"  # the command that convenes one
# They look, or keep the system; they consider no complaint.
CLERKS = frozenset({"auditor", "administrator"})
NAMES_PEOPLE = frozenset({"officers", "officer"})


def questions(action: Action, stage: int, policy: Policy) -> tuple[Field, ...]:
    """The questions of a form; where it convenes a panel, with the seats that the policy has."""
    seats = _seats(action, stage, policy)
    if not seats:
        return action.fields
    normally = "; ".join(" or ".join(labelled(role).lower() for role in seat) for seat in seats)
    hint = f"One person for each seat: {normally}."
    return tuple(
        replace(each, hint=hint) if each.kind in NAMES_PEOPLE else each for each in action.fields
    )


def people(
    cursor: Cursor[dict[str, Any]], landlord: str, action: Action, *, stage: int, policy: Policy
) -> list[Choice]:
    """Who may be named, by organisation and name; nobody where the form names nobody."""
    if not any(question.kind in NAMES_PEOPLE for question in action.fields):
        return []
    sitting = {role for seat in _seats(action, stage, policy) for role in seat}
    return [
        Choice(officer.officer, f"{officer.name}, {labelled(officer.role)}")
        for officer in sorted(
            working_officers(cursor, landlord), key=lambda each: (each.organisation, each.name)
        )
        if officer.role not in CLERKS and (not sitting or officer.role in sitting)
    ]


def _seats(action: Action, stage: int, policy: Policy) -> tuple[tuple[str, ...], ...]:
    """The seats of the panel that a form convenes: for each the roles that may fill it."""
    here = policy.stage(stage) if action.command == PANEL else None
    return () if here is None else here.considered_by
