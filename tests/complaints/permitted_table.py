"""Writes down what may be done at each point of a case, under each policy, by whom: the table beside this file.

python -m tests.complaints.permitted_table > tests/complaints/permitted_table.txt
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from services.workflow.domain import commands as ask
from services.workflow.domain.permitted import PermittedCommand, permitted
from shared.complaints.values import Channel, IssueOutcome, Moment, Outcome, Route
from shared.policy_packs.loader import shipped_policies
from shared.registry.officers import ROLES
from tests.complaints import steps
from tests.complaints.life import Life
from tests.complaints.reviewed import Reviewed
from tests.support.complaint_spec import at, england, policy_named
from tests.support.dates import mon_2_mar_2026

COLUMNS = 100
VARIES = re.compile(r"officer-\S+|\d{4}-\d\d-\d\d|\((resolved|withdrawn|silence|refused)\)")
A_DAY = timedelta(days=1)
SILENCE = timedelta(days=60)
NAMED = "officer-complained-of"
APPROVER = "officer-who-approves"
HEADING = """What may be done, by whom: policy, stage and state of the case, then who may do it. Commands that
everybody may give stand under "all"; the others under the roles, or the persons, that may give them.
Every officer is new to the case but the three persons. At the end of each policy: every reason that
was given, with the commands that are not possible for it.
"""


def _of_policy(policy: str) -> str:
    parts: list[str] = []
    why: dict[str, list[str]] = {}
    for title, life in _points(policy):
        parts += [f"\n{title}\n", *_who_may_do_what(life)]
        _note_refusals(life, why)
    return "".join([*parts, "\nwhy not\n", *_lines(why)])


def _lines(why: dict[str, list[str]]) -> Iterator[str]:
    for each in sorted(why):
        yield from _line(each, why[each])


def _points(policy: str) -> Iterator[tuple[str, Life]]:
    """Every stage in every state, and the other routes as they are opened."""
    for stage in policy_named(policy).stages:
        for state, bring_about in STATES.items():
            life = _at_stage(policy, stage.number)
            bring_about(life)
            yield f"stage {stage.number}, {state}", life
    for route in Route:
        if route is not Route.COMPLAINT:
            life = _opened(policy, route)
            yield f"{route.value.replace('_', ' ')}, just opened", life
            _answer(life)
            yield f"{route.value.replace('_', ' ')}, answered", life


def _who_may_do_what(life: Life) -> Iterator[str]:
    persons = {role: (f"officer-{role}", role) for role in sorted(ROLES)}
    persons["(who drafts at this stage)"] = (_drafter(life.state.stage), "manager")
    persons["(who answered the stage before)"] = (_drafter(life.state.stage - 1), "manager")
    persons["(who is complained of)"] = (NAMED, "manager")
    may = {name: _may(life, actor=actor, role=role) for name, (actor, role) in persons.items()}
    for_all = [name for name in may["manager"] if all(name in each for each in may.values())]
    yield from _line("all", for_all)
    groups: dict[tuple[str, ...], list[str]] = {}
    for person, names in may.items():
        groups.setdefault(tuple(name for name in names if name not in for_all), []).append(person)
    for names, people in groups.items():
        if names:
            yield from _line(", ".join(people), names)


def _note_refusals(life: Life, why: dict[str, list[str]]) -> None:
    """Collect the reasons that are given to a newcomer and to the three persons."""
    stage = life.state.stage
    for actor in ("officer-new", _drafter(stage), _drafter(stage - 1), NAMED):
        for each in _judged(life, actor=actor, role="manager"):
            if not each.allowed:
                names = why.setdefault(VARIES.sub("…", each.why), [])
                names += [] if each.name in names else [each.name]


def _line(who: str, names: list[str] | tuple[str, ...]) -> Iterator[str]:
    text = textwrap.fill(
        f"{who}: {' '.join(names) or '-'}", COLUMNS, initial_indent="  ", subsequent_indent="      "
    )
    yield text + "\n"


def _may(life: Life, *, actor: str, role: str) -> tuple[str, ...]:
    return tuple(each.name for each in _judged(life, actor=actor, role=role) if each.allowed)


def _judged(life: Life, *, actor: str, role: str) -> tuple[PermittedCommand, ...]:
    return permitted(life.state, life.policy, england(), life.now, actor=actor, actor_role=role)


def _opened(policy: str, route: Route = Route.COMPLAINT) -> Life:
    received = at(mon_2_mar_2026)
    assert received.at is not None
    life = Life(policy_named(policy), received.at)
    opening = steps.opened(mon_2_mar_2026, "12:00", route=route, named=(NAMED,))
    assert life.give(opening)
    return life


def _at_stage(policy: str, stage: int) -> Life:
    life = _opened(policy)
    while life.state.stage < stage:
        _answer(life)
        life.pass_time(A_DAY, timers_awake=True)
        escalated = steps.escalated(life.today, words=steps.A_REASON)
        assert life.give(replace(escalated, happened=_now(life)))
        life.pass_time(A_DAY, timers_awake=True)
    return life


def _now(life: Life) -> Moment:
    return Moment(life.today, life.now)


def _drafter(stage: int) -> str:
    return f"officer-who-drafts-at-stage-{stage}"


def _acknowledge(life: Life) -> None:
    acknowledged = ask.AcknowledgeComplaint(
        happened=_now(life), actor=APPROVER, channel=Channel.EMAIL
    )
    assert life.give(acknowledged)


def _draft(life: Life) -> None:
    drafter = _drafter(life.state.stage)
    draft = ask.SubmitDraft(happened=_now(life), actor=drafter, words=steps.A_LETTER)
    assert life.give(draft)


def _approve(life: Life) -> None:
    _draft(life)
    approval = ask.ApproveDraft(happened=_now(life), actor=APPROVER, contains=steps.EVERYTHING)
    assert life.give(approval)


def _return(life: Life) -> None:
    _draft(life)
    returned = ask.ReturnDraft(happened=_now(life), actor=APPROVER, words=steps.A_REASON)
    assert life.give(returned)


def _answer(life: Life) -> None:
    _approve(life)
    response = ask.IssueResponse(
        happened=_now(life),
        actor=_drafter(life.state.stage),
        issues=(IssueOutcome(1, Outcome.UPHELD),),
        words=steps.A_LETTER,
        contains=steps.EVERYTHING,
    )
    assert life.give(response)


def _answer_and_wait(life: Life) -> None:
    _answer(life)
    life.pass_time(SILENCE, timers_awake=True)


def _close(life: Life) -> None:
    closed = ask.CloseComplaint(
        happened=_now(life), actor=APPROVER, because="resolved", words=steps.A_REASON
    )
    assert life.give(closed)


def _withdraw(life: Life) -> None:
    assert life.give(ask.WithdrawComplaint(happened=_now(life), actor="complainant"))


def _reopen(life: Life) -> None:
    _close(life)
    reopened = ask.ReopenComplaint(happened=_now(life), actor=APPROVER, words=steps.A_REASON)
    assert life.give(reopened)


STATES: dict[str, Callable[[Life], None]] = {
    "just opened": lambda life: life.pass_time(timedelta(0), timers_awake=True),
    "acknowledged": _acknowledge,
    "draft waiting for its check": _draft,
    "draft approved": _approve,
    "draft sent back": _return,
    "no response for sixty days": lambda life: life.pass_time(SILENCE, timers_awake=True),
    "answered": _answer,
    "answered, then sixty days of silence": _answer_and_wait,
    "closed for a reason": _close,
    "withdrawn": _withdraw,
    "closed and reopened": _reopen,
}

RULE = "=" * COLUMNS
REVIEWED = Reviewed(
    Path(__file__).with_name("permitted_table.txt"),
    HEADING,
    {
        f"{RULE}\n{policy}\n{RULE}": partial(_of_policy, policy)
        for policy in sorted(shipped_policies())
    },
    "What may be done has changed. Look at each line; if all are meant, write the table afresh:\n"
    "python -m tests.complaints.permitted_table > tests/complaints/permitted_table.txt\n\n",
)

if __name__ == "__main__":
    sys.stdout.write(REVIEWED.afresh())
