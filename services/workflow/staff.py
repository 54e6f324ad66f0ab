"""What an officer asks of one complaint, whether by the JSON API or by a plain form: who may see
it, and what is done.

Both doors check the same bodies, give the same commands under the same ids and have the same
refusals to show.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import ValidationError

from services.workflow.body import BodyRefused, CommandBody, Given
from services.workflow.bringing import named_document, sealed_text
from services.workflow.deciding import LoadedComplaint, decide_on
from services.workflow.domain import commands
from services.workflow.domain.permitted import permitted
from services.workflow.handling import Handled, Handling
from services.workflow.not_done import VersionMoved
from services.workflow.officers_named import roles_of_workers
from services.workflow.owed import OpenDeadline, open_deadlines
from services.workflow.subjects import FURTHER_FORMS
from shared.access.log import ACTIONS, note_read
from shared.complaints.events import ComplaintEvent, IssueAdded
from shared.complaints.values import Issue, WordsReference
from shared.complaints.working_days import CalendarDoesNotKnow, london_day
from shared.documents.rows import Shelved
from shared.identity.sessions import SignedIn
from shared.policies.policy import Policy
from shared.vault.sealing import SealedWords
from shared.web.navigation import READS_ONLY
from shared.web.problems import Problem

COMMANDS = uuid5(NAMESPACE_URL, "urn:redress:commands")
SUBJECTS = uuid5(NAMESPACE_URL, "urn:redress:subjects")
# The address of each command that `permitted` judges.
ADDRESSES: dict[str, str] = {
    commands.AcknowledgeComplaint.__name__: "acknowledgement",
    commands.RecordContactAttempt.__name__: "contact-attempts",
    commands.RecordContact.__name__: "contacts",
    commands.AllocateComplaint.__name__: "allocation",
    commands.SendHoldingResponse.__name__: "holding-responses",
    commands.ExtendDeadline.__name__: "extensions",
    commands.SubmitDraft.__name__: "drafts",
    commands.ApproveDraft.__name__: "approvals",
    commands.ReturnDraft.__name__: "draft-returns",
    commands.IssueResponse.__name__: "responses",
    commands.EscalateComplaint.__name__: "escalation",
    commands.CloseComplaint.__name__: "closure",
    commands.RefuseComplaint.__name__: "refusal",
    commands.WithdrawComplaint.__name__: "withdrawal",
    commands.ReopenComplaint.__name__: "reopening",
    **{form.body.becomes.__name__: form.address for form in FURTHER_FORMS},
}


# Stands for words that are not sealed yet, where a command is only looked ahead at.
UNWRITTEN = WordsReference(words=str(UUID(int=0)), commitment="0" * 64)
LOOKS_ON = "An auditor reads cases; ask an officer who works on them to act."
# The fields of bodies that name a day to come.
DAYS_AHEAD = (
    "to_on", "by_working_days", "expected_on", "by", "due_on", "hearing_on", "review_on", "until"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of an officer: what is sent, under which key, meant for which version."""

    who: SignedIn
    reference: str
    body: CommandBody
    key: str
    fingerprint: bytes
    correlation_id: str
    expected_version: int | None = None

    @property
    def landlord(self) -> str:
        """Whose case it is: the officer's landlord, always."""
        return self.who.officer.landlord

    @property
    def command_id(self) -> UUID:
        """The id of the command: the same key of the same landlord is the same command."""
        return uuid5(COMMANDS, f"{self.landlord}/{self.key}")


