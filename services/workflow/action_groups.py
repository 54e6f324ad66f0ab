"""What the actions on a case are for: the groups in which the page of actions shows them, and which of them does
what is due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.workflow.fields import Action
from services.workflow.owed import OpenDeadline
from services.workflow.staff import Possible


@dataclass(frozen=True, slots=True)
class ActionGroup:
    """Actions, by their addresses, that serve one purpose."""

    title: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An action as the page lists it; `why` says why not, where it is not possible now."""

    action: Action
    why: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A group as the page lists it."""

    title: str
    entries: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class Next:
    """What is owed, and the action that does it, where one is possible now."""

    owed: OpenDeadline
    action: Action


GROUPS: tuple[ActionGroup, ...] = (
    ActionGroup(
        "Speak with the complainant",
        (
            "acknowledgement",
            "contacts",
            "contact-attempts",
            "holding-responses",
            "updates",
            "update-intervals",
            "information",
            "access-codes",
        ),
    ),
    ActionGroup(
        "Work out what it is about",
        (
            "definitions",
            "issues",
            "issue-splits",
            "links",
            "route",
            "standing",
            "discretion",
            "concerns",
            "concerns-dealt-with",
            "forwarding",
        ),
    ),
    ActionGroup(
        "Look into it",
        (
            "allocation",
            "notes",
            "contribution-requests",
            "contributions",
            "documents",
            "document-removals",
            "extensions",
            "conflicts",
            "conflict-withdrawals",
        ),
    ),
    ActionGroup("Answer it", ("drafts", "approvals", "draft-returns", "responses", "remedies")),
    ActionGroup(
        "Put it right",
        (
            "promises",
            "promises-kept",
            "promises-told",
            "compensation-offers",
            "compensation-approvals",
            "compensation-answers",
            "compensation-payments",
        ),
    ),
    ActionGroup(
        "Take it further or end it",
        ("escalation", "closure", "withdrawal", "refusal", "reopening", "refusal-overturned"),
    ),
    ActionGroup(
        "Panel, hearing and mediation",
        ("panel", "hearings", "hearings-held", "panel-reports", "mediation-offers", "mediation"),
    ),
    ActionGroup(
        "Representatives, needs and access",
        (
            "representatives",
            "consents",
            "consent-withdrawals",
            "shared",
            "adjustments",
            "adjustment-reviews",
            "restrictions",
            "restriction-reviews",
            "access",
        ),
    ),
    ActionGroup("Petitions", ("petition", "petition-contacts", "petition-meetings")),
    ActionGroup(
        "Send it to somebody else",
        (
            "referral-permission-requests",
            "referral-permissions",
            "referral-permission-withdrawals",
            "referrals",
        ),
    ),
    ActionGroup(
        "The Ombudsman",
        (
            "ombudsman-referral",
            "evidence-requests",
            "evidence",
            "determinations",
            "ombudsman-orders",
            "compliance",
        ),
    ),
    ActionGroup("Learn from it", ("learning", "learning-done", "learning-shared")),
)
OTHER = "Anything else"
# Which action does what a duty asks for; a numbered duty, such as `promise 1`, goes by its first word.
DOES: Mapping[str, str] = {
    "acknowledge": "acknowledgement",
    "contact": "contacts",
    "allocate": "allocation",
    "draft": "drafts",
    "respond": "responses",
    "early_resolution": "responses",
    "stretch_target": "responses",
    "holding_response": "holding-responses",
    "forward": "forwarding",
    "close": "closure",
    "promise": "promises-kept",
    "contribution": "contributions",
    "hazard_emergency": "concerns-dealt-with",
    "hazard_significant": "concerns-dealt-with",
    "data_protection": "concerns-dealt-with",
    "evidence_request": "evidence",
    "ombudsman_order": "compliance",
    "learning": "learning-done",
    "update": "updates",
    "review_of_restriction": "restriction-reviews",
    "review_of_adjustment": "adjustment-reviews",
}


def grouped(
    commands: Sequence[Possible], actions: Mapping[str, Action], *, allowed: bool
) -> list[Listed]:
    """The actions that are possible now, or those that are not, by what they are for; no empty
    group.
    """
    chosen = {
        entry.command: Entry(actions[entry.command], entry.why)
        for entry in commands
        if entry.allowed == allowed
    }
    known = {command for group in GROUPS for command in group.commands}
    rest = ActionGroup(OTHER, tuple(command for command in chosen if command not in known))
    listed = [
        Listed(group.title, tuple(chosen[each] for each in group.commands if each in chosen))
        for group in (*GROUPS, rest)
    ]
    return [group for group in listed if group.entries]


def next_steps(
    owed: Sequence[OpenDeadline], commands: Sequence[Possible], actions: Mapping[str, Action]
) -> list[Next]:
    """What is owed and can be done now, in the order of `owed`, each action once."""
    possible = {entry.command for entry in commands if entry.allowed}
    steps: dict[str, Next] = {}
    for deadline in owed:
        command = DOES.get(deadline.duty.partition(" ")[0])
        if command in possible:
            steps.setdefault(command, Next(deadline, actions[command]))
    return list(steps.values())
