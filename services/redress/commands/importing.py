"""`redress import`: brings case histories from a file into the log; all is checked first, each case goes in whole."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from services.redress.assembly import installation
from services.redress.commands.checking import would_record
from services.redress.commands.history_files import (
    BadLine,
    GoodLine,
    HistoryFileUnreadable,
    read_histories,
)
from services.redress.commands.history_format import HistoryLine, first_in_the_future
from services.redress.commands.landlord_book import LandlordBook, NoSuchPlace, Place, Registration
from services.redress.commands.options import AsJson, Data
from services.redress.commands.packs import Pack, PackNotFound, pack, shipped
from services.redress.commands.settings import settings_for
from services.redress.installation import CommandInstallation
from services.workflow.importing import History, HistoryFact, HistoryRefused
from shared.complaints.working_days import CalendarDoesNotKnow
from shared.registry.adoptions import PolicyNotAdopted

ALL_GOOD, SOME_REFUSED, UNREADABLE = 0, 1, 2
REFUSALS = (NoSuchPlace, PackNotFound, HistoryRefused, CalendarDoesNotKnow, PolicyNotAdopted)
"""What stands against one history and leaves the others alone."""


@dataclass
class ImportSummary:
    """What the file held, and what became of it."""

    file: str
    dry_run: bool
    read: int = 0
    facts: int = 0
    acceptable: int = 0
    imported: int = 0
    already_there: int = 0
    refused: list[BadLine] = field(default_factory=list)
    registered: list[Registration] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when every history is good, 1 when some were refused."""
        return SOME_REFUSED if self.refused else ALL_GOOD

    def as_json(self) -> dict[str, Any]:
        """The summary for machines."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "read": self.read,
            "facts": self.facts,
            "acceptable": self.acceptable,
            "imported": self.imported,
            "already_there": self.already_there,
            "refused": [
                {"line": bad.line, "reference": bad.reference, "reason": bad.reason}
                for bad in self.refused
            ],
            "registered": [
                {
                    "landlord": each.landlord.landlord,
                    "name": each.landlord.name,
                    "kind": each.landlord.kind,
                    "organisation": each.organisation.organisation,
                    "policy": each.pack.policy,
                }
                for each in self.registered
            ],
        }


class HistoryImport:
    """One run over one file: first everything is checked and decided, then, if asked, imported."""

    def __init__(
        self,
        parts: CommandInstallation,
        *,
        file: Path,
        under: str | None,
        policy: str | None,
        progress: Progress,
    ) -> None:
        self._parts = parts
        self._file = file
        self._asked = None if policy is None else pack(policy)
        self._packs: dict[str, Pack] = {}
        self._book = LandlordBook(parts.owner, under=under)
        self._progress = progress

    def check(self) -> ImportSummary:
        """Reads and decides the whole file and writes nothing."""
        summary = ImportSummary(file=str(self._file), dry_run=True)
        asked: set[Place] = set()

        def decided(place: Place, history: History, used: Pack) -> bool:
            asked.add(place)
            if self._book.is_registered(place):
                return self._import(place, history, dry_run=True)
            would_record(history, used.read, now=self._parts.clock.now())
            return False

        for entry in self._entries("checking", summary):
            self._take(entry, summary, decided)
        summary.registered = [
            each
            for each in self._book.registrations
            if Place(each.landlord.landlord, each.organisation.organisation) in asked
        ]
        return summary

    def run(self, checked: ImportSummary) -> ImportSummary:
        """Imports what the check found good, a transaction for each case, and brings the read models up to date."""
        summary = ImportSummary(file=str(self._file), dry_run=False)
        found_bad = {bad.line: bad for bad in checked.refused}
        touched: set[str] = set()

        def imported(place: Place, history: History, _used: Pack) -> bool:
            registration = self._book.register(place, now=self._parts.clock.now())
            if registration is not None:
                summary.registered.append(registration)
            touched.add(place.landlord)
            return self._import(place, history, dry_run=False)

        for entry in self._entries("importing", summary):
            if entry.line in found_bad:
                summary.refused.append(found_bad[entry.line])
            else:
                self._take(entry, summary, imported)
        task = self._progress.add_task("bringing the read models up to date", total=len(touched))
        for landlord in sorted(touched):
            self._parts.catch_up_projections(landlord)
            self._progress.advance(task)
        return summary

    def _take(
        self, entry: GoodLine, summary: ImportSummary, act: Callable[[Place, History, Pack], bool]
    ) -> None:
        """Acts on one history and counts it; `act` says whether the case was there already."""
        try:
            used = self._pack_of(entry.history)
            place = self._book.place(entry.history, pack=used)
            already_there = act(place, _history(entry.history, place, used), used)
        except REFUSALS as refusal:
            summary.refused.append(BadLine(entry.line, entry.history.reference, _sentence(refusal)))
            return
        summary.acceptable += 1
        summary.already_there += already_there
        summary.imported += not (already_there or summary.dry_run)

    def _import(self, place: Place, history: History, *, dry_run: bool) -> bool:
        done = self._parts.importer.import_history(place.landlord, history, dry_run=dry_run)
        if done.differs:
            raise HistoryRefused(
                f"reference: imported before as {done.reference}, with other facts; those stand, because the log is "
                "never rewritten: add what is new to that complaint"
            )
        return done.already_there

    def _entries(self, doing: str, summary: ImportSummary) -> Iterator[GoodLine]:
        """The good lines; the bad ones go into the summary, and every line moves the progress bar."""
        size = self._file.stat().st_size if self._file.is_file() else None
        task = self._progress.add_task(doing, total=size)
        now = self._parts.clock.now()
        for entry in read_histories(self._file):
            summary.read += 1
            self._progress.update(task, completed=entry.bytes_read)
            if isinstance(entry, BadLine):
                summary.refused.append(entry)
                continue
            future = first_in_the_future(entry.history, now)
            if future is not None:
                summary.refused.append(BadLine(entry.line, entry.history.reference, future))
                continue
            summary.facts += len(entry.history.facts)
            yield entry
        self._progress.remove_task(task)

    def _pack_of(self, line: HistoryLine) -> Pack:
        if self._asked is not None:
            return self._asked
        if line.policy is None:
            raise HistoryRefused(
                "policy: is missing; name the pack the case ran under, here or with --policy"
            )
        if line.policy not in self._packs:
            self._packs[line.policy] = shipped(line.policy)
        return self._packs[line.policy]


def _sentence(refusal: Exception) -> str:
    return " ".join(str(refusal).split())


def _history(line: HistoryLine, place: Place, used: Pack) -> History:
    facts = tuple(
        HistoryFact(
            what=fact.what,
            moment=fact.moment,
            known_at=fact.known,
            stage=fact.stage,
            text=fact.text,
            channel=fact.channel,
            outcome=fact.outcome,
            to=fact.to,
            agreed=fact.agreed,
            reason=fact.reason,
        )
        for fact in line.facts
    )
    return History(
        source_reference=line.reference,
        organisation=place.organisation,
        route=line.route,
        facts=facts,
        policy=used.policy,
    )


def told(summary: ImportSummary) -> Iterator[str]:
    """The summary for people, line by line."""
    for bad in summary.refused:
        yield f"line {bad.line}{f', {bad.reference}' if bad.reference else ''}: {bad.reason}"
    doing = "would register" if summary.dry_run else "registered"
    for each in summary.registered:
        organisation = each.organisation
        slugs = dict.fromkeys((each.landlord.landlord, organisation.organisation))
        yield f"{doing} {'/'.join(slugs)}: {organisation.name} ({organisation.kind}), {each.pack.policy}"
    refused, there = len(summary.refused), summary.already_there
    yield f"{summary.read:,} histories in {summary.file}: {summary.acceptable:,} good, {refused:,} refused"
    if summary.dry_run:
        yield f"checked only: {summary.acceptable - there:,} to import, {there:,} already there"
    else:
        yield f"{summary.imported:,} imported, {there:,} already there"


def import_file(
    parts: CommandInstallation,
    *,
    file: Path,
    dry_run: bool = False,
    landlord: str | None = None,
    policy: str | None = None,
    as_json: bool = False,
) -> int:
    """Imports the file, or checks it only, tells what happened, and returns the exit code."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        try:
            work = HistoryImport(parts, file=file, under=landlord, policy=policy, progress=progress)
            summary = work.check()
            if not dry_run and not as_json:
                progress.console.print(_first_answer(summary), highlight=False, soft_wrap=True)
            if not dry_run:
                summary = work.run(summary)
        except (HistoryFileUnreadable, NoSuchPlace, PackNotFound) as unreadable:
            typer.echo(_sentence(unreadable), err=True)
            return UNREADABLE
    if as_json:
        typer.echo(json.dumps(summary.as_json(), ensure_ascii=False, indent=2))
    else:
        for text in told(summary):
            typer.echo(text)
    return summary.exit_code


def _first_answer(summary: ImportSummary) -> str:
    good, refused = summary.acceptable, len(summary.refused)
    return f"checked {summary.read:,} histories: {good:,} good, {refused:,} refused; importing the good ones"


def import_command(
    file: Annotated[
        Path, typer.Argument(help="Histories: JSON Lines, or CSV when the name ends in .csv.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and decide everything, write nothing.")
    ] = False,
    landlord: Annotated[
        str | None,
        typer.Option(help="Put every case under this registered landlord, whatever the file says."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(help="Judge every case under this policy pack, whatever the file says."),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Imports case histories of another system: what happened, when it happened and when it was known.

    The whole file is checked first. Then each case is imported whole or not at all; bad ones are named with their line
    and the reason, and the rest go in. A case that is there already stays as it is, so a file can be imported again.
    Exit code: 0 all good, 1 some refused, 2 the file could not be read.
    """
    with installation(settings_for(data)) as parts:
        code = import_file(
            parts, file=file, dry_run=dry_run, landlord=landlord, policy=policy, as_json=as_json
        )
    raise typer.Exit(code)
