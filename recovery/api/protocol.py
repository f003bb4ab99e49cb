"""The routes about the protocol: the clinical numbers, version by version, and who signed them."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from recovery.api import finding
from recovery.api.answers import Answer
from recovery.api.schemas.protocol import NewVersion, Protocol, Signature, WholeVersion
from recovery.api.sections import Section
from recovery.api.shapes.values import local_to
from recovery.domain.errors import NotFound
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.queries import protocols as stored
from recovery.queries import treatments
from recovery.services import protocols

Under = dict[UUID, tuple[int, int]]  # by version: treatments that began under it, and of them recovering

section = Section("protocol", "The clinical numbers. Every nurse reads them, admins write and sign versions.")


@section.reads("/protocol", gives=Protocol)
def show_protocol(now: datetime) -> Answer:
    """Show the newest version with every number, which version is in force, and all that there were.

    A version is never changed. New treatments begin under the newest one that is signed; a treatment
    keeps the version it began with.
    """
    clinic = finding.clinic()
    versions, under = stored.versions_of(clinic.id), stored.treatments_under(clinic.id)
    body = {
        "in_force": treatments.current_protocol(clinic.id).number,
        "newest": _whole(clinic, versions[0], under),
        "versions": [_shape(clinic, each, under) for each in versions],
    }
    return Answer(body, "view", "protocol", [])


@section.reads("/protocol/versions/<int:number>", gives=WholeVersion)
def show_version(number: int, now: datetime) -> Answer:
    """Show one version with every number: what the treatments that began under it are judged by."""
    clinic = finding.clinic()
    version = next((each for each in stored.versions_of(clinic.id) if each.number == number), None)
    if version is None:
        raise NotFound("There is no such version.")
    shape = _whole(clinic, version, stored.treatments_under(clinic.id))
    return Answer(shape, "view", "protocol", [version.id])


@section.writes("POST", "/protocol", takes=NewVersion, gives=WholeVersion, status=201, etag=False, admin=True)
def write_version(body: dict[str, Any], now: datetime) -> Answer:
    """Write a new version out of the newest one; nothing runs under it until it is signed."""
    clinic = finding.clinic()
    version = protocols.write(clinic, body["based_on"], body["changes"], now)
    return Answer(
        _whole(clinic, version, stored.treatments_under(clinic.id)), "write", "protocol", [version.id]
    )


@section.writes("POST", "/protocol/approve", takes=Signature, gives=WholeVersion, etag=False, admin=True)
def approve_version(body: dict[str, Any], now: datetime) -> Answer:
    """Sign the newest version. In production no check-in goes out before one is signed."""
    clinic = finding.clinic()
    version = protocols.approve(clinic, body["by"], now, body["number"])
    return Answer(
        _whole(clinic, version, stored.treatments_under(clinic.id)), "approve", "protocol", [version.id]
    )


def _shape(clinic: Clinic, version: ProtocolVersion, under: Under) -> dict[str, Any]:
    local = local_to(clinic.timezone)
    began, still = under.get(version.id, (0, 0))
    return {
        "number": version.number,
        "created_at": local(version.created_at),
        "approved_by": version.approved_by,
        "approved_at": local(version.approved_at),
        "treatments": began,
        "recovering": still,
    }


def _whole(clinic: Clinic, version: ProtocolVersion, under: Under) -> dict[str, Any]:
    return {**_shape(clinic, version, under), "content": json.loads(version.content)}
