"""Texts in both directions. An outgoing text is a row before it is a call."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recovery.db import Base, SealedBytes, SealedText, UtcTime, choice, id_column
from recovery.domain.thread import QUESTIONS

DIRECTIONS = ("inbound", "outbound")
# What an outgoing text is, which decides what binds it (see services/gate.py).
KINDS = ("welcome", "check_in", "late", "reminder", "answer", "safety", "nurse", "on_call")
# queued: waiting; sending: claimed; in_doubt: perhaps sent; the rest is final but sent.
STATUSES = (
    "received",
    "queued",
    "sending",
    "in_doubt",
    "sent",
    "delivered",
    "undelivered",
    "refused",
    "expired",
    "cancelled",
)
# waiting: to be fetched; kept: here, and to be deleted at the provider; done: deleted there;
# unusable: no photo, or gone before we could fetch it; erased: removed here.
PHOTO_STATUSES = ("waiting", "kept", "done", "unusable", "erased")
DAILY_CAP = 12
_LOOKED_FOR = sa.text("look_at IS NOT NULL")
_OF_NO_CLINIC = sa.text("clinic_id IS NULL")
_OF_A_CHECK_IN = sa.text("check_in_id IS NOT NULL")
_ANSWERING = sa.text("answers_id IS NOT NULL")
_OF_NOBODY = sa.text("unknown_number_id IS NOT NULL")
_UNREDACTED = sa.text("redacted_at IS NULL AND twilio_sid IS NOT NULL")


class Message(Base):
    """`dedupe_key` names what the text is for, so that the same thing can never be two rows.

    `look_at`: when the provider is next asked what became of it; `looks`: how often it was since the
    claim; `looked_at`: the last time. `sent_at` of an inbound text is the provider's time, of one whose
    webhook never came and that was found in the provider's log, or when one came that a nurse attached
    to its patient later; else there is none. Either is read as of then.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("twilio_sid"),
        sa.UniqueConstraint("dedupe_key"),
        sa.UniqueConstraint("patient_id", "seq"),
        sa.Index("ix_message_due", "status", "due_at"),
        sa.Index("ix_message_look", "look_at", sqlite_where=_LOOKED_FOR, postgresql_where=_LOOKED_FOR),
        sa.Index(
            "ix_message_no_clinic", "created_at", sqlite_where=_OF_NO_CLINIC, postgresql_where=_OF_NO_CLINIC
        ),
        sa.Index(
            "ix_message_check_in", "check_in_id", sqlite_where=_OF_A_CHECK_IN, postgresql_where=_OF_A_CHECK_IN
        ),
        sa.Index("ix_message_answers", "answers_id", sqlite_where=_ANSWERING, postgresql_where=_ANSWERING),
        sa.Index(
            "ix_message_of_nobody", "unknown_number_id", sqlite_where=_OF_NOBODY, postgresql_where=_OF_NOBODY
        ),
        sa.Index("ix_message_phone", "phone_hash", "created_at"),
        sa.Index("ix_message_treatment", "treatment_id"),
        sa.Index(
            "ix_message_unredacted",
            "created_at",
            sqlite_where=_UNREDACTED,
            postgresql_where=_UNREDACTED,
        ),
        choice("direction", DIRECTIONS, "direction"),
        choice("kind", KINDS, "kind"),
        choice("status", STATUSES, "status"),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("clinic.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"))
    treatment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("treatment.id"))
    check_in_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("check_in.id"))
    answers_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("message.id"))
    written_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    unknown_number_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("unknown_number.id"))
    seq: Mapped[int | None]
    direction: Mapped[str] = mapped_column(sa.String(8))
    kind: Mapped[str | None] = mapped_column(sa.String(10))
    wording: Mapped[str | None] = mapped_column(sa.String(40))
    dedupe_key: Mapped[str] = mapped_column(sa.String(80))
    phone: Mapped[str | None] = mapped_column(SealedText("message.phone"))
    phone_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    clinic_phone: Mapped[str | None] = mapped_column(sa.String(64))
    body: Mapped[str | None] = mapped_column(SealedText("message.body"))
    body_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    media_count: Mapped[int] = mapped_column(default=0)
    media: Mapped[str | None] = mapped_column(SealedText("message.media"))
    intent: Mapped[str | None] = mapped_column(sa.String(12))
    reading: Mapped[str | None] = mapped_column(SealedText("message.reading"))
    status: Mapped[str] = mapped_column(sa.String(12))
    provider_status: Mapped[str | None] = mapped_column(sa.String(32))
    error_code: Mapped[int | None]
    twilio_sid: Mapped[str | None] = mapped_column(sa.String(64))
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    owner: Mapped[str | None] = mapped_column(sa.String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None] = mapped_column(UtcTime)
    looks: Mapped[int] = mapped_column(default=0, server_default="0")
    looked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    redacted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    @property
    def at(self) -> datetime:
        """When it was sent or received, to the second; before it is sent, when it was written down."""
        return (self.claimed_at or self.written_at).replace(microsecond=0)

    @property
    def written_at(self) -> datetime:
        """When a patient wrote this: as the provider told of a text found late, else when it came."""
        return self.sent_at or self.created_at

    @property
    def asks(self) -> UUID | None:
        """The check-in that this text asks, if it asks one."""
        return self.check_in_id if self.kind in QUESTIONS else None


class Photo(Base):
    """What came with a text: its address is line `position` of the text's `media`; sealed once fetched."""

    __tablename__ = "photo"
    __table_args__ = (
        sa.UniqueConstraint("message_id", "position"),
        sa.Index("ix_photo_due", "status", "due_at"),
        choice("status", PHOTO_STATUSES, "status"),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    message_id: Mapped[UUID] = mapped_column(sa.ForeignKey("message.id"))
    position: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(12))
    content_type: Mapped[str | None] = mapped_column(sa.String(40))
    content: Mapped[bytes | None] = mapped_column(SealedBytes("photo.content"), deferred=True)
    why: Mapped[str | None] = mapped_column(sa.String(200))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class InboundLook(Base):
    """How far the provider's log of a clinic's number was read: the newest time that it told itself."""

    __tablename__ = "inbound_look"

    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"), primary_key=True)
    newest_sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    looked_at: Mapped[datetime] = mapped_column(UtcTime)


class ProviderEvent(Base):
    """One status callback, kept as it came; without a clinic when the text is not known."""

    __tablename__ = "provider_event"

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("clinic.id"))
    message_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("message.id"))
    twilio_sid: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[str] = mapped_column(sa.String(32))
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    received_at: Mapped[datetime] = mapped_column(UtcTime)


class TextCount(Base):
    """Texts to one number on one UTC day over all clinics; the hard cap is this table's check."""

    __tablename__ = "text_count"
    __table_args__ = (
        sa.CheckConstraint(f"texts BETWEEN 0 AND {DAILY_CAP}", name="daily_cap"),
        sa.Index("ix_text_count_day", "day"),
    )

    phone_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    texts: Mapped[int]
