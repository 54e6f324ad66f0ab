"""Adds, changes and ends officers: their sessions end with their role, and one administrator always remains.

An officer is never deleted: their id stands on the log. What is told here is what pages and commands do alike.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from psycopg import Cursor

from services.administration.acting import Desk, Refused
from services.administration.changes import OFFICER, record_change
from shared.identity.sessions import SEES_EVERY_ORGANISATION, end_sessions_of
from shared.registry.landlords import organisations
from shared.registry.officers import ROLES, Officer, officer, officers

Row = dict[str, Any]

ADMINISTRATOR = "administrator"
MOST_OFFICERS = 5_000  # of one landlord, those who left among them
LONGEST_NAME, LONGEST_EMAIL, LONGEST_ID = 100, 254, 60
# Who acts on the log and is nobody's officer.
NOT_OFFICERS = frozenset({"system", "complainant", "demonstration", "registration"})
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
# Told as changed only: what they were is personal and nobody's business any more.
_PERSONAL = ("name", "email")


class PeopleRefused(Refused):
    """This cannot be done to an officer."""


def add_officer(cursor: Cursor[Row], desk: Desk, new: Officer) -> Officer:
    """Enters somebody who may sign in from now on; raises PeopleRefused."""
    everyone = _locked(cursor, desk)
    new = _tidied(new)
    _refuse_reach(desk, new.organisation)
    if not _ID.fullmatch(new.officer) or len(new.officer) > LONGEST_ID:
        raise PeopleRefused(
            "officer", f"Give an id of small letters, digits and hyphens, at most {LONGEST_ID}"
        )
    if new.officer in everyone or new.officer in NOT_OFFICERS:
        raise PeopleRefused(
            "officer", "This id was given before and stands on the log: give another"
        )
    if len(everyone) >= MOST_OFFICERS:
        raise PeopleRefused(
            "officer", f"There are {MOST_OFFICERS:,} officers, the most there can be"
        )
    _refuse_wrong(cursor, new, everyone)
    cursor.execute(
        "INSERT INTO registry.officer (landlord, officer, organisation, name, email, role)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (desk.landlord, new.officer, new.organisation, new.name, new.email, new.role),
    )
    details = {"organisation": [None, new.organisation], "role": [None, new.role]}
    _record(cursor, desk, new.officer, "added", details)
    return new


def change_officer(
    cursor: Cursor[Row], desk: Desk, officer_id: str, given: Mapping[str, str]
) -> Officer:
    """Gives an officer another name, email, organisation or role, those of them that are given.

    A new role or organisation ends their sessions. Raises PeopleRefused.
    """
    everyone = _locked(cursor, desk)
    was = _found(everyone, desk, officer_id)
    if not was.is_working:
        raise PeopleRefused("officer", "They left: take them back first, then change them")
    new = _tidied(
        replace(
            was,
            name=given.get("name", was.name),
            email=given.get("email", was.email),
            organisation=given.get("organisation", was.organisation),
            role=given.get("role", was.role),
        )
    )
    if new == was:
        return was
    _refuse_reach(desk, new.organisation)
    _refuse_wrong(cursor, new, everyone)
    _refuse_without_administrator(cursor, everyone, was, new)
    cursor.execute(
        "UPDATE registry.officer SET organisation = %s, name = %s, email = %s, role = %s"
        " WHERE landlord = %s AND officer = %s",
        (new.organisation, new.name, new.email, new.role, desk.landlord, officer_id),
    )
    if (new.organisation, new.role) != (was.organisation, was.role):
        end_sessions_of(cursor, landlord=desk.landlord, officer=officer_id)
    _record(cursor, desk, officer_id, "changed", _differences(was, new))
    return new


def end_officer(cursor: Cursor[Row], desk: Desk, officer_id: str) -> Officer:
    """Ends somebody's work here: they are signed out, and cannot sign in again. Raises PeopleRefused."""
    everyone = _locked(cursor, desk)
    was = _found(everyone, desk, officer_id)
    if not was.is_working:
        return was
    gone = replace(was, ended_at=desk.now)
    _refuse_without_administrator(cursor, everyone, was, gone)
    _set_ended(cursor, desk, gone)
    end_sessions_of(cursor, landlord=desk.landlord, officer=officer_id)
    _record(cursor, desk, officer_id, "ended", {})
    return gone


