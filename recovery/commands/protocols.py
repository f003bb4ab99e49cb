"""`protocol approve`, `protocol list` and `protocol show`."""

import json
from uuid import UUID

import click

from recovery.commands.group import Commands, show, the_clinic
from recovery.db import reading, writing
from recovery.models.clinic import ProtocolVersion
from recovery.queries import protocols as found
from recovery.services import audit, clock, protocols

group = Commands("protocol", help="The clinical numbers, and who signed them.")

_CLINIC = click.option("--clinic", "clinic_id", type=click.UUID, required=True, help="The clinic's id.")


@group.command("approve")
@_CLINIC
@click.option("--by", required=True, help="The clinician who signs.")
def approve(clinic_id: UUID, by: str) -> None:
    """Sign a clinic's newest version; in production no check-in goes before."""
    with writing():
        signed = protocols.approve(the_clinic(clinic_id), by, clock.now())
        audit.record_nobody(clinic_id, "approve", "protocol", [signed.id], clock.now())
        answer = _described(signed)
    show(answer)


@group.command("list")
def list_versions() -> None:
    """Every version of every clinic, newest first."""
    with reading():
        show([_described(each) for each in found.versions()])


@group.command("show")
@_CLINIC
def show_newest(clinic_id: UUID) -> None:
    """A clinic's newest version with every number in it."""
    with reading():
        version = found.newest_version(the_clinic(clinic_id).id)
        show({**_described(version), "content": json.loads(version.content)})


def _described(version: ProtocolVersion) -> dict[str, object]:
    return {
        "id": version.id,
        "clinic_id": version.clinic_id,
        "number": version.number,
        "approved_by": version.approved_by,
        "approved_at": version.approved_at,
        "created_at": version.created_at,
    }
