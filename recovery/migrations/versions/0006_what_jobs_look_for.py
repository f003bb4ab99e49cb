"""Indexes of what the jobs look for, when a recovery and a case are looked at next; indexes that nothing read go."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Name, table, columns, and of which rows.
Index = tuple[str, str, list[str], str | None]

ADDED: tuple[Index, ...] = (
    ("ix_treatment_patient", "treatment", ["patient_id"], None),
    ("ix_treatment_review", "treatment", ["review_at"], "status = 'recovering'"),
    ("ix_patient_doubted", "patient", ["id"], "number_doubted_at IS NOT NULL"),
    ("ix_check_in_due", "check_in", ["due_at"], "status = 'planned'"),
    ("ix_check_in_unanswered", "check_in", ["kind", "sent_at"], "status IN ('sent', 'delivered')"),
    ("ix_check_in_reminder", "check_in", ["reminder_at"], "reminder_at IS NOT NULL"),
    ("ix_flagged_case_rises", "flagged_case", ["rises_at"], "status = 'open'"),
    ("ix_flagged_case_snoozed", "flagged_case", ["snoozed_until"], "status = 'snoozed'"),
    ("ix_message_look", "message", ["look_at"], "look_at IS NOT NULL"),
    ("ix_message_no_clinic", "message", ["created_at"], "clinic_id IS NULL"),
    ("ix_message_check_in", "message", ["check_in_id"], "check_in_id IS NOT NULL"),
    ("ix_message_answers", "message", ["answers_id"], "answers_id IS NOT NULL"),
    ("ix_message_of_nobody", "message", ["unknown_number_id"], "unknown_number_id IS NOT NULL"),
    ("ix_text_count_day", "text_count", ["day"], None),
    ("ix_audit_event_waiting", "audit_event", ["clinic_id", "id"], "seal IS NULL"),
)
REMOVED: tuple[Index, ...] = (
    ("ix_treatment_status", "treatment", ["status", "treated_at"], None),
    ("ix_check_in_due", "check_in", ["status", "due_at"], None),
    ("ix_message_look", "message", ["look_at"], None),
    ("ix_message_clinic_id", "message", ["clinic_id"], None),
    ("ix_message_check_in_id", "message", ["check_in_id"], None),
    ("ix_message_answers_id", "message", ["answers_id"], None),
    ("ix_message_unknown_number_id", "message", ["unknown_number_id"], None),
    ("ix_provider_event_message_id", "provider_event", ["message_id"], None),
    ("ix_provider_event_twilio_sid", "provider_event", ["twilio_sid"], None),
    ("ix_report_message_id", "report", ["message_id"], None),
    ("ix_report_check_in_id", "report", ["check_in_id"], None),
    ("ix_audit_event_unsealed", "audit_event", ["id"], "seal IS NULL"),
)


def upgrade() -> None:
    moment, long_ago = sa.DateTime(timezone=True), sa.text("'1970-01-01 00:00:00'")
    op.add_column("treatment", sa.Column("review_at", moment, server_default=long_ago, nullable=False))
    op.add_column("flagged_case", sa.Column("rises_at", moment, server_default=long_ago, nullable=True))
    _replace(REMOVED, ADDED)


def downgrade() -> None:
    _replace(ADDED, REMOVED)
    op.drop_column("flagged_case", "rises_at")
    op.drop_column("treatment", "review_at")


def _replace(old: tuple[Index, ...], new: tuple[Index, ...]) -> None:
    for name, table, _, _ in old:
        op.drop_index(name, table)
    for name, table, columns, of in new:
        rows = sa.text(of) if of else None
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
