"""What a search asks for: a phone number in any form, or words of a name."""

from recovery.models.clinic import Clinic
from recovery.phones import looked_for


def phone_in(q: str | None, clinic: Clinic) -> str | None:
    """The number (E.164) that was searched for; None if the search is no number."""
    return looked_for(q, clinic.region)
