"""A process takes several tokens at a time, and hands out no more than there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.allowances.buckets import Allowances, Refusal
from shared.allowances.leases import Leases
from tests.allowances.conftest import Installed
from tests.chaos.deployment import LANDLORD

pytestmark = pytest.mark.postgres

WHAT, LIMIT = "anything", 9


def process(installed: Installed, *, share: int) -> Leases:
    """What one process hands out from the bucket that all of them share."""
    limits = {WHAT: LIMIT}
    buckets = Allowances(
        database=installed.parts.database("redress_workflow"),
        vault=installed.parts.vault,
        limits=limits,
        schema="registry",
    )
    return Leases(buckets, limits=limits, share=share)


def taken(leases: Leases, installed: Installed, *, who: str = "somebody") -> Refusal | None:
    return leases.take(LANDLORD, WHAT, who, now=installed.clock.now())


def test_the_bucket_is_asked_once_for_several_and_the_last_are_handed_out_one_by_one(
    installed: Installed,
) -> None:
    leases, left = process(installed, share=2), []
    for _ in range(LIMIT):
        assert taken(leases, installed) is None
        left += [row["tokens"] for row in installed.buckets()]
    assert left == [5, 5, 5, 5, 1, 1, 1, 1, 0]
    assert taken(leases, installed) == Refusal(400)  # a ninth of an hour
    installed.clock.advance(timedelta(seconds=400))
    assert taken(leases, installed) is None


def test_what_one_process_keeps_no_other_hands_out(installed: Installed) -> None:
    first, second = process(installed, share=2), process(installed, share=2)
    assert taken(first, installed) is None
    assert [taken(second, installed) for _ in range(5)] == [None] * 5
    assert taken(second, installed) is not None
    assert [taken(first, installed) for _ in range(3)] == [None] * 3
    assert taken(first, installed) is not None


def test_clients_do_not_spend_what_was_taken_for_one_another(installed: Installed) -> None:
    leases = process(installed, share=2)
    assert taken(leases, installed, who="one") is None
    assert taken(leases, installed, who="another") is None
    assert [row["tokens"] for row in installed.buckets()] == [5, 5]


def test_eight_threads_are_handed_no_more_than_there_is(installed: Installed) -> None:
    leases = process(installed, share=3)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: taken(leases, installed), range(2 * LIMIT)))
    assert sum(answer is None for answer in answers) == LIMIT
