"""Sessions and the second step, the phone on call, imports, and the audit's seal."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UNSEALED = sa.text("seal IS NULL")
_UNSEEN = sa.text("status = 'open' AND acknowledged_at IS NULL AND on_call_at IS NOT NULL")
_REFUSAL = "the audit is append-only"
_KEPT = ("id", "clinic_id", "staff_id", "token_id", "action", "subject", "subject_ids", "at")


def upgrade() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_recovery_code_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_staff_id"), "recovery_code", ["staff_id"])

    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("second_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_staff_session_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_created_at"), "staff_session", ["created_at"])
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])

    op.create_table(
        "treatment_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_treatment_import_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_treatment_import_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_import")),
        sa.UniqueConstraint("clinic_id", "digest", name=op.f("uq_treatment_import_clinic_id_digest")),
    )

    op.add_column("audit_event", sa.Column("seq", sa.Integer(), nullable=True))
    op.add_column("audit_event", sa.Column("seal", sa.LargeBinary(length=32), nullable=True))
    op.create_index(
        "ix_audit_event_unsealed",
        "audit_event",
        ["id"],
        sqlite_where=_UNSEALED,
        postgresql_where=_UNSEALED,
    )
    op.create_index("uq_audit_event_seq", "audit_event", ["clinic_id", "seq"], unique=True)
    _refuse_changes_of_the_audit()

    op.add_column(
        "clinic", sa.Column("second_step_required", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("clinic", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("clinic", sa.Column("texting_off_by", sa.String(length=200), nullable=True))
    op.add_column("clinic", sa.Column("replan_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("flagged_case", sa.Column("on_call_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "flagged_case", sa.Column("on_call_texts", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_flagged_case_on_call",
        "flagged_case",
        ["on_call_at"],
        sqlite_where=_UNSEEN,
        postgresql_where=_UNSEEN,
    )
    op.execute(
        "UPDATE flagged_case SET on_call_at = flagged_at WHERE status = 'open' AND acknowledged_at IS NULL "
        "AND priority IN ('urgent', 'emergency')"
    )

    _add_reference("message", "written_by_id", "staff", "fk_message_written_by_id")

    op.add_column("staff", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("staff", sa.Column("reset_hash", sa.LargeBinary(length=32), nullable=True))
    op.add_column("staff", sa.Column("reset_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_staff_reset", "staff", ["reset_hash"], unique=True)

    _add_reference("treatment", "import_id", "treatment_import", "fk_treatment_import_id")
    op.add_column("treatment", sa.Column("import_line", sa.Integer(), nullable=True))
    op.create_index("uq_treatment_import_line", "treatment", ["import_id", "import_line"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_treatment_import_line", "treatment")
    op.drop_column("treatment", "import_line")
    op.drop_column("treatment", "import_id")
    op.drop_index("uq_staff_reset", "staff")
    for name in ("reset_until", "reset_hash", "totp_step", "totp_confirmed_at", "totp_secret"):
        op.drop_column("staff", name)
    op.drop_column("message", "written_by_id")
    op.drop_index("ix_flagged_case_on_call", "flagged_case")
    op.drop_column("flagged_case", "on_call_texts")
    op.drop_column("flagged_case", "on_call_at")
    op.drop_column("clinic", "replan_at")
    op.drop_column("clinic", "texting_off_by")
    op.drop_column("clinic", "version")
    op.drop_column("clinic", "second_step_required")
    _accept_changes_of_the_audit()
    op.drop_index("uq_audit_event_seq", "audit_event")
    op.drop_index("ix_audit_event_unsealed", "audit_event")
    op.drop_column("audit_event", "seal")
    op.drop_column("audit_event", "seq")
    op.drop_table("treatment_import")
    op.drop_table("staff_session")
    op.drop_table("recovery_code")


def _add_reference(table: str, column: str, to: str, name: str) -> None:
    """In line with its column, so that SQLite need not copy the table, which others refer to."""
    reference = sa.ForeignKey(f"{to}.id", name=op.f(name))
    op.add_column(table, sa.Column(column, sa.Uuid(), reference, nullable=True), inline_references=True)


def _refuse_changes_of_the_audit() -> None:
    """The database itself: a row is sealed once, else never changed, and never removed.

    A later migration that copies this table on SQLite (batch mode) must make its triggers again.
    """
    if op.get_bind().dialect.name == "sqlite":
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _KEPT)
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        op.execute(
            "CREATE TRIGGER audit_event_sealed_once BEFORE UPDATE ON audit_event WHEN OLD.seal IS NOT NULL "
            f"OR NEW.seal IS NULL OR NEW.seq IS NULL OR {changed} {refuse}"
        )
        op.execute(f"CREATE TRIGGER audit_event_stays BEFORE DELETE ON audit_event {refuse}")
        return
    changed = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in _KEPT)
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' AND NOT (OLD.seal IS NOT NULL OR NEW.seal IS NULL OR NEW.seq IS NULL "
        f"OR {changed}) THEN RETURN NEW; END IF; RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_event_not_emptied BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def _accept_changes_of_the_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("audit_event_sealed_once", "audit_event_stays"):
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in ("audit_event_stays", "audit_event_not_emptied"):
        op.execute(f"DROP TRIGGER {name} ON audit_event")
    op.execute("DROP FUNCTION refuse_audit_change()")
