"""The second step of the door: a code from her authenticator, or one of ten recovery codes.

Whoever calls holds the lock of her row, so that no code is taken twice.
"""

import hmac
import secrets
from datetime import datetime

import pyotp
import sqlalchemy as sa

from recovery.db import db, keyring, new_id
from recovery.domain.errors import Conflict
from recovery.models.staff import RecoveryCode, Staff
from recovery.queries import staff as found
from recovery.services import sessions

ISSUER = "Recovery check-ins"
SECONDS = 30
SKEW = 1  # steps that her clock may be off, either way
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another
LENGTH = 10


def begin(person: Staff) -> None:
    """A secret for her authenticator; it counts once she gave a code. Raises Conflict if one counts."""
    if person.totp_confirmed_at is not None:
        raise Conflict("Your second step is on already.")
    person.totp_secret, person.totp_step = pyotp.random_base32(), None


def address(person: Staff) -> str | None:
    """What an authenticator reads from the picture; None when no set-up is under way."""
    if person.totp_secret is None or person.totp_confirmed_at is not None:
        return None
    return pyotp.TOTP(person.totp_secret).provisioning_uri(name=person.email, issuer_name=ISSUER)


def confirm(person: Staff, code: str, now: datetime) -> list[str] | None:
    """Turns it on and gives the recovery codes; None for a wrong code. Raises Conflict as `begin` does."""
    if person.totp_confirmed_at is not None:
        raise Conflict("Your second step is on already.")
    if not _is_from_authenticator(person, code, now):
        return None
    person.totp_confirmed_at = now
    return new_codes(person)


def is_right(person: Staff, code: str, now: datetime) -> bool:
    """Whether a code is hers and was not used; it is used from now on."""
    return _is_from_authenticator(person, code, now) or _is_recovery_code(person, code, now)


def new_codes(person: Staff) -> list[str]:
    """Ten codes for paper, each good once, in place of the earlier ones; only hashes are kept here."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.staff_id == person.id))
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(CODES)]
    for code in codes:
        db.session.add(
            RecoveryCode(
                id=new_id(),
                clinic_id=person.clinic_id,
                staff_id=person.id,
                code_hash=_hashed(person, code),
            )
        )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def remove(person: Staff) -> None:
    """Her password alone lets her in again."""
    person.totp_secret = person.totp_confirmed_at = person.totp_step = None
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.staff_id == person.id))


def take(person: Staff, now: datetime) -> None:
    """For a lost phone: whoever is signed in as her is out. Raises Conflict if there is nothing to take."""
    if person.totp_confirmed_at is None:
        raise Conflict(f"{person.name} has no second step.")
    remove(person)
    sessions.end_all(person.id, now)


def _is_from_authenticator(person: Staff, typed: str, now: datetime) -> bool:
    code = "".join(typed.split())
    if person.totp_secret is None or not (code.isascii() and code.isdigit()):
        return False
    made, present = pyotp.TOTP(person.totp_secret), int(now.timestamp()) // SECONDS
    for step in range(present - SKEW, present + SKEW + 1):
        is_new = person.totp_step is None or step > person.totp_step
        if hmac.compare_digest(made.generate_otp(step), code) and is_new:
            person.totp_step = step
            return True
    return False


def _is_recovery_code(person: Staff, typed: str, now: datetime) -> bool:
    code = "".join(each for each in typed.lower() if each in LETTERS)
    row = found.recovery_code(_hashed(person, code)) if len(code) == LENGTH else None
    if row is None or row.used_at is not None:
        return False
    row.used_at = now
    return True


def _hashed(person: Staff, code: str) -> bytes:
    return keyring().token_hash(f"{person.id} {code}")
