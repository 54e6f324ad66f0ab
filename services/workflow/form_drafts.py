"""Keeps what an officer typed into the form of an action until it is sent: one draft for each officer, case and action.

A draft is no fact. It is sealed under the complainant's key, read by nobody but its officer, gone once the action is
done or the draft discarded, and after thirty days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import orjson

from services.workflow.deciding import LoadedComplaint
from services.workflow.handling import Handling
from services.workflow.staff import COMMANDS, LOOKS_ON, data_subject
from shared.identity.sessions import SignedIn
from shared.vault.sealing import SealBroken, unseal
from shared.vault.vault import SubjectErased
from shared.web.navigation import READS_ONLY
from shared.web.problems import Problem

KIND = "form_draft"
KEPT_FOR = timedelta(days=30)
LONGEST_DRAFT = 200_000  # bytes; the longest words of a form are a tenth of it
# What belongs to one opening of the form, and not to what was typed.
_NOT_TYPED = frozenset({"form_key", "version", "step", "after"})


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Whose draft of which action on which case."""

    who: SignedIn
    reference: str
    command: str
    found: LoadedComplaint

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The key of its row."""
        officer = self.who.officer
        return officer.landlord, officer.officer, self.reference, self.command

    @property
    def subject(self) -> UUID:
        """Under whose key it is sealed."""
        return data_subject(self.who.officer.landlord, self.reference, self.found)

    @property
    def words(self) -> UUID:
        """What the sealed text is bound to."""
        return uuid5(COMMANDS, "/".join((KIND, *self.key)))


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What was typed, when it was saved, and at which version of the case."""

    typed: Mapping[str, Sequence[str]]
    saved_at: datetime
    version: int


class FormDrafts:
    """Saves, restores and discards drafts with the connections and the vault of `handling`."""

    def __init__(self, handling: Handling) -> None:
        self._handling = handling

    def takes(self, step: str, place: DraftPlace, typed: Mapping[str, Sequence[str]]) -> bool:
        """Saves or discards, where the button that was pressed is one of those; says whether."""
        match step:
            case "save":
                self.save(place, typed)
            case "discard":
                self.discard(place)
            case _:
                return False
        return True

    def save(self, place: DraftPlace, typed: Mapping[str, Sequence[str]]) -> None:
        """Keeps what was typed in place of what was kept before; raises Problem where it cannot be
        kept: for an auditor, after an erasure, or where it is too long.
        """
        if place.who.officer.role in READS_ONLY:
            raise Problem(403, "Not for your role", LOOKS_ON)
        kept = {name: said for name, said in typed.items() if name not in _NOT_TYPED}
        text = orjson.dumps({"typed": kept, "version": place.found.version}).decode()
        if len(text.encode()) > LONGEST_DRAFT:
            raise Problem(413, "Too long to keep", "Shorten what you typed, and save it again.")
        landlord = place.who.officer.landlord
        try:
            sealed = self._handling.seal(
                landlord, subject=place.subject, words=place.words, kind=KIND, text=text
            )
        except SubjectErased:
            raise Problem(
                409,
                "The personal words of this case were erased",
                "Nothing more can be written about this person.",
            ) from None
        now = self._handling.clock.now()
        with self._handling.database.transaction(landlord) as cursor:
            cursor.execute(
                "DELETE FROM workflow.form_draft"
                " WHERE landlord = %s AND officer = %s AND saved_at < %s",
                (landlord, place.who.officer.officer, now - KEPT_FOR),
            )
            cursor.execute(
                "INSERT INTO workflow.form_draft"
                " (landlord, officer, reference, command, sealed, saved_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (landlord, officer, reference, command)"
                " DO UPDATE SET sealed = excluded.sealed, saved_at = excluded.saved_at",
                (*place.key, sealed.sealed, now),
            )

    def saved(self, place: DraftPlace) -> SavedDraft | None:
        """The draft; None where there is none, it is too old, or its words were erased."""
        now = self._handling.clock.now()
        with self._handling.database.transaction(place.who.officer.landlord) as cursor:
            row = cursor.execute(
                "SELECT sealed, saved_at FROM workflow.form_draft WHERE landlord = %s"
                " AND officer = %s AND reference = %s AND command = %s AND saved_at >= %s",
                (*place.key, now - KEPT_FOR),
            ).fetchone()
            if row is None:
                return None
            try:
                key = self._handling.vault.subject_key(
                    cursor, landlord=place.who.officer.landlord, subject=place.subject, now=now
                )
                _, text = unseal(row["sealed"], key=key, words=place.words, kind=KIND)
            except (SubjectErased, SealBroken):
                return None
        kept = orjson.loads(text)
        return SavedDraft(kept["typed"], row["saved_at"], kept["version"])

    def discard(self, place: DraftPlace) -> None:
        """Deletes the draft, if there is one."""
        with self._handling.database.transaction(place.who.officer.landlord) as cursor:
            cursor.execute(
                "DELETE FROM workflow.form_draft WHERE landlord = %s AND officer = %s"
                " AND reference = %s AND command = %s",
                place.key,
            )
