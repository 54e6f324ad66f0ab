"""Says which landlord and organisation a history belongs to, and registers those that nobody has registered yet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from services.redress.commands.history_format import HistoryLine
from services.redress.commands.packs import Pack
from services.redress.statutory import STATUTORY, STATUTORY_FROM
from shared.calendars.england import england_calendar_document
from shared.database.pool import Database
from shared.policy_packs.loader import shipped_pack
from shared.registry.adoptions import adopt_policy
from shared.registry.calendars import adopt_calendar, has_calendar
from shared.registry.landlords import (
    Landlord,
    Organisation,
    all_landlords,
    organisations,
    register_landlord,
    register_organisation,
)

ADOPTED_FROM = date(2000, 1, 1)
"""The first day the calendar knows: whenever an imported case was received, its policy was in force."""

REGISTERED_BY = "import"
LONGEST_SLUG = 60


class NoSuchPlace(ValueError):
    """The history names a landlord or an organisation that cannot take it; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a history goes; `is_new` until the landlord is registered."""

    landlord: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Registration:
    """An organisation that the import registers, with its landlord when that is new too."""

    landlord: Landlord
    organisation: Organisation
    pack: Pack
    landlord_is_new: bool


class LandlordBook:
    """The landlords that are registered and those that the histories at hand ask for."""

    def __init__(self, owner: Database, *, under: str | None) -> None:
        """`under` puts every history under that registered landlord, whatever it says itself."""
        self._owner = owner
        self._landlords: dict[str, Landlord] = {}
        self._organisations: dict[str, dict[str, Organisation]] = {}
        self._registrations: dict[tuple[str, str], Registration] = {}
        with owner.directory() as cursor:
            for landlord in all_landlords(cursor):
                self._landlords[landlord.landlord] = landlord
        if under is not None and under not in self._landlords:
            known = ", ".join(sorted(self._landlords)) or "none"
            raise NoSuchPlace(f"--landlord: “{under}” is not registered; registered are: {known}")
        self._under = under

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """What has to be registered for the histories placed so far, in the order they asked."""
        return tuple(self._registrations.values())

    def is_registered(self, place: Place) -> bool:
        """Whether the place is in the database already."""
        return (place.landlord, place.organisation) not in self._registrations

    def place(self, history: HistoryLine, *, pack: Pack) -> Place:
        """Where the history goes; remembers what has to be registered for it. Raises NoSuchPlace."""
        landlord = self._landlord_of(history)
        known = self._organisations_of(landlord)
        if self._under is not None:
            return Place(landlord.landlord, self._organisation_under(history, landlord, known))
        name = history.organisation or landlord.name
        slug = slug_of(name)
        if slug not in known:
            found = next(
                (each for each in known.values() if each.name.casefold() == name.casefold()), None
            )
            if found is not None:
                return Place(landlord.landlord, found.organisation)
            organisation = Organisation(
                landlord=landlord.landlord, organisation=slug, name=name, kind=history.landlord_kind
            )
            self._registrations[landlord.landlord, slug] = Registration(
                landlord=landlord,
                organisation=organisation,
                pack=pack,
                landlord_is_new=not known,
            )
            known[slug] = organisation
        self._refuse_second_policy(landlord.landlord, slug, pack)
        return Place(landlord.landlord, slug)

    def register(self, place: Place, *, now: datetime) -> Registration | None:
        """Writes what is missing for the place in one transaction; None when nothing is."""
        registration = self._registrations.pop((place.landlord, place.organisation), None)
        if registration is None:
            return None
        with self._owner.transaction(place.landlord) as cursor:
            register_landlord(cursor, registration.landlord, now=now)
            register_organisation(cursor, registration.organisation)
            if not has_calendar(cursor, place.landlord):
                document = england_calendar_document()
                adopt_calendar(cursor, place.landlord, document, now, by=REGISTERED_BY)
            adopt_policy(
                cursor,
                landlord=place.landlord,
                organisation=place.organisation,
                document=registration.pack.document,
                effective_from=ADOPTED_FROM,
                adopted_by=REGISTERED_BY,
                now=now,
            )
            adopt_policy(
                cursor,
                landlord=place.landlord,
                organisation=place.organisation,
                document=shipped_pack(STATUTORY),
                effective_from=STATUTORY_FROM,
                adopted_by=REGISTERED_BY,
                now=now,
                overlay=True,
            )
        return registration

    def _landlord_of(self, history: HistoryLine) -> Landlord:
        if self._under is not None:
            return self._landlords[self._under]
        for landlord in self._landlords.values():
            if landlord.name.casefold() == history.landlord.casefold():
                return landlord
        slug = next(each for each in _slugs(history.landlord) if each not in self._landlords)
        landlord = Landlord(
            landlord=slug,
            name=history.landlord,
            kind=history.landlord_kind,
            reference_prefix=initials_of(history.landlord),
        )
        self._landlords[slug] = landlord
        self._organisations[slug] = {}
        return landlord

    def _refuse_second_policy(self, landlord: str, slug: str, pack: Pack) -> None:
        """An organisation that is registered here adopts one policy: which case ran under which other is not known."""
        registration = self._registrations.get((landlord, slug))
        if registration is not None and registration.pack != pack:
            raise NoSuchPlace(
                f"policy: earlier cases of {registration.organisation.name} in this file ran under "
                f"{registration.pack.policy}, this one under {pack.policy}: "
                "import them apart, or name one with --policy"
            )

    def _organisations_of(self, landlord: Landlord) -> dict[str, Organisation]:
        if landlord.landlord not in self._organisations:
            with self._owner.transaction(landlord.landlord) as cursor:
                self._organisations[landlord.landlord] = {
                    each.organisation: each for each in organisations(cursor, landlord.landlord)
                }
        return self._organisations[landlord.landlord]

    def _organisation_under(
        self, history: HistoryLine, landlord: Landlord, known: dict[str, Organisation]
    ) -> str:
        if history.organisation is not None:
            for organisation in known.values():
                if history.organisation.casefold() in (
                    organisation.organisation,
                    organisation.name.casefold(),
                ):
                    return organisation.organisation
            raise NoSuchPlace(
                f"organisation: “{history.organisation}” is not one of {landlord.landlord}; "
                f"it has: {', '.join(sorted(known))}"
            )
        if landlord.landlord in known:
            return landlord.landlord
        if len(known) == 1:
            return next(iter(known))
        raise NoSuchPlace(
            f"organisation: {landlord.landlord} has several organisations; name one of: {', '.join(sorted(known))}"
        )


def slug_of(name: str) -> str:
    """The name as it stands in addresses: lower case, hyphens, at most sixty characters."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("&", " and ").replace("'", "")).strip(
        "-"
    )
    return words[:LONGEST_SLUG].strip("-") or "landlord"


def _slugs(name: str) -> Iterator[str]:
    first = slug_of(name)
    yield first
    number = 2
    while True:
        suffix = f"-{number}"
        yield first[: LONGEST_SLUG - len(suffix)].strip("-") + suffix
        number += 1


SMALL_WORDS = frozenset({"of", "and", "the", "for", "in", "on", "limited", "ltd"})


def initials_of(name: str) -> str:
    """Two to six capital letters that begin the landlord's references."""
    words = [word for word in re.findall(r"[A-Za-z]+", name) if word.lower() not in SMALL_WORDS]
    initials = "".join(word[0] for word in words).upper()[:6]
    return initials if len(initials) >= 2 else ("".join(words).upper() + "XX")[:2]
