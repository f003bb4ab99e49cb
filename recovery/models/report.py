"""What a patient said of her skin at one moment, by text, app or phone."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recovery.db import Base, SealedText, UtcTime, choice, id_column
from recovery.domain.vocabulary import CORE, SYMPTOMS, ReportSource, Score
from recovery.models.treatment import Treatment


class Report(Base):
    """Scores 0 to 10 or null; `ranges` holds [low, high] of those that were given in words."""

    __tablename__ = "report"
    __table_args__ = (
        sa.UniqueConstraint("patient_id", "seq"),
        sa.Index("ix_report_treatment", "treatment_id", "seq"),
        choice("source", ReportSource, "source"),
        *(sa.CheckConstraint(f"{symptom} BETWEEN 0 AND 10", name=symptom) for symptom in SYMPTOMS),
    )

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"))
    treatment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("treatment.id"))
    message_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("message.id"))
    check_in_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("check_in.id"))
    superseded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("report.id"))
    seq: Mapped[int]
    day: Mapped[int]
    reported_at: Mapped[datetime] = mapped_column(UtcTime)
    source: Mapped[str] = mapped_column(sa.String(8))
    redness: Mapped[int | None] = mapped_column(sa.SmallInteger)
    swelling: Mapped[int | None] = mapped_column(sa.SmallInteger)
    itching: Mapped[int | None] = mapped_column(sa.SmallInteger)
    burning: Mapped[int | None] = mapped_column(sa.SmallInteger)
    bruising: Mapped[int | None] = mapped_column(sa.SmallInteger)
    pigment: Mapped[int | None] = mapped_column(sa.SmallInteger)
    pain: Mapped[int | None] = mapped_column(sa.SmallInteger)
    peeling: Mapped[int | None] = mapped_column(sa.SmallInteger)
    tightness: Mapped[int | None] = mapped_column(sa.SmallInteger)
    ranges: Mapped[dict[str, list[int]]] = mapped_column(sa.JSON, default=dict)
    red_flags: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    concerns: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    question: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(SealedText("report.note"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    treatment: Mapped[Treatment] = relationship(back_populates="reports")

    @property
    def is_late(self) -> bool:
        """Whether it was taken down after it was said: its text was found late, or a call told afterwards."""
        return self.reported_at < self.created_at

    @property
    def scores(self) -> dict[str, Score]:
        """Every score that was given, core and other."""
        return scores_of(self)

    @property
    def has_core_score(self) -> bool:
        return any(getattr(self, symptom) is not None for symptom in CORE)


def scores_of(row: Any) -> dict[str, Score]:
    """The scores in the columns of a report, whether it was read as an object or as they are."""
    ranges = row.ranges
    return {
        symptom: Score(value, *ranges.get(symptom, (value, value)))
        for symptom in SYMPTOMS
        if (value := getattr(row, symptom)) is not None
    }
