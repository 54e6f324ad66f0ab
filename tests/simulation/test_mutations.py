"""The simulation finds bugs: each deliberate fault in the product is found within a few seeds."""

import pytest

from tests.simulation.mutations import MUTATIONS
from tests.simulation.running import simulate

FOUND_WITHIN = 40


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_deliberate_fault_is_found(name: str) -> None:
    with MUTATIONS[name]():
        for seed in range(1, FOUND_WITHIN + 1):
            if simulate(seed, harsh=True).broken:
                return
    pytest.fail(f"{name} was not found within {FOUND_WITHIN} seeds")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_one_the_same_seeds_keep_every_promise(seed: int) -> None:
    outcome = simulate(seed, harsh=True)
    assert not outcome.broken, outcome.told()
