"""The folds of whole cases in memory give the rows that the folds of the feed give, whatever the facts."""

import hashlib
from collections.abc import Iterator
from random import Random
from typing import Any

import orjson
import pytest

from services.projections.case_folds import FOLD, fold_case
from services.projections.case_folds import Fact as FoldedFact
from services.projections.following import CASE_FOLDS, TABLES
from services.projections.rebuilding import Difference, verify
from shared.database.pool import Database
from shared.eventstore.codec import encode_event
from shared.messaging.follower import FeedFollower
from tests.contract.examples import EXAMPLES
from tests.identity.building import RIVERSIDE
from tests.projections.building import append, recorded
from tests.projections.courses import course

CASES = 40

# The fold of a release, and what it makes of a hundred random courses. When this test fails, the same facts give other
# rows: read models that were folded before are wrong until they are rebuilt. Raise FOLD, and write the new line here.
ROWS_OF_FOLD = {
    1: "3e86c3bde046e4fc6598c557950afeaccc9d249a391a29c47d49e26117dbac67",
}


@pytest.mark.postgres
def test_whole_cases_fold_to_the_rows_of_the_feed(
    projections: Database, workflow: Database, follower: FeedFollower
) -> None:
    chance = Random(2026)
    taken = 0
    for number in range(1, CASES + 1):
        reference = f"RC-2026-{number:06}"
        facts = course(reference, chance, more=EXAMPLES)
        if facts:
            append(workflow, facts, reference=reference)
        taken += len(facts)
    assert follower.catch_up(RIVERSIDE) >= taken > 10 * CASES
    with projections.transaction(RIVERSIDE) as cursor:
        assert follower.parked(cursor, RIVERSIDE) == ()
    assert verify(projections, RIVERSIDE) == []


@pytest.mark.postgres
def test_a_row_that_no_case_explains_is_found(projections: Database, workflow: Database) -> None:
    with projections.transaction(RIVERSIDE) as cursor:
        for reference in ("AA-2026-000001", "ZZ-2026-000001"):
            cursor.execute(
                "INSERT INTO projections.handler VALUES (%s, %s, 1, 'amara')",
                (RIVERSIDE, reference),
            )
    examples = ("AA-2026-000001", "ZZ-2026-000001")
    assert verify(projections, RIVERSIDE) == [Difference("caseload", 2, 0, examples)]


def test_every_read_model_has_a_fold_of_whole_cases() -> None:
    assert {fold.read_model: fold.table for fold in CASE_FOLDS} == TABLES


def test_a_fold_that_gives_other_rows_has_another_number() -> None:
    found = hashlib.sha256()
    for row in rows_of_random_courses():
        found.update(orjson.dumps(row, default=str))
    assert ROWS_OF_FOLD[FOLD] == found.hexdigest()


def rows_of_random_courses() -> Iterator[list[Any]]:
    chance = Random(1)
    for number in range(100):
        reference = f"RC-2026-{number:06}"
        facts = [folded(fact) for fact in recorded(course(reference, chance), reference=reference)]
        rows = fold_case(CASE_FOLDS, facts)
        for table in sorted(rows):
            yield [table, sorted(str(sorted(row.items())) for row in rows[table].values())]


def folded(fact: Any) -> FoldedFact:
    """The fact as it is read for folding."""
    return FoldedFact(
        landlord=fact.landlord,
        stream=fact.stream,
        version=fact.version,
        seq=fact.seq,
        event_id=fact.event_id,
        name=fact.name,
        recorded_at=fact.recorded_at,
        envelope={
            "happened_on": fact.happened.on.isoformat(),
            "happened_at": None,
            "known_at": None,
            "actor": fact.actor,
            "origin": fact.origin,
            "data": encode_event(fact.event),
        },
        event=fact.event,
    )
