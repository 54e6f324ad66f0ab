"""`redress verify`: proves that the log is whole, that the timers follow from it, and that the read models do."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import typer
from rich.console import Console

from services.projections.rebuilding import verify as verify_read_models
from services.redress.assembly import PROJECTIONS, WORKFLOW, Installation, installation
from services.redress.commands.options import AsWholeJson, Data, OnlyLandlord, known_landlord
from services.redress.commands.settings import settings_for
from services.redress.consumers import CONSUMERS
from services.redress.stages import landlords_of
from services.redress.up import counted
from services.workflow.proofs import note_proof
from services.workflow.reconciling import survey
from services.workflow.relay import cursor_seq
from shared.eventstore.chain import verify_feed
from shared.eventstore.feed import head, head_with_hash

WHOLE, BROKEN = 0, 1

OnStep = Callable[[int, int], None]
Counting = Callable[[str], AbstractContextManager[OnStep]]


def troubles(
    inst: Installation,
    landlord: str,
    *,
    counting: Counting = lambda _what: nullcontext(_say_nothing),
) -> Iterator[str]:
    """Everything that is wrong with one landlord's log and what follows from it, in sentences; mends nothing."""
    workflow = inst.database(WORKFLOW)
    with counting("events chained") as on_step, workflow.transaction(landlord) as cursor:
        report = verify_feed(cursor, landlord, on_progress=on_step)
    note_proof(workflow, landlord, report, now=inst.clock.now())
    if report.broken is not None:
        yield f"the log is broken at event {report.broken.seq}: {report.broken.reason}"
        return  # what follows from a broken log proves nothing
    yield from _ahead(inst, landlord)
    with counting("cases' timers") as on_step:
        timers = survey(workflow, landlord, now=inst.clock.now(), on_progress=on_step)
    for timer in timers:
        yield (
            f"the {timer.kind} timer of {timer.duty} at stage {timer.stage} of {timer.stream} is not as the log says:"
            f" {timer.trouble}"
        )
    with counting("facts folded") as on_step:
        models = verify_read_models(inst.database(PROJECTIONS), landlord, on_progress=on_step)
    for difference in models:
        yield (
            f"the read model {difference.read_model} has {difference.only_there} rows too many and lacks"
            f" {difference.only_rebuilt}, for example in {', '.join(difference.examples)}"
        )


def _say_nothing(_done: int, _of: int) -> None:
    return


def _ahead(inst: Installation, landlord: str) -> Iterator[str]:
    """Nobody can have read what was never written: a position beyond the head means that the log lost its end."""
    with inst.database(WORKFLOW).transaction(landlord) as cursor:
        published = cursor_seq(cursor, landlord)
        last = head(cursor, landlord)  # after it, so that what grows meanwhile is no fault
    if published > last:
        yield f"the relay has published up to event {published}, and the log ends at {last}"
    for name, consumer in CONSUMERS.items():
        with inst.database(consumer.role).transaction(landlord) as cursor:
            position = consumer.follower(inst).position(cursor, landlord)
            last = head(cursor, landlord)
        if position > last:
            yield f"{name} has taken up to event {position}, and the log ends at {last}"


def verify_command(
    *,
    landlord: OnlyLandlord = None,
    as_json: AsWholeJson = False,
    data: Data = None,
) -> None:
    """Prove that the log is whole and that everything follows from it; nothing is mended.

    Checked are the hash chain and its numbers without gaps, positions against the head of the log, every timer against
    a replay, and every read model against a fresh fold. Keep the printed hash somewhere else: it proves later that the
    log was not written anew. Exit code: 0 when all is right, 1 when something is not, 2 for an unknown landlord.
    """
    console = Console(stderr=True)
    found = 0
    told: list[dict[str, Any]] = []
    with installation(settings_for(data)) as inst:
        if landlord is not None:
            known_landlord(inst, landlord)
        for each in landlords_of(inst, WORKFLOW) if landlord is None else [landlord]:
            wrong = list(troubles(inst, each, counting=lambda what: counted(console, what)))
            found += len(wrong)
            seq, hash_ = _end_of_log(inst, each)
            told.append({"landlord": each, "events": seq, "head": hash_, "troubles": wrong})
            if as_json:
                continue
            for trouble in wrong:
                typer.echo(f"{each}: {trouble}")
            if not wrong:
                typer.echo(f"{each}: whole, {seq} events, head {hash_}")
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    raise typer.Exit(BROKEN if found else WHOLE)


def _end_of_log(inst: Installation, landlord: str) -> tuple[int, str]:
    with inst.database(WORKFLOW).transaction(landlord) as cursor:
        seq, hash_ = head_with_hash(cursor, landlord)
    return seq, hash_.hex()
