"""Compares what the subscriber says it applied with what stood in the feed: pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.redress.conformance.clauses import MEANINGS, Clause, Phase

NAMED_AT_MOST = 5  # numbers in a sentence; --json has them all


@dataclass(frozen=True, slots=True)
class Applied:
    """One report of the subscriber: which event it applied, in the order in which it did."""

    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a phase put into the feed: its first and last number, and which of them may be passed over."""

    phase: Phase
    first: int
    last: int
    may_be_left_out: frozenset[int] = frozenset()
    recovered_after_seconds: float | None = None  # from the phase's end until nothing was missing

    @property
    def owed(self) -> frozenset[int]:
        """The numbers that must be applied."""
        return frozenset(range(self.first, self.last + 1)) - self.may_be_left_out


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause with what speaks against it; none means that it was kept."""

    clause: Clause
    against: tuple[str, ...] = ()
    seqs: tuple[int, ...] = field(default=())

    @property
    def is_kept(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against

    @property
    def meaning(self) -> str:
        """The clause in words."""
        return MEANINGS[self.clause]


@dataclass(frozen=True, slots=True)
class Queue:
    """The subscriber's queue as the kit left it."""

    messages: int
    consumers: int


def judge(
    stretches: Sequence[Stretch], *, ids: Sequence[str], applied: Sequence[Applied], queue: Queue
) -> tuple[Finding, ...]:
    """One finding per clause; `ids` are the ids of the feed's events, the first of them number 1."""
    known = {id_: number for number, id_ in enumerate(ids, start=1)}
    strange = [each for each in applied if known.get(each.id) != each.seq]
    first_effects: dict[int, int] = {}
    doubled: dict[int, None] = {}
    for place, each in enumerate(applied):
        if known.get(each.id) == each.seq:
            if each.seq in first_effects:
                doubled[each.seq] = None
            first_effects.setdefault(each.seq, place)
    findings = {clause: Finding(clause) for clause in Clause}
    for clause in (Clause.START, Clause.GAP, Clause.HEARTBEAT, Clause.UNKNOWN, Clause.TROUBLE):
        findings[clause] = _missing(clause, stretches, frozenset(first_effects))
    findings[Clause.ORDER] = _order(tuple(first_effects), len(strange))
    if doubled:
        text = f"applied more than once: {_named(tuple(sorted(doubled)))}"
        findings[Clause.ONCE] = Finding(Clause.ONCE, (text,), tuple(sorted(doubled)))
    findings[Clause.TAKEN] = _taken(queue)
    return tuple(findings.values())


def _missing(clause: Clause, stretches: Sequence[Stretch], applied: frozenset[int]) -> Finding:
    against, seqs = [], []
    for stretch in stretches:
        if stretch.phase.clause is not clause:
            continue
        if missing := sorted(stretch.owed - applied):
            against.append(f"{stretch.phase.name}: never applied {_named(tuple(missing))}")
            seqs += missing
        elif stretch.recovered_after_seconds is None:
            against.append(f"{stretch.phase.name}: everything was applied, and too late")
    return Finding(clause, tuple(against), tuple(seqs))


def _order(first_effects: tuple[int, ...], strange: int) -> Finding:
    # A report that names an earlier number than one before it; what is missing is another clause's.
    highest, early = 0, []
    for seq in first_effects:
        if seq < highest:
            early.append(seq)
        highest = max(highest, seq)
    against = []
    if early:
        against.append(f"applied after a later one: {_named(tuple(early))}")
    if strange:
        against.append(f"{strange} reports name an id and a number that do not belong together")
    return Finding(Clause.ORDER, tuple(against), tuple(early))


def _taken(queue: Queue) -> Finding:
    against = []
    if queue.messages:
        against.append(f"{queue.messages} messages lie in the queue at the end")
    if queue.consumers != 1:
        against.append(f"{queue.consumers} consumers at the end, and there should be one")
    return Finding(Clause.TAKEN, tuple(against))


def _named(seqs: tuple[int, ...]) -> str:
    more = len(seqs) - NAMED_AT_MOST
    named = ", ".join(str(seq) for seq in seqs[:NAMED_AT_MOST])
    return f"{named} and {more} more" if more > 0 else named
