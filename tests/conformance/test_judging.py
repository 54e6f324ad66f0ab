"""What the kit concludes from reports, and that its faults are what they are called."""

from __future__ import annotations

from random import Random

import orjson
import pytest
from typer.testing import CliRunner

from services.redress.conformance.clauses import PHASES, START, Act, Clause
from services.redress.conformance.judging import Applied, Finding, Queue, Stretch, judge
from services.redress.conformance.reports import ReportRefused, Reports
from services.redress.main import app

IDS = tuple(f"id-{number}" for number in range(1, 5))
PLAIN = next(phase for phase in PHASES if phase.name == "in order")
WELL = Queue(messages=0, consumers=1)


def findings(
    *seqs: int, queue: Queue = WELL, strange: bool = False, took: float | None = 0.1
) -> dict[Clause, Finding]:
    applied = [Applied(f"id-{seq}", seq) for seq in seqs]
    if strange:
        applied.append(Applied("id-1", 2))
    stretches = [Stretch(START, 1, 2, frozenset(), took), Stretch(PLAIN, 3, 4, frozenset(), took)]
    return {each.clause: each for each in judge(stretches, ids=IDS, applied=applied, queue=queue)}


def broken(found: dict[Clause, Finding]) -> dict[Clause, str]:
    return {clause: " ".join(each.against) for clause, each in found.items() if not each.is_kept}


def test_everything_once_and_in_order_keeps_every_clause() -> None:
    assert broken(findings(1, 2, 3, 4)) == {}
    assert set(findings(1, 2, 3, 4)) == set(Clause)


def test_each_way_to_go_wrong_breaks_its_own_clause() -> None:
    assert broken(findings(2, 3, 4)) == {Clause.START: "before it consumes: never applied 1"}
    assert broken(findings(1, 2, 4)) == {Clause.GAP: "in order: never applied 3"}
    assert broken(findings(1, 2, 3, 4, 2)) == {Clause.ONCE: "applied more than once: 2"}
    assert broken(findings(1, 2, 4, 3)) == {Clause.ORDER: "applied after a later one: 3"}
    assert Clause.ORDER in broken(findings(1, 2, 3, 4, strange=True))
    left = broken(findings(1, 2, 3, 4, queue=Queue(messages=3, consumers=2)))
    assert "3 messages" in left[Clause.TAKEN]
    assert "2 consumers" in left[Clause.TAKEN]
    assert set(broken(findings(1, 2, 3, 4, took=None))) == {Clause.START, Clause.GAP}


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
def test_the_faults_of_a_phase_are_what_it_is_called_and_follow_from_the_seed(phase) -> None:  # type: ignore[no-untyped-def]  # parametrised
    count = 60
    steps = phase.steps(count, Random(7))
    assert steps == phase.steps(count, Random(7))
    recorded = [step for step in steps if step.act is Act.RECORD]
    delivered = [step.place for step in steps if step.act is Act.DELIVER]
    assert len(recorded) == count
    lost = set(range(count)) - set(delivered)
    doubled = {place for place in delivered if delivered.count(place) > 1}
    in_order = delivered == sorted(delivered)
    assert bool(lost) == phase.name.startswith(("lost", "losses", "the last"))
    assert bool(doubled) == phase.name.startswith("doubled")
    assert in_order != phase.name.startswith(("shuffled", "late", "doubled"))
    assert (lost == {count - 1}) == phase.name.startswith("the last")
    if phase.name.startswith("losses"):
        assert phase.feed_is_down
    # Nothing is delivered before it stands in the feed.
    so_far = 0
    for step in steps:
        so_far += step.act is Act.RECORD
        assert step.place < so_far


def test_a_report_that_is_none_is_refused_and_nothing_of_its_body_counts() -> None:
    reports = Reports()
    reports.take(orjson.dumps({"id": "id-1", "feedseq": 1}))
    for wrong in (b"not json", b'{"id": "id-2"}', b'[{"id": "id-2", "feedseq": 2}, {}]'):
        with pytest.raises(ReportRefused):
            reports.take(wrong)
    assert reports.applied == (Applied("id-1", 1),)


def test_the_command_refuses_what_it_cannot_work_with() -> None:
    def said(*given: str) -> tuple[int, str]:
        answered = CliRunner().invoke(app, ["conformance", "--queue", "q", *given])
        return answered.exit_code, " ".join(answered.output.split())

    code, output = said()
    assert code == 2
    assert "--amqp-url" in output
    code, output = said("--amqp-url", "amqp://127.0.0.1:1/")
    assert code == 2
    assert "cannot be reached" in output
    assert said("--amqp-url-file", "/nowhere")[0] == 2
