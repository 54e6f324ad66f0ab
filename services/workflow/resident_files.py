"""The photos and documents that a resident adds to their own case while they follow it.

A file that was added waits on the shelf, under a draft of whoever follows this case, until it is sent. Sending appends
one set of facts, of the words and of every file: all of it is on the case, or none is and the files still wait. What
nobody sends is swept after a day.
"""

from collections.abc import Sequence
from datetime import date
from math import ceil
from uuid import UUID, uuid5

from services.workflow.deciding import LoadedComplaint
from services.workflow.domain.subjects.following import OF_THE_CASE
from services.workflow.resident_desk import ResidentDesk
from services.workflow.staff import data_subject
from shared.allowances.api_limit import SCHEMA
from shared.allowances.buckets import Allowances
from shared.complaints.events import DocumentAdded
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.documents.kinds import MOST_AT_ONCE, DocumentRefused
from shared.documents.shelf import Shelf
from shared.documents.taking import Checked, Upload, checked, name_in, sent_as
from shared.documents.unsent import Unsent, unsent_with
from shared.identity.following import Follower
from shared.identity.spokespeople import is_theirs
from shared.vault.vault import Vault

MOST_A_DAY = 30  # files of one case that residents send
# The case holds five times as many, so that there is room for what officers add.
MOST_OF_A_CASE = 100
# Added, refused or taken back again: each is decoded, made anew and sealed. Twice what may be sent in a day.
MOST_LOOKED_AT_AN_HOUR = 60
LOOKED_AT = "files of a resident"


def file_allowances(database: Database, vault: Vault) -> Allowances:
    """How often residents may add files; the role of `database` must be able to write registry.allowance."""
    limits = {LOOKED_AT: MOST_LOOKED_AT_AN_HOUR}
    return Allowances(database=database, vault=vault, limits=limits, schema=SCHEMA)


class ResidentFiles:
    """Takes files for the case that somebody follows, and puts them on it."""

    def __init__(self, desk: ResidentDesk, shelf: Shelf, allowances: Allowances) -> None:
        self._desk = desk
        self.shelf = shelf
        self._allowances = allowances

    def unsent(self, follower: Follower) -> list[Unsent]:
        """What they added and did not send yet, in this browser or in another one."""
        return unsent_with(self.shelf, follower.landlord, self._draft(follower))

    def add(
        self, follower: Follower, uploads: Sequence[Upload]
    ) -> tuple[tuple[UUID, ...], tuple[str, ...]]:
        """Keeps each file that is taken until it is sent, the same one once; their ids, and why others are not."""
        if too_often := self._looked_at_too_often(follower, len(uploads)):
            return (), (too_often,)
        taken, refused = _checked(uploads)
        found = self._desk.case(follower)
        kept: list[UUID] = []
        try:
            self._refuse_too_many(follower, found, taken)
        except DocumentRefused as full:
            return (), (*refused, str(full))
        for one in taken:
            try:
                kept.append(self._put(follower, found, one))
            except DocumentRefused as why:
                refused.append(str(why))
        return tuple(kept), tuple(refused)

    def take_back(self, follower: Follower, document: UUID) -> None:
        """Removes what was added and not sent; nothing happens to what was."""
        self.shelf.take_back(follower.landlord, self._draft(follower), document)

    def send(self, follower: Follower, *, text: str, key: str, documents: Sequence[UUID]) -> None:
        """Puts on the case what they write, and the files that they added; once per key, and each file once.

        Raises DocumentRefused where a file is there no more, and what `Handling.handle` raises.
        """
        with self.shelf.held(follower.landlord, self._draft(follower), documents) as held:
            self._refuse_lost(follower, documents, {one.document for one, _ in held})
            if not text and not held:  # it was sent before
                return
            names = ", ".join(name_in(words or "") for _, words in held)
            self._desk.add(
                follower,
                about=OF_THE_CASE,
                text=text or f"I send you: {names}",
                key=key,
                documents=tuple(one for one, _ in held),
                said=" ".join((text, *sorted(map(str, documents)))),
            )

    def _looked_at_too_often(self, follower: Follower, count: int) -> str:
        """Why no file is looked at now, which costs more than anything else that they can ask for; nothing if it is."""
        refusal = self._allowances.take_of(
            follower.landlord,
            LOOKED_AT,
            f"{follower.holder} of {follower.reference}",
            now=self.shelf.clock.now(),
            count=min(count, MOST_AT_ONCE),
        )
        if refusal is None:
            return ""
        minutes = ceil(refusal.after_seconds / 60)
        return (
            f"You have added {MOST_LOOKED_AT_AN_HOUR} files within an hour: add others in"
            f" {minutes} {'minute' if minutes == 1 else 'minutes'}"
        )

    def _draft(self, follower: Follower) -> UUID:
        return self.shelf.draft_of(follower.landlord, f"{follower.holder} of {follower.reference}")

    def _put(self, follower: Follower, found: LoadedComplaint, one: Checked) -> UUID:
        draft = self._draft(follower)
        return self.shelf.put(
            one,
            landlord=follower.landlord,
            subject=data_subject(follower.landlord, follower.reference, found),
            # The same file is one document of the case, however often it is added or sent.
            document=uuid5(draft, sent_as(one)),
            kind=one.likely_kind,
            draft=draft,
        ).document

    def _refuse_too_many(
        self, follower: Follower, found: LoadedComplaint, taken: Sequence[Checked]
    ) -> None:
        waiting = {one.document for one in self.unsent(follower)}
        new = {uuid5(self._draft(follower), sent_as(one)) for one in taken} - waiting
        sent = _sent(found)
        new -= {document for document, _ in sent}
        more = len(waiting) + len(new)
        today = london_day(self.shelf.clock.now())
        if not new:
            return
        if more > MOST_AT_ONCE:
            raise DocumentRefused(
                f"You can only send up to {MOST_AT_ONCE} files at a time: send those that you have"
                " added, and then add others"
            )
        if len(sent) + more > MOST_OF_A_CASE:
            raise DocumentRefused(
                f"There is room for {MOST_OF_A_CASE} files from you, and you have sent {len(sent)}:"
                " give others to whoever deals with your complaint"
            )
        already = sum(on == today for _, on in sent)
        if already + more > MOST_A_DAY:
            raise DocumentRefused(
                f"You can send up to {MOST_A_DAY} files a day, and {already} came today: send others"
                " tomorrow, or give them to whoever deals with your complaint"
            )

    def _refuse_lost(self, follower: Follower, documents: Sequence[UUID], held: set[UUID]) -> None:
        standing = self.shelf.standing(follower.landlord, list(documents))
        for document in documents:
            if document not in held and (document not in standing or standing[document].is_gone):
                raise DocumentRefused("A file that you had added is no longer here: add it again")


def _checked(uploads: Sequence[Upload]) -> tuple[list[Checked], list[str]]:
    """What is taken of it, and why the rest is not."""
    taken: list[Checked] = []
    refused: list[str] = []
    if len(uploads) > MOST_AT_ONCE:
        return taken, [f"You can only select up to {MOST_AT_ONCE} files at the same time"]
    for upload in uploads:
        try:
            taken.append(checked(upload))
        except DocumentRefused as why:
            refused.append(str(why))
    return taken, refused


def _sent(found: LoadedComplaint) -> list[tuple[UUID, date]]:
    """Every file that came from whoever follows the case, with the day."""
    return [
        (UUID(record.event.document), record.happened.on)
        for record in found.events
        if isinstance(record.event, DocumentAdded) and is_theirs(record.actor)
    ]
