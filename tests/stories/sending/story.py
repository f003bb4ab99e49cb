"""One patient's story: a clinic, a treatment, and time that passes job by job."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from jobs import runs
from jobs.timetable import job
from recovery.db import db, new_id, reading, writing
from recovery.domain.days import date_of
from recovery.domain.vocabulary import Score
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import cases, patients
from recovery.services import clock, inbox
from recovery.services import reports as reporting
from tests import make

FRIDAY = date(2026, 11, 20)
TORONTO = "America/Toronto"
JOBS = ("send-check-ins", "send-reminders", "send-messages", "review-recoveries", "reconcile-messages")


def at(day: int, wall: str, zone: str = TORONTO, of: date = FRIDAY) -> datetime:
    """The moment when the wall clock of `zone` shows `wall`, `day` days after the treatment's date."""
    return datetime.combine(of + timedelta(days=day), time.fromisoformat(wall), ZoneInfo(zone))


def run(name: str, moment: datetime) -> dict[str, int]:
    """One job once, as `jobs run NAME --at` does."""
    found = job(name)
    assert found is not None
    return runs.run(found, moment)


def tick(moment: datetime, names: Iterable[str] = JOBS) -> dict[str, dict[str, int]]:
    """Every job once, as the clock would in the same minute; gives what each counted."""
    return {name: run(name, moment) for name in names}


def pass_time(start: datetime, until: datetime, every: timedelta = timedelta(minutes=30)) -> None:
    """Time passes: the jobs run again and again."""
    moment = start
    while moment <= until:
        tick(moment)
        moment += every


@dataclass(frozen=True)
class Story:
    """A patient under treatment, by ids, so that every look is a fresh one."""

    clinic_id: UUID
    patient_id: UUID
    treatment_id: UUID
    zone: str = TORONTO

    @property
    def patient(self) -> Patient:
        return db.session.get_one(Patient, self.patient_id, populate_existing=True)

    @property
    def treatment(self) -> Treatment:
        return db.session.get_one(Treatment, self.treatment_id, populate_existing=True)

    @property
    def clinic(self) -> Clinic:
        return db.session.get_one(Clinic, self.clinic_id, populate_existing=True)

    def says(self, body: str, moment: datetime, phone: str | None = None) -> None:
        """She texts; the answer is queued."""
        with writing():
            incoming = inbox.Incoming(
                sid=f"in-{new_id()}",
                to=self.clinic.phone,
                sender=phone or self.patient.phone or "",
                body=body,
                from_twiml=False,
            )
            inbox.receive(incoming, moment)

    def reports(self, moment: datetime, *scores: int, source: str = "nurse") -> None:
        """A nurse or an app logs redness, swelling and itching, or as many of them as are given."""
        names = ("redness", "swelling", "itching")
        said = {name: Score.exact(score) for name, score in zip(names, scores, strict=False)}
        with writing():
            patient = patients.locked_patient(self.patient_id)
            assert patient is not None
            reporting.add(patient, self.treatment, reporting.Said(said), moment, source, moment)

    def texts(self, *statuses: str) -> list[tuple[str, str]]:
        """(kind, local time) of the texts handed over, or of those in `statuses`, in order."""
        wanted = statuses or ("sent", "delivered", "undelivered", "in_doubt", "sending")
        return [(row.kind or "", self.wall(row.claimed_at)) for row in self.rows() if row.status in wanted]

    def kinds(self, *statuses: str) -> list[str]:
        return [kind for kind, _ in self.texts(*statuses)]

    def rows(self) -> list[Message]:
        """Her outgoing texts, in the order in which they were claimed, and then written."""
        with reading():
            found = db.session.scalars(
                sa.select(Message)
                .where(Message.patient_id == self.patient_id, Message.direction == "outbound")
                .execution_options(populate_existing=True)
            ).all()
            db.session.expunge_all()
        return sorted(found, key=lambda row: (row.claimed_at or row.created_at, row.seq or 0))

    def asked(self, treatment_id: UUID | None = None) -> dict[int, str]:
        """The status of each check-in, by its day."""
        with reading():
            rows = db.session.get_one(Treatment, treatment_id or self.treatment_id).check_ins
            return {row.day: row.status for row in rows}

    def question(self, day: int) -> CheckIn:
        with reading():
            treatment = db.session.get_one(Treatment, self.treatment_id)
            found = [row for row in treatment.check_ins if row.day == day]
            db.session.expunge_all()
        return found[0]

    def due(self) -> dict[int, str]:
        """The local due time of each check-in, by its day."""
        with reading():
            rows = db.session.get_one(Treatment, self.treatment_id).check_ins
            return {row.day: self.wall(row.due_at) for row in rows}

    def flags(self, treatment_id: UUID | None = None) -> dict[str, str]:
        """The priority of each reason that stands, by its rule."""
        with reading():
            found = cases.flags_of_treatment(treatment_id or self.treatment_id)
            return {
                flag.rule: flag.priority
                for flag in found
                if not flag.ended_at and not flag.withdrawn_at and flag.case.status != "resolved"
            }

    def case(self) -> FlaggedCase:
        """The latest case of the treatment, detached."""
        with reading():
            found = db.session.scalars(
                sa.select(FlaggedCase)
                .where(FlaggedCase.treatment_id == self.treatment_id)
                .order_by(FlaggedCase.id.desc())
            ).first()
            assert found is not None
            db.session.expunge(found)
        return found

    def status(self) -> str:
        with reading():
            return self.treatment.status

    def set(self, of: str, **values: Any) -> None:
        """Change columns of her `clinic`, `patient` or `treatment` row directly."""
        with writing():
            row = getattr(self, of)
            for name, value in values.items():
                setattr(row, name, value)

    def wall(self, moment: datetime | None) -> str:
        """The moment as day and local time: "1 10:00"."""
        if moment is None:
            return ""
        local = moment.astimezone(ZoneInfo(self.zone))
        day0 = date_of(self._treated_at(), self.zone)
        return f"{(local.date() - day0).days} {local:%H:%M}"

    def _treated_at(self) -> datetime:
        with db.session.no_autoflush:
            return self.treatment.treated_at


def begin(
    treated: datetime | None = None,
    entered: datetime | None = None,
    *,
    zone: str = TORONTO,
    patient: dict[str, Any] | None = None,
    clinic: dict[str, Any] | None = None,
    **treatment: Any,
) -> Story:
    """A clinic with one patient, treated (on Friday at noon) and entered (then) as given."""
    treated = treated or at(0, "12:00", zone)
    entered = entered or treated
    office = make.clinic(entered, **(clinic or {}))
    with reading():
        clinic_id = db.session.merge(office).id
    return enter(clinic_id, treated, entered, zone=zone, patient=patient, **treatment)


def enter(
    clinic_id: UUID,
    treated: datetime,
    entered: datetime | None = None,
    *,
    zone: str = TORONTO,
    patient: dict[str, Any] | None = None,
    **treatment: Any,
) -> Story:
    """One more patient of a clinic, treated."""
    with reading():
        office = db.session.get_one(Clinic, clinic_id)
        person = make.patient(office, entered or treated, **{"timezone": zone, **(patient or {})})
    with reading():
        patient_id = person.id
    entry = make.treatment(db.session.get_one(Patient, patient_id), treated, entered, **treatment)
    with reading():
        return Story(clinic_id, patient_id, entry.id, zone)


def now_is(moment: datetime) -> Any:
    """For webhooks of the simulator: inside, our clock shows this moment."""
    return clock.set_to(moment)
