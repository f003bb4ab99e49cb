"""The people and programs of a clinic who may sign in: staff, their sessions and their API tokens."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recovery.db import Base, SealedText, UtcTime, choice, id_column
from recovery.models.clinic import Clinic

ROLES = ("nurse", "admin")


class Staff(Base):
    """A person. `totp_secret` counts once it was confirmed; `totp_step` is the last time step that was used.

    `password_hash`: empty until she chose a password. `reset_hash`: of the one link, good until
    `reset_until`, by which she sets a new one.
    """

    __tablename__ = "staff"
    __table_args__ = (
        choice("role", ROLES, "role"),
        sa.Index("uq_staff_reset", "reset_hash", unique=True),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(8))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcTime)
    totp_secret: Mapped[str | None] = mapped_column(SealedText("staff.totp_secret"))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    totp_step: Mapped[int | None]
    reset_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    reset_until: Mapped[datetime | None] = mapped_column(UtcTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    clinic: Mapped[Clinic] = relationship()


class RecoveryCode(Base):
    """Lets a person in once without her authenticator; kept as a hash."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class StaffSession(Base):
    """One browser that is signed in: its cookie's secret is kept as a hash.

    Until `second_step_at` is set, a person whose second step is asked for has given her password only.
    """

    __tablename__ = "staff_session"

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    second_step_at: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class ApiToken(Base):
    """Kept as a hash; the token itself is shown once."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    staff: Mapped[Staff] = relationship()
