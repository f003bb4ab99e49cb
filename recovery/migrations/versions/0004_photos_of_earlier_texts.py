"""What came with texts before photos were fetched is to be fetched as well."""

import sqlalchemy as sa
from alembic import op

from recovery.db import new_id

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_message = sa.table(
    "message",
    sa.column("id", sa.Uuid()),
    sa.column("clinic_id", sa.Uuid()),
    sa.column("patient_id", sa.Uuid()),
    sa.column("unknown_number_id", sa.Uuid()),
    sa.column("media_count", sa.Integer()),
    sa.column("media", sa.LargeBinary()),
    sa.column("created_at", sa.DateTime(timezone=True)),
)
_photo = sa.table(
    "photo",
    sa.column("id", sa.Uuid()),
    sa.column("clinic_id", sa.Uuid()),
    sa.column("patient_id", sa.Uuid()),
    sa.column("message_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("status", sa.String()),
    sa.column("attempts", sa.Integer()),
    sa.column("due_at", sa.DateTime(timezone=True)),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    earlier = sa.select(
        _message.c.id,
        _message.c.clinic_id,
        _message.c.patient_id,
        _message.c.media_count,
        _message.c.created_at,
    ).where(
        _message.c.media.is_not(None),
        _message.c.clinic_id.is_not(None),
        sa.or_(_message.c.patient_id.is_not(None), _message.c.unknown_number_id.is_not(None)),
        _message.c.id.not_in(sa.select(_photo.c.message_id)),
    )
    rows = [
        {
            "id": new_id(),
            "clinic_id": text.clinic_id,
            "patient_id": text.patient_id,
            "message_id": text.id,
            "position": position,
            "status": "waiting",
            "attempts": 0,
            "due_at": text.created_at,
            "created_at": text.created_at,
        }
        for text in op.get_bind().execute(earlier).all()
        for position in range(text.media_count)
    ]
    if rows:
        op.bulk_insert(_photo, rows)


def downgrade() -> None:
    pass
