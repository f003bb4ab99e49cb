"""What a search asks for: a phone number in any form, or words of a name."""

from recovery.domain.errors import Invalid
from recovery.models.clinic import Clinic
from recovery.phones import parsed


def phone_in(q: str | None, clinic: Clinic) -> str | None:
    """The number (E.164) that was searched for; None if the search is no number."""
    if q is None:
        return None
    try:
        return parsed(q, clinic.region)
    except Invalid:
        return None
