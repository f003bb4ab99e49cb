"""Finding what the phone on call is texted about, and what became of those texts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message

# In the words of the index for these, which SQLite does not use for values that are bound.
_UNSEEN = sa.text("flagged_case.status = 'open' AND flagged_case.acknowledged_at IS NULL")
_ALERTED = _UNSEEN, FlaggedCase.on_call_at.is_not(None)


def clinics_to_alert(now: datetime) -> Sequence[UUID]:
    """Clinics with a phone on call and a case about which it is due to be texted."""
    found = (
        sa.select(FlaggedCase.clinic_id)
        .join(Clinic, Clinic.id == FlaggedCase.clinic_id)
        .where(*_ALERTED, FlaggedCase.on_call_at <= now, Clinic.on_call_phone_hash.is_not(None))
        .distinct()
    )
    return db.session.scalars(found).all()


def locked_cases(clinic_id: UUID) -> Sequence[FlaggedCase]:
    """A clinic's cases about which the phone is still to be texted, soonest first, locked.

    Without those that somebody decides about at this moment, for whom nobody waits: several patients'
    cases cannot be locked in the order that decisions keep.
    """
    found = (
        sa.select(FlaggedCase)
        .where(*_ALERTED, FlaggedCase.clinic_id == clinic_id)
        .order_by(FlaggedCase.on_call_at, FlaggedCase.id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(found).all()


def locked_told(clinic_id: UUID, priority: str) -> Sequence[FlaggedCase]:
    """A clinic's cases of that priority of which the phone was told and which nobody has seen, locked.

    Without those that somebody decides about at this moment, as above.
    """
    found = (
        sa.select(FlaggedCase)
        .where(
            _UNSEEN,
            FlaggedCase.clinic_id == clinic_id,
            FlaggedCase.priority == priority,
            FlaggedCase.on_call_texts > 0,
        )
        .order_by(FlaggedCase.id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(found).all()


def waiting(clinic_id: UUID, priority: str) -> int:
    """How many cases of that priority nobody has seen."""
    found = sa.select(sa.func.count()).where(
        _UNSEEN, FlaggedCase.clinic_id == clinic_id, FlaggedCase.priority == priority
    )
    return db.session.scalar(found) or 0


def is_any_told_of(clinic_id: UUID, priority: str) -> bool:
    """Whether a case of that priority about which the phone was texted has nobody yet who has seen it."""
    found = sa.select(FlaggedCase.id).where(
        _UNSEEN,
        FlaggedCase.clinic_id == clinic_id,
        FlaggedCase.priority == priority,
        FlaggedCase.on_call_texts > 0,
    )
    return db.session.scalar(found.limit(1)) is not None


def is_alert_queued(clinic_id: UUID, key: str) -> bool:
    """Whether an alert whose key begins so has not left yet."""
    found = sa.select(Message.id).where(
        Message.status == "queued",
        Message.clinic_id == clinic_id,
        Message.kind == "on_call",
        Message.dedupe_key.startswith(key, autoescape=True),
    )
    return db.session.scalar(found.limit(1)) is not None


def last_alert(clinic: Clinic) -> Message | None:
    """The latest alert to the clinic's present phone on call."""
    if clinic.on_call_phone_hash is None:
        return None
    found = sa.select(Message).where(
        Message.phone_hash == clinic.on_call_phone_hash,
        Message.clinic_id == clinic.id,
        Message.wording == "on_call",
        Message.status != "cancelled",
    )
    return db.session.scalar(found.order_by(Message.created_at.desc(), Message.id.desc()).limit(1))
