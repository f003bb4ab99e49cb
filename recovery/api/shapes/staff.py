"""People and their tokens as JSON; moments with the clinic's offset, and never a secret's hash."""

from typing import Any

from recovery.api.shapes.values import local_to
from recovery.models.staff import ApiToken, Staff


def member(row: Staff, timezone: str) -> dict[str, Any]:
    local = local_to(timezone)
    return {
        "id": str(row.id),
        "email": row.email,
        "name": row.name,
        "role": row.role,
        "has_password": bool(row.password_hash),
        "has_second_step": row.totp_confirmed_at is not None,
        "locked_until": local(row.locked_until),
        "disabled_at": local(row.disabled_at),
        "created_at": local(row.created_at),
    }


def token(row: ApiToken, timezone: str) -> dict[str, Any]:
    local = local_to(timezone)
    return {
        "id": str(row.id),
        "staff_id": str(row.staff_id),
        "name": row.name,
        "created_at": local(row.created_at),
        "expires_at": local(row.expires_at),
        "last_used_at": local(row.last_used_at),
        "revoked_at": local(row.revoked_at),
    }
