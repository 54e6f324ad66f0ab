"""Officers are added, changed and ended, never deleted; one administrator always remains."""

from dataclasses import replace
from threading import Thread

import psycopg
import pytest

from services.administration.changes import OFFICER, changes_of
from services.administration.people import (
    PeopleRefused,
    add_officer,
    change_officer,
    end_officer,
    take_back,
)
from shared.database.pool import Database
from shared.identity.sessions import begin_session, find_session
from shared.registry.officers import Officer, officer, working_officers
from tests.administration.conftest import ADA, DESK, TOM
from tests.identity.building import BEN, HILLTOP, RIVERSIDE, THU_9_APR_2026

pytestmark = pytest.mark.postgres

NEW = Officer(RIVERSIDE, "desk-7", "homes", "Nell Okoro", "nell@example.org", "caseworker")
WITHIN_MILL_LANE = replace(DESK, by="tom", within="mill-lane")


def known(database: Database, officer_id: str) -> Officer | None:
    with database.transaction(RIVERSIDE) as cursor:
        return officer(cursor, RIVERSIDE, officer_id)


def changes(database: Database, officer_id: str) -> list[tuple[str, str, dict[str, object]]]:
    with database.transaction(RIVERSIDE) as cursor:
        found = changes_of(cursor, landlord=RIVERSIDE, kind=OFFICER, subject=officer_id)
    return [(one.did, one.changed_by, dict(one.details)) for one in reversed(found)]


def signed_in(database: Database, officer_id: str) -> None:
    with database.transaction(RIVERSIDE) as cursor:
        begin_session(
            cursor, landlord=RIVERSIDE, officer=officer_id, token=officer_id, now=THU_9_APR_2026
        )


def has_session(database: Database, officer_id: str) -> bool:
    with database.transaction(RIVERSIDE) as cursor:
        found = find_session(cursor, landlord=RIVERSIDE, token=officer_id, now=THU_9_APR_2026)
        return found is not None