@dataclass(frozen=True, slots=True)
class Possible:
    """A command by its address, and whether this officer may give it now; `why` says why not."""

    command: str
    allowed: bool
    why: str


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What a command did, and what is owed right after it: a repeated one is told the same."""

    handled: Handled
    owed: tuple[OpenDeadline, ...]


class StaffDesk:
    """Finds cases for officers and carries out what they ask."""

    def __init__(self, handling: Handling) -> None:
        self.handling = handling

    def case(self, who: SignedIn, reference: str) -> LoadedComplaint:
        """The complaint, if this officer may see it; Problem 404 otherwise, whether it exists or
        not.
        """
        return _seen(who, reference, self.handling.load(who.officer.landlord, reference))

    def opened(self, who: SignedIn, reference: str) -> LoadedComplaint:
        """The complaint for an officer who opens what can be done with it, which is noted."""
        found = self.case(who, reference)
        officer = who.officer
        with self.handling.database.transaction(officer.landlord) as cursor:
            note_read(
                cursor,
                landlord=officer.landlord,
                officer=officer.officer,
                references=[reference],
                page=ACTIONS,
                now=self.handling.clock.now(),
                exactly=found.complaint.further.access is not None,
            )
        return found

    def permitted(
        self, who: SignedIn, found: LoadedComplaint
    ) -> tuple[tuple[Possible, ...], Policy]:
        """What this officer may do on the complaint now, with the policy that says so."""
        policy, calendar = self.handling.rules_for(who.officer.landlord, found.complaint)
        judged = permitted(
            found.complaint,
            policy,
            calendar,
            self.handling.clock.now(),
            actor=who.officer.officer,
            actor_role=who.officer.role,
        )
        reads_only = who.officer.role in READS_ONLY
        return tuple(
            Possible(
                ADDRESSES[entry.name],
                allowed=entry.allowed and not reads_only,
                why=LOOKS_ON if reads_only else entry.why,
            )
            for entry in judged
        ), policy

    def carry_out(self, asked: Asked) -> CarriedOut:
        """Carries out what the officer asks, once per key; raises what `Handling.handle` raises,
        and BodyRefused.
        """
        standing = self.handling.look(asked.landlord, asked.reference, asked.command_id)
        found = self._to_act_on(asked, standing.complaint)
        document = self._document(asked, found)
        sealed = document.words if document else self._sealed(asked, found)
        command = self._command(asked, sealed.reference if sealed else None, document)
        try:
            handled = self.handling.handle(
                asked.landlord,
                asked.reference,
                command,
                command_id=asked.command_id,
                fingerprint=asked.fingerprint,
                correlation_id=asked.correlation_id,
                causation_id=str(asked.command_id),
                words=(sealed,) if sealed else (),
                expected_version=asked.expected_version,
                found=standing,
            )
        except CalendarDoesNotKnow as unknown:
            raise _unknown_day(asked.body, unknown) from unknown
        return CarriedOut(handled, open_deadlines(self._facts_after(handled, asked, found)))

    def foresee(self, asked: Asked) -> tuple[ComplaintEvent, ...]:
        """The facts that `carry_out` would record now; nothing is stored or sealed.

        Raises what the rules raise, VersionMoved and BodyRefused.
        """
        found = self._to_act_on(asked, self.handling.load(asked.landlord, asked.reference))
        expected = asked.expected_version
        if expected is not None and expected != found.version:
            since = found.events[max(0, expected) :]
            raise VersionMoved(expected=expected, actual=found.version, since=since)
        document = self._document(asked, found)
        words = UNWRITTEN if document or asked.body.text() is not None else None
        command = self._command(asked, words, document)
        try:
            with self.handling.database.transaction(asked.landlord) as cursor:
                return decide_on(
                    cursor, asked.landlord, found, command, now=self.handling.clock.now()
                )
        except CalendarDoesNotKnow as unknown:
            raise _unknown_day(asked.body, unknown) from unknown

    def _to_act_on(self, asked: Asked, standing: LoadedComplaint | None) -> LoadedComplaint:
        found = _seen(asked.who, asked.reference, standing)
        if asked.who.officer.role in READS_ONLY:
            raise Problem(403, "Not for your role", LOOKS_ON)
        self._refuse_future(asked.body)
        return found

    def _facts_after(
        self, handled: Handled, asked: Asked, before: LoadedComplaint
    ) -> Iterator[ComplaintEvent]:
        """The facts up to the command and no further: those that were seen and what it told, or those of the log where
        it was done before or others came between.
        """
        if not handled.replayed and before.version + len(handled.told) == handled.version:
            return chain(before.facts, handled.told)
        return islice(self.case(asked.who, asked.reference).facts, handled.version)

    def _sealed(self, asked: Asked, found: LoadedComplaint) -> SealedWords | None:
        subject = data_subject(asked.landlord, asked.reference, found)
        return sealed_text(self.handling, asked.landlord, asked.body, subject, asked.command_id)

    def _document(self, asked: Asked, found: LoadedComplaint) -> Shelved | None:
        """The document that the command puts on the case; raises BodyRefused where it is not there."""
        subject = data_subject(asked.landlord, asked.reference, found)
        document = named_document(self.handling, asked.landlord, asked.body, subject)
        if document is None and asked.body.shelved() is not None:
            raise BodyRefused("document", "is not there, or was uploaded long ago; upload it again")
        return document

    def _command(
        self, asked: Asked, words: WordsReference | None, document: Shelved | None
    ) -> commands.Command:
        return asked.body.command(
            Given(
                happened=asked.body.happened(self.handling.clock.now()),
                actor=asked.who.officer.officer,
                role=asked.who.officer.role,
                words=words,
                roles=roles_of_workers(self.handling, asked.landlord, asked.body, asked.command_id),
                document=document,
            )
        )

    def _refuse_future(self, body: CommandBody) -> None:
        now = self.handling.clock.now()
        if body.happened_at is not None and body.happened_at > now:
            raise BodyRefused("happened_at", "lies in the future; give when it happened")
        if body.happened_on is not None and body.happened_on > london_day(now):
            raise BodyRefused("happened_on", "lies in the future; give the day it happened")


def _unknown_day(body: CommandBody, unknown: CalendarDoesNotKnow) -> BodyRefused:
    field = next((name for name in DAYS_AHEAD if getattr(body, name, None)), "happened_on")
    return BodyRefused(field, f"{unknown} Give a day that it covers.")


def _seen(who: SignedIn, reference: str, found: LoadedComplaint | None) -> LoadedComplaint:
    if (
        found is None
        or not _in_sight(found, who.confined_to)
        or not found.complaint.further.may_see(officer=who.officer.officer, role=who.officer.role)
    ):
        raise Problem(404, "No such complaint", f"There is no complaint {reference} here.")
    return found


def _in_sight(found: LoadedComplaint, confined_to: str | None) -> bool:
    """Say whether an organisation has the case: its own, or one referred to it with permission."""
    complaint = found.complaint
    return confined_to is None or confined_to in {
        complaint.organisation,
        *complaint.further.referred_to,
    }


def data_subject(landlord: str, reference: str, found: LoadedComplaint) -> UUID:
    """Whose words are written on a case: the complainant's, so that erasing them erases all that
    was written.
    """
    if found.opened.complainant is not None:
        return UUID(found.opened.complainant)
    return uuid5(SUBJECTS, f"{landlord}/{reference}")


def fingerprint_of(*, method: str, path: str, body: bytes) -> bytes:
    """What a command was, so that its key cannot be used for another."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).digest()


def issues_of(found: LoadedComplaint) -> tuple[Issue, ...]:
    """The issues that are answered here: those it came with and those added, less those split
    off.
    """
    added = (entry.event.issue for entry in found.events if isinstance(entry.event, IssueAdded))
    every = (*found.opened.issues, *added)
    return tuple(issue for issue in every if issue.number in found.complaint.issues)


def body_errors(invalid: ValidationError) -> list[dict[str, object]]:
    """What is wrong with a body, each with its place and a sentence, without what was sent."""
    return [
        {"loc": ("body", *error["loc"]), "msg": error["msg"], "type": error["type"]}
        for error in invalid.errors(include_url=False, include_input=False, include_context=False)
    ]
