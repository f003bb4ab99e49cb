"""The protocol's versions: written out of the newest one, never changed, signed by a clinician."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from recovery.db import db, new_id
from recovery.domain import protocol
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.protocol_rules import changed
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.queries import clinics, protocols
from recovery.services.values import parsed

LONGEST_NAME = 200


def write(clinic: Clinic, based_on: int, changes: Mapping[str, Any], now: datetime) -> ProtocolVersion:
    """A new version: the newest one with these fields anew. Nothing runs under it until it is signed.

    Raises Conflict if `based_on` is not the newest any more, Invalid for numbers that are wrong or
    contradict each other, and where nothing is different.
    """
    clinics.locked_clinic(clinic.id)
    newest = protocols.newest_version(clinic.id)
    if newest.number != based_on:
        raise Conflict(f"Somebody else wrote version {newest.number} meanwhile; look at it first.")
    before = parsed(newest)
    after = changed(before, changes)
    if after == before:
        raise Invalid({"changes": [f"Nothing is different from version {newest.number}."]})
    version = ProtocolVersion(
        id=new_id(),
        clinic_id=clinic.id,
        number=newest.number + 1,
        content=protocol.to_json(after),
        created_at=now,
    )
    db.session.add(version)
    db.session.flush()
    return version


def approve(clinic: Clinic, by: str, now: datetime, number: int | None = None) -> ProtocolVersion:
    """Sign the clinic's newest version, for running treatments too; `number` is the one that was read.

    New treatments begin under it. One that runs keeps the version it began with, if that was ever
    signed; under a version that nobody signed, and another has followed, she would never be asked: such a
    treatment goes on under this one (`services/replanning.py`). Raises Invalid without a name,
    Conflict if it is signed already or no longer the newest.
    """
    name = by.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid({"by": [f"Must be a name of 1 to {LONGEST_NAME} characters."]})
    row = clinics.locked_clinic(clinic.id)
    version = protocols.locked_newest_version(clinic.id)
    if number is not None and version.number != number:
        raise Conflict(f"Version {number} is not the newest: there is version {version.number} by now.")
    if version.approved_at is not None:
        raise Conflict(f"Version {version.number} was signed by {version.approved_by} already.")
    version.approved_by, version.approved_at = name, now
    row.replan_at = now
    return version