def take_back(cursor: Cursor[Row], desk: Desk, officer_id: str) -> Officer:
    """Lets somebody who left, or was ended by mistake, sign in again as what they were. Raises PeopleRefused."""
    everyone = _locked(cursor, desk)
    was = _found(everyone, desk, officer_id)
    if was.is_working:
        return was
    back = replace(was, ended_at=None)
    _refuse_wrong(cursor, back, everyone)
    _set_ended(cursor, desk, back)
    _record(cursor, desk, officer_id, "taken back", {})
    return back


def within_reach(cursor: Cursor[Row], desk: Desk, officer_id: str) -> Officer:
    """An officer whom this administrator may see; raises PeopleRefused."""
    found = officer(cursor, desk.landlord, officer_id)
    return _found({} if found is None else {officer_id: found}, desk, officer_id)


def _locked(cursor: Cursor[Row], desk: Desk) -> dict[str, Officer]:
    """Every officer; nobody else changes one of this landlord until the transaction ends."""
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/officers', 0))", (desk.landlord,)
    )
    return {one.officer: one for one in officers(cursor, desk.landlord)}


def _found(everyone: dict[str, Officer], desk: Desk, officer_id: str) -> Officer:
    found = everyone.get(officer_id)
    if found is None or desk.within not in (None, found.organisation):
        raise PeopleRefused("officer", f"There is no officer {officer_id} that you look after")
    return found


def _tidied(given: Officer) -> Officer:
    return replace(given, name=given.name.strip(), email=given.email.strip())


def _refuse_reach(desk: Desk, organisation: str) -> None:
    if desk.within not in (None, organisation):
        raise PeopleRefused("organisation", "You look after the people of your own organisation")


def _refuse_wrong(cursor: Cursor[Row], new: Officer, everyone: dict[str, Officer]) -> None:
    if not new.name or len(new.name) > LONGEST_NAME or not new.name.isprintable():
        raise PeopleRefused("name", f"Enter a name of at most {LONGEST_NAME} characters")
    if not _EMAIL.fullmatch(new.email) or len(new.email) > LONGEST_EMAIL:
        raise PeopleRefused("email", "Enter an email address, like name@example.org")
    if any(
        one.email.casefold() == new.email.casefold() and one.is_working
        for one in everyone.values()
        if one.officer != new.officer
    ):
        raise PeopleRefused("email", "Another officer has this email address: each needs their own")
    if new.role not in ROLES:
        raise PeopleRefused("role", f"Choose a role: {', '.join(sorted(ROLES))}")
    known = {one.organisation for one in organisations(cursor, new.landlord)}
    if new.organisation not in known:
        raise PeopleRefused("organisation", f"Choose an organisation: {', '.join(sorted(known))}")


def _refuse_without_administrator(
    cursor: Cursor[Row], everyone: dict[str, Officer], was: Officer, new: Officer
) -> None:
    """Somebody has to be left who looks after the whole landlord, where anybody did."""
    whole = {
        one.organisation
        for one in organisations(cursor, was.landlord)
        if one.kind in SEES_EVERY_ORGANISATION
    }

    def administers(one: Officer, *, among: set[str] | None) -> bool:
        reaches = among is None or one.organisation in among
        return one.role == ADMINISTRATOR and one.is_working and reaches

    for among in (None, whole):
        if not administers(was, among=among) or administers(new, among=among):
            continue
        others = (one for one in everyone.values() if one.officer != was.officer)
        if not any(administers(one, among=among) for one in others):
            raise PeopleRefused(
                "role", "They are the last administrator: make somebody else an administrator first"
            )


def _set_ended(cursor: Cursor[Row], desk: Desk, new: Officer) -> None:
    cursor.execute(
        "UPDATE registry.officer SET ended_at = %s WHERE landlord = %s AND officer = %s",
        (new.ended_at, desk.landlord, new.officer),
    )


def _differences(was: Officer, new: Officer) -> dict[str, Any]:
    fields = ("organisation", "role", *_PERSONAL)
    return {
        name: True if name in _PERSONAL else [getattr(was, name), getattr(new, name)]
        for name in fields
        if getattr(was, name) != getattr(new, name)
    }


def _record(
    cursor: Cursor[Row], desk: Desk, officer_id: str, did: str, details: dict[str, Any]
) -> None:
    record_change(
        cursor,
        desk,
        kind=OFFICER,
        subject=officer_id,
        did=did,
        details=details,
    )
