"""A seed is the whole truth about a run: it gives the same one again, here and anywhere."""

import os
import subprocess
import sys

from tests.architecture.sources import ROOT
from tests.simulation.running import simulate

SEED = 7
AGAIN = "from tests.simulation.running import simulate; print(simulate({seed}).fingerprint)"


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = simulate(SEED), simulate(SEED)
    assert first == second
    assert first.faults


def test_another_process_with_other_hashes_gives_the_same_run() -> None:
    told = subprocess.run(
        [sys.executable, "-c", AGAIN.format(seed=SEED)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert told.stdout.split()[-1] == simulate(SEED).fingerprint


def test_another_seed_gives_another_run() -> None:
    assert simulate(SEED).fingerprint != simulate(SEED + 1).fingerprint


def test_a_broken_promise_is_told_with_its_seed_its_faults_and_how_to_see_it_again() -> None:
    outcome = simulate(SEED)
    told = outcome.told()
    assert f"seed {SEED}" in told
    assert outcome.faults[0] in told
    assert told.endswith(f"make simulate SEEDS=1 FIRST={SEED}")
