"""`redress status` for people: the summary first, then what is worst, in eighty columns."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from services.redress.stages import Waiting

if TYPE_CHECKING:
    from services.redress.commands.status import Status

WORST = 5  # landlords, unless all are asked for
ALARM_MARK, WELL_MARK = "[red]ALARM[/]", "[green]well[/]"


def print_status(status: "Status", console: Console, *, everybody: bool = False) -> None:
    """A line for each stage with the landlord that waits longest, the worst landlords or everybody, and sums."""
    troubles = list(_troubles(status))
    console.print(_summary(status))
    console.print(_stages(status.stages))
    for trouble in _some(troubles, everybody=everybody):
        console.print(f"{ALARM_MARK} {trouble}")
    rows = _landlords(status.stages, everybody=everybody)
    if rows:
        table = Table("", "landlord", "stage", "waiting", "oldest", box=None)
        for each in rows:
            table.add_row(
                ALARM_MARK if each.is_alarming else WELL_MARK,
                each.landlord,
                each.stage,
                f"{each.waiting:,}",
                said(each.oldest),
            )
        console.print(table)
    _print_rest(status, console, everybody=everybody)


def _summary(status: "Status") -> str:
    landlords = len({each.landlord for each in status.stages})
    if not status.is_alarming:
        return f"{WELL_MARK}: {_many(landlords, 'landlord')}, nothing waits too long, nothing is parked."
    late = {each.stage for each in status.stages if each.is_alarming}
    behind = {each.landlord for each in status.stages if each.is_alarming}
    parked = sum(each.streams for each in status.parked)
    return (
        f"{ALARM_MARK}: {_many(len(late), 'stage')} over the alarm for {len(behind)} of"
        f" {_many(landlords, 'landlord')}, {_many(parked, 'complaint')} parked."
    )


def _stages(stages: Sequence[Waiting]) -> Table:
    table = Table("", "stage", "waiting", "oldest", "alarm", "waits longest", box=None)
    for stage, of_stage in groupby(stages, key=lambda each: each.stage):
        found = list(of_stage)
        worst = max(found, key=_age)
        late = sum(each.is_alarming for each in found)
        table.add_row(
            ALARM_MARK if late else WELL_MARK,
            stage,
            f"{sum(each.waiting for each in found):,}",
            said(worst.oldest),
            said(worst.alarm_after),
            "" if worst.oldest is None else worst.landlord,
        )
    return table


def _landlords(stages: Sequence[Waiting], *, everybody: bool) -> list[Waiting]:
    """Those over their alarm, the worst first; every stage of every landlord when everybody is asked for."""
    if everybody:
        return sorted(stages, key=lambda each: (each.landlord, each.stage))
    late = sorted((each for each in stages if each.is_alarming), key=_age, reverse=True)
    return late[:WORST]


def _troubles(status: "Status") -> Iterable[str]:
    for parked in sorted(status.parked, key=lambda each: -each.streams):
        yield (
            f"{parked.consumer} has parked {parked.events} events of {parked.streams} complaints of"
            f" {parked.landlord}: see redress parked list"
        )
    for webhooks in status.webhooks:
        for name in webhooks.disabled:
            yield (
                f"webhook {name} of {webhooks.landlord} is disabled after long failure:"
                " see redress webhook show"
            )


def _some(troubles: list[str], *, everybody: bool) -> Iterable[str]:
    yield from troubles if everybody else troubles[:WORST]
    if not everybody and len(troubles) > WORST:
        yield f"and {len(troubles) - WORST} more: see redress status --all"


def _print_rest(status: "Status", console: Console, *, everybody: bool) -> None:
    timers = status.timers.values()
    ages: dict[str, int] = {}
    for backlog in timers:
        for name, count in backlog.overdue_ages.items():
            ages[name] = ages.get(name, 0) + count
    overdue = ", ".join(f"{count:,} {name}" for name, count in ages.items() if count)
    console.print(
        f"timers: {sum(each.waiting for each in timers):,} open,"
        f" {sum(each.due_within_a_day for each in timers):,} due within a day,"
        f" {sum(each.overdue for each in timers):,} overdue" + (f" ({overdue})" if overdue else "")
    )
    console.print(
        f"letters: {sum(each.failed for each in status.letters):,} failed,"
        f" {sum(each.undeliverable for each in status.letters):,} undeliverable"
    )
    for webhooks in status.webhooks:
        for name in webhooks.paused:
            console.print(f"webhook {name} of {webhooks.landlord} is paused")
    console.print(
        f"feeds: {sum(each.seq for each in status.heads):,} events,"
        f" {sum(each.published for each in status.heads):,} published"
    )
    for feed in status.heads if everybody else ():
        console.print(
            f"feed of {feed.landlord}: {feed.seq} events, {feed.published} published, head {feed.hash[:16]}…"
        )
    lead = next((each for each in status.leaders if each.leader == "relay"), None)
    since = f", epoch {lead.epoch} since {lead.taken_at:%Y-%m-%d %H:%M} UTC" if lead else ""
    console.print(("a relay leads" if status.relay_leads else "no relay leads") + since)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _age(waiting: Waiting) -> timedelta:
    return waiting.oldest or timedelta(0)


def said(age: timedelta | None) -> str:
    """An age as a person says it."""
    if age is None:
        return "–"
    seconds = int(age.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h"
