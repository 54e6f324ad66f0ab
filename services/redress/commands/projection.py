"""`redress projection`: builds the read models anew beside those that serve, switches, compares, drops."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.projections.case_folds import FOLD
from services.projections.rebuilding import build_version, rebuild, switch_to, verify
from services.projections.versions import Version, VersionRefused, drop_version, version_named
from services.projections.watching import Watched, is_outdated, watch
from services.redress.assembly import PROJECTIONS, Installation, installation
from services.redress.commands.options import AsWholeJson, Data, OnlyLandlord, known_landlord
from services.redress.commands.settings import settings_for
from services.redress.stages import landlords_of
from services.redress.up import counted
from shared.database.pool import Database

RIGHT, DIFFERENT, REFUSED = 0, 1, 2
MEBIBYTE = 1024 * 1024

projection_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Build the read models afresh while they serve, switch between their versions, compare them with the feed. "
    "Exit code: 0 when done, 1 when a comparison found a difference, 2 when it was refused or asked for wrongly.",
)

Number = Annotated[int, typer.Argument(min=1, help="The version's number: see list.")]


@contextmanager
def _prepared(data: Path | None) -> Iterator[Installation]:
    """An installation; what cannot be done is told in one sentence."""
    with installation(settings_for(data)) as inst:
        try:
            yield inst
        except VersionRefused as refusal:
            typer.echo(f"redress: {refusal}", err=True)
            raise typer.Exit(REFUSED) from None


@projection_commands.command("list")
def list_command(*, as_json: AsWholeJson = False, data: Data = None) -> None:
    """List the versions of the read models: which one serves, how far a build came, its pace and the time left."""
    with _prepared(data) as inst:
        found = watch(inst.database(PROJECTIONS))
    if as_json:
        _print_json({"fold": FOLD, "versions": [_told(each) for each in found]})
        return
    table = Table(
        "version", "state", "fold", "facts", "a second", "left", "behind", "MiB", box=None
    )
    for each in found:
        table.add_row(*_row(each))
    Console().print(table)
    if any(is_outdated(each, fold=FOLD) for each in found):
        typer.echo(
            f"This release has fold {FOLD}: rebuild to see what it shows (redress projection rebuild)."
        )


@projection_commands.command("rebuild")
def rebuild_command(
    *,
    landlord: Annotated[
        str | None,
        typer.Option(
            "--landlord",
            help="Replace this landlord's rows in the version that serves, in one transaction, instead of building a "
            "version of all.",
        ),
    ] = None,
    switch: Annotated[
        bool, typer.Option("--switch/--no-switch", help="Whether the new version serves at once.")
    ] = True,
    as_json: AsWholeJson = False,
    data: Data = None,
) -> None:
    """Build a new version of the read models from the feed while the old one serves, and switch to it.

    Ctrl-C is safe at any moment: the same command goes on where it was, `drop` cancels. The old version is kept.
    """
    console = Console(stderr=True)
    with _prepared(data) as inst:
        database = inst.database(PROJECTIONS)
        if landlord is not None:
            known_landlord(inst, landlord)
            with counted(console, f"Read models of {landlord}") as on_step:
                facts = rebuild(database, landlord, clock=inst.clock, on_progress=on_step)
            _say({"landlord": landlord, "facts": facts}, f"{landlord}: {facts} facts.", as_json)
            return
        with counted(console, "Read models") as on_step:
            version = build_version(inst.owner, database, clock=inst.clock, on_progress=on_step)
        if switch:
            version = switch_to(inst.owner, database, version.version, clock=inst.clock)
    _say(_version_told(version), _sentence(version), as_json)


@projection_commands.command("switch")
def switch_command(version: Number, *, as_json: AsWholeJson = False, data: Data = None) -> None:
    """Let a version serve that is built, or that served before; it catches up with the feed first."""
    with _prepared(data) as inst:
        found = switch_to(inst.owner, inst.database(PROJECTIONS), version, clock=inst.clock)
    _say(_version_told(found), _sentence(found), as_json)


@projection_commands.command("drop")
def drop_command(version: Number, *, as_json: AsWholeJson = False, data: Data = None) -> None:
    """Remove a version that does not serve: an old one, or a build that is cancelled."""
    with _prepared(data) as inst:
        dropped = drop_version(inst.owner, version)
    _say({"dropped": dropped.version}, f"Version {dropped.version} is dropped.", as_json)


@projection_commands.command("verify")
def verify_command(
    *,
    landlord: OnlyLandlord = None,
    version: Annotated[
        int | None,
        typer.Option("--version", min=1, help="This version instead of the one that serves."),
    ] = None,
    as_json: AsWholeJson = False,
    data: Data = None,
) -> None:
    """Say where a read model differs from a fresh fold of the feed; exit code 1 when one does."""
    console = Console(stderr=True)
    differences = []
    with _prepared(data) as inst:
        if landlord is not None:
            known_landlord(inst, landlord)
        chosen = _version(inst.owner, version)
        for each in landlords_of(inst, PROJECTIONS) if landlord is None else [landlord]:
            with counted(console, f"Facts of {each}") as on_step:
                found = verify(
                    inst.database(PROJECTIONS), each, version=chosen, on_progress=on_step
                )
            differences += [(each, difference) for difference in found]
    if as_json:
        _print_json(
            [
                {
                    "landlord": each,
                    "read_model": difference.read_model,
                    "only_there": difference.only_there,
                    "only_rebuilt": difference.only_rebuilt,
                    "examples": difference.examples,
                }
                for each, difference in differences
            ]
        )
    else:
        for each, difference in differences:
            typer.echo(
                f"{each}: {difference.read_model} has {difference.only_there} rows too many and lacks "
                f"{difference.only_rebuilt}, for example in {', '.join(difference.examples)}"
            )
        if not differences:
            typer.echo("Every read model equals a fresh fold of the feed.")
    raise typer.Exit(DIFFERENT if differences else RIGHT)


def _row(each: Watched) -> list[str]:
    version = each.version
    is_building = version.built_at is None
    left = each.seconds_left
    return [
        str(version.version),
        _state(version),
        str(version.fold),
        f"{each.folded:,} of {each.to_fold:,}" if is_building else "",
        f"{each.facts_per_second:,.0f}" if is_building else "",
        "" if left is None else f"{left:,.0f} s",
        f"{each.behind:,}",
        f"{each.size_bytes / MEBIBYTE:,.1f}",
    ]


def _state(version: Version) -> str:
    return "ready" if version.state == "kept" and version.served_from is None else version.state


def _told(each: Watched) -> dict[str, Any]:
    return _version_told(each.version) | {
        "facts_folded": each.folded,
        "facts_to_fold": each.to_fold,
        "facts_per_second": round(each.facts_per_second, 1),
        "seconds_left": None if each.seconds_left is None else round(each.seconds_left, 1),
        "behind": each.behind,
        "parked": each.parked,
        "bytes": each.size_bytes,
    }


def _version_told(version: Version) -> dict[str, Any]:
    moments = ("begun_at", "built_at", "served_from", "served_until")
    told = {name: getattr(version, name) for name in moments}
    return {
        "version": version.version,
        "state": _state(version),
        "fold": version.fold,
        **{name: None if at is None else at.isoformat() for name, at in told.items()},
    }


def _sentence(version: Version) -> str:
    if _state(version) == "ready":
        return f"Version {version.version} is ready: redress projection switch {version.version}"
    return f"Version {version.version} serves."


def _say(told: dict[str, Any], sentence: str, as_json: bool) -> None:  # noqa: FBT001 - what --json said
    if as_json:
        _print_json(told)
    else:
        typer.echo(sentence)


def _print_json(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _version(owner: Database, number: int | None) -> Version | None:
    if number is None:
        return None
    with owner.directory() as cursor:
        return version_named(cursor, number)
