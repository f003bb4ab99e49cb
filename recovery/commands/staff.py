"""`staff add`, `staff list`, `staff reset` and `staff disable`."""

import sys
from uuid import UUID

import click

from recovery.commands.group import Commands, show, the_clinic
from recovery.db import reading, writing
from recovery.models.staff import ROLES, Staff
from recovery.queries import staff as found
from recovery.services import audit, clock, staff
from recovery.services import second_step as steps

group = Commands("staff", help="The people who may sign in.")


@group.command("add")
@click.argument("email")
@click.option("--clinic", "clinic_id", type=click.UUID, required=True, help="The clinic's id.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", help="How she is called on the pages. [default: from EMAIL]")
@click.option("--password-stdin", is_flag=True, help="Read the password from one line of standard input.")
def add(email: str, clinic_id: UUID, role: str, name: str | None, password_stdin: bool) -> None:
    """Add a person; asks for the password twice."""
    password = _from_stdin() if password_stdin else _asked()
    with writing():
        clinic = the_clinic(clinic_id)
        person = staff.add(
            clock.now(), clinic_id=clinic.id, email=email, role=role, password=password, name=name
        )
        staff_id = person.id
        audit.record_nobody(clinic.id, "add", "staff", [staff_id], clock.now())
    show({"id": staff_id})


@group.command("list")
def list_staff() -> None:
    """Everybody, of every clinic."""
    with reading():
        show([_described(each) for each in found.everyone()])


@group.command("reset")
@click.argument("email")
@click.option("--second-step", is_flag=True, help="Take the second step away as well, for a lost phone.")
def reset(email: str, second_step: bool) -> None:
    """Make a link by which a person sets a new password; good once, for a day, and shown this once."""
    with writing():
        person = staff.by_email(email)
        if second_step:
            steps.take(person, clock.machines())
            audit.record_nobody(person.clinic_id, "second_step_off", "staff", [person.id], clock.now())
        link = staff.offer_link(person, clock.machines())
        audit.record_nobody(person.clinic_id, "offer_link", "staff", [person.id], clock.now())
        answer = {"id": person.id, "link": link, "good_until": person.reset_until}
    show(answer)


@group.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """End a person's access, her sessions and tokens with it."""
    with writing():
        person = staff.by_email(email)
        staff.disable(person, clock.machines())
        audit.record_nobody(person.clinic_id, "disable", "staff", [person.id], clock.now())
        answer = _described(person)
    show(answer)


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _described(person: Staff) -> dict[str, object]:
    return {
        "id": person.id,
        "clinic_id": person.clinic_id,
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "created_at": person.created_at,
        "disabled_at": person.disabled_at,
    }
