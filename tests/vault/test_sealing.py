"""Sealed words say nothing, and open only for whom and what they were sealed."""

import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.vault.sealing import (
    KEY_BYTES,
    KeyFileRefused,
    LandlordKeys,
    SealBroken,
    SealedWords,
    SubjectKey,
    commitment,
    make_key_file,
    make_subject_key,
    seal,
    unseal,
    unwrap,
    wrap,
)

KEYS = LandlordKeys(bytes(range(KEY_BYTES)))
SUBJECT = UUID("0b6a9f53-5b0e-4a57-8f1c-0f2a1b3c4d5e")
WORDS = UUID("6d0a6a32-6f0f-4c7c-9d3e-5b8f3f1c2a10")
TEXT = "Mrs Grünwald, 4 Mill Lane: the boiler is out – again."


@pytest.fixture
def key() -> SubjectKey:
    """A key of the subject."""
    return make_subject_key("riverside", SUBJECT)


@pytest.fixture
def sealed(key: SubjectKey) -> SealedWords:
    """The text, sealed."""
    return seal(key, words=WORDS, kind="complaint", text=TEXT)


def test_sealed_words_open_to_the_text_the_commitment_was_made_of(
    key: SubjectKey, sealed: SealedWords
) -> None:
    salt, text = unseal(sealed.sealed, key=key, words=WORDS, kind="complaint")
    assert text == TEXT
    assert commitment(salt=salt, text=text) == sealed.reference.commitment
    assert sealed.reference.words == str(WORDS)


def test_sealed_words_and_their_commitment_say_nothing_of_the_text(
    key: SubjectKey, sealed: SealedWords
) -> None:
    for part in ("Grünwald", "Mill Lane", "boiler"):
        assert part.encode() not in sealed.sealed
    again = seal(key, words=WORDS, kind="complaint", text=TEXT)
    assert again.sealed != sealed.sealed
    assert again.reference.commitment != sealed.reference.commitment
    assert TEXT not in repr(sealed)
    assert repr(key.key) not in repr(key)


def test_words_sealed_for_one_thing_do_not_open_as_another(
    key: SubjectKey, sealed: SealedWords
) -> None:
    elsewhere = SubjectKey("hilltop", SUBJECT, key.key)
    somebody = SubjectKey("riverside", uuid4(), key.key)
    for wrong, words, kind in (
        (elsewhere, WORDS, "complaint"),
        (somebody, WORDS, "complaint"),
        (key, uuid4(), "complaint"),
        (key, WORDS, "name"),
        (make_subject_key("riverside", SUBJECT), WORDS, "complaint"),
    ):
        with pytest.raises(SealBroken):
            unseal(sealed.sealed, key=wrong, words=words, kind=kind)


def test_damaged_words_do_not_open(key: SubjectKey, sealed: SealedWords) -> None:
    whole = sealed.sealed
    for place in range(len(whole)):
        damaged = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises(SealBroken):
            unseal(damaged, key=key, words=WORDS, kind="complaint")
    for short in (b"", whole[:1], whole[:20]):
        with pytest.raises(SealBroken):
            unseal(short, key=key, words=WORDS, kind="complaint")


def test_a_wrapped_key_opens_for_its_landlord_and_subject_only(key: SubjectKey) -> None:
    wrapped = wrap(key, landlord_key=KEYS.of("riverside"))
    assert key.key not in wrapped
    riverside = KEYS.of("riverside")
    assert unwrap(wrapped, landlord="riverside", subject=SUBJECT, landlord_key=riverside) == key
    for landlord, subject, landlord_key in (
        ("hilltop", SUBJECT, KEYS.of("hilltop")),
        ("hilltop", SUBJECT, riverside),
        ("riverside", uuid4(), riverside),
    ):
        with pytest.raises(SealBroken):
            unwrap(wrapped, landlord=landlord, subject=subject, landlord_key=landlord_key)


def test_landlords_have_different_keys_that_follow_from_the_master_key() -> None:
    assert KEYS.of("riverside") != KEYS.of("hilltop")
    assert KEYS.of("riverside") == LandlordKeys(bytes(range(KEY_BYTES))).of("riverside")
    assert KEYS.of("riverside") != LandlordKeys(bytes(KEY_BYTES)).of("riverside")


def test_a_made_key_file_is_read_by_its_owner_only_and_never_made_twice(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    make_key_file(path)
    first = path.read_bytes()
    make_key_file(path)
    assert path.read_bytes() == first
    assert len(first) == KEY_BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert LandlordKeys.from_file(path).of("riverside") == LandlordKeys(first).of("riverside")


def test_a_key_file_that_is_missing_open_to_others_or_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    with pytest.raises(KeyFileRefused, match="cannot be read"):
        LandlordKeys.from_file(path)
    make_key_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileRefused, match="chmod 600"):
        LandlordKeys.from_file(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(KeyFileRefused, match="32 bytes"):
        LandlordKeys.from_file(path)
