"""Too many wrong passwords or codes lock a person out for a while, in every process and over restarts."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.db import add_if_new, db
from recovery.models.staff import Staff
from recovery.models.system import Switch

TRIES = 10
LOCKED_FOR = timedelta(minutes=15)
_STRANGERS = "sign_ins_of_nobody"


def is_locked(person: Staff, now: datetime) -> bool:
    return person.locked_until is not None and now < person.locked_until


def judge(person: Staff, right: bool, now: datetime, *, is_last: bool = True) -> bool:
    """Whether she may go on after this try. Her row is locked, so that many tries at once all count.

    While she is locked out nothing is right. `is_last`: nothing more is asked of her, and what was
    wrong before is forgotten; else a right password would buy ten more tries at the code.
    """
    failed, until = person.failed_sign_ins, person.locked_until
    may = right and not is_locked(person, now)
    if may and is_last:
        failed, until = 0, None
    elif not right and not is_locked(person, now):
        failed += 1
        if failed >= TRIES:
            failed, until = 0, now + LOCKED_FOR
    values = {"failed_sign_ins": failed, "locked_until": until}
    db.session.execute(sa.update(Staff).where(Staff.id == person.id).values(values))
    return may


def lift(person: Staff) -> None:
    person.failed_sign_ins, person.locked_until = 0, None


def count_stranger(now: datetime) -> None:
    """A try with an e-mail of nobody: it writes as much as another, so that its time tells nothing."""
    add_if_new(Switch, name=_STRANGERS, value=0, changed_at=now)
    counted = {"value": Switch.value + 1, "changed_at": now}
    db.session.execute(sa.update(Switch).where(Switch.name == _STRANGERS).values(counted))
