"""The record of who saw or changed a patient's data: ids only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from recovery.db import db
from recovery.models.system import AuditEvent


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
    db.session.add(
        AuditEvent(
            clinic_id=actor.clinic_id,
            staff_id=actor.staff_id,
            token_id=actor.token_id,
            action=action,
            subject=subject,
            subject_ids=[str(each) for each in ids],
            at=now,
        )
    )
