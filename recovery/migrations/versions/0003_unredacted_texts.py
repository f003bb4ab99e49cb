"""An index of the texts that still have their body in the provider's log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNREDACTED = sa.text("redacted_at IS NULL AND twilio_sid IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_message_unredacted",
        "message",
        ["created_at"],
        sqlite_where=UNREDACTED,
        postgresql_where=UNREDACTED,
    )


def downgrade() -> None:
    op.drop_index("ix_message_unredacted", table_name="message")
