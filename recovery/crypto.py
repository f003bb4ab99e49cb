"""Sealing of values at rest, and the keyed hashes by which they can still be looked up."""

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_ID, _NONCE = 4, 12


class Unreadable(Exception):
    """A sealed value cannot be opened with the keys at hand."""


class Keyring:
    """AES-256-GCM under the newest of several keys; older ones still open what they sealed.

    A sealed value is version, key id, nonce and ciphertext. What it was sealed for (its table
    and column) is bound in, so that a value moved to another column does not open.
    """

    def __init__(self, data_keys: Iterable[bytes], lookup_key: bytes) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in data_keys}
        self.newest = next(iter(self._ciphers))
        self._lookup_key = lookup_key
        self._audit_key = hmac.digest(lookup_key, b"key of the audit's chain", hashlib.sha256)

    def seal(self, value: str, purpose: str) -> bytes:
        return self.seal_bytes(value.encode("utf-8", "surrogatepass"), purpose)

    def open(self, sealed: bytes, purpose: str) -> str:
        """The value. Raises Unreadable for an unknown key, a wrong column or a changed value."""
        return self.open_bytes(sealed, purpose).decode("utf-8", "surrogatepass")

    def seal_bytes(self, value: bytes, purpose: str) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self.newest].encrypt(nonce, value, purpose.encode())
        return _VERSION + self.newest + nonce + sealed

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """The same for bytes. Raises Unreadable as `open` does."""
        identity, rest = sealed[1 : 1 + _ID], sealed[1 + _ID :]
        if sealed[:1] != _VERSION or identity not in self._ciphers:
            raise Unreadable(f"{purpose}: no key {identity.hex()} in DATA_KEYS")
        try:
            return self._ciphers[identity].decrypt(rest[:_NONCE], rest[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            raise Unreadable(f"{purpose}: the value was changed or belongs elsewhere") from None

    def is_newest(self, sealed: bytes) -> bool:
        """Whether a value is sealed under the key that we seal with."""
        return sealed[1 : 1 + _ID] == self.newest

    def resealed(self, sealed: bytes, purpose: str) -> bytes:
        """The same value under the newest key. Raises Unreadable as `open` does."""
        return self.seal_bytes(self.open_bytes(sealed, purpose), purpose)

    def phone_hash(self, phone: str) -> bytes:
        """By which a phone number (E.164) is found; 32 bytes."""
        return self._hash("phone", phone)

    def name_hashes(self, name: str) -> set[bytes]:
        """One hash for every beginning, of two letters or more, of every word of a name."""
        return {
            self._hash("name", word[:length])[:16]
            for word in words(name)
            for length in range(2, len(word) + 1)
        }

    def word_hash(self, word: str) -> bytes:
        """By which the beginning of a name's word is found; 16 bytes."""
        return self._hash("name", word)[:16]

    def text_hash(self, body: str) -> bytes:
        """By which the very same text is known again; keyed, because short texts are easily guessed."""
        return self._hash("text", body)

    def token_hash(self, token: str) -> bytes:
        return self._hash("token", token)

    def audit_seal(self, before: bytes, row: bytes) -> bytes:
        """The seal of a row of the audit that follows the seal `before` (32 bytes); 32 bytes."""
        return hmac.digest(self._audit_key, before + row, hashlib.sha256)

    def _hash(self, purpose: str, value: str) -> bytes:
        return hmac.digest(self._lookup_key, f"{purpose}:{value}".encode("utf-8", "replace"), hashlib.sha256)


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key:" + key).digest()[:_ID]


def words(name: str) -> list[str]:
    """The words of a name as they are looked up: no case, no accents, letters and digits only."""
    plain = unicodedata.normalize("NFKD", name[:400].casefold())
    kept = "".join(
        character if character.isalnum() else "" if unicodedata.combining(character) else " "
        for character in plain
    )
    return kept.split()
