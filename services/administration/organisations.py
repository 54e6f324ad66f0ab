"""Adds organisations of a landlord and changes their names and kinds."""

import re
from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

from services.administration.acting import Desk, Refused
from services.administration.changes import ORGANISATION, record_change
from services.administration.people import ADMINISTRATOR
from shared.identity.sessions import SEES_EVERY_ORGANISATION
from shared.registry.landlords import Organisation, organisations, register_organisation
from shared.registry.officers import working_officers

Row = dict[str, Any]

KINDS = {
    "council": "Council",
    "housing association": "Housing association",
    "almo": "Arm’s length management organisation (ALMO)",
    "tmo": "Tenant management organisation (TMO)",
}
MOST_ORGANISATIONS = 500
LONGEST_NAME, LONGEST_ID = 120, 60
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class OrganisationRefused(Refused):
    """This organisation cannot be."""


def add_organisation(cursor: Cursor[Row], desk: Desk, new: Organisation) -> None:
    """Enters an organisation; complaints reach it once it has adopted a policy. Raises OrganisationRefused."""
    known = _locked(cursor, desk)
    if not _ID.fullmatch(new.organisation) or len(new.organisation) > LONGEST_ID:
        raise OrganisationRefused(
            "organisation", f"Give an id of small letters, digits and hyphens, at most {LONGEST_ID}"
        )
    if any(one.organisation == new.organisation for one in known):
        raise OrganisationRefused(
            "organisation", "There is an organisation of this id: give another"
        )
    if len(known) >= MOST_ORGANISATIONS:
        raise OrganisationRefused(
            "organisation", f"There are {MOST_ORGANISATIONS} organisations, the most there can be"
        )
    _refuse_wrong(new, known)
    register_organisation(cursor, new)
    _record(
        cursor,
        desk,
        new.organisation,
        "added",
        {"name": [None, new.name], "kind": [None, new.kind]},
    )


def change_organisation(cursor: Cursor[Row], desk: Desk, new: Organisation) -> None:
    """Gives an organisation another name or kind; raises OrganisationRefused."""
    known = _locked(cursor, desk)
    was = next((one for one in known if one.organisation == new.organisation), None)
    if was is None:
        raise OrganisationRefused("organisation", "There is no such organisation")
    if was == new:
        return
    _refuse_wrong(new, known)
    _refuse_without_administrator(cursor, known, was, new)
    cursor.execute(
        "UPDATE registry.organisation SET name = %s, kind = %s"
        " WHERE landlord = %s AND organisation = %s",
        (new.name, new.kind, desk.landlord, new.organisation),
    )
    details = {
        name: [getattr(was, name), getattr(new, name)]
        for name in ("name", "kind")
        if getattr(was, name) != getattr(new, name)
    }
    _record(cursor, desk, new.organisation, "changed", details)


def _locked(cursor: Cursor[Row], desk: Desk) -> Sequence[Organisation]:
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/organisations', 0))",
        (desk.landlord,),
    )
    return organisations(cursor, desk.landlord)


def _refuse_wrong(new: Organisation, known: Sequence[Organisation]) -> None:
    if not new.name or len(new.name) > LONGEST_NAME or not new.name.isprintable():
        raise OrganisationRefused("name", f"Enter a name of at most {LONGEST_NAME} characters")
    if any(
        one.name.casefold() == new.name.casefold() and one.organisation != new.organisation
        for one in known
    ):
        raise OrganisationRefused("name", "Another organisation has this name")
    if new.kind not in KINDS:
        raise OrganisationRefused("kind", f"Choose a kind: {', '.join(KINDS)}")


def _refuse_without_administrator(
    cursor: Cursor[Row], known: Sequence[Organisation], was: Organisation, new: Organisation
) -> None:
    """The kind decides how far its administrators reach: one has to be left who reaches everywhere."""
    if was.kind not in SEES_EVERY_ORGANISATION or new.kind in SEES_EVERY_ORGANISATION:
        return
    everywhere = {
        one.organisation
        for one in known
        if one.kind in SEES_EVERY_ORGANISATION and one.organisation != new.organisation
    }
    administrators = [
        one for one in working_officers(cursor, new.landlord) if one.role == ADMINISTRATOR
    ]
    if not any(one.organisation in everywhere for one in administrators):
        raise OrganisationRefused(
            "kind",
            "Nobody would be left who administers the whole landlord: make somebody of a council or"
            " housing association an administrator first",
        )


def _record(
    cursor: Cursor[Row], desk: Desk, organisation: str, did: str, details: dict[str, Any]
) -> None:
    record_change(
        cursor,
        desk,
        kind=ORGANISATION,
        subject=organisation,
        did=did,
        details=details,
    )
