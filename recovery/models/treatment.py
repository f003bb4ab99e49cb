"""A treatment and the check-ins planned for its recovery."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recovery.db import LONG_AGO, Base, SealedText, UtcTime, choice, id_column
from recovery.domain.vocabulary import (
    CheckInKind,
    CheckInStatus,
    Device,
    EndReason,
    Indication,
    TreatmentStatus,
)
from recovery.models.clinic import ProtocolVersion
from recovery.models.patient import Patient

if TYPE_CHECKING:
    from recovery.models.case import FlaggedCase
    from recovery.models.report import Report

_RECOVERING = sa.text("status = 'recovering'")
_PLANNED = sa.text("status = 'planned'")
_UNANSWERED = sa.text("status IN ('sent', 'delivered')")
_REMINDED_OF = sa.text("reminder_at IS NOT NULL")
_NO_ERROR = sa.text("end_reason IS NULL OR end_reason <> 'entered_in_error'")


class TreatmentImport(Base):
    """One file of treatments that was sent in: `digest` names its content, so that sending it again goes on.

    `problems`: [line, column, what is wrong] of a file that was refused, none of it a patient's data.
    """

    __tablename__ = "treatment_import"
    __table_args__ = (sa.UniqueConstraint("clinic_id", "digest"),)

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"))
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    lines: Mapped[int]
    written: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[list[Any]]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Treatment(Base):
    """One session of micro-needling and the recovery that follows; depth in millimetres.

    `review_at`: when time alone next calls for a look at a recovery that is under way; long ago
    where nobody said when, so that it is looked at.
    """

    __tablename__ = "treatment"
    __table_args__ = (
        sa.Index(
            "uq_treatment_recovering",
            "patient_id",
            unique=True,
            sqlite_where=_RECOVERING,
            postgresql_where=_RECOVERING,
        ),
        sa.Index(
            "uq_treatment_patient_day",
            "patient_id",
            "treated_on",
            unique=True,
            sqlite_where=_NO_ERROR,
            postgresql_where=_NO_ERROR,
        ),
        sa.Index("ix_treatment_patient", "patient_id"),
        sa.Index("ix_treatment_treated", "clinic_id", "treated_at"),
        sa.Index("ix_treatment_review", "review_at", sqlite_where=_RECOVERING, postgresql_where=_RECOVERING),
        choice("status", TreatmentStatus, "status"),
        choice("device", Device, "device"),
        choice("indication", Indication, "indication"),
        sa.Index("uq_treatment_import_line", "import_id", "import_line", unique=True),
        choice("end_reason", EndReason, "end_reason"),
        sa.CheckConstraint("needle_depth_mm > 0 AND needle_depth_mm <= 10", name="depth"),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"))
    protocol_version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("protocol_version.id"))
    treated_at: Mapped[datetime] = mapped_column(UtcTime)
    treated_on: Mapped[date] = mapped_column(sa.Date)
    area: Mapped[str | None] = mapped_column(SealedText("treatment.area"))
    needle_depth_mm: Mapped[float | None] = mapped_column(sa.Float)
    device: Mapped[str | None] = mapped_column(sa.String(16))
    indication: Mapped[str | None] = mapped_column(sa.String(16))
    serum: Mapped[str | None] = mapped_column(SealedText("treatment.serum"))
    next_session_on: Mapped[date | None] = mapped_column(sa.Date)
    notes: Mapped[str | None] = mapped_column(SealedText("treatment.notes"))
    status: Mapped[str] = mapped_column(sa.String(12), default=TreatmentStatus.RECOVERING)
    review_at: Mapped[datetime] = mapped_column(UtcTime, server_default=LONG_AGO)
    recovered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    end_reason: Mapped[str | None] = mapped_column(sa.String(20))
    import_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("treatment_import.id"))
    import_line: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    patient: Mapped[Patient] = relationship()
    protocol_version: Mapped[ProtocolVersion] = relationship()
    check_ins: Mapped[list["CheckIn"]] = relationship(
        order_by="CheckIn.due_at, CheckIn.day", back_populates="treatment"
    )
    reports: Mapped[list["Report"]] = relationship(order_by="Report.seq", back_populates="treatment")
    cases: Mapped[list["FlaggedCase"]] = relationship(
        order_by="FlaggedCase.closed_seq, FlaggedCase.resolved_at", back_populates="treatment"
    )


class CheckIn(Base):
    """One question planned for one day; its window closes at `expires_at`."""

    __tablename__ = "check_in"
    __table_args__ = (
        sa.UniqueConstraint("treatment_id", "day", "kind"),
        sa.Index("ix_check_in_due", "due_at", sqlite_where=_PLANNED, postgresql_where=_PLANNED),
        sa.Index(
            "ix_check_in_unanswered",
            "kind",
            "sent_at",
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
        sa.Index(
            "ix_check_in_reminder", "reminder_at", sqlite_where=_REMINDED_OF, postgresql_where=_REMINDED_OF
        ),
        choice("kind", CheckInKind, "kind"),
        choice("status", CheckInStatus, "status"),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    treatment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("treatment.id"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    day: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    status: Mapped[str] = mapped_column(sa.String(12), default=CheckInStatus.PLANNED)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reminder_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reminder_until: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)

    treatment: Mapped[Treatment] = relationship(back_populates="check_ins")
