"""What the machinery keeps for itself: audit, job runs, switches, the keys' known word, answers to replay."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recovery.db import Base, SealedText, UtcTime, id_column

_UNSEALED = sa.text("seal IS NULL")


class AuditEvent(Base):
    """Who saw or changed what, by ids only; never a name, a number or a text.

    A job numbers a clinic's rows and seals each: `seal` is an HMAC over the seal before and the row.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        sa.Index("ix_audit_event_clinic", "clinic_id", "at"),
        sa.Index(
            "ix_audit_event_waiting", "clinic_id", "id", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED
        ),
        sa.Index("uq_audit_event_seq", "clinic_id", "seq", unique=True),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    staff_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    token_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("api_token.id"))
    action: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(20))
    subject_ids: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    at: Mapped[datetime] = mapped_column(UtcTime)
    seq: Mapped[int | None]
    seal: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))


class JobRun(Base):
    """The last run of each job; one row a job, for all clinics."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    owner: Mapped[str] = mapped_column(sa.String(80))
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    error: Mapped[str | None] = mapped_column(sa.String(200))


SENDING_HELD, LAST_TICK = "sending_held", "last_tick"


class Switch(Base):
    """A switch of the whole installation: when sending was held, how far the development clock is."""

    __tablename__ = "switch"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class KnownWord(Base):
    """A word known to all, written once under the installation's keys: whoever cannot read it has others."""

    __tablename__ = "known_word"

    word: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    sealed: Mapped[str] = mapped_column(SealedText("known_word.sealed"))
    hashed: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class IdempotencyKey(Base):
    """An answer to replay, kept sealed for a day; its row is of the transaction of the effect.

    `patient_id` is whose data the answer holds: it goes with her when she is erased.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.UniqueConstraint("caller_id", "method", "path", "key"),)

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    caller_id: Mapped[UUID]
    method: Mapped[str] = mapped_column(sa.String(8))
    path: Mapped[str] = mapped_column(sa.String(300))
    key: Mapped[str] = mapped_column(sa.String(255))
    patient_id: Mapped[UUID | None] = mapped_column(index=True)
    request_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(SealedText("idempotency_key.answer"))
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
