"""A connection breaks while its process lives on: on the way there, or on the way back, after it
was done.

The caller cannot know which of the two it was. It asks again under the same id, has one effect, and
is told the same as ever after (`Errand.answer_file` refuses a second answer that differs).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from tests.crash_points.paths import PATHS, Path
from tests.crash_points.points import Fault, Points
from tests.crash_points.world import World
from tests.support.plugin import CRASH_POINTS

pytestmark = pytest.mark.timeout(300)

Record = Callable[[str, object], None]
# Those with a caller who waits for an answer, and what they send when policies are remembered.
ANSWERED = {"submission": 14, "command": 12, "import": 19}
FAULTS = (Fault.REQUEST_LOST, Fault.REPLY_LOST)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize(
    "path", [path for path in PATHS if path.name in ANSWERED], ids=lambda path: path.name
)
def test_a_connection_may_break_anywhere(
    path: Path, fault: Fault, world: World, record_property: Record
) -> None:
    broken: list[str] = []
    for chosen in count(1):
        points = _disturbed_at(chosen, path, world, fault)
        if not points.happened:
            break
        broken.append(points.passed[chosen - 1])
    path.check_all(world)
    record_property(CRASH_POINTS, f"{path.name} with {fault.name.lower()}: {len(broken)}")
    assert len(broken) >= ANSWERED[path.name], f"not all that it sends is seen: {broken}"
    assert any("commit" in what.lower() for what in broken), broken


def _disturbed_at(chosen: int, path: Path, world: World, fault: Fault) -> Points:
    errand = world.errand(path.name, number=chosen)
    path.prepare(world, errand)
    points = world.disturbed(errand, chosen, fault)
    path.check(world, errand)
    world.run_on(errand)  # asked once more, long after: the same answer, and nothing is done
    path.check(world, errand)
    return points
