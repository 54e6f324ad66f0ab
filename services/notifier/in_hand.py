"""Gathers what a letter needs when it is sent: names from the registry, the person and the words from the vault."""

import re
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.notifier.composing import COMPLAINT_FACTS, LETTER_FACTS
from services.notifier.keeping import subject_of
from services.notifier.letter_facts import LetterFacts, LetterKind
from services.notifier.letter_words import LetterInHand, Person, words_of
from services.notifier.sign_in_people import email_of_representative
from shared.policies.policy import Policy
from shared.policies.signposts import signposts
from shared.registry.adoptions import policy_by_hash
from shared.registry.officers import officer
from shared.vault.vault import Vault

Row = dict[str, Any]
ERASED = "erased"
MARKED = frozenset({"Address", "Email", "Telephone", "Consent"})
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
TELEPHONE = re.compile(r"[+()0-9 .-]{6,}")


class Undeliverable(Exception):
    """There is nobody to send the letter to; says why, without words of the letter."""


def addressee(cursor: Cursor[Row], vault: Vault, row: Row) -> Person:
    """Who gets the letter; raises Undeliverable where nobody can, or may any more."""
    kind, _, of = row["recipient"].partition(":")
    if kind == "officer":
        found = officer(cursor, row["landlord"], of)
        if found is None or not found.is_working:
            raise Undeliverable("the officer does not work here any more")
        return Person(found.name, email=found.email, address=None)
    subject = subject_of(row["recipient"])
    if subject is None:
        raise Undeliverable("nobody to send it to")
    if _is_erased(cursor, landlord=row["landlord"], subject=subject):
        raise Undeliverable(ERASED)
    if row["kind"] == LetterKind.SIGN_IN_CODE and kind == "representative":
        by_email = email_of_representative(cursor, vault, row)
        if by_email is None:
            raise Undeliverable("no address of the representative on record")
        return Person("", email=by_email, address=None)
    if kind == "representative":
        return _representative(cursor, vault, row)
    name, email, address = (
        vault.read_kind(cursor, row["landlord"], subject=subject, kind=word)
        for word in ("name", "email", "address")
    )
    if name is None:
        raise Undeliverable("no name on record")
    if LETTER_FACTS.validate_json(row["facts"]).on_paper:
        email = None
    return Person(name, email=email, address=address)


def _representative(cursor: Cursor[Row], vault: Vault, row: Row) -> Person:
    """Their name and how to reach them, as it was written down, while the consent stands."""
    facts = LETTER_FACTS.validate_json(row["facts"])
    number = int(row["recipient"].rpartition(":")[2])
    known = cursor.execute(
        "SELECT facts::text FROM notifier.complaint WHERE landlord = %s AND reference = %s",
        (row["landlord"], row["reference"]),
    ).fetchone()
    complaint = None if known is None else COMPLAINT_FACTS.validate_json(known["facts"])
    speaking = () if complaint is None else complaint.representatives
    found = next((one for one in speaking if one.number == number), None)
    if found is None:
        raise Undeliverable("the representative is not on record here: name them again")
    if not found.consented:
        raise Undeliverable("the consent has ended")
    said = (
        None
        if facts.addressee is None
        else vault.read(cursor, row["landlord"], UUID(facts.addressee))
    )
    person = reached_at(said or "")
    if person is None:
        raise Undeliverable("no name and address of the representative on record")
    return person


def reached_at(said: str) -> Person | None:
    """Name and address in what an officer or a form wrote of a representative; none where either is missing.

    The name comes first. What is marked as something else, such as how consent was given, is for officers and is
    never printed on a letter. Without a postal address it goes to their email.
    """
    first, _, rest = said.strip().partition("\n")
    if not rest:
        first, _, rest = first.partition(",")
        rest = rest.replace(",", "\n")
    address, email, part = [], None, "Address"
    for each in filter(None, (one.strip() for one in rest.split("\n"))):
        marked, colon, text = each.partition(":")
        is_marked = bool(colon) and marked in MARKED
        part, line = (marked, text.strip()) if is_marked else (part, each)
        if found := EMAIL.search(line):
            email = email or (found.group() if part in {"Address", "Email"} else None)
        elif part == "Address" and not TELEPHONE.fullmatch(line):
            address.append(line)
        if part in {"Email", "Telephone"}:
            part = "Address"  # one line each
    if not first.strip() or not (address or email):
        return None
    return Person(
        first.strip(), email=None if address else email, address="\n".join(address) or None
    )


def letter_in_hand(
    cursor: Cursor[Row], vault: Vault, row: Row, *, typed: str | None = None
) -> LetterInHand:
    """The letter with all that its words are made of; `typed` are an officer's words that are not sealed yet."""
    names = cursor.execute(
        "SELECT landlord.name AS landlord_name, organisation.name AS organisation_name"
        " FROM registry.landlord JOIN registry.organisation USING (landlord)"
        " WHERE landlord = %s AND organisation = %s",
        (row["landlord"], row["organisation"]),
    ).fetchone()
    if names is None:
        raise Undeliverable("the organisation is not known any more")
    facts = LETTER_FACTS.validate_json(row["facts"])
    handlers = (officer(cursor, row["landlord"], one) for one in facts.handlers)
    hash_ = facts.policy_hash
    policy = None if hash_ is None else policy_by_hash(cursor, row["landlord"], hash_)
    return LetterInHand(
        letter=row["letter"],
        reference=row["reference"],
        kind=LetterKind(row["kind"]),
        facts=facts,
        landlord_name=names["landlord_name"],
        organisation_name=names["organisation_name"],
        handler_names=tuple(one.name for one in handlers if one is not None),
        policy=policy,
        responsibilities=_responsibilities(policy),
        signposts=signposts(policy, facts.subjects),
        said=_said(cursor, vault, row["landlord"], facts, typed=typed),
    )


def _said(
    cursor: Cursor[Row], vault: Vault, landlord: str, facts: LetterFacts, *, typed: str | None
) -> dict[str, str]:
    """The words that the letter quotes, by their ids."""
    found = {}
    for words in words_of(facts):
        text = typed if words == facts.words and typed is not None else None
        if text is None:
            text = vault.read(cursor, landlord, UUID(words))
        if text is None:
            raise Undeliverable(ERASED)
        found[words] = text
    return found


def _responsibilities(policy: Policy | None) -> tuple[str, ...]:
    """What the policy of the case says the landlord is, and is not, responsible for (Code 5.7)."""
    if policy is None:
        return ()
    stated = (policy.provision(name) for name in ("responsible_for", "not_responsible_for"))
    return tuple(cited.rule for cited in stated if cited is not None)


def _is_erased(cursor: Cursor[Row], *, landlord: str, subject: UUID) -> bool:
    row = cursor.execute(
        "SELECT destroyed_at IS NOT NULL AS erased FROM vault.subject_key"
        " WHERE landlord = %s AND subject = %s",
        (landlord, subject),
    ).fetchone()
    return row is not None and bool(row["erased"])
