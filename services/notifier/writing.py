"""Writes a letter: its words from a wording, in the frame that every letter has, as a message with its headings.

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

from services.notifier.case_facts import LARGE_PRINT, Need
from services.notifier.letter_facts import LetterKind
from services.notifier.letter_words import ROUTES, LetterInHand, Person, listed, values
from services.notifier.wording_kinds import LETTER_KINDS
from services.notifier.wordings import Wording, built_in, rendered
from shared.web.wording import london_instant, weekday_date

# In the words of a reminder; a duty that is not here is named by itself.
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
FORMATS: Mapping[str, str] = {
    "audio": "audio",
    "braille": "braille",
    "easy_read": "easy read",
    "by_phone": "spoken form, by telephone",
    "translation": "a translation",
}
# Whatever a landlord's own wording says, these say how to follow the case, with the code that it takes.
TELL_HOW_TO_FOLLOW = frozenset({LetterKind.ACKNOWLEDGEMENT, LetterKind.ESCALATION_ACKNOWLEDGED})
LARGE_PRINT_HTML = """\
<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font: 18pt/1.5 Arial, sans-serif; max-width: 36em; white-space: pre-wrap">{text}</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter in its words, and the wording that wrote it; none for a reminder."""

    letter: UUID
    landlord_name: str
    subject: str
    text: str
    in_large_print: bool
    to: Person
    wording: Wording | None = None
    code: str | None = None  # in the text, and not to be kept


def letter_name(*, event_id: UUID, recipient: str) -> str:
    """The name of a letter in the outbox folder: the same for every attempt."""
    return f"{event_id}-{hashlib.sha256(recipient.encode()).hexdigest()[:16]}"


class Writer:
    """Turns letters into words, and words into messages."""

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
            "listed": lambda names: listed(tuple(names)),
            "format": _format,
        }

    def words(
        self, letter: LetterInHand, *, to: Person, wording: Wording | None = None
    ) -> WrittenLetter:
        """Subject and text; a letter in the given wording, else in the built-in one."""
        address = f"{self._public_url}/complaints/{letter.reference}"
        what = ROUTES.get(letter.facts.route, "complaint")
        follow = {"letter": letter, "to": to, "what": what, "track": f"{self._public_url}/track"}
        if letter.kind in LETTER_KINDS:
            wording = wording or built_in(letter.kind)
            subject, body = rendered(wording, values(letter, to=to, address=address))
            frame = self._environment.get_template("frame.txt")
            text = frame.render(body=body, tells_how=letter.kind in TELL_HOW_TO_FOLLOW, **follow)
        else:
            wording = None
            template = self._environment.get_template(f"{letter.kind.value}.txt")
            written = template.render(facts=letter.facts, address=address, **follow)
            subject, _, text = written.partition("\n")
        return WrittenLetter(
            letter=letter.letter,
            landlord_name=letter.landlord_name,
            subject=subject.strip(),
            text=text.strip() + "\n",
            in_large_print=any(need.kind == LARGE_PRINT for need in letter.facts.needs),
            to=to,
            wording=wording,
            code=letter.code,
        )

    def message(self, written: WrittenLetter, *, now: datetime) -> EmailMessage:
        """The message as it goes out."""
        to = written.to
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(written.landlord_name, addr_spec=self._sender_address)
        if to.email is None:
            message["To"] = (
                "By post or telephone:;"  # a group without members: no address to mail to
            )
        else:
            message["To"] = Address(to.name, addr_spec=to.email)
        message["Subject"] = written.subject
        message["Date"] = format_datetime(now)
        # The letter's id is made from the event and the recipient: a copy carries the same one.
        message["Message-ID"] = f"<{written.letter}@{self._sender_address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(written.text, cte="quoted-printable")
        if written.in_large_print:
            # 18 point, as the guidance of the UK Association for Accessible Formats has it.
            large = LARGE_PRINT_HTML.format(
                title=escape(written.subject), text=escape(written.text.strip())
            )
            message.add_alternative(large, subtype="html", cte="quoted-printable")
        return message

    def write(
        self, letter: LetterInHand, *, to: Person, now: datetime, wording: Wording | None = None
    ) -> EmailMessage:
        """The letter in its words, as a message."""
        return self.message(self.words(letter, to=to, wording=wording), now=now)


def _format(need: Need) -> str:
    name = FORMATS.get(need.kind, need.kind.replace("_", " "))
    return name if need.language is None else f"{name} (language: {need.language})"
