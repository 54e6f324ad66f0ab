"""`redress conformance`: tries a subscriber against the contract of docs/subscribing.md, in a test broker."""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from services.redress.commands.changing import NAME
from services.redress.conformance.delivering import KitRefused, deliveries
from services.redress.conformance.invented_feed import InventedFeed
from services.redress.conformance.reports import ReportFile, ReportRefused, Reports
from services.redress.conformance.running import (
    FEWEST_EVENTS,
    MOST_EVENTS,
    Run,
    Setting,
    Verdict,
)
from services.redress.conformance.serving import APPLIED_PATH, conformance_application
from services.redress.http_server import HttpServer, take_port
from shared.identity.sessions import credential
from shared.runtime.clock import SystemClock

CONFORMING, NOT_CONFORMING, REFUSED = 0, 1, 2
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Place:
    """Where the kit meets the subscriber."""

    landlord: str
    amqp_url: str
    queue: str
    host: str
    port: int
    credential: str
    applied: Path | None


async def run_kit(place: Place, setting: Setting, *, tell: Callable[[str], None]) -> Verdict:
    """Serves the invented feed, makes one run and returns its verdict; raises KitRefused and ReportRefused."""
    feed, reports = InventedFeed(place.landlord, seed=setting.seed), Reports()
    run = Run(feed=feed, reports=reports, setting=setting, clock=SystemClock(), tell=tell)
    application = conformance_application(feed, reports, credential=place.credential)
    http, stop = HttpServer(application, take_port(place.host, place.port)), asyncio.Event()
    beside = [asyncio.create_task(http.run(stop))]
    if place.applied is not None:
        beside.append(asyncio.create_task(ReportFile(place.applied, reports).run(stop)))
    try:
        await http.serving()
        tell(f"feed: http://{http.address}/api/v1/feeds/{place.landlord}")
        tell(f"reports: POST http://{http.address}{APPLIED_PATH}")
        async with deliveries(place.amqp_url, place.queue) as delivering:
            running = asyncio.create_task(run.run(delivering))
            await asyncio.wait({running, *beside}, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():  # the reports cannot be read
                running.cancel()
                await asyncio.gather(*(each for each in beside if each.done()))
            return await running
    finally:
        stop.set()
        await asyncio.gather(*beside, return_exceptions=True)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The whole verdict, for a program."""
    return {
        "conforming": verdict.is_conforming,
        "seed": verdict.setting.seed,
        "events": verdict.events,
        "reports": verdict.reports,
        "clauses": [
            {
                "clause": finding.clause.value,
                "meaning": finding.meaning,
                "kept": finding.is_kept,
                "against": list(finding.against),
                "feedseqs": list(finding.seqs),
            }
            for finding in verdict.findings
        ],
        "phases": [
            {
                "phase": stretch.phase.name,
                "clause": stretch.phase.clause.value,
                "first": stretch.first,
                "last": stretch.last,
                "recovered_after_seconds": stretch.recovered_after_seconds,
            }
            for stretch in verdict.stretches
        ],
    }


def tell_verdict(verdict: Verdict) -> None:
    """One line per clause, and the verdict with its seed."""
    for finding in verdict.findings:
        mark = "kept  " if finding.is_kept else "BROKEN"
        typer.echo(f"{mark} {finding.clause}: {finding.meaning}")
        for against in finding.against:
            typer.echo(f"       {against}")
    broken = sum(not finding.is_kept for finding in verdict.findings)
    said = "conforms" if verdict.is_conforming else f"does not conform: {broken} clauses broken"
    typer.echo(f"The subscriber {said} (seed {verdict.setting.seed}, {verdict.events} events).")


QueueName = Annotated[str, typer.Option("--queue", help="The subscriber's own queue, empty.")]
AmqpUrl = Annotated[
    str | None, typer.Option("--amqp-url", help="The test broker; better --amqp-url-file.")
]
AmqpUrlFile = Annotated[
    Path | None, typer.Option("--amqp-url-file", help="A file that holds the broker's URL.")
]
Landlord = Annotated[
    str, typer.Option("--landlord", help="Under which name the kit plays a landlord.")
]
Host = Annotated[str, typer.Option("--host", help="Where to serve the feed.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0: a free one.")]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="The token of the feed; otherwise a new one is printed."),
]
AppliedFile = Annotated[
    Path | None,
    typer.Option("--applied", help="A file of reports, when they do not come over HTTP."),
]
Events = Annotated[
    int, typer.Option("--events", min=FEWEST_EVENTS, max=MOST_EVENTS, help="Of each phase.")
]
Within = Annotated[
    float, typer.Option("--within", min=1, max=600, help="Seconds that a recovery may take.")
]
StartWithin = Annotated[
    float, typer.Option("--start-within", min=1, max=3600, help="Seconds until it must consume.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same faults.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print the verdict in JSON; progress goes to stderr.")
]


def conformance_command(
    *,
    queue: QueueName,
    amqp_url: AmqpUrl = None,
    amqp_url_file: AmqpUrlFile = None,
    landlord: Landlord = "conformance",
    host: Host = "127.0.0.1",
    port: Port = 0,
    token_file: TokenFile = None,
    applied: AppliedFile = None,
    events: Events = 60,
    within: Within = 35,
    start_within: StartWithin = 120,
    seed: Seed = 1,
    as_json_text: Json = False,
) -> None:
    """Try a subscriber: lose, double, shuffle and delay its deliveries, and say whether it recovered.

    The kit plays a landlord with an invented feed: it serves the feed over HTTP and puts messages into the
    subscriber's queue in a test broker. Start the subscriber with an empty position; it reports each event that it
    applied, as docs/subscribing.md says. Exit code 0 when every clause was kept, 1 when one was broken, 2 when the run
    could not be made.
    """
    if not NAME.fullmatch(landlord):
        raise typer.BadParameter("small letters, digits and hyphens", param_hint="--landlord")
    token = (
        _line_of(token_file, "--token-file") if token_file else secrets.token_urlsafe(TOKEN_BYTES)
    )
    place = Place(
        landlord=landlord,
        amqp_url=_url(amqp_url, amqp_url_file),
        queue=queue,
        host=host,
        port=port,
        credential=credential(landlord, token),
        applied=applied,
    )
    setting = Setting(
        seed=seed, events=events, within_seconds=within, start_within_seconds=start_within
    )

    def tell(sentence: str) -> None:
        typer.echo(sentence, err=True)

    if token_file is None:
        tell(f"credential: {place.credential}")
    try:
        verdict = asyncio.run(run_kit(place, setting, tell=tell))
    except (KitRefused, ReportRefused) as refused:
        tell(f"redress conformance: {refused}")
        raise typer.Exit(REFUSED) from None
    if as_json_text:
        typer.echo(json.dumps(as_json(verdict), indent=2))
    else:
        tell_verdict(verdict)
    raise typer.Exit(CONFORMING if verdict.is_conforming else NOT_CONFORMING)


def _url(given: str | None, file: Path | None) -> str:
    if (given is None) == (file is None):
        raise typer.BadParameter("give one of --amqp-url and --amqp-url-file")
    return given if file is None else _line_of(file, "--amqp-url-file")  # type: ignore[return-value]


def _line_of(file: Path, option: str) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        raise typer.BadParameter(f"{file}: {type(trouble).__name__}", param_hint=option) from None
