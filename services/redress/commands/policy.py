"""`redress policy`: lists, shows, checks and compares policy packs; only to adopt one needs a database."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from services.redress.commands.options import AsJson
from services.redress.commands.packs import Pack, PackNotFound, pack, shipped
from shared.policies.describing import Entry, Section, described
from shared.policies.differing import differences
from shared.policies.policy import Policy
from shared.policy_packs.loader import shipped_pack, shipped_policies
from shared.policy_packs.packs import checked

COLUMNS = 80
ANSWERED, NOT_GOOD, NOT_UNDERSTOOD = 0, 1, 2

policy_commands = typer.Typer(
    no_args_is_help=True,
    help="Read, check and compare the written policies that complaints run under.",
)
Asked = Annotated[
    str, typer.Argument(help="A shipped policy pack by its name, or the path of one (.toml).")
]


@policy_commands.command("list")
def list_command(*, as_json: AsJson = False) -> None:
    """Name the shipped policy packs."""
    packs = [shipped(name).read for name in shipped_policies()]
    if as_json:
        _say_json([_head(policy) for policy in packs])
        return
    widest = max(len(policy.policy) for policy in packs)
    for policy in packs:
        about = f"{policy.title} ({_stages(policy)}, version {policy.version})"
        indent = " " * (widest + 2)
        first = f"{policy.policy:<{widest}}  "
        typer.echo(textwrap.fill(about, COLUMNS, initial_indent=first, subsequent_indent=indent))


@policy_commands.command("show")
def show_command(asked: Asked, *, as_json: AsJson = False) -> None:
    """Print a policy in plain English, every rule with its clause."""
    read = _pack(asked).read
    if as_json:
        sections = [_section_as_json(section) for section in described(read)]
        _say_json({**_head(read), "sections": sections})
    else:
        typer.echo("\n".join(_shown(read)))


@policy_commands.command("check")
def check_command(
    file: Annotated[str, typer.Argument(help="The pack's file (.toml), or a shipped pack's name.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a pack: its form first, then what no form can see.

    Exit code: 0 when nothing is wrong, 1 when something is, 2 when there is nothing to read.
    """
    document = _document(file)
    policy, faults = checked(document, source=file)
    if as_json:
        told = [{"line": one.line, "field": one.field, "said": one.said} for one in faults]
        name = None if policy is None else policy.policy
        _say_json({"file": file, "policy": name, "good": not faults, "faults": told})
    elif policy is not None and not faults:
        typer.echo(f"{file}: nothing is wrong; {policy.title}, {_stages(policy)}.")
    for fault in () if as_json else faults:
        at = "" if fault.line is None else f":{fault.line}"
        typer.echo(f"{file}{at}: {fault.field}: {fault.said}")
    raise typer.Exit(NOT_GOOD if faults else ANSWERED)


@policy_commands.command("diff")
def diff_command(
    first: Asked,
    second: Annotated[str, typer.Argument(help="The pack to hold beside it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Print what two packs say differently, entry by entry.

    Exit code: 0 when they say the same, 1 when they differ, 2 when one cannot be read.
    """
    one, other = _pack(first).read, _pack(second).read
    changes = tuple(_changes(one, other))
    if as_json:
        _say_json({"first": _head(one), "second": _head(other), "differences": list(changes)})
    elif not changes:
        typer.echo("They say the same.")
    else:
        typer.echo("\n".join(_told_changes(one, other, changes)))
    raise typer.Exit(NOT_GOOD if changes else ANSWERED)


def _pack(asked: str) -> Pack:
    try:
        return pack(asked)
    except PackNotFound as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(NOT_UNDERSTOOD) from missing


def _document(asked: str) -> str:
    if asked in shipped_policies():
        return shipped_pack(asked)
    try:
        return Path(asked).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        typer.echo(f"{asked} cannot be read: {trouble}", err=True)
        raise typer.Exit(NOT_UNDERSTOOD) from trouble


def _head(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.policy,
        "version": policy.version,
        "title": policy.title,
        "policy_hash": policy.policy_hash,
        "stages": len(policy.stages),
    }


def _stages(policy: Policy) -> str:
    count = len(policy.stages)
    return f"{count} stage{'s' * (count > 1)}"


def _section_as_json(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "entries": [_entry_as_json(entry) for entry in section.entries],
    }


def _entry_as_json(entry: Entry) -> dict[str, Any]:
    return {"name": entry.name, "said": list(entry.said), "clause": entry.clause}


def _shown(policy: Policy) -> Iterator[str]:
    yield from textwrap.wrap(policy.title, COLUMNS)
    yield f"{policy.policy}, version {policy.version}, {_stages(policy)}"
    for section in described(policy):
        yield ""
        yield section.title
        yield "-" * len(section.title)
        for entry in section.entries:
            yield from _told_entry(entry)


def _told_entry(entry: Entry) -> Iterator[str]:
    more = " " * 4
    yield from textwrap.wrap(
        f"{_titled(entry.name)} [{entry.clause}]", COLUMNS, subsequent_indent=more
    )
    for said in entry.said:
        yield from textwrap.wrap(said, COLUMNS, initial_indent=more, subsequent_indent=more)


def _titled(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _changes(one: Policy, other: Policy) -> Iterator[dict[str, Any]]:
    for each in differences(one, other):
        yield {
            "section": each.section,
            "name": each.name,
            "first": None if each.first is None else _entry_as_json(each.first),
            "second": None if each.second is None else _entry_as_json(each.second),
        }


def _told_changes(one: Policy, other: Policy, changes: Sequence[dict[str, Any]]) -> Iterator[str]:
    section = ""
    for change in changes:
        if change["section"] != section:
            section = change["section"]
            yield from ("", section, "-" * len(section))
        yield _titled(str(change["name"]))
        for policy, told in ((one.policy, change["first"]), (other.policy, change["second"])):
            said = (
                "says nothing" if told is None else f"{' '.join(told['said'])} [{told['clause']}]"
            )
            yield from textwrap.wrap(
                f"{policy}: {said}", COLUMNS, initial_indent="    ", subsequent_indent="      "
            )


def _say_json(answer: Any) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
