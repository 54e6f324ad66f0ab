"""By what sealed words are found stands beside them, for whom it is for, and goes with the key of their person."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from services.workflow.bodies import BODIES
from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from shared.vault.search_words import EVERYWHERE, FOUND_IN, asked_in
from tests.eventstore.building import HILLTOP, RIVERSIDE, WED_11_MAR_2026, append_of, fact
from tests.support.eventually import eventually
from tests.vault.test_vault import VAULT, erase, write

NOTHING = UUID(int=0)


def found(
    database: Database, asked: str, *, landlord: str = RIVERSIDE, table: str = "search_hash"
) -> set[UUID]:
    """The people of whom any piece of what is asked is kept."""
    hashes = [
        each
        for piece in asked_in(asked)
        for each in VAULT.hashes_asked(landlord, piece, places=EVERYWHERE)
    ]
    with database.transaction(landlord) as cursor:
        query = sql.SQL(
            "SELECT DISTINCT subject FROM {} WHERE landlord = %s AND hash = ANY (%s)"
        ).format(sql.Identifier("vault", table))
        rows = cursor.execute(query, (landlord, hashes)).fetchall()
    return {row["subject"] for row in rows}


def everything(owner: Database) -> list[tuple[object, ...]]:
    """All rows of the index."""
    with owner.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute(
            "SELECT hash, words, subject, kind FROM vault.search_hash ORDER BY words, hash"
        ).fetchall()
    return [tuple(row.values()) for row in rows]


def test_words_are_found_from_the_moment_they_are_stored(owner: Database, intake: Database) -> None:
    subject = uuid4()
    write(intake, "Amal Haddad", subject=subject)
    write(intake, "There is mould", subject=subject, kind="complaint")
    assert found(owner, "haddad") == found(owner, "mould") == {subject}
    assert found(owner, "joan") == set()
    assert found(owner, "haddad", landlord=HILLTOP) == set()


def test_words_that_come_with_facts_are_found_too(owner: Database) -> None:
    subject, words = uuid4(), uuid4()
    with Database(owner.conninfo, role="redress_workflow") as workflow:
        with workflow.transaction(RIVERSIDE) as cursor:
            key = VAULT.subject_key(
                cursor, landlord=RIVERSIDE, subject=subject, now=WED_11_MAR_2026
            )
        sealed = VAULT.seal(key, words=words, kind="note", text="The boiler is out again.")
        FeedRecorder(workflow, environment={}).append(replace(append_of(fact()), words=(sealed,)))
    assert found(owner, "boiler") == {subject}


def test_who_is_erased_is_found_by_nothing_and_others_still_are(
    owner: Database, intake: Database
) -> None:
    gone, stays = uuid4(), uuid4()
    for subject in (gone, stays):
        write(intake, "Amal Haddad", subject=subject)
        write(intake, "There is mould", subject=subject, kind="complaint")
    erase(owner, gone)
    assert found(owner, "haddad mould") == {stays}
    with owner.transaction(RIVERSIDE) as cursor:
        left = cursor.execute(
            "SELECT FROM vault.search_hash WHERE subject = %s", (gone,)
        ).fetchall()
    assert left == []


def test_what_is_written_while_somebody_is_erased_leaves_nothing_to_find(
    owner: Database, intake: Database
) -> None:
    subject = uuid4()
    write(intake, "Amal Haddad", subject=subject)
    with ThreadPoolExecutor() as threads, intake.transaction(RIVERSIDE) as cursor:
        VAULT.write(
            cursor,
            landlord=RIVERSIDE,
            subject=subject,
            words=uuid4(),
            kind="note",
            text="The boiler is out again.",
            now=WED_11_MAR_2026,
        )
        erasing = threads.submit(erase, owner, subject)
        eventually(lambda: _somebody_waits(owner))
        assert not erasing.done()
        cursor.connection.commit()
        assert erasing.result(timeout=10) is True
    assert everything(owner) == []


def _somebody_waits(owner: Database) -> bool:
    with owner.directory() as cursor:
        row = cursor.execute(
            "SELECT count(*) AS waiting FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return row is not None and row["waiting"] > 0


def test_words_sealed_before_an_erasure_and_stored_after_it_leave_nothing_to_find(
    owner: Database,
) -> None:
    subject, words = uuid4(), uuid4()
    with Database(owner.conninfo, role="redress_workflow") as workflow:
        with workflow.transaction(RIVERSIDE) as cursor:
            key = VAULT.subject_key(
                cursor, landlord=RIVERSIDE, subject=subject, now=WED_11_MAR_2026
            )
        sealed = VAULT.seal(key, words=words, kind="note", text="The boiler is out again.")
        erase(owner, subject)
        FeedRecorder(workflow, environment={}).append(replace(append_of(fact()), words=(sealed,)))
    assert everything(owner) == []


def test_the_index_is_made_anew_as_it_was_and_without_the_erased(
    owner: Database, intake: Database
) -> None:
    gone = uuid4()
    for number in range(5):
        write(intake, f"Amal Haddad {number}", subject=gone if number == 2 else uuid4())
    erase(owner, gone)
    before = everything(owner)
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("DELETE FROM vault.search_hash")
    after, seen = NOTHING, 0
    for _ in range(4):
        with owner.transaction(RIVERSIDE) as cursor:
            last, count = VAULT.index_anew(cursor, RIVERSIDE, after=after, limit=2)
        seen += count
        if last is None:
            break
        after = last
    assert seen == 5
    assert before
    assert everything(owner) == before


def test_intake_sees_people_and_no_texts(owner: Database, intake: Database) -> None:
    subject = uuid4()
    write(intake, "Amal Haddad", subject=subject)
    write(intake, "There is mould", subject=subject, kind="complaint")
    assert found(intake, "haddad", table="people_hash") == {subject}
    assert found(intake, "haddad", table="people_hash", landlord=HILLTOP) == set()
    assert found(intake, "mould", table="people_hash") == set()


@pytest.mark.parametrize(
    "role", ["redress_intake", "redress_workflow", "redress_notifier", "redress_webhooks"]
)
def test_who_needs_it_not_does_not_read_it(owner: Database, role: str) -> None:
    with (
        Database(owner.conninfo, role=role) as database,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        found(database, "haddad")


def test_every_kind_of_words_that_an_officer_writes_is_found() -> None:
    assert {body.words_kind for body in BODIES.values()} <= set(FOUND_IN)
