"""Cases for simulations, their dates counted by hand, on a log of their own; and the form that asks for one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi.testclient import TestClient

from services.projections import simulation_pages
from services.projections.reading import Reading
from services.projections.simulation import Scope, whole
from services.projections.simulation_jobs import work_on
from shared.complaints.events import (
    ComplaintAcknowledged,
    DeadlineMet,
    DeadlineMissed,
    ResponseIssued,
)
from shared.complaints.values import Channel, Outcome
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.policy_packs.packs import shipped
from shared.registry.officers import Officer, register_officer
from tests.identity.building import (
    RIVERSIDE,
    THU_9_APR_2026,
    application,
    browser,
)
from tests.projections.building import (
    ACKNOWLEDGE,
    DAMP,
    DAMP_CASE,
    LIFT,
    LIFT_CASE,
    RESPOND,
    Fact,
    append,
    mon_2_mar,
    opened,
    wed_4_mar,
)

AT = "/administration/simulations"
DOOR = "RC-2026-000003"
MON_16_MAR, TUE_17_MAR = date(2026, 3, 16), date(2026, 3, 17)
MANAGER = Officer(RIVERSIDE, "mo", "riverside", "Mo Hart", "mo@example.org", "manager")
BOARD = Officer(RIVERSIDE, "bo", "riverside", "Bo Lane", "bo@example.org", "board_member")
# Under a policy that answers ten working days after the receipt; answered one day later.
DOOR_CASE: tuple[Fact, ...] = (
    (mon_2_mar, opened(DOOR, mon_2_mar)),
    (mon_2_mar, replace(ACKNOWLEDGE, due_on=wed_4_mar)),
    (mon_2_mar, replace(RESPOND, due_on=MON_16_MAR, trigger="received", trigger_on=mon_2_mar)),
    (wed_4_mar, ComplaintAcknowledged(stage=1, channel=Channel.EMAIL)),
    (wed_4_mar, DeadlineMet("acknowledge", 1, wed_4_mar, wed_4_mar, 0)),
    (TUE_17_MAR, DeadlineMissed("respond", 1, MON_16_MAR)),
    (TUE_17_MAR, ResponseIssued(stage=1, outcome=Outcome.UPHELD)),
    (TUE_17_MAR, DeadlineMet("respond", 1, MON_16_MAR, TUE_17_MAR, 1)),
)


def on_record(workflow: Database, facts: Sequence[Fact], reference: str) -> None:
    """Each fact is recorded on its own day."""
    for number, fact in enumerate(facts):
        append(workflow, [fact], reference=reference, after=number)


def three_cases(owner: Database, workflow: Database, follower: FeedFollower) -> Database:
    """Three cases, as at Thursday 9 April 2026."""
    for officer in (MANAGER, BOARD):
        with owner.transaction(RIVERSIDE) as cursor:
            register_officer(cursor, officer)
    on_record(workflow, DAMP_CASE, DAMP)
    on_record(workflow, LIFT_CASE, LIFT)
    on_record(workflow, DOOR_CASE, DOOR)
    follower.catch_up(RIVERSIDE)
    return workflow


def pages(projections: Database, reading: Reading) -> TestClient:
    """A browser on the pages."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(simulation_pages.router(reading))
    return browser(app)


def scope(**changes: Any) -> Scope:
    """All complaints of March and April."""
    given: dict[str, Any] = {
        "landlord": RIVERSIDE,
        "organisation": None,
        "from_on": date(2026, 3, 1),
        "to_on": date(2026, 4, 30),
        "as_at": THU_9_APR_2026,
        **changes,
    }
    return Scope(**given)


def outcomes(database: Database, name: str, **changes: Any) -> dict[str, tuple[Any, ...]]:
    """What became of each answer and acknowledgement, then and now, with the day it would have been due."""
    found = whole(database, scope(**changes), shipped(name).read)
    return {
        f"{each.reference} {each.duty}": (each.then.value, each.now.value, each.now_due)
        for batch in found
        for each in batch.outcomes
    }


def asked(**changes: str) -> dict[str, str]:
    """The form."""
    return {
        "pack": "kctmo-2010",
        "organisation": "",
        "from_on": "2026-03-01",
        "to_on": "2026-04-30",
        **changes,
    }


def begun(client: TestClient, **changes: str) -> str:
    """The address of a simulation that was asked for."""
    answer = client.post(AT, data=asked(**changes))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def finish(database: Database) -> None:
    """All that waits is worked on to the end."""
    while work_on(database, RIVERSIDE, now=THU_9_APR_2026):
        pass


def words(page: str) -> str:
    """What a page says, without its markup."""
    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def row_of(page: str, key: str, name: str) -> list[str]:
    """The numbers of a row of a table."""
    table = page[page.index(f'aria-labelledby="{key}"') :]
    row = re.search(rf'<th scope="row"[^>]*>{name}</th>(.*?)</tr>', table, re.DOTALL)
    assert row is not None
    cells = re.findall(r'--numeric">(.*?)</td>', row[1], re.DOTALL)
    return [re.sub(r"<span.*?</span>|<[^>]+>", "", cell).strip() for cell in cells]
