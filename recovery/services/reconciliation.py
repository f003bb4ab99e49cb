"""Texts whose fate is not known: put in doubt when their sender vanished, never sent again blindly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from recovery.db import db, reading, writing
from recovery.queries import messages, patients
from recovery.services import delivery
from recovery.services.one_by_one import apart


@dataclass
class Counts:
    adopted: int = 0
    released: int = 0
    expired: int = 0
    received: int = 0
    updated: int = 0


def reconcile(clock: Callable[[], datetime]) -> Counts:
    """Mark claims whose lease ran out as in doubt; a status callback may still heal them."""
    counts = Counts()
    with reading():
        stuck = messages.expired_leases(clock(), limit=500)
    for message_id in stuck:
        with apart("reconcile_failed", message=message_id), writing():
            counts.updated += _doubt(message_id, clock())
    return counts


def _doubt(message_id: UUID, now: datetime) -> bool:
    message = messages.message(message_id)
    if message is None:
        return False
    if message.patient_id is not None:
        patients.locked_patient(message.patient_id)
    db.session.refresh(message, with_for_update={"key_share": True})
    if message.status != "sending" or message.lease_until is None or message.lease_until >= now:
        return False
    delivery.doubted(message)
    return True
