"""A clinic, and the versions of the protocol that it signed."""

from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recovery.db import Base, SealedText, UtcTime, choice, id_column
from recovery.domain.protocol import DEFAULT
from recovery.domain.vocabulary import LANGUAGES

# Monday to Sunday, each [opens, closes] or null.
OFFICE_HOURS: list[list[str] | None] = [["09:00", "17:00"]] * 5 + [None, None]


class Clinic(Base):
    """Its hours are in its own zone; `phone` is the number that texts leave from and arrive at.

    `texting_off_by`: the name of who stopped its texts. `replan_at`: since when its unsent check-ins
    wait to be planned anew, for a new check-in time or a protocol just signed.
    """

    __tablename__ = "clinic"
    __table_args__ = (
        choice("language", LANGUAGES, "language"),
        sa.CheckConstraint("length(sms_name) <= 18", name="sms_name_length"),
    )

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(sa.String(200))
    sms_name: Mapped[str] = mapped_column(sa.String(18))
    phone: Mapped[str] = mapped_column(sa.String(16), unique=True)
    messaging_service_sid: Mapped[str | None] = mapped_column(sa.String(34))
    region: Mapped[str] = mapped_column(sa.String(2))
    timezone: Mapped[str] = mapped_column(sa.String(64))
    language: Mapped[str] = mapped_column(sa.String(2), default="en")
    weekly_hours: Mapped[list[list[str] | None]] = mapped_column(sa.JSON, default=lambda: OFFICE_HOURS)
    holidays: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    check_in_time: Mapped[time] = mapped_column(sa.Time, default=DEFAULT.check_in_time)
    on_call_phone: Mapped[str | None] = mapped_column(SealedText("clinic.on_call_phone"))
    on_call_phone_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    emergency_number: Mapped[str] = mapped_column(sa.String(8))
    crisis_number: Mapped[str] = mapped_column(sa.String(16))
    texting_off_at: Mapped[datetime | None] = mapped_column(UtcTime)
    texting_off_by: Mapped[str | None] = mapped_column(sa.String(200))
    replan_at: Mapped[datetime | None] = mapped_column(UtcTime)
    second_step_required: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    @property
    def holiday_dates(self) -> frozenset[date]:
        return frozenset(date.fromisoformat(each) for each in self.holidays)


class ProtocolVersion(Base):
    """The clinical numbers under which treatments run; never changed, only followed by a newer one."""

    __tablename__ = "protocol_version"
    __table_args__ = (sa.UniqueConstraint("clinic_id", "number"),)

    id: Mapped[UUID] = id_column()
    clinic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clinic.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(sa.Text)
    approved_by: Mapped[str | None] = mapped_column(sa.String(200))
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
