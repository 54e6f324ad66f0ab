"""Everything that can fail does so once, under load: nothing is lost, doubled or reordered.

`make chaos MINUTES=10` does the same for as long as one likes, in an order of chance.
"""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from tests.chaos.faults import FAULTS, KILLS, OTHERS
from tests.chaos.running import Outcome, Pace, random_faults, run
from tests.support.data_directories import fresh_data_directory

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.postgres,
    pytest.mark.rabbitmq,
    pytest.mark.timeout(420),
]

BRISK = Pace(
    users=4, shortest_pause_seconds=0.1, longest_pause_seconds=0.4, longest_fault_seconds=0.6
)
SEED = 1


def test_nothing_is_lost_doubled_or_reordered_whatever_fails() -> None:
    with fresh_data_directory() as data:
        outcome = run(data.parent, faults=list(FAULTS), seed=SEED, pace=BRISK)
        assert not EmbeddedPostgres(data).running()
    assert outcome.is_well, "\n".join(outcome.table())
    assert outcome.faults == dict.fromkeys(FAULTS, 1)
    assert outcome.kills == len(KILLS)
    assert outcome.complaints > 0
    assert outcome.commands == outcome.complaints
    assert outcome.facts > outcome.complaints + outcome.commands


def test_a_seed_gives_the_same_faults_again_three_kills_in_four() -> None:
    first, again = (list(islice(random_faults(Random(7)), 400)) for _ in range(2))
    assert first == again
    assert 0.7 < sum(fault in KILLS for fault in first) / len(first) < 0.8
    assert set(first) == FAULTS.keys()
    assert not KILLS.keys() & OTHERS.keys()


def test_the_table_tells_what_is_wrong() -> None:
    outcome = Outcome(wrong={"gaps": ["place 7 is empty"], "parked": []})
    table = "\n".join(outcome.table())
    assert "place 7 is empty" in table
    assert table.endswith("NOT WELL")
    assert not outcome.is_well
