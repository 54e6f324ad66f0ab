"""Whatever a process had sent when it died, the next one finishes the work: once, and whole.

It dies at the first place, then at the second, and so on, until a run passes them all and is whole.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from tests.crash_points.paths import PATHS, Path
from tests.crash_points.points import Points
from tests.crash_points.world import World
from tests.support.plugin import CRASH_POINTS

pytestmark = pytest.mark.timeout(300)

Record = Callable[[str, object], None]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_process_may_die_anywhere(path: Path, world: World, record_property: Record) -> None:
    places = next(chosen - 1 for chosen in count(1) if not _died_at(chosen, path, world).happened)
    path.check_all(world)
    record_property(CRASH_POINTS, f"{path.name}: {places}")
    assert places >= path.at_least, "not all that it sends is seen any more"


def _died_at(chosen: int, path: Path, world: World) -> Points:
    errand = world.errand(path.name, number=chosen)
    path.prepare(world, errand)
    points = world.broken_off(errand, chosen)
    world.run_on(errand)
    path.check(world, errand)
    return points