def test_somebody_added_is_known_and_who_added_them_is_recorded_without_their_name(
    administration: Database,
) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        add_officer(cursor, DESK, replace(NEW, name="  Nell Okoro "))
    assert known(administration, "desk-7") == NEW
    assert changes(administration, "desk-7") == [
        ("added", "ada", {"organisation": [None, "homes"], "role": [None, "caseworker"]})
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"officer": "Nell Okoro"}, "officer"),
        ({"officer": "x" * 61}, "officer"),
        ({"officer": "ben"}, "officer"),
        ({"officer": "system"}, "officer"),
        ({"name": " "}, "name"),
        ({"name": "Nell\nOkoro"}, "name"),
        ({"name": "N" * 101}, "name"),
        ({"email": "nell"}, "email"),
        ({"email": "nell@example.org, ben@example.org"}, "email"),
        ({"email": "BEN@example.org"}, "email"),
        ({"role": "king"}, "role"),
        ({"organisation": "nowhere"}, "organisation"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_leaves_nothing(
    administration: Database, wrong: dict[str, str], field: str
) -> None:
    with (
        pytest.raises(PeopleRefused) as refused,
        administration.transaction(RIVERSIDE) as cursor,
    ):
        add_officer(cursor, DESK, replace(NEW, **wrong))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert known(administration, "desk-7") is None


@pytest.mark.parametrize("change", [{"role": "manager"}, {"organisation": "homes"}])
def test_a_new_role_or_organisation_signs_the_officer_out(
    administration: Database, owner: Database, change: dict[str, str]
) -> None:
    signed_in(owner, "ben")
    signed_in(owner, "cerys")
    with administration.transaction(RIVERSIDE) as cursor:
        changed = change_officer(cursor, DESK, "ben", change)
    assert known(administration, "ben") == changed == replace(BEN, **change)  # type: ignore[arg-type]
    assert not has_session(owner, "ben")
    assert has_session(owner, "cerys")


def test_a_new_name_or_address_leaves_them_signed_in_and_is_recorded_as_changed_only(
    administration: Database, owner: Database
) -> None:
    signed_in(owner, "ben")
    with administration.transaction(RIVERSIDE) as cursor:
        change_officer(cursor, DESK, "ben", {"name": "Benjamin Okafor", "email": "bo@example.org"})
    assert has_session(owner, "ben")
    assert changes(administration, "ben") == [("changed", "ada", {"name": True, "email": True})]


def test_a_change_to_what_is_so_already_is_no_change(administration: Database) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        change_officer(cursor, DESK, "ben", {"name": " Ben Okafor "})
    assert changes(administration, "ben") == []


def test_whoever_leaves_is_signed_out_cannot_sign_in_and_stays_on_record(
    administration: Database, owner: Database
) -> None:
    signed_in(owner, "ben")
    with administration.transaction(RIVERSIDE) as cursor:
        end_officer(cursor, DESK, "ben")
        assert end_officer(cursor, DESK, "ben").ended_at == THU_9_APR_2026
        assert BEN.officer not in {one.officer for one in working_officers(cursor, RIVERSIDE)}
    assert not has_session(owner, "ben")
    signed_in(owner, "ben")  # by whatever way a session came to be
    assert not has_session(owner, "ben")
    found = known(administration, "ben")
    assert found == replace(BEN, ended_at=THU_9_APR_2026)
    assert changes(administration, "ben") == [("ended", "ada", {})]


def test_whoever_left_is_not_changed_but_taken_back_first(administration: Database) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        end_officer(cursor, DESK, "ben")
        with pytest.raises(PeopleRefused, match="take them back"):
            change_officer(cursor, DESK, "ben", {"role": "manager"})
        assert take_back(cursor, DESK, "ben") == BEN
    assert [did for did, _, _ in changes(administration, "ben")] == ["ended", "taken back"]


def test_nobody_comes_back_under_an_address_that_is_anothers_by_now(
    administration: Database,
) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        end_officer(cursor, DESK, "ben")
        add_officer(cursor, DESK, replace(NEW, email=BEN.email))
        with pytest.raises(PeopleRefused, match="email address"):
            take_back(cursor, DESK, "ben")


def test_nobody_deletes_an_officer_not_even_the_owner(owner: Database) -> None:
    with (
        pytest.raises(psycopg.errors.RestrictViolation, match="never deleted"),
        owner.transaction(RIVERSIDE) as cursor,
    ):
        cursor.execute("DELETE FROM registry.officer WHERE officer = 'ben'")


def test_the_last_administrator_of_the_whole_landlord_stays(administration: Database) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        for change in ({"role": "manager"}, {"organisation": "mill-lane"}):
            with pytest.raises(PeopleRefused, match="last administrator"):
                change_officer(cursor, DESK, "ada", change)
        with pytest.raises(PeopleRefused, match="last administrator"):
            end_officer(cursor, DESK, "ada")
        change_officer(cursor, DESK, "amara", {"role": "administrator"})
        assert not end_officer(cursor, DESK, "ada").is_working


def test_an_organisations_administrator_may_go_while_the_landlords_stays(
    administration: Database,
) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        assert not end_officer(cursor, DESK, "tom").is_working


def test_two_administrators_who_end_each_other_at_once_leave_one(
    administration: Database, owner: Database
) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        change_officer(cursor, DESK, "amara", {"role": "administrator"})
    refused: list[str] = []

    def end(whom: str) -> None:
        try:
            with administration.transaction(RIVERSIDE) as cursor:
                end_officer(cursor, DESK, whom)
        except PeopleRefused:
            refused.append(whom)

    threads = [Thread(target=end, args=(whom,)) for whom in ("ada", "amara")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert has_administrator(owner)


def has_administrator(owner: Database) -> bool:
    with owner.transaction(RIVERSIDE) as cursor:
        everyone = working_officers(cursor, RIVERSIDE)
    return any((one.role, one.organisation) == ("administrator", "riverside") for one in everyone)


def test_an_organisations_administrator_reaches_its_own_people_alone(
    administration: Database,
) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        with pytest.raises(PeopleRefused):
            change_officer(cursor, WITHIN_MILL_LANE, "cerys", {"name": "Somebody Else"})
        with pytest.raises(PeopleRefused):
            end_officer(cursor, WITHIN_MILL_LANE, "ada")
        with pytest.raises(PeopleRefused):
            take_back(cursor, WITHIN_MILL_LANE, "ada")
        with pytest.raises(PeopleRefused):
            add_officer(cursor, WITHIN_MILL_LANE, NEW)
        with pytest.raises(PeopleRefused):
            change_officer(cursor, WITHIN_MILL_LANE, "tom", {"organisation": "riverside"})
        added = add_officer(cursor, WITHIN_MILL_LANE, replace(NEW, organisation="mill-lane"))
        assert added.organisation == "mill-lane"
        assert officer(cursor, RIVERSIDE, "ada") == ADA
        assert officer(cursor, RIVERSIDE, "tom") == TOM


def test_officers_of_another_landlord_are_out_of_reach(administration: Database) -> None:
    with (
        administration.transaction(RIVERSIDE) as cursor,
        pytest.raises(PeopleRefused, match="no officer dai"),
    ):
        end_officer(cursor, DESK, "dai")
    with administration.transaction(HILLTOP) as cursor:
        assert changes_of(cursor, landlord=RIVERSIDE, kind=OFFICER) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE administration.change SET did = 'nothing'",
        "DELETE FROM administration.change",
        "TRUNCATE administration.change",
    ],
)
def test_nobody_rewrites_what_was_changed(
    administration: Database, owner: Database, statement: str
) -> None:
    with administration.transaction(RIVERSIDE) as cursor:
        end_officer(cursor, DESK, "ben")
    for database in (administration, owner):
        with (
            pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)),
            database.transaction(RIVERSIDE) as cursor,
        ):
            cursor.execute(statement.encode())
    assert len(changes(administration, "ben")) == 1


@pytest.mark.parametrize(
    "role",
    [
        "redress_intake",
        "redress_workflow",
        "redress_notifier",
        "redress_projections",
        "redress_webhooks",
    ],
)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry.officer SET role = 'administrator'",
        "UPDATE registry.organisation SET kind = 'council'",
        (
            "INSERT INTO administration.change (landlord, changed_at, changed_by, kind, subject, did, details)"
            " VALUES ('riverside', now(), 'ben', 'officer', 'ben', 'added', '{}')"
        ),
        "UPDATE administration.brand SET colour = '000000'",
        "UPDATE administration.notice SET taken_down_at = now()",
    ],
)
def test_no_other_service_writes_people_organisations_or_changes(
    owner: Database, role: str, statement: str
) -> None:
    with (
        Database(owner.conninfo, role=role, max_size=1) as service,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        service.transaction(RIVERSIDE) as cursor,
    ):
        cursor.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry.officer SET officer = 'somebody-else'",
        "INSERT INTO registry.session SELECT * FROM registry.session",
        "SELECT * FROM workflow.event",
        "SELECT * FROM vault.words",
    ],
)
def test_administration_cannot_rename_officers_sign_in_as_them_or_read_cases(
    administration: Database, statement: str
) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        administration.transaction(RIVERSIDE) as cursor,
    ):
        cursor.execute(statement.encode())
