"""What a form asks under the policy that the case runs under, and whom it may name."""

from dataclasses import replace
from typing import Any

from psycopg import Cursor

from services.workflow.domain.complaint import Complaint
from services.workflow.fields import Action, Choice, Field, labelled
from shared.policies.policy import Citation, Extension, Policy
from shared.registry.officers import working_officers

PANEL, EXTENSION = "panel", "extensions"  # the commands whose forms the policy decides
# They look, or keep the system; they consider no complaint.
CLERKS = frozenset({"auditor", "administrator"})
NAMES_PEOPLE = frozenset({"officers", "officer"})


def questions(action: Action, complaint: Complaint, policy: Policy) -> tuple[Field, ...]:
    """The questions of a form: those that the policy asks for, and none that it has no use for."""
    seats = _seats(action, complaint, policy)
    if seats:
        normally = "; ".join(" or ".join(labelled(role).lower() for role in seat) for seat in seats)
        hint = f"One person for each seat: {normally}."
        return tuple(
            replace(each, hint=hint) if each.kind in NAMES_PEOPLE else each
            for each in action.fields
        )
    rules = _extensions(action, complaint, policy)
    if rules:
        return tuple(
            each for field in action.fields if (each := _of_extension(field, rules)) is not None
        )
    return action.fields


def conditions(action: Action, complaint: Complaint, policy: Policy) -> tuple[Citation, ...]:
    """What the policy says of what the form asks for, in the order in which it is to be done."""
    found: list[Citation] = []
    for rule in _extensions(action, complaint, policy):
        found.append(rule.cited)
        if rule.authorisation is not None:
            found.append(rule.authorisation.cited)
        if rule.ombudsman_details is not None:
            found.append(rule.ombudsman_details)
    return tuple(found)


def people(
    cursor: Cursor[dict[str, Any]],
    landlord: str,
    action: Action,
    complaint: Complaint,
    policy: Policy,
) -> list[Choice]:
    """Who may be named, by organisation and name; on a panel only those who may fill one of its seats."""
    if not any(question.kind in NAMES_PEOPLE for question in action.fields):
        return []
    sitting = {role for seat in _seats(action, complaint, policy) for role in seat}
    return [
        Choice(officer.officer, f"{officer.name}, {labelled(officer.role)}")
        for officer in sorted(
            working_officers(cursor, landlord), key=lambda each: (each.organisation, each.name)
        )
        if officer.role not in CLERKS and (not sitting or officer.role in sitting)
    ]


def _seats(action: Action, complaint: Complaint, policy: Policy) -> tuple[tuple[str, ...], ...]:
    """The seats of the panel that a form convenes: for each the roles that may fill it."""
    here = policy.stage(complaint.stage) if action.command == PANEL else None
    return () if here is None else here.considered_by


def _extensions(action: Action, complaint: Complaint, policy: Policy) -> tuple[Extension, ...]:
    """The ways in which the policy lets the date of this stage move."""
    if action.command != EXTENSION:
        return ()
    return tuple(
        rule
        for rule in policy.extensions
        if complaint.route in rule.routes and complaint.stage in rule.stages
    )


def _of_extension(field: Field, rules: tuple[Extension, ...]) -> Field | None:
    """The question as these rules need it; None where none of them does."""
    general = [rule for rule in rules if rule.ground is None]
    grounds = {rule.ground for rule in rules}
    always_asked = len(general) == len(rules)
    match field.name:
        case "agreed":
            wanted = [rule for rule in rules if rule.kind == "agree"]
        case "told_on":
            wanted = [rule for rule in rules if rule.authorisation is not None]
        case "ombudsman_details_given":
            wanted = [rule for rule in rules if rule.ombudsman_details is not None]
        case "good_reason":
            limited = [rule for rule in rules if rule.most_working_days is not None]
            return field if any(rule.more_for_good_reason for rule in limited) else None
        case "words":
            wanted = [rule for rule in rules if rule.kind in {"explain", "consult"}]
            return replace(field, optional=not (always_asked and wanted))
        case "ground":
            choices = tuple(each for each in field.choices if each.value in grounds)
            return replace(field, choices=choices) if choices else None
        case _:
            return field
    return replace(field, optional=not always_asked) if wanted else None
