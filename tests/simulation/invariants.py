"""What must be true at the end of a run, when faults have stopped and everything that was begun is finished.

Each check gives sentences; none is good. They compare what people were told with the log, and everything that follows
from the log with a fresh fold of it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import orjson

from services.notifier.composing import compose
from services.projections.following import TABLES, apply_to_read_models
from services.workflow.not_done import VersionMoved
from services.workflow.reconciling import survey
from services.workflow.timers import timer_command_id
from shared.eventstore.feed import read_feed
from shared.eventstore.timers import DueTimer
from tests.simulation.installation import Installation
from tests.simulation.people import Memory, Told
from tests.simulation.postgres.connections import ModelDatabase
from tests.simulation.postgres.direct import DirectTurns
from tests.simulation.postgres.server import Server
from tests.simulation.setting import LANDLORDS, settled_server

Rows = list[dict[str, Any]]
POSITIONS = ("projections.position", "notifier.position")


def waits_for(inst: Installation) -> list[str]:
    """What is not finished yet; empty when all work that was begun is done."""
    server, found = inst.server, []
    if any(row["published_at"] is None for row in server.rows("intake.submission")):
        found.append("a submission is not handed over")
    heads = {row["landlord"]: row["seq"] for row in server.rows("workflow.feed_head")}
    cursors = {row["landlord"]: row["seq"] for row in server.rows("workflow.relay_cursor")}
    if cursors != heads:
        found.append(f"the relay is at {cursors}, the feeds at {heads}")
    for table in POSITIONS:
        reached = {row["landlord"]: row["seq"] for row in server.rows(table)}
        if any(reached.get(landlord, 0) != seq for landlord, seq in heads.items()):
            found.append(f"{table} is at {reached}, the feeds at {heads}")
    if len(_opened(server)) < len(server.rows("intake.submission")):
        found.append("a submission is not opened")
    if any(found < asked for _, asked, found in _said_of_people(server)):
        found.append("what a submission says of people is not on its case")
    now = inst.true_now
    if any(
        row["ended_at"] is None and row["due_at"] <= now for row in server.rows("workflow.timer")
    ):
        found.append("a timer is due and did not fire")
    waiting = [row for row in server.rows("notifier.letter") if row["state"] == "waiting"]
    if waiting:
        row = waiting[0]
        found.append(
            f"a letter waits: {row['kind']}, {row['trouble']}, till {row['next_attempt_at']}"
        )
    return found


def _opened(server: Server) -> Counter[str]:
    return Counter(
        row["stream"]
        for row in server.rows("workflow.event")
        if row["name"].startswith("complaint.opened.")
    )


def _said_of_people(server: Server) -> Iterator[tuple[str, int, int]]:
    """What submissions say of representatives, consent and adjustments: how many facts must follow, and how many do."""
    told = Counter(
        (str(orjson.loads(row["record"])["causation_id"]), row["name"].rpartition(".v")[0])
        for row in server.rows("workflow.event")
    )
    for row in server.rows("intake.submission"):
        representative = _json(row["representative"])
        asked = {
            "adjustment-made": len(_json(row["adjustments"])),
            "representative-named": int(representative is not None),
            "consent-given": int(bool(representative and representative["scope"])),
        }
        for fact, count in asked.items():
            found = told[str(row["submission"]), f"complaint.{fact}"]
            yield f"{row['reference']}: {fact}", count, found


def _json(value: Any) -> Any:
    """A value of the model's tables that is a document."""
    return orjson.loads(value) if isinstance(value, str | bytes) else getattr(value, "obj", value)


def broken_promises(inst: Installation, memory: Memory) -> list[str]:
    """Everything that is not as it must be."""
    server = inst.server
    checks = (
        _feeds(server),
        _acknowledged_complaints(server, memory),
        _commands(server, memory),
        _results(server),
        _timers(server, inst),
        _letters(server, inst),
        _nothing_parked(inst),
        _follow_from_the_log(inst),
    )
    return [*memory.surprises, *(sentence for check in checks for sentence in check)]


