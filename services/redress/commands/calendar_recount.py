"""Counts a landlord's open dates again while somebody watches, or says which would move."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.redress.assembly import WORKFLOW, Installation
from services.workflow.recounting import MovedDate, Recounting
from shared.web.wording import short_date

MOST_LINES = 200  # for people; --json lists all

Answer = dict[str, Any]


def recounting(inst: Installation) -> Recounting:
    """The recount under the role of the service that may append."""
    return Recounting(recorder=inst.recorder, database=inst.database(WORKFLOW), clock=inst.clock)


def recount(inst: Installation, landlord: str) -> Answer:
    """Counts to the end, from where it stopped, and brings the read models up to date."""
    work = recounting(inst)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        before = _cases_done(work, landlord)
        task = progress.add_task("counting again", total=work.open_cases(landlord))
        while work.step(landlord) or work.follow(landlord):
            progress.update(task, completed=_cases_done(work, landlord) - before)
    inst.catch_up_projections(landlord)
    done = work.progress(landlord)
    return {"cases": 0, "cases_moved": 0, "dates_moved": 0} if done is None else asdict(done)


def _cases_done(work: Recounting, landlord: str) -> int:
    done = work.progress(landlord)
    return 0 if done is None else done.cases


def told_recount(answer: Answer, *, dry_run: bool) -> Iterator[str]:
    """The same for people."""
    doing = "would move" if dry_run else "moved"
    moved = [MovedDate(**each) for each in answer.get("moved", ())]
    for each in moved[:MOST_LINES]:
        under = f" under {each.overlay}" if each.overlay else ""
        lawful = f"; by law it stays {short_date(each.lawful_on)}" if each.lawful_on else ""
        yield (
            f"  {each.reference} stage {each.stage} {each.duty.replace('_', ' ')}{under}: "
            f"{short_date(each.from_on)} -> {short_date(each.to_on)}{lawful}"
        )
    if len(moved) > MOST_LINES:
        yield f"  and {len(moved) - MOST_LINES:,} more: --json lists all"
    yield (
        f"{answer['dates_moved']:,} dates of {answer['cases_moved']:,} cases {doing}; "
        f"{answer['cases']:,} cases were looked at."
    )
    if answer.get("cases_failed"):
        yield f"{answer['cases_failed']:,} cases could not be counted and stand as they were; the log says why."
