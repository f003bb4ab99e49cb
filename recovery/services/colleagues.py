"""What an admin may do with the people of her clinic; there is always an admin who may enter."""

from datetime import datetime
from uuid import UUID

from recovery.domain.errors import Conflict, Invalid, NotFound
from recovery.models.staff import ROLES, Staff
from recovery.queries import clinics
from recovery.queries import staff as found
from recovery.services import second_step, staff

LAST_ADMIN = (
    "A clinic needs an admin who can sign in: make somebody else one first. "
    "Somebody who has chosen no password yet does not count."
)
HERSELF = "You cannot disable yourself; another admin can."
HER_OWN = "Your own password and second step are on your account page, which asks who you are."


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


def offer_link(person: Staff, by: UUID, now: datetime) -> str:
    """For a forgotten password. Raises Conflict for herself, and for somebody disabled."""
    _check_another(person, by)
    return staff.offer_link(person, now)


def take_second_step(person: Staff, by: UUID, now: datetime) -> None:
    """For a lost phone. Raises Conflict for herself, and if there is none."""
    _check_another(person, by)
    second_step.take(person, now)


def _check_another(person: Staff, by: UUID) -> None:
    """Whoever finds an admin's browser open gets no further into her own account."""
    if person.id == by:
        raise Conflict(HER_OWN)


def _check_another_admin(person: Staff) -> None:
    if person.role == "admin" and person.disabled_at is None and found.is_only_admin(person):
        raise Conflict(LAST_ADMIN)