def _feeds(server: Server) -> Iterator[str]:
    """Contiguous, chained, dense."""
    for landlord in LANDLORDS:
        events = sorted(server.rows("workflow.event", landlord), key=lambda row: int(row["seq"]))
        last, versions = bytes(32), Counter[str]()
        for seq, row in enumerate(events, start=1):
            versions[row["stream"]] += 1
            link = hashlib.sha256(last + seq.to_bytes(8, "big") + row["record"].encode()).digest()
            if (row["seq"], row["previous_hash"], row["hash"]) != (seq, last, link):
                yield f"the feed of {landlord} is broken at {seq}"
            if row["version"] != versions[row["stream"]]:
                yield f"{row['stream']} has a version {row['version']} out of order"
            last = link
        head = server.rows("workflow.feed_head", landlord)[0]
        if (head["seq"], head["hash"]) != (len(events), last):
            yield f"the head of {landlord} is not its last entry"


def _acknowledged_complaints(server: Server, memory: Memory) -> Iterator[str]:
    """Every complaint that was taken is in the log, once, with what it said of people."""
    for said, asked, found_times in _said_of_people(server):
        if found_times != asked:
            yield f"{said} was told {found_times} times instead of {asked}"
    opened = _opened(server)
    by_submission = {
        row["source_reference"]: row["stream"] for row in server.rows("workflow.source_reference")
    }
    for taken in memory.taken.values():
        if opened[taken.reference] != 1:
            yield f"{taken.reference} was taken and opened {opened[taken.reference]} times"
        if by_submission.get(str(taken.submission)) != taken.reference:
            yield f"{taken.reference} does not come from its submission"
    if sum(opened.values()) != len(server.rows("intake.submission")):
        yield "there are not as many complaints as submissions"


def _events_by_command(server: Server) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in sorted(server.rows("workflow.event"), key=lambda row: int(row["seq"])):
        found[orjson.loads(row["record"])["command_id"]].append(row["name"])
    return found


def _commands(server: Server, memory: Memory) -> Iterator[str]:
    """What officers were told is what happened, and whoever was refused was refused for a reason."""
    events = _events_by_command(server)
    results = {row["command_id"]: row for row in server.rows("workflow.command_result")}
    for command_id, told in memory.told.items():
        yield from _answers(told, results.get(command_id), events.get(str(command_id), []))


def _answers(told: Told, result: dict[str, Any] | None, events: list[str]) -> Iterator[str]:
    for answer in told.answers:
        if result is None:
            yield f"{told.reference}: a command was answered and has no result"
        elif (answer.version, list(answer.events)) != (result["version"], result["event_names"]):
            yield f"{told.reference}: a command was answered otherwise than its result"
    for refusal in told.refused_after_it_was_done:
        yield f"{told.reference}: a command was done, and later refused: {refusal}"
    if result is not None and any(isinstance(each, VersionMoved) for each in told.refusals):
        before = result["version"] - len(result["event_names"])
        if told.expected == before:
            yield f"{told.reference}: a command was refused because of its own effect"
    if told.answers and sum(not answer.replayed for answer in told.answers) > 1:
        yield f"{told.reference}: two attempts of one command each say they did it"


def _results(server: Server) -> Iterator[str]:
    """Each command took effect once: its events are those of its result, and no others."""
    events = _events_by_command(server)
    results = {str(row["command_id"]): row for row in server.rows("workflow.command_result")}
    for command_id, names in events.items():
        if command_id not in results:
            yield f"events of a command without a result: {names}"
        elif results[command_id]["event_names"] != names:
            yield f"{results[command_id]['stream']}: {names} are not the events of the result"
    for command_id, result in results.items():
        if result["event_names"] and command_id not in events:
            yield f"{result['stream']}: a result without its events"


