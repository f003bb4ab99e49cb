"""Indexes of what the nurses' list and the statistics count, so that they read no table from end to end."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """In the order in which the service writes to these tables: on PostgreSQL each waits for its writers."""
    given = sa.text("withdrawn_at IS NULL")
    op.create_index("ix_treatment_treated", "treatment", ["clinic_id", "treated_at"])
    op.create_index("ix_flagged_case_created", "flagged_case", ["clinic_id", "created_at"])
    op.create_index("ix_flag_given", "flag", ["case_id", "rule"], sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    op.drop_index("ix_treatment_treated", "treatment")
    op.drop_index("ix_flagged_case_created", "flagged_case")
    op.drop_index("ix_flag_given", "flag")
