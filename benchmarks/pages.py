"""The heaviest page, rendered by the server: a full page of a board of five hundred lines, beside an empty page."""

import secrets
import statistics
import time

from fastapi.testclient import TestClient

from benchmarks.reporting import Measured
from benchmarks.setting import AT, WORKING, new_setting
from services.projections.pages import router as board_pages
from services.projections.reading import Reading
from services.projections.rebuilding import build_version, switch_to
from services.projections.search_pages import router as search_pages
from shared.database.pool import Database
from shared.identity.sessions import begin_session, credential
from shared.registry.officers import Officer, register_officer
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.identity.building import application, browser

CASES = 90  # each owes six things under its own policy and the Code
LEAST_LINES = 500
LOOKS = 41
OFFICER = Officer(WORKING, "amara", "office", "Amara Cole", "amara@example.org", "complaints_team")


def measure(conninfo: str) -> list[Measured]:
    """In one process with the database, without a network between."""
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as workflow,
        Database(conninfo, role="redress_projections") as projections,
    ):
        setting = new_setting(conninfo, owner, workflow)
        for number in range(CASES):
            setting.open(number)
        built = build_version(owner, projections, clock=setting.clock)
        switch_to(owner, projections, built.version, clock=setting.clock)
        token = secrets.token_urlsafe()
        with owner.transaction(WORKING) as cursor:
            register_officer(cursor, OFFICER)
            begin_session(cursor, landlord=WORKING, officer=OFFICER.officer, token=token, now=AT)
        reading = Reading(projections, Vault(LandlordKeys(bytes(32))), setting.clock)
        app = application(
            projections, clock=setting.clock, services={"projections": "services.projections"}
        )
        app.include_router(board_pages(reading))
        app.include_router(search_pages(reading))
        client = browser(app)
        client.headers["authorization"] = f"Bearer {credential(WORKING, token)}"
        counted = client.get("/board.csv").text.count("\n")
        assert counted > LEAST_LINES, counted
        return [
            Measured(
                f"a page of a board of {counted - 1} lines, median",
                _median(client, "/board"),
                "ms",
                {"an empty page": _median(client, "/find")},
                higher_is_better=False,
                aim="150 ms",
            )
        ]


def _median(client: TestClient, address: str) -> float:
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        answer = client.get(address)
        took.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    return statistics.median(took[1:]) * 1000
