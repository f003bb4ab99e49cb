"""Coming in: a password held against what is kept, then the code of the second step.

These open their own units of work: a password takes a good part of a second, and no row is locked
meanwhile. What is decided is decided under the lock of her row.
"""

from datetime import datetime
from uuid import UUID

from recovery.db import reading, writing
from recovery.models.staff import Staff
from recovery.queries import staff as found
from recovery.services import audit, clock, lockout, passwords, second_step, sessions
from recovery.services.audit import Actor
from recovery.services.sessions import SignedIn


def sign_in(email: str, password: str, now: datetime) -> str | None:
    """The secret of a new session; None, and no word why, if she may not enter.

    An unknown e-mail costs as much work as a known one, and so does one that is locked out.
    """
    with reading():
        person = found.staff_by_email(email)
        staff_id, kept = (person.id, person.password_hash) if person else (None, "")
    right = passwords.fits(kept or passwords.nobodys(), password)
    with writing():
        if staff_id is None:
            lockout.count_stranger(now)
            return None
        person = found.locked_staff(staff_id)
        is_last, was_locked = person.totp_confirmed_at is None, lockout.is_locked(person, now)
        may = lockout.judge(person, right and person.password_hash == kept, now, is_last=is_last)
        if not may or person.disabled_at is not None:
            if not was_locked:
                _note_failure(person)
            return None
        if is_last:
            _note(person)
        return sessions.begin(person, now)


def give_code(here: SignedIn, code: str, now: datetime) -> str | None:
    """The session's new secret: she is through. None for a wrong code, which counts as at the password."""
    with writing():
        person = found.locked_staff(here.id)
        was_locked = lockout.is_locked(person, now)
        right = not was_locked and second_step.is_right(person, code, now)
        if not lockout.judge(person, right, now):
            if not was_locked:
                _note_failure(person)
            return None
        _note(person)
        return sessions.pass_second_step(here.session_id, now)


def is_her_password(staff_id: UUID, password: str, now: datetime) -> bool:
    """Asked of somebody who is signed in; a wrong one counts as at the door."""
    with reading():
        kept = found.one(staff_id).password_hash
    right = passwords.fits(kept, password)
    with writing():
        person = found.locked_staff(staff_id)
        was_locked = lockout.is_locked(person, now)
        is_right = lockout.judge(person, right and person.password_hash == kept, now)
        if not is_right and not was_locked:
            _note_failure(person)
        return is_right


def _note(person: Staff) -> None:
    """She is in, through every step."""
    hers = Actor(person.clinic_id, person.id, person.role)
    audit.record(hers, "sign_in", "staff", [person.id], clock.now())


def _note_failure(person: Staff) -> None:
    """Somebody tried; once the door is locked, tries are no longer worth a row each."""
    audit.record_nobody(person.clinic_id, "sign_in_failed", "staff", [person.id], clock.now())
