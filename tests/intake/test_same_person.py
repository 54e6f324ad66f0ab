"""Before staff log a complaint they are told of earlier cases of the same person, and may log it all the same."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from services.intake.same_person import MOST_TOLD
from shared.registry.officers import Officer, register_officer
from tests.intake.setting import Setting
from tests.intake.test_forms import LOGGED

NEW = "/staff/complaints/new"
PERSON = LOGGED | {
    "name": "Margaret Okonkwo",
    "phone": "07700 900123",
    "email": "Margaret.O@example.org",
    "address": "Flat 2, 14 Weir Street, Riverside RV1 9AA",
}
TOLD = "The same person may have complained before"


class Desk:
    """Staff of the council at the form."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.client: TestClient = setting.intake_client()
        self.staff = setting.signed_in("team-council")

    def log(self, form: dict[str, str], **more: str) -> Any:
        """Sends a form under a key of its own."""
        sent = form | {"key": str(uuid4())} | more
        return self.client.post(NEW, data=sent, headers=self.staff)

    def known(self, form: dict[str, str] = PERSON, *, days_ago: int = 10, **columns: str) -> str:
        """A case that was logged and is in the read models; says its reference."""
        assert self.log(form, step="as-new").status_code == 303
        row = self.setting.rows("SELECT * FROM intake.submission ORDER BY number DESC LIMIT 1")[0]
        received = (self.setting.clock.now() - timedelta(days=days_ago)).date()
        with self.setting.owner.transaction("riverside") as cursor:
            cursor.execute(
                "INSERT INTO projections.complaint (landlord, reference, organisation, route, channel, policy,"
                " policy_hash, received_on, complainant, issues, stage, standing)"
                " VALUES ('riverside', %s, %s, 'complaint', 'phone', 'p', 'h', %s, %s, '[]', 1, 'open')",
                (
                    row["reference"],
                    columns.get("organisation", row["organisation"]),
                    received,
                    str(row["complainant"]),
                ),
            )
        return str(row["reference"])


@pytest.fixture
def desk(setting: Setting) -> Desk:
    return Desk(setting)


@pytest.mark.parametrize(
    ("typed", "alike"),
    [
        ({"name": "okonkwo, margaret", "phone": "+44 7700 900 123"}, "telephone number"),
        ({"name": "Mrs Margaret Okonkwo", "email": "margaret.o@EXAMPLE.org"}, "email address"),
        ({"name": "Margaret Okonkwo", "address": "2/14 Weir St, RV19AA"}, "address"),
    ],
)
def test_an_earlier_case_is_told_of_with_what_is_alike_and_nothing_is_logged(
    desk: Desk, typed: dict[str, str], alike: str
) -> None:
    reference = desk.known()
    told = desk.log(LOGGED | {"phone": ""} | typed)
    assert told.status_code == 200
    assert TOLD in told.text
    assert f'href="/complaints/{reference}"' in told.text
    assert f'href="/complaints/{reference}/actions/contacts"' in told.text
    assert f"The same name and {alike}." in told.text
    assert len(desk.setting.rows("SELECT FROM intake.submission")) == 1


def test_that_the_officer_was_told_of_it_is_noted_and_a_search_that_finds_nothing_is_not(
    desk: Desk,
) -> None:
    reference = desk.known()
    assert desk.log(PERSON | {"name": "Joan Okonkwo"}, email="", phone="").status_code == 303
    assert desk.setting.rows("SELECT FROM access.read") == []
    desk.log(PERSON)
    noted = desk.setting.rows("SELECT reference, officer, page FROM access.read")
    assert noted == [{"reference": reference, "officer": "team-council", "page": "search"}]


def test_the_home_of_an_earlier_case_says_who_it_is_too(desk: Desk, setting: Setting) -> None:
    reference = desk.known(LOGGED | {"name": "Joan Price"})
    row = setting.rows("SELECT complainant FROM intake.submission")[0]
    with setting.owner.transaction("riverside") as cursor:
        setting.vault.write(
            cursor,
            landlord="riverside",
            subject=row["complainant"],
            words=uuid4(),
            kind="home",
            text="14 Weir Street, RV1 9AA",
            now=setting.clock.now(),
        )
    typed = {"name": "Joan Price", "phone": "020 7946 0999", "address": "14 Weir St, RV19AA"}
    assert f'href="/complaints/{reference}"' in desk.log(LOGGED | typed).text


