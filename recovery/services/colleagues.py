"""What an admin may do with the people of her clinic; there is always an admin who may enter."""

from datetime import datetime
from uuid import UUID

from recovery.domain.errors import Conflict, Invalid, NotFound
from recovery.models.staff import ROLES, Staff
from recovery.queries import clinics
from recovery.queries import staff as found
from recovery.services import second_step, sessions, staff

LAST_ADMIN = "A clinic needs an admin who may sign in: make somebody else one first."
HERSELF = "You cannot disable yourself; another admin can."


def locked(clinic_id: UUID, staff_id: UUID) -> Staff:
    """One of the clinic's people, for a decision. Raises NotFound.

    The clinic's row first: two admins who disable each other at once are not both let do it.
    """
    clinics.locked_clinic(clinic_id)
    if found.member(clinic_id, staff_id) is None:
        raise NotFound("There is no such person.")
    return found.locked_staff(staff_id)


def give_role(person: Staff, role: str) -> None:
    """Raises Invalid for what is no role, Conflict for the last admin."""
    if role not in ROLES:
        raise Invalid({"role": [f"Accepted: {', '.join(ROLES)}."]})
    if role != "admin":
        _check_another_admin(person)
    person.role = role


def disable(person: Staff, by: UUID, now: datetime) -> None:
    """Raises Conflict for herself and for the last admin."""
    if person.id == by:
        raise Conflict(HERSELF)
    _check_another_admin(person)
    staff.disable(person, now)


def take_second_step(person: Staff, now: datetime) -> None:
    """For a lost phone: whoever is signed in as her is out. Raises Conflict if there is none."""
    if person.totp_confirmed_at is None:
        raise Conflict(f"{person.name} has no second step.")
    second_step.remove(person)
    sessions.end_all(person.id, now)


def _check_another_admin(person: Staff) -> None:
    if person.role == "admin" and person.disabled_at is None and found.is_only_admin(person):
        raise Conflict(LAST_ADMIN)
