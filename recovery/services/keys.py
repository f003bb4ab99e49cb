"""Whether we hold the keys that the database was written with: by one known word, sealed and hashed."""

import hmac

import sqlalchemy as sa

from recovery.crypto import Unreadable
from recovery.db import add_if_new, db, keyring
from recovery.models.system import KnownWord

_WORD = "recovery"


def mark() -> None:
    """Write the known word down under our keys, unless it stands already: with the first clinic."""
    add_if_new(KnownWord, word=_WORD, sealed=_WORD, hashed=keyring().text_hash(_WORD))


def wrong() -> list[str]:
    """The variables whose keys are not this database's; none while it has no clinic. Inside a unit."""
    hashed = db.session.scalar(sa.select(KnownWord.hashed).where(KnownWord.word == _WORD))
    if hashed is None:
        return []
    found = [] if _opens() else ["DATA_KEYS"]
    if not hmac.compare_digest(hashed, keyring().text_hash(_WORD)):
        found.append("LOOKUP_KEY")
    return found


def _opens() -> bool:
    try:
        return db.session.scalar(sa.select(KnownWord.sealed).where(KnownWord.word == _WORD)) == _WORD
    except Unreadable:
        return False