def _timers(server: Server, inst: Installation) -> Iterator[str]:
    """Fired once each, never after they were cancelled, and open ones are those of the log."""
    results = {row["command_id"] for row in server.rows("workflow.command_result")}
    names = list(DueTimer.__dataclass_fields__)
    for row in server.rows("workflow.timer"):
        timer = DueTimer(**{name: row[name] for name in names})
        fired = timer_command_id(timer) in results
        if row["ended_by"] == "fired" and not fired:
            yield f"{timer} ended as fired and its command was never carried out"
        if row["ended_by"] == "cancelled" and fired:
            yield f"{timer} fired although it was cancelled"
    database = ModelDatabase(server, DirectTurns(), role=None, name="judge")
    for landlord in LANDLORDS:
        for difference in survey(database, landlord, now=inst.true_now):
            yield f"a timer is not as the log says: {difference}"


def _letters(server: Server, inst: Installation) -> Iterator[str]:
    """At most one letter for each event and recipient, and each that counts as sent was sent."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for landlord, name, message_id in inst.post.sent:
        names[landlord, name].add(message_id)
    for (landlord, name), message_ids in names.items():
        if len(message_ids) != 1:
            yield f"the letter {name} of {landlord} went out as {len(message_ids)} messages"
    sent = [row for row in server.rows("notifier.letter") if row["state"] == "sent"]
    if len(names) != len(sent):
        yield f"{len(sent)} letters count as sent, {len(names)} went out"
    for row in server.rows("notifier.letter"):
        if row["state"] == "failed":
            yield f"a letter failed: {row['trouble']}"


def _nothing_parked(inst: Installation) -> Iterator[str]:
    """No event and no message was poison, so none may be parked."""
    for table in ("projections.parked", "notifier.parked"):
        for row in inst.server.rows(table):
            yield f"{table}: {row['seq']} of {row['landlord']}: {row['error']}"
    for name, queue in inst.broker.queues.items():
        if name.endswith(".parked") and queue.waiting:
            yield f"{name} holds {len(queue.waiting)} messages"


def _follow_from_the_log(inst: Installation) -> Iterator[str]:
    """What each consumer keeps is a fold of the feed, from nothing."""
    fresh = settled_server(inst.server.now)
    database = ModelDatabase(fresh, DirectTurns(), role=None, name="fold")
    for landlord in LANDLORDS:
        _fold(inst.server, database, landlord)
    tables = [f"projections.{table}" for table in TABLES.values()]
    for table in [*tables, "notifier.complaint"]:
        for landlord in LANDLORDS:
            there, folded = _rows(inst.server, table, landlord), _rows(fresh, table, landlord)
            if there != folded:
                yield f"{table} of {landlord} is no fold of the feed: {_first(there, folded)}"
    for landlord in LANDLORDS:
        if _letter_ids(inst.server, landlord) != _letter_ids(fresh, landlord):
            yield f"the letters of {landlord} do not follow from the feed"


def _fold(server: Server, database: ModelDatabase, landlord: str) -> None:
    """The feed into the tables of an empty database, event by event."""
    log = database.server.storage("workflow.event")
    for row in sorted(server.rows("workflow.event", landlord), key=lambda row: int(row["seq"])):
        log.put(log.next_id(), row)
    with database.transaction(landlord) as cursor:
        after = 0
        while page := read_feed(cursor, landlord, after=after, limit=500):
            for event in page:
                apply_to_read_models(cursor, event)
                compose(cursor, event)
            after = page[-1].seq


def _rows(server: Server, table: str, landlord: str) -> list[str]:
    return sorted(
        orjson.dumps({key: _plain(value) for key, value in row.items()}).decode()
        for row in server.rows(table, landlord)
    )


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _letter_ids(server: Server, landlord: str) -> Rows:
    wanted = ("letter", "event_id", "recipient", "reference", "kind", "facts")
    rows = [
        {name: row[name] for name in wanted} for row in server.rows("notifier.letter", landlord)
    ]
    return sorted(rows, key=lambda row: str(row["letter"]))


def _first(there: list[str], folded: list[str]) -> str:
    odd = sorted(set(there) ^ set(folded))
    return odd[0][:300] if odd else "rows are there more than once"
