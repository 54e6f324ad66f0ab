"""Seals and opens personal words with AES-256-GCM; knows no database.

A subject's key is wrapped by the landlord's key, which is derived from the installation's master
key. What is sealed is bound to its landlord, subject, id and kind, so that it cannot be passed off
as anything else.
"""

import hashlib
import hmac
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.complaints.values import WordsReference

KEY_BYTES = 32
NONCE_BYTES = 12  # what AES-GCM is made for
SALT_BYTES = 16  # keeps the commitment to a short text, such as a name, from being guessed
# Leads every sealed value, so that a later way of sealing can stand beside this one.
SEALED_V1 = b"\x01"
CONTENTS = "contents"  # what the contents of a document are sealed as, apart from any words


class VaultError(RuntimeError):
    """Something about personal words is not as it must be."""


class KeyFileRefused(VaultError):
    """The file of the master key is missing, readable by others, or does not hold a key."""


class SealBroken(VaultError):
    """What was sealed is damaged, or belongs to another landlord, subject, id, kind or key."""


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The key of one data subject, in use; lives in memory only."""

    landlord: str
    subject: UUID
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedWords:
    """Words ready to be stored, with the reference that an event carries."""

    landlord: str
    subject: UUID
    words: UUID
    kind: str
    sealed: bytes = field(repr=False)
    reference: WordsReference
    hashes: frozenset[int] = field(default=frozenset(), repr=False)  # by which they are found


class LandlordKeys:
    """Derives each landlord's key from the master key; two landlords never share one."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise KeyFileRefused(f"A vault key has {KEY_BYTES} bytes, this one has {len(master)}.")
        self._master = master

    @classmethod
    def from_file(cls, path: Path) -> "LandlordKeys":
        """Read the master key; refuse a file that others may read."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            master = path.read_bytes()
        except OSError as error:
            raise KeyFileRefused(
                f"The vault key {path} cannot be read: {error.strerror}."
            ) from error
        if mode & 0o077:
            raise KeyFileRefused(f"Others may read the vault key {path}; run: chmod 600 {path}")
        return cls(master)

    def of(self, landlord: str) -> bytes:
        """Return the key that wraps the keys of this landlord's subjects."""
        return self._derived(b"redress landlord " + landlord.encode())

    def hashing(self, landlord: str) -> bytes:
        """Return the key under which this landlord's identifiers are hashed, such as addresses of clients."""
        return self._derived(b"redress hashing " + landlord.encode())

    def for_search(self, landlord: str) -> bytes:
        """Return the key of the hashes by which this landlord's sealed words are found."""
        return self._derived(b"redress search " + landlord.encode())

    def _derived(self, info: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._master)

    def digest_of(self, landlord: str, *, purpose: str, text: str) -> bytes:
        """Return a hash of a short secret that nobody can try guesses against who has the database
        alone: it is keyed, with a key of its own for each landlord and purpose.
        """
        info = f"redress digest {purpose} {landlord}".encode()
        key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._master)
        return hmac.digest(key, text.encode(), "sha256")


def make_key_file(path: Path, *, chance: Callable[[int], bytes] = os.urandom) -> None:
    """Make a master key in a new file that only its owner may read; an existing file stays as it
    is.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(chance(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def commitment(*, salt: bytes, text: str) -> str:
    """Return the hex SHA-256 that the log carries for a text."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def make_subject_key(landlord: str, subject: UUID) -> SubjectKey:
    """Make a fresh key for a data subject."""
    return SubjectKey(landlord, subject, os.urandom(KEY_BYTES))


def wrap(key: SubjectKey, *, landlord_key: bytes) -> bytes:
    """Encrypt a subject's key under the landlord's key, for storing."""
    return _encrypt(landlord_key, key.key, bound_to=_bound(key.landlord, key.subject))


def unwrap(wrapped: bytes, *, landlord: str, subject: UUID, landlord_key: bytes) -> SubjectKey:
    """Get a subject's key back."""
    key = _decrypt(landlord_key, wrapped, bound_to=_bound(landlord, subject))
    return SubjectKey(landlord, subject, key)


def seal(key: SubjectKey, *, words: UUID, kind: str, text: str) -> SealedWords:
    """Encrypt a text for its subject and commit to it."""
    salt = os.urandom(SALT_BYTES)
    bound_to = _bound(key.landlord, key.subject, words, kind)
    return SealedWords(
        landlord=key.landlord,
        subject=key.subject,
        words=words,
        kind=kind,
        sealed=_encrypt(key.key, salt + text.encode(), bound_to=bound_to),
        reference=WordsReference(str(words), commitment(salt=salt, text=text)),
    )


def unseal(sealed: bytes, *, key: SubjectKey, words: UUID, kind: str) -> tuple[bytes, str]:
    """Decrypt to the salt and the text."""
    bound_to = _bound(key.landlord, key.subject, words, kind)
    opened = _decrypt(key.key, sealed, bound_to=bound_to)
    return opened[:SALT_BYTES], opened[SALT_BYTES:].decode()


def seal_contents(key: SubjectKey, *, document: UUID, contents: bytes) -> bytes:
    """Encrypt the contents of a document for its subject."""
    bound_to = _bound(key.landlord, key.subject, document, CONTENTS)
    return _encrypt(key.key, contents, bound_to=bound_to)


def unseal_contents(sealed: bytes, *, key: SubjectKey, document: UUID) -> bytes:
    """Decrypt the contents of a document."""
    return _decrypt(key.key, sealed, bound_to=_bound(key.landlord, key.subject, document, CONTENTS))


def _bound(landlord: str, *parts: UUID | str) -> bytes:
    # A landlord's slug and a UUID hold no slash, and the kind comes last: no two different lists
    # look the same.
    return "/".join([landlord, *map(str, parts)]).encode()


def _encrypt(key: bytes, clear: bytes, *, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return SEALED_V1 + nonce + AESGCM(key).encrypt(nonce, clear, bound_to)


def _decrypt(key: bytes, sealed: bytes, *, bound_to: bytes) -> bytes:
    version, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if version != SEALED_V1:
        raise SealBroken("The words were sealed in a way that this version does not know.")
    try:
        return AESGCM(key).decrypt(nonce, body, bound_to)
    except (InvalidTag, ValueError) as error:  # ValueError: cut off within the nonce
        raise SealBroken(
            "The words are damaged, or belong to another landlord, subject or key."
        ) from error
