"""The record of who saw or changed a patient's data: ids only, in the words of `domain/audited.py`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.db import db
from recovery.models.system import AuditEvent
from recovery.queries import audit as found

REPEATS_FOR = timedelta(minutes=15)  # the same list shown to the same eyes is one view


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of a clinic, by her session or by a token."""

    clinic_id: UUID
    staff_id: UUID
    role: str
    token_id: UUID | None = None

    @property
    def caller_id(self) -> UUID:
        return self.token_id or self.staff_id


def record(actor: Actor, action: str, subject: str, ids: Iterable[UUID], now: datetime) -> None:
    """One row for one view or change; a list is one row with all its ids."""
    _add(actor.clinic_id, action, subject, ids, now, actor.staff_id, actor.token_id)


def record_nobody(clinic_id: UUID, action: str, subject: str, ids: Iterable[UUID], now: datetime) -> None:
    """The same for somebody who is not signed in: before the door, or at the server's own command line."""
    _add(clinic_id, action, subject, ids, now, None, None)


def is_repeated(actor: Actor, subject: str, ids: Collection[UUID], now: datetime) -> bool:
    """Whether the last list that this caller was shown, a moment ago, held the very same ids.

    A page that keeps itself fresh, or a program that asks every few seconds, has seen nothing new then.
    """
    last = found.last_list(actor.clinic_id, actor.staff_id, actor.token_id, subject, now - REPEATS_FOR)
    return last is not None and set(last) == {str(each) for each in ids}


def _add(
    clinic_id: UUID,
    action: str,
    subject: str,
    ids: Iterable[UUID],
    now: datetime,
    staff_id: UUID | None,
    token_id: UUID | None,
) -> None:
    db.session.add(
        AuditEvent(
            clinic_id=clinic_id,
            staff_id=staff_id,
            token_id=token_id,
            action=action,
            subject=subject,
            subject_ids=[str(each) for each in ids],
            at=now,
        )
    )
