"""A simulation on pages: asked for, watched, cancelled and carried on, read by role."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from services.projections import simulation, simulation_jobs
from services.projections.reading import Reading
from services.projections.simulation_jobs import MOST_AT_WORK, MOST_KEPT, work_on
from services.projections.simulation_worker import Simulator
from shared.complaints.events import (
    AccessRestricted,
)
from shared.database.pool import Database
from shared.eventstore.feed import head
from shared.messaging.follower import FeedFollower
from shared.policy_packs.loader import shipped_pack
from shared.registry.officers import Officer
from shared.runtime.clock import SettableClock
from tests.identity.building import (
    AMARA,
    BEN,
    CERYS,
    RIVERSIDE,
    THU_9_APR_2026,
    sign_in,
)
from tests.projections.building import (
    DAMP,
    append,
)
from tests.projections.simulating import (
    AT,
    BOARD,
    DOOR,
    DOOR_CASE,
    MANAGER,
    TUE_17_MAR,
    asked,
    begun,
    finish,
    pages,
    row_of,
    three_cases,
    words,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def log(owner: Database, workflow: Database, follower: FeedFollower) -> Database:
    """Three cases, as at Thursday 9 April 2026."""
    return three_cases(owner, workflow, follower)


@pytest.fixture
def client(log: Database, projections: Database, reading: Reading) -> TestClient:
    """A browser on the pages."""
    return pages(projections, reading)


def test_a_manager_asks_watches_and_reads_what_changes_and_which_cases(
    client: TestClient, owner: Database, projections: Database, log: Database
) -> None:
    sign_in(owner, client, MANAGER)
    with projections.transaction(RIVERSIDE) as cursor:
        before = head(cursor, RIVERSIDE)
    address = begun(client, pack="hos-code-2024")
    waiting = client.get(address).text
    assert "0 per cent : 0 of 3 looked at" in words(waiting)
    assert 'hx-trigger="every 2s"' in waiting
    assert "Show how far it is now" in waiting
    worker = Simulator(database=projections, clock=SettableClock(THU_9_APR_2026))
    while worker.work_round() == 0.0:
        pass
    page = client.get(address).text
    said = words(page)
    assert "100 per cent : 3 of 3 looked at, 3 of them judged" in said
    assert "hx-trigger" not in page
    assert "People would have acted otherwise" in said
    # Then in time, late, open; now in time, late, open, without a date; would be late, no longer late.
    assert row_of(page, "respond-stages", "Stage 1") == [
        "0",
        "2",
        "1",
        "1",
        "1",
        "1",
        "0",
        "0",
        "1",
    ]
    assert row_of(page, "respond-stage-1", "March 2026") == [
        "0", "2", "0", "1", "1", "0", "0", "0", "1"
    ]  # fmt: skip
    cases = client.get(f"{address}/cases?change=no-longer&duty=respond&stage=1").text
    assert f"{DOOR} Mon 2 Mar 2026 Mon 16 Mar 2026 Wed 18 Mar 2026 Tue 17 Mar 2026" in words(cases)
    assert DAMP not in cases
    assert "None." in words(client.get(f"{address}/cases?change=late&duty=respond&stage=1").text)
    with projections.transaction(RIVERSIDE) as cursor:
        assert head(cursor, RIVERSIDE) == before  # nothing was told


def test_cancelled_it_stands_still_and_goes_on_from_there(
    client: TestClient, owner: Database, projections: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(owner, client, MANAGER)
    whole_at_once = begun(client)
    finish(projections)
    monkeypatch.setattr(simulation, "BATCH", 1)
    address = begun(client)
    assert work_on(projections, RIVERSIDE, now=THU_9_APR_2026)
    assert client.post(f"{address}/cancel").status_code == 303
    assert not work_on(projections, RIVERSIDE, now=THU_9_APR_2026)
    said = words(client.get(address).text)
    assert "Cancelled 33 per cent : 1 of 3 looked at" in said
    assert "So far, of 1 complaints" in said
    assert client.post(f"{address}/resume").status_code == 303
    finish(projections)
    again, at_once = (client.get(each).text for each in (address, whole_at_once))
    assert "100 per cent : 3 of 3" in words(again)
    assert row_of(again, "respond-stages", "Stage 1") == row_of(
        at_once, "respond-stages", "Stage 1"
    )


def test_what_breaks_off_in_a_batch_is_done_again_and_nothing_twice(
    client: TestClient, owner: Database, projections: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(owner, client, MANAGER)
    address = begun(client)
    keep = simulation_jobs._keep

    def keeps_and_dies(*arguments: Any) -> None:
        keep(*arguments)
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patched:
        patched.setattr(simulation_jobs, "_keep", keeps_and_dies)
        with pytest.raises(RuntimeError):
            work_on(projections, RIVERSIDE, now=THU_9_APR_2026)
    assert "0 of 3 looked at" in words(client.get(address).text)
    finish(projections)
    assert "3 of 3 looked at" in words(client.get(address).text)


def test_what_cannot_be_judged_says_why_and_stops(
    client: TestClient, owner: Database, projections: Database
) -> None:
    sign_in(owner, client, MANAGER)
    address = begun(client)
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("DELETE FROM registry.calendar")
    finish(projections)
    said = words(client.get(address).text)
    assert "Failed" in said
    assert "It could not go on: riverside has no calendar" in said


def test_a_pack_of_ones_own_is_simulated_without_being_adopted(
    client: TestClient, owner: Database, projections: Database
) -> None:
    sign_in(owner, client, MANAGER)
    ours = shipped_pack("kctmo-2010").replace('version = "2010-05"', 'version = "2026-04"', 1)
    answer = client.post(AT, data=asked(pack=""), files={"file": ("ours.toml", ours.encode())})
    finish(projections)
    page = client.get(answer.headers["location"]).text
    assert "Under KCTMO Complaints Policy, May 2010 (2026-04)" in words(page)
    with owner.transaction(RIVERSIDE) as cursor:
        stored = cursor.execute("SELECT count(*) AS packs FROM registry.policy_pack").fetchone()
    assert stored == {"packs": 0}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"pack": ""}, "pack", "Choose a policy, or a file of your own"),
        ({"from_on": "soon"}, "from_on", "Enter a day, like 2025-01-01"),
        ({"to_on": "2026-02-01"}, "to_on", "on or after the first, within five years"),
        ({"to_on": "2036-02-01"}, "to_on", "on or after the first, within five years"),
        ({"organisation": "hilltop"}, "organisation", "Choose one of the organisations"),
    ],
)
def test_what_cannot_be_comes_back_at_its_field_with_all_that_was_typed(
    client: TestClient, owner: Database, changes: dict[str, str], field: str, said: str
) -> None:
    sign_in(owner, client, MANAGER)
    page = client.post(AT, data=asked(**changes))
    assert page.status_code == 422
    summary = page.text[page.text.index("error-summary") : page.text.index("<h1")]
    assert f'href="#{field}"' in summary
    assert said in summary
    if "from_on" not in changes:
        assert 'value="2026-03-01"' in page.text


def test_a_file_with_faults_is_sent_to_be_checked(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, MANAGER)
    page = client.post(AT, data=asked(), files={"file": ("x.toml", b"no = 1")})
    assert page.status_code == 422
    assert "This pack has faults" in page.text


def test_no_more_than_a_few_are_at_work_and_only_the_latest_are_kept(
    client: TestClient, owner: Database, projections: Database
) -> None:
    sign_in(owner, client, MANAGER)
    first = begun(client)
    for _ in range(MOST_AT_WORK - 1):
        begun(client)
    refused = client.post(AT, data=asked())
    assert refused.status_code == 422
    assert "are at work already" in refused.text
    finish(projections)
    with owner.transaction(RIVERSIDE) as cursor:  # the first is the oldest
        cursor.execute(
            "UPDATE desk.simulation SET asked_at = asked_at - interval '1 day' WHERE simulation = %s",
            (UUID(first.rpartition("/")[2]),),
        )
    for _ in range(MOST_KEPT - MOST_AT_WORK):
        begun(client)
        finish(projections)
    assert client.get(first).status_code == 200
    begun(client)
    assert client.get(first).status_code == 404


def test_a_reader_of_one_organisation_simulates_that_one_alone(
    client: TestClient, owner: Database, projections: Database
) -> None:
    sign_in(owner, client, MANAGER)
    of_all = begun(client)
    sign_in(owner, client, CERYS)
    assert client.get(of_all).status_code == 404
    assert client.post(f"{of_all}/cancel").status_code == 404
    assert client.get(f"{of_all}/cases?change=late&duty=respond&stage=1").status_code == 404
    assert client.post(AT, data=asked(organisation="riverside")).status_code == 422
    own = begun(client)
    finish(projections)
    assert "0 of 0 looked at" in words(client.get(own).text)
    assert of_all not in client.get(AT).text


@pytest.mark.parametrize("officer", [AMARA, BEN])
def test_roles_that_may_not_find_no_simulation(
    client: TestClient, owner: Database, officer: Officer
) -> None:
    sign_in(owner, client, officer)
    for answer in (client.get(AT), client.post(AT, data=asked()), client.get(f"{AT}/{uuid4()}")):
        assert answer.status_code == 403


def test_the_board_sees_no_case_and_no_small_number(
    client: TestClient, owner: Database, projections: Database
) -> None:
    sign_in(owner, client, BOARD)
    address = begun(client)
    finish(projections)
    page = client.get(address).text
    assert set(row_of(page, "respond-stages", "Stage 1")) == {"withheld"}
    assert "/cases?" not in page
    assert client.get(f"{address}/cases?change=late&duty=respond&stage=1").status_code == 403


def test_a_case_that_only_named_roles_may_see_is_counted_and_not_listed(
    client: TestClient,
    owner: Database,
    projections: Database,
    log: Database,
    follower: FeedFollower,
) -> None:
    marked = AccessRestricted(1, "staff_conduct", ("director",), ())
    append(log, [(TUE_17_MAR, marked)], reference=DOOR, after=len(DOOR_CASE))
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, MANAGER)
    address = begun(client, pack="hos-code-2024")
    finish(projections)
    assert row_of(client.get(address).text, "respond-stages", "Stage 1")[-1] == "1"
    cases = client.get(f"{address}/cases?change=no-longer&duty=respond&stage=1").text
    assert DOOR not in cases
    assert "1 more are not yours to see" in words(cases)


def test_another_site_asks_for_nothing(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, MANAGER)
    answer = client.post(AT, data=asked(), headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
