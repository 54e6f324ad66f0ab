"""By which pieces sealed words are found, and that the hashes say nothing without the key."""

import pytest

from shared.vault.search_words import EVERYWHERE, FOUND_IN, asked_in, hashes_asked, hashes_of

KEY, OTHER_KEY = bytes(32), bytes(range(32))
PEOPLE = frozenset({"name", "address", "contact"})


def found(kind: str, text: str, asked: str, *, places: frozenset[str] = EVERYWHERE) -> bool:
    """Whether every piece of what is asked is among those of the text."""
    hashes = hashes_of(kind, text, key=KEY)
    pieces = asked_in(asked)
    return bool(pieces) and all(
        hashes & hashes_asked(piece, places=places, key=KEY) for piece in pieces
    )


@pytest.mark.parametrize(
    ("kind", "text", "asked"),
    [
        ("name", "Margaret Okonkwo", "okonkwo margaret"),
        ("name", "Zoë Núñez-Smith", "Nunez"),
        ("name", "Zoe Nunez", "Zoë NÚÑEZ"),
        ("name", "Siobhán O’Brien", "o'brien"),
        ("name", "Will Ng", "will"),
        ("name", "Margaret Okonkwo", "mar okonk"),
        ("address", "Flat 2, 14 Weir Street, Riverside RV1 9AA", "14 weir rv19aa"),
        ("address", "14 Weir Street, RV1 9AA", "RV1  9AA".replace("  ", " ")),
        ("address", "14 Weir Street, RV19AA", "rv1 9aa"),
        ("address", "14 Weir Street, RV1 9AA", "RV1"),
        ("email", "Amal.Haddad+home@Example.org", "amal.haddad+home@example.org"),
        ("email", "amal.haddad@example.org", "haddad"),
        ("phone", "07700 900123", "+44 7700 900 123"),
        ("phone", "+44 (0)7700 900123", "07700900123"),
        ("phone", "020 7946 0000", "(020) 79460000".replace("(020) ", "020 ")),
        ("complaint", "There is black MOULD on the bedroom wall.", "mould bedroom"),
        ("letter", "Call 07700 900123 about RV1 9AA, a.b@example.org.", "rv19aa a.b@example.org"),
        ("note", "The job is 4711.", "the job 4711"),
    ],
)
def test_it_is_found_however_it_is_written(kind: str, text: str, asked: str) -> None:
    assert found(kind, text, asked)


@pytest.mark.parametrize(
    ("kind", "text", "asked"),
    [
        ("name", "Margaret Okonkwo", "margaret smith"),  # all of them
        ("name", "Margaret Okonkwo", "ma"),
        ("name", "Margaret Okonkwo", "margare"),  # longer than a beginning is kept
        ("complaint", "There is mould.", "mou"),  # beginnings are those of names
        ("complaint", "There is mould.", "the"),
        ("address", "14 Weir Street, RV1 9AA", "rv1 9ab"),
        ("form_draft", "Not sent yet", "sent"),
        ("name", "", "margaret"),
    ],
)
def test_what_is_not_there_is_not_found(kind: str, text: str, asked: str) -> None:
    assert not found(kind, text, asked)


def test_a_reader_who_may_not_look_for_people_does_not_find_them() -> None:
    text = frozenset({"text"})
    assert not found("name", "Margaret Okonkwo", "margaret", places=text)
    assert not found("name", "Margaret Okonkwo", "mar", places=text)
    assert not found("complaint", "Margaret rang.", "margaret", places=PEOPLE)
    assert found("complaint", "Margaret rang.", "margaret", places=text)


def test_a_name_has_another_hash_in_a_letter_and_another_at_another_landlord() -> None:
    name, letter = (hashes_of(kind, "Green", key=KEY) for kind in ("name", "letter"))
    assert name
    assert not name & letter
    assert not name & hashes_of("name", "Green", key=OTHER_KEY)


def test_the_beginning_of_a_name_is_not_the_name_that_is_as_short() -> None:
    ann = hashes_of("name", "Ann", key=KEY)
    anna = hashes_of("name", "Anna", key=KEY)
    assert len(ann) == 1
    assert not ann & anna
    assert hashes_asked("ann", places=PEOPLE, key=KEY) & anna


def test_hashes_fit_into_the_column_and_are_bounded() -> None:
    words = " ".join(f"word{number}" for number in range(5_000))
    hashes = hashes_of("letter", words, key=KEY)
    assert len(hashes) == 4_000
    assert all(-(2**63) <= each < 2**63 for each in hashes)


def test_nothing_is_asked_where_nothing_is_said() -> None:
    assert asked_in(" - , . a !") == []
    assert asked_in("the of") == ["the", "of"]
    assert asked_in("mould mould") == ["mould"]


def test_every_place_belongs_to_a_kind() -> None:
    assert {"name", "address", "contact", "text"} == EVERYWHERE == set(FOUND_IN.values())