def test_it_is_logged_as_new_when_staff_say_so_and_nothing_typed_was_lost(desk: Desk) -> None:
    desk.known()
    told = desk.log(PERSON).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', told))
    assert hidden["step"] == "as-new"
    assert 'value="Margaret Okonkwo"' in told
    assert ">Nobody came.</textarea>" in told
    logged = desk.client.post(NEW, data=PERSON | hidden, headers=desk.staff)
    assert logged.status_code == 303
    again = desk.client.post(NEW, data=PERSON | {"key": hidden["key"]}, headers=desk.staff)
    assert again.headers["location"] == logged.headers["location"]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Margaret Okonkwo", "phone": "07700 900124"},
        {"name": "Joan Okonkwo", "phone": "07700 900123"},
        {"name": "Marg Okonkwo", "phone": "07700 900123"},
        {"name": "Margaret Okonkwo", "address": "Flat 2, 15 Weir Street, RV1 9AA"},
        {"name": "Margaret Okonkwo", "email": "margaret.p@example.org"},
    ],
)
def test_a_name_alone_or_a_number_alone_is_nobody(desk: Desk, typed: dict[str, str]) -> None:
    desk.known()
    assert desk.log(LOGGED | {"phone": ""} | typed).status_code == 303


def test_what_is_older_than_twelve_months_is_not_told_of(desk: Desk) -> None:
    desk.known(days_ago=366)
    assert desk.log(PERSON).status_code == 303
    desk.known(days_ago=364)
    assert desk.log(PERSON).status_code == 200


def test_the_newest_cases_are_told_of_and_no_more_than_a_handful(desk: Desk) -> None:
    references = [desk.known(days_ago=days) for days in range(MOST_TOLD + 1, 0, -1)]
    told = desk.log(PERSON).text
    shown = [each for each in references if f'href="/complaints/{each}"' in told]
    assert shown == references[1:]
    assert told.index(references[-1]) < told.index(references[1])


def test_a_case_that_the_officer_may_not_see_is_not_told_of(desk: Desk, setting: Setting) -> None:
    reference = desk.known(organisation="mill-lane")
    council, desk.staff = desk.staff, setting.signed_in("team-homes")
    assert desk.log(PERSON).status_code == 303
    desk.staff = council
    assert desk.log(PERSON).status_code == 200
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute(
            "INSERT INTO projections.restricted (landlord, reference, mark, roles, kept_from)"
            " VALUES ('riverside', %s, 'staff_conduct', %s, %s)",
            (reference, ["complaints_team"], []),
        )
    assert desk.log(PERSON).status_code == 200
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute("UPDATE projections.restricted SET kept_from = '{team-council}'")
    assert desk.log(PERSON).status_code == 303


def test_who_may_not_look_for_people_is_told_of_nobody(desk: Desk, setting: Setting) -> None:
    desk.known()
    member = Officer("riverside", "bo", "riverside", "Bo Day", "bo@example.org", "board_member")
    with setting.owner.transaction("riverside") as cursor:
        register_officer(cursor, member)
    desk.staff = setting.signed_in("bo")
    assert desk.log(PERSON).status_code == 303


def test_who_was_erased_is_not_told_of(desk: Desk, setting: Setting) -> None:
    desk.known()
    row = setting.rows("SELECT complainant FROM intake.submission")[0]
    with setting.owner.transaction("riverside") as cursor:
        setting.vault.destroy_subject_key(
            cursor, "riverside", row["complainant"], setting.clock.now()
        )
    assert desk.log(PERSON).status_code == 303


def test_intake_reads_no_other_part_of_the_read_models(setting: Setting) -> None:
    with (
        setting.database("redress_intake").transaction("riverside") as cursor,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        cursor.execute("SELECT * FROM projections.complaint")
