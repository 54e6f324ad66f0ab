"""Writes the words of a letter: plain text from a template, as a message with its headings.

An unknown field in a template is an error, never a blank in a letter.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.notifier.letters import LARGE_PRINT, LetterFacts, LetterKind, Need
from services.notifier.signposts import DEFAULT, Signpost
from shared.web.wording import london_instant, weekday_date

# In the words of a letter; a duty that is not here is named by itself.
DUTIES: Mapping[str, str] = {
    "acknowledge": "acknowledgement",
    "contact": "first contact with the complainant",
    "respond": "response",
    "draft": "draft response",
    "allocate": "allocation to the officer who considers the complaint",
    "early_resolution": "early resolution",
    "forward": "forwarding of the enquiry to the team",
    "stretch_target": "response, by the earlier day that is aimed at",
    "holding_response": "holding response",
}
PROMISES: Mapping[str, str] = {
    "acknowledge": "we will tell you that we have received it",
    "contact": "we will contact you, to understand what happened and what you want",
    "respond": "we will answer you in writing",
}
ROUTES: Mapping[str, str] = {
    "complaint": "complaint",
    "query": "query",
    "service_request": "service request",
    "members_enquiry": "enquiry",
    "board_enquiry": "enquiry",
}


FORMATS: Mapping[str, str] = {
    "audio": "audio",
    "braille": "braille",
    "easy_read": "easy read",
    "by_phone": "spoken form, by telephone",
    "translation": "a translation",
}
LARGE_PRINT_HTML = """\
<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font: 18pt/1.5 Arial, sans-serif; max-width: 36em; white-space: pre-wrap">{text}</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a letter goes to; for the time of sending only."""

    name: str
    email: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class LetterInHand:
    """A letter about to be sent: what its row says, and the names that belong to it."""

    letter: UUID
    reference: str
    kind: LetterKind
    facts: LetterFacts
    landlord_name: str
    organisation_name: str
    handler_names: tuple[str, ...]
    responsibilities: tuple[
        str, ...
    ] = ()  # what the policy says it is, and is not, responsible for
    signposts: tuple[Signpost, ...] = DEFAULT


def letter_name(*, event_id: UUID, recipient: str) -> str:
    """The name of a letter in the outbox folder: the same for every attempt."""
    return f"{event_id}-{hashlib.sha256(recipient.encode()).hexdigest()[:16]}"


class Writer:
    """Turns letters into messages."""

    def __init__(self, *, sender_address: str, public_url: str) -> None:
        self._sender_address = sender_address
        self._public_url = public_url.rstrip("/")
        self._environment = Environment(
            loader=PackageLoader("services.notifier"),
            undefined=StrictUndefined,
            # The letters are plain text, the pages beside them are not.
            autoescape=select_autoescape(enabled_extensions=("html",)),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters |= {
            "weekday_date": weekday_date,
            "london_instant": london_instant,
            "duty": lambda duty: DUTIES.get(duty, duty.replace("_", " ")),
            "listed": _listed,
            "format": _format,
            "promise": lambda due: PROMISES.get(due.duty, due.rule),
        }

    def write(self, letter: LetterInHand, *, to: Person, now: datetime) -> EmailMessage:
        """The message; its first line is the subject, the rest the text."""
        text = self._environment.get_template(f"{letter.kind.value}.txt").render(
            letter=letter,
            facts=letter.facts,
            to=to,
            what=ROUTES.get(letter.facts.route, "complaint"),
            address=f"{self._public_url}/complaints/{letter.reference}",
        )
        subject, _, body = text.partition("\n")
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(letter.landlord_name, addr_spec=self._sender_address)
        if to.email is None:
            message["To"] = (
                "By post or telephone:;"  # a group without members: no address to mail to
            )
        else:
            message["To"] = Address(to.name, addr_spec=to.email)
        message["Subject"] = subject.strip()
        message["Date"] = format_datetime(now)
        # The letter's id is made from the event and the recipient: a copy carries the same one.
        message["Message-ID"] = f"<{letter.letter}@{self._sender_address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body.strip() + "\n", cte="quoted-printable")
        if any(need.kind == LARGE_PRINT for need in letter.facts.needs):
            # 18 point, as the guidance of the UK Association for Accessible Formats has it.
            large = LARGE_PRINT_HTML.format(
                title=escape(subject.strip()), text=escape(body.strip())
            )
            message.add_alternative(large, subtype="html", cte="quoted-printable")
        return message


def _format(need: Need) -> str:
    name = FORMATS.get(need.kind, need.kind.replace("_", " "))
    return name if need.language is None else f"{name} (language: {need.language})"


def _listed(names: tuple[str, ...]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
