"""`sending hold`, `sending resume` and `sending status`."""

from uuid import UUID

import click

from recovery.commands.group import Commands, show, the_clinic
from recovery.db import reading, writing
from recovery.queries import clinics as found
from recovery.services import audit, clinics, clock, switches

group = Commands("sending", help="The switch that stops all automatic texts, emergency texts excepted.")

_CLINIC = click.option("--clinic", "clinic_id", type=click.UUID, help="Only this clinic's.")


@group.command("hold")
@_CLINIC
def hold(clinic_id: UUID | None) -> None:
    """Send no automatic text until resumed."""
    with writing():
        if clinic_id is None:
            switches.hold(clock.now())
        else:
            _switch(clinic_id, on=False)
        answer = _status(clinic_id)
    show(answer)


@group.command("resume")
@_CLINIC
def resume(clinic_id: UUID | None) -> None:
    """Send again."""
    with writing():
        if clinic_id is None:
            switches.resume(clock.now())
        else:
            _switch(clinic_id, on=True)
        answer = _status(clinic_id)
    show(answer)


@group.command("status")
@_CLINIC
def status(clinic_id: UUID | None) -> None:
    """Whether sending is held, and since when."""
    with reading():
        show(_status(clinic_id))


def _switch(clinic_id: UUID, *, on: bool) -> None:
    the_clinic(clinic_id)
    clinics.change(found.locked_clinic(clinic_id), {"texting_on": on}, clock.now())
    audit.record_nobody(clinic_id, "change", "clinic", [clinic_id], clock.now())


def _status(clinic_id: UUID | None) -> dict[str, object]:
    since = switches.held_since() if clinic_id is None else the_clinic(clinic_id).texting_off_at
    return {"held": since is not None, "since": since}
