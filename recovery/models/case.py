"""A flagged case, the flags that are its reasons, and what was done about it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recovery.db import LONG_AGO, Base, SealedText, UtcTime, choice, id_column
from recovery.domain.vocabulary import CaseStatus, Outcome, Priority, Rule
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment

_STANDING = sa.text("status <> 'resolved'")
_OPEN = sa.text("status = 'open'")
_SNOOZED = sa.text("status = 'snoozed'")
_NOT_WITHDRAWN = sa.text("withdrawn_at IS NULL")
_UNSEEN = sa.text("status = 'open' AND acknowledged_at IS NULL AND on_call_at IS NOT NULL")


class FlaggedCase(Base):
    """One at most stands for a treatment, with every reason in it.

    `place` orders the worklist: 0 for an emergency, 3 for routine. `on_call_at`: when the phone on call
    is texted next, as long as nobody has seen the case; `on_call_texts`: how often it was about it.
    `rises_at`: when the clock next looks whether a reason of it rises; long ago where that is not known.
    """

    __tablename__ = "flagged_case"
    __table_args__ = (
        sa.Index(
            "uq_flagged_case_standing",
            "treatment_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        sa.Index("ix_flagged_case_worklist", "clinic_id", "status", "place", "flagged_at", "id"),
        sa.Index("ix_flagged_case_treatment", "treatment_id"),
        sa.Index("ix_flagged_case_patient", "patient_id"),
        sa.Index("ix_flagged_case_rises", "rises_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index(
            "ix_flagged_case_snoozed", "snoozed_until", sqlite_where=_SNOOZED, postgresql_where=_SNOOZED
        ),
        sa.Index("ix_flagged_case_created", "clinic_id", "created_at"),
        sa.Index("ix_flagged_case_on_call", "on_call_at", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
        choice("status", CaseStatus, "status"),
        choice("priority", Priority, "priority"),
        choice("outcome", Outcome, "outcome"),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"))
    treatment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("treatment.id"))
    status: Mapped[str] = mapped_column(sa.String(12))
    priority: Mapped[str] = mapped_column(sa.String(9))
    place: Mapped[int] = mapped_column(sa.SmallInteger)
    flagged_at: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    assigned_to_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    resolved_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    closed_seq: Mapped[int | None]
    unread_messages: Mapped[int] = mapped_column(default=0)
    on_call_at: Mapped[datetime | None] = mapped_column(UtcTime)
    on_call_texts: Mapped[int] = mapped_column(default=0, server_default="0")
    rises_at: Mapped[datetime | None] = mapped_column(UtcTime, server_default=LONG_AGO)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    @property
    def holder_id(self) -> UUID | None:
        """Who has it: whoever was given it, else who acknowledged it."""
        return self.assigned_to_id or self.acknowledged_by_id

    patient: Mapped[Patient] = relationship()
    treatment: Mapped[Treatment] = relationship(back_populates="cases")
    flags: Mapped[list["Flag"]] = relationship(order_by="Flag.opened_at, Flag.id", back_populates="case")


class Flag(Base):
    """One reason in a case. `sources` are the reports, texts and check-ins that it rests on."""

    __tablename__ = "flag"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "rule", "symptom"),
        sa.Index(
            "ix_flag_given", "case_id", "rule", sqlite_where=_NOT_WITHDRAWN, postgresql_where=_NOT_WITHDRAWN
        ),
        choice("rule", Rule, "rule"),
        choice("priority", Priority, "priority"),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("flagged_case.id"))
    rule: Mapped[str] = mapped_column(sa.String(20))
    symptom: Mapped[str] = mapped_column(sa.String(20), default="")
    priority: Mapped[str] = mapped_column(sa.String(9))
    day: Mapped[int]
    score: Mapped[int | None] = mapped_column(sa.SmallInteger)
    explanation: Mapped[str] = mapped_column(sa.String(300))
    basis: Mapped[str] = mapped_column(sa.String(8))
    sources: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    last_at: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    escalated: Mapped[bool] = mapped_column(default=False)

    case: Mapped[FlaggedCase] = relationship(back_populates="flags")


class CaseEvent(Base):
    """One line of a case's history: who did what, and a note if there is one."""

    __tablename__ = "case_event"

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("flagged_case.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    action: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str | None] = mapped_column(SealedText("case_event.note"))
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcTime)

    case: Mapped[FlaggedCase] = relationship()
