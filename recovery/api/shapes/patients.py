"""A patient as JSON."""

from typing import Any

from recovery.api.shapes.values import local_to
from recovery.models.patient import Patient


def patient(row: Patient) -> dict[str, Any]:
    local = local_to(row.timezone)
    return {
        "id": str(row.id),
        "name": row.name,
        "phone": row.phone,
        "language": row.language,
        "timezone": row.timezone,
        "skin_type": row.skin_type,
        "risk_facts": row.risk_facts,
        "consented_at": local(row.consented_at),
        "created_at": local(row.created_at),
        "version": row.version,
    }
