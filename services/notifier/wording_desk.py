"""What an administrator does with a wording: look at it in a letter, real or made up, and put a version in force."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.notifier.in_hand import Undeliverable
from services.notifier.letter_facts import LetterKind
from services.notifier.seeing import opened_case
from services.notifier.sending import Sender
from services.notifier.wording_kinds import Kind
from services.notifier.wording_sample import NOBODY_REAL, sample
from services.notifier.wording_store import (
    Version,
    put_in_force,
    versions,
    wording_in_force,
)
from services.notifier.wordings import Wording
from services.notifier.writing import Writer, WrittenLetter
from shared.access.log import LETTER
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.identity.sessions import SignedIn
from shared.registry.adoptions import PolicyNotAdopted, adoptions, policy_by_hash
from shared.registry.officers import officer_names
from shared.runtime.clock import Clock
from shared.vault.sealing import VaultError

Row = dict[str, Any]


class CannotBeShown(ValueError):
    """No letter of a case can be written in this wording; says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of letter with the wording in force today, and its versions with the names of who wrote them."""

    wording: Wording
    versions: tuple[Version, ...]
    names: dict[str, str]
    asked: tuple[str, ...]  # what the landlord's own policies ask of it, with the clause

    def current(self, today: date) -> int:
        """The number of the version in force, also where it goes back to the built-in wording; else 0."""
        begun = (one.version for one in self.versions if one.in_force_from <= today)
        return next(begun, 0)


class WordingDesk:
    """Works on the wordings of one landlord, that of who asks."""

    def __init__(self, database: Database, sender: Sender, writer: Writer, clock: Clock) -> None:
        self._database = database
        self._sender = sender
        self._writer = writer
        self._clock = clock

    @property
    def today(self) -> date:
        """The day in London."""
        return london_day(self._clock.now())

    def in_force(self, who: SignedIn, kinds: tuple[LetterKind, ...]) -> dict[LetterKind, Wording]:
        """The wording of each kind today."""
        landlord = who.officer.landlord
        with self._database.transaction(landlord) as cursor:
            return {kind: wording_in_force(cursor, landlord, kind, on=self.today) for kind in kinds}

    def found(self, who: SignedIn, kind: Kind) -> Found:
        """All that is known of one kind."""
        landlord = who.officer.landlord
        with self._database.transaction(landlord) as cursor:
            return Found(
                wording=wording_in_force(cursor, landlord, kind.kind, on=self.today),
                versions=versions(cursor, landlord, kind.kind),
                names=officer_names(cursor, landlord),
                asked=_asked(cursor, landlord, kind, self.today),
            )

    def put_in_force(
        self, who: SignedIn, kind: Kind, *, text: str | None, since: date, after: int
    ) -> bool:
        """A further version; False where somebody else was faster. Raises TooManyVersions."""
        landlord = who.officer.landlord
        with self._database.transaction(landlord) as cursor:
            return put_in_force(
                cursor,
                landlord,
                kind.kind,
                text=text,
                in_force_from=since,
                by=who.officer.officer,
                after=after,
                now=self._clock.now(),
            )

    def in_a_sample(self, who: SignedIn, kind: Kind, wording: Wording) -> WrittenLetter:
        """A made-up letter in this wording."""
        letter = sample(
            kind.kind,
            landlord_name=who.landlord_name,
            organisation_name=who.organisation_name,
        )
        return self._writer.words(letter, to=NOBODY_REAL, wording=wording)

    def in_a_case(
        self, who: SignedIn, kind: Kind, wording: Wording, *, reference: str
    ) -> WrittenLetter:
        """The latest letter of that kind of a case that the reader may see, in this wording; nothing is sent."""
        landlord = who.officer.landlord
        with self._database.transaction(landlord) as cursor:
            now = self._clock.now()
            opened_case(cursor, who, reference, page=LETTER, now=now)
            row = cursor.execute(
                "SELECT *, facts::text AS facts FROM notifier.letter"
                " WHERE landlord = %s AND reference = %s AND kind = %s"
                " ORDER BY caused_at DESC, letter DESC LIMIT 1",
                (landlord, reference, kind.kind.value),
            ).fetchone()
            if row is None:
                raise CannotBeShown(f"{reference} has no letter of this kind")
            try:
                return self._sender.write(
                    cursor, row | {"letter": UUID(int=0)}, now=now, wording=wording
                )
            except Undeliverable as nobody:
                raise CannotBeShown(f"no letter would go out for {reference}: {nobody}") from None
            except (PolicyNotAdopted, VaultError) as broken:
                raise CannotBeShown(
                    f"the letter of {reference} cannot be written now: {type(broken).__name__}"
                ) from None


def _asked(cursor: Cursor[Row], landlord: str, kind: Kind, today: date) -> tuple[str, ...]:
    """What the policies in force say that a letter of this kind contains."""
    said: dict[str, None] = {}
    for adoption in adoptions(cursor, landlord):
        until = adoption.until
        if adoption.effective_from > today or (until is not None and until < today):
            continue
        policy = policy_by_hash(cursor, landlord, adoption.policy_hash)
        for name in kind.pack_letters:
            letter = policy.letter(name)
            if letter is not None:
                said[f"{'; '.join(letter.contains)} ({policy.title}, {letter.clause})"] = None
    return tuple(said)
