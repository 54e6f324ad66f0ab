"""Pages say what a policy is called: its title as the landlord stored it last, else the shipped one, else its code."""

from datetime import date, timedelta

import pytest

from shared.database.pool import Database
from shared.policy_packs.loader import shipped_pack
from shared.registry.adoptions import adopt_policy
from shared.registry.policy_titles import PolicyTitles, policy_titles
from tests.identity.building import RIVERSIDE, THU_9_APR_2026, register_everybody
from tests.support.postgres import TestDatabase

pytestmark = pytest.mark.postgres
CODE = "hos-code-2024"
TITLE = "Complaint Handling Code 2024 of the Housing Ombudsman"


def test_a_title_is_that_of_the_version_stored_last(database: TestDatabase) -> None:
    document = shipped_pack(CODE)
    renamed = document.replace(TITLE, "Our Code", 1).replace('"2024-04"', '"2026-04"', 1)
    with Database(database.conninfo, role=None) as owner:
        register_everybody(owner)
        with owner.transaction(RIVERSIDE) as cursor:
            assert policy_titles(cursor, RIVERSIDE)[CODE] == TITLE
            for number, text in enumerate((document, renamed)):
                adopt_policy(
                    cursor,
                    landlord=RIVERSIDE,
                    organisation=RIVERSIDE,
                    document=text,
                    effective_from=date(2026, 5, 1 + number),
                    adopted_by="ada",
                    now=THU_9_APR_2026 + timedelta(minutes=number),
                )
            assert policy_titles(cursor, RIVERSIDE)[CODE] == "Our Code"


def test_a_policy_that_nobody_knows_is_called_by_its_code() -> None:
    titles = PolicyTitles({CODE: TITLE})
    assert titles["own-2019"] == "own-2019"
    assert titles.with_code("own-2019") == "own-2019"
    assert titles.with_code(CODE) == f"{TITLE} ({CODE})"
