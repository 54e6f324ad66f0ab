"""The seeds of every test run, in blocks that the workers share; `make simulate` runs more of them.

A broken promise prints its seed, its faults and the command that shows the same run again.
"""

import pytest

from tests.simulation.running import simulate

SEEDS = 300
IN_A_BLOCK = 6


@pytest.mark.parametrize("first", range(1, SEEDS + 1, IN_A_BLOCK))
def test_whatever_goes_wrong_every_promise_is_kept(first: int) -> None:
    for seed in range(first, first + IN_A_BLOCK):
        outcome = simulate(seed)
        assert not outcome.broken, outcome.told()


def test_the_seeds_come_to_everything_that_the_fault_model_names() -> None:
    """Else three hundred green runs would say little."""
    met = {fault.split(" step ")[1][7:] for seed in range(1, 25) for fault in simulate(seed).faults}
    for words in (
        "dies",
        "loses its connection before: COMMIT",
        "loses its connection after: COMMIT",
        "the database restarts",
        "the broker restarts",
        "the broker refuses",
        "a confirm is lost",
        "is lost",
        "comes twice",
        "is overtaken",
        "the leading relay loses its lock",
        "breaks",
        "the clock of",
    ):
        assert any(words in fault for fault in met), f"no seed met: {words}"
