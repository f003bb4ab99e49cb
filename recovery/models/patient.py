"""A patient, how she is found by name, her former numbers, and who asked not to be texted."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recovery.db import Base, SealedText, UtcTime, choice, id_column
from recovery.domain.vocabulary import LANGUAGES, SkinType
from recovery.models.clinic import Clinic

_DOUBTED = sa.text("number_doubted_at IS NOT NULL")


class Patient(Base):
    """`next_seq` numbers her texts and reports in the order they were taken, under this row's lock."""

    __tablename__ = "patient"
    __table_args__ = (
        sa.UniqueConstraint("clinic_id", "phone_hash"),
        sa.Index("ix_patient_newest", "clinic_id", "created_at", "id"),
        sa.Index("ix_patient_doubted", "id", sqlite_where=_DOUBTED, postgresql_where=_DOUBTED),
        choice("language", LANGUAGES, "language"),
        choice("skin_type", SkinType, "skin_type"),
        sa.CheckConstraint("(phone IS NULL) = (phone_hash IS NULL)", name="phone_and_hash"),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    name: Mapped[str | None] = mapped_column(SealedText("patient.name"))
    phone: Mapped[str | None] = mapped_column(SealedText("patient.phone"))
    phone_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    language: Mapped[str] = mapped_column(sa.String(2))
    timezone: Mapped[str] = mapped_column(sa.String(64))
    skin_type: Mapped[str | None] = mapped_column(sa.String(3))
    risk_facts: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    consented_at: Mapped[datetime | None] = mapped_column(UtcTime)
    number_doubted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    conversation_until: Mapped[datetime | None] = mapped_column(UtcTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)
    next_seq: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    clinic: Mapped[Clinic] = relationship()

    def take_seq(self) -> int:
        """The next number in this patient's order; the row must be locked."""
        self.next_seq += 1
        return self.next_seq - 1


class NamePrefix(Base):
    """A keyed hash of one beginning of one word of a name, by which `q` finds the patient."""

    __tablename__ = "name_prefix"

    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"), primary_key=True)
    prefix_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("patient.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class FormerPhone(Base):
    """A number that was the patient's; texts from it still reach her case for a while."""

    __tablename__ = "former_phone"

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    phone_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class OptOut(Base):
    """No texts to this number, nor to this patient under another; outlives an erased patient."""

    __tablename__ = "opt_out"
    __table_args__ = (
        sa.Index(
            "uq_opt_out_standing",
            "clinic_id",
            "phone_hash",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    phone_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    source: Mapped[str] = mapped_column(sa.String(16))
    opted_out_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class UnknownNumber(Base):
    """A number that texted a clinic and is no patient's; its texts wait to be read."""

    __tablename__ = "unknown_number"
    __table_args__ = (sa.UniqueConstraint("clinic_id", "phone_hash"),)

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    phone: Mapped[str | None] = mapped_column(SealedText("unknown_number.phone"))
    phone_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    first_at: Mapped[datetime] = mapped_column(UtcTime)
    last_at: Mapped[datetime] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    priority: Mapped[str | None] = mapped_column(sa.String(9))
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"))
