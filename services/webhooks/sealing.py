"""Keeps the secrets of webhooks sealed in the database, under a key of their own.

It is not the vault's key: the process that calls outside systems must not be able to open a resident's words.
"""

import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
SEALED_V1 = b"\x01"  # leads every sealed value, so that a later way can stand beside it


class SealingKeyRefused(RuntimeError):
    """The file of the key is missing, readable by others, or does not hold a key."""


class SecretSealBroken(RuntimeError):
    """A stored secret does not open: another key, or it was moved from another webhook."""


class SecretSeal:
    """Seals and opens with AES-256-GCM, each secret bound to its landlord and webhook."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise SealingKeyRefused(f"A key has {KEY_BYTES} bytes, this one has {len(key)}.")
        self._cipher = AESGCM(key)

    @classmethod
    def from_file(cls, path: Path) -> "SecretSeal":
        """Reads the key; refuses a file that others may read."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            key = path.read_bytes()
        except OSError as error:
            raise SealingKeyRefused(f"The key {path} cannot be read: {error.strerror}.") from error
        if mode & 0o077:
            raise SealingKeyRefused(f"Others may read the key {path}; run: chmod 600 {path}")
        return cls(key)

    def seal(self, secret: bytes, *, landlord: str, webhook: str) -> bytes:
        """What is stored."""
        nonce = os.urandom(NONCE_BYTES)
        return SEALED_V1 + nonce + self._cipher.encrypt(nonce, secret, _bound(landlord, webhook))

    def open(self, sealed: bytes, *, landlord: str, webhook: str) -> bytes:
        """The secret; raises SecretSealBroken."""
        nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            if sealed[:1] != SEALED_V1:
                raise InvalidTag
            return self._cipher.decrypt(nonce, rest, _bound(landlord, webhook))
        except (InvalidTag, ValueError):
            raise SecretSealBroken(
                f"the secret of {landlord}/{webhook} does not open with the key of this process"
            ) from None


def _bound(landlord: str, webhook: str) -> bytes:
    return f"redress webhook {landlord}/{webhook}".encode()
