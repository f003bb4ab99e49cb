"""A clinic as JSON."""

from typing import Any

from recovery.api.shapes.values import local_to
from recovery.models.clinic import Clinic

_AS_THEY_ARE = (
    "name",
    "sms_name",
    "phone",
    "region",
    "messaging_service_sid",
    "timezone",
    "language",
    "weekly_hours",
    "holidays",
    "on_call_phone",
    "emergency_number",
    "crisis_number",
    "second_step_required",
    "texting_off_by",
    "version",
)


def clinic(row: Clinic) -> dict[str, Any]:
    return {
        "id": str(row.id),
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        "check_in_time": row.check_in_time.strftime("%H:%M"),
        "texting_on": row.texting_off_at is None,
        "texting_off_at": local_to(row.timezone)(row.texting_off_at),
    }
