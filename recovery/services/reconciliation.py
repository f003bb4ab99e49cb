"""Texts whose fate is not known: put in doubt when their sender vanished, never sent again blindly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from recovery.db import db, writing
from recovery.queries import messages, patients
from recovery.services import delivery


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
    with writing():
        stuck = messages.expired_leases(clock(), limit=500)
    for message_id in stuck:
        with writing():
            message = messages.message(message_id)
            if message is None:
                continue
            if message.patient_id is not None:
                patients.locked_patient(message.patient_id)
                db.session.refresh(message)
            lease = message.lease_until
            if message.status == "sending" and lease is not None and lease < clock():
                delivery.doubted(message, clock())
                counts.updated += 1
    return counts
