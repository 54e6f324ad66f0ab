"""What the commands that adopt something ask for alike: whose it is, by whom, why, and days as a person writes them."""

import getpass
import re
from datetime import date
from typing import Annotated

import typer

from shared.registry.rulebook import LONGEST_REASON

REFUSED = 2
OFFICER = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
LONGEST_OFFICER = 60

Whose = Annotated[str, typer.Option("--landlord", help="Whose feed it is told on.")]
By = Annotated[
    str | None,
    typer.Option("--by", help="The id of who decided, no name; else your login on this machine."),
]
Reason = Annotated[
    str | None,
    typer.Option(
        "--reason",
        help=f"One sentence of at most {LONGEST_REASON} characters; it stands on the log for ever and names nobody.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, write nothing.")]


def typed_day(option: str, text: str) -> date:
    """The day that a person wrote; refuses anything but a date such as 2026-06-19."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"“{text}” is no date; write one such as 2026-06-19", param_hint=option
        ) from None


def who(by: str | None) -> str:
    """The id of who decides; refuses what could be a name."""
    officer = by if by is not None else getpass.getuser().lower()
    if not OFFICER.fullmatch(officer) or len(officer) > LONGEST_OFFICER:
        raise typer.BadParameter(
            f"“{officer}” is no id: small letters, digits, dots and hyphens, at most {LONGEST_OFFICER}; "
            "it stands on the log for ever, so it is no name",
            param_hint="--by",
        )
    return officer
