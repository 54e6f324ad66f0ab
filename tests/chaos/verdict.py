"""What must be true when everything has gone through: told by users' answers against the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.chaos.deployment import Deployment
from tests.chaos.load import History
from tests.chaos.outside import Outside

REMINDERS = (
    "complaint.deadline-approaching.v1",
    "complaint.holding-response-due.v1",
    "complaint.draft-due.v1",
    "complaint.deadline-missed.v1",
)


@dataclass(frozen=True)
class Evidence:
    """What users were told, what a subscriber heard, and the installation itself."""

    history: History
    outside: Outside
    deployment: Deployment


def waiting(scalar: Callable[[str], Any], *, accepted: int) -> dict[str, int]:
    """What is still under way, by stage; empty when all has gone through.

    `scalar` reads one figure of the landlord's rows; so many complaints were `accepted`.
    """
    head = scalar("SELECT seq FROM workflow.feed_head")
    found = {
        "handover": scalar("SELECT count(*) FROM intake.submission WHERE published_at IS NULL"),
        "complaints to open": accepted
        - scalar("SELECT count(*) FROM workflow.event WHERE name = 'complaint.opened.v1'"),
        "timers": scalar(
            "SELECT count(*) FROM workflow.timer WHERE ended_at IS NULL AND due_at < now()"
        ),
        "relay": head - scalar("SELECT seq FROM workflow.relay_cursor"),
        "projections": head - scalar("SELECT max(seq) FROM projections.position"),
        "notifier": head - scalar("SELECT max(seq) FROM notifier.position"),
        "letters": scalar("SELECT count(*) FROM notifier.letter WHERE state = 'waiting'"),
    }
    return {stage: count for stage, count in found.items() if count}


def lost_or_doubled_complaints(evidence: Evidence) -> Iterator[str]:
    """Every complaint that was accepted is opened, once, and no other."""
    opened = Counter(
        row["stream"]
        for row in evidence.deployment.rows(
            "SELECT stream FROM workflow.event WHERE name = 'complaint.opened.v1'"
        )
    )
    accepted = Counter(evidence.history.complaints.values())
    for reference in accepted - opened:
        yield f"{reference} was accepted and is lost"
    for reference in opened - accepted:
        yield f"{reference} was opened without a complaint, or twice"


def lost_or_doubled_commands(evidence: Evidence) -> Iterator[str]:
    """Every command that was answered stands at the version it was answered with, once."""
    rows = evidence.deployment.rows(
        "SELECT stream, version FROM workflow.event WHERE name = 'complaint.contact-attempted.v1'"
    )
    done = Counter((row["stream"], row["version"]) for row in rows)
    answered = Counter(evidence.history.commands.values())
    for stream, version in answered - done:
        yield f"a command on {stream} was answered with version {version} and is lost"
    for stream, version in done - answered:
        yield f"{stream} has a command at version {version} that nobody gave, or gave once"


def answers_that_differ(evidence: Evidence) -> Iterator[str]:
    """A repeated request is answered as the first time."""
    yield from evidence.history.contradictions


def gaps(evidence: Evidence) -> Iterator[str]:
    """Feed and streams count without gaps."""
    for what in ("feed_head.seq - count(*)", "max(event.seq) - count(*)", "min(event.seq) - 1"):
        missing = evidence.deployment.scalar(
            f"SELECT {what} FROM workflow.event JOIN workflow.feed_head USING (landlord)"  # noqa: S608 - our own
            " GROUP BY feed_head.seq"
        )
        if missing:
            yield f"the feed has {missing} places without a fact ({what})"
    for row in evidence.deployment.rows(
        "SELECT stream FROM workflow.event GROUP BY stream HAVING max(version) <> count(*)"
    ):
        yield f"{row['stream']} has a version too many or too few"


def what_subscribers_missed(evidence: Evidence) -> Iterator[str]:
    """Everything reached the broker, and nothing for the first time before what comes before it."""
    head = evidence.deployment.scalar("SELECT seq FROM workflow.feed_head")
    first_times = list(Counter(evidence.outside.places()))
    missed = set(range(1, head + 1)) - set(first_times)
    if missed:
        yield f"{len(missed)} facts never reached a subscriber, the first is {min(missed)}"
    if first_times != sorted(first_times):
        yield "facts reached a subscriber in another order"


def letters_not_sent_once(evidence: Evidence) -> Iterator[str]:
    """Each reminder gave its letter, and each letter is sent, as one file."""
    events = evidence.deployment.rows("SELECT event_id, name FROM workflow.event")
    due = {str(row["event_id"]) for row in events if row["name"] in REMINDERS}
    letters = evidence.deployment.rows("SELECT event_id, state FROM notifier.letter")
    if states := {row["state"] for row in letters} - {"sent"}:
        yield f"letters are {', '.join(sorted(states))}"
    written = Counter(str(row["event_id"]) for row in letters)
    if missing := due - written.keys():
        yield f"{len(missing)} reminders gave no letter"
    outbox = evidence.deployment.data / "outbox"
    files = Counter(path.name[:36] for path in outbox.rglob("*.eml"))
    if files != written:
        yield f"{written.total()} letters are {files.total()} files"


def parked(evidence: Evidence) -> Iterator[str]:
    """A fault around an effect is no poison: nothing was put aside."""
    for schema in ("projections", "notifier"):
        count = evidence.deployment.scalar(f"SELECT count(*) FROM {schema}.parked")  # noqa: S608 - our own
        if count:
            yield f"{count} events are parked by {schema}"


def not_proven(evidence: Evidence) -> Iterator[str]:
    """Chain, positions, timers against replay, read models against a rebuild."""
    proof = evidence.deployment.verify()
    if proof.returncode != 0:
        yield from (proof.stdout + proof.stderr).strip().splitlines()


CHECKS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "complaints lost or doubled": lost_or_doubled_complaints,
    "commands lost or doubled": lost_or_doubled_commands,
    "answers that differ": answers_that_differ,
    "gaps": gaps,
    "missed or reordered for subscribers": what_subscribers_missed,
    "letters not sent once": letters_not_sent_once,
    "parked": parked,
    "not proven by redress verify": not_proven,
}
