"""Passwords: what is accepted, how one is kept, and whether one fits."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_LEAST, AT_MOST = 12, 1_000
FEWEST_SIGNS = 5  # different ones; "aaaaaaaaaaaa" is guessed at once

_hasher = PasswordHasher()


def wrong_with(password: str, email: str) -> list[str]:
    """What is wrong with a new password, a sentence each; nothing if it is accepted."""
    if len(password) < AT_LEAST:
        return [f"Must have {AT_LEAST} characters or more."]
    if len(password) > AT_MOST:
        return [f"Must have {AT_MOST} characters or fewer."]
    if len(set(password)) < FEWEST_SIGNS or password.strip().lower() == email:
        return ["Is too easy to guess."]
    return []


def hashed(password: str) -> str:
    return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Takes a good part of a second, on purpose: no lock is to be held meanwhile."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys() -> str:
    """A hash that no password fits: where there is none to hold against it takes as long as a wrong one."""
    return _hasher.hash(secrets.token_urlsafe(32))
