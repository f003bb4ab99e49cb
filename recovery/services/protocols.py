"""The protocol's versions: a clinician signs the newest one."""

from datetime import datetime

from recovery.domain.errors import Conflict, Invalid
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.queries import protocols

LONGEST_NAME = 200


def approve(clinic: Clinic, by: str, now: datetime) -> ProtocolVersion:
    """Sign the clinic's newest version, for running treatments too.

    Raises Invalid without a name, Conflict if it is signed already.
    """
    name = by.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid({"by": [f"Must be a name of 1 to {LONGEST_NAME} characters."]})
    version = protocols.locked_newest_version(clinic.id)
    if version.approved_at is not None:
        raise Conflict(f"Version {version.number} was signed by {version.approved_by} already.")
    version.approved_by, version.approved_at = name, now
    return version
