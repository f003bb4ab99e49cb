"""The demonstration: a clinic with a nurse, and patients whose stories went through the real services."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from recovery.db import db, new_id, writing
from recovery.domain.days import date_of, local
from recovery.models.clinic import Clinic
from recovery.models.staff import Staff
from recovery.queries import clinics as found
from recovery.queries import patients as patients_found
from recovery.queries import staff as staff_found
from recovery.services import (
    checkins,
    clinics,
    inbox,
    outbox,
    passwords,
    patients,
    recoveries,
    staff,
    treatments,
)
from recovery.services.incoming import Incoming

# Numbers ending in 555-01xx belong to nobody.
NAME, PHONE, ON_CALL, TIMEZONE = "Rosewood Skin", "+14165550100", "+14165550199", "America/Toronto"
EMAIL, NURSE = "nurse@rosewood.example", "Robin Hale"
ROLE = "admin"  # a nurse who may also see what admins do

TREATED_AT, ENTERED_AT, ANSWERED_AT = time(14), time(14, 30), time(10, 20)
TICKS = (time(10, 0, 5), time(13, 5), time(14, 31), time(18, 5))


@dataclass(frozen=True, slots=True)
class Story:
    """A patient treated `days` ago, and what she wrote on which day."""

    name: str
    phone: str
    days: int
    answers: dict[int, str] = field(default_factory=dict)
    needle_depth_mm: float = 1.0
    skin_type: str | None = None
    risk_facts: tuple[str, ...] = ()


STORIES = (
    Story("Hannah Cole", "+16475550101", 5, {1: "3 2 0", 2: "1 1 0", 3: "0", 4: "All clear, none at all"}),
    Story(
        "Priya Nair",
        "+16475550102",
        4,
        {1: "6 3 1", 2: "5 2 0", 3: "4 1 0", 4: "red 4, swelling 0, itch 0"},
        skin_type="V",
    ),
    Story("Dana Whitfield", "+16475550103", 3, needle_depth_mm=1.5),
    Story(
        "Aisha Rahman",
        "+16475550104",
        2,
        {1: "5 3 2", 2: "5 4 2 and there is pus on my cheek"},
        needle_depth_mm=1.5,
        risk_facts=("cold_sores",),
    ),
    Story("Sofia Marchetti", "+16475550105", 2, {1: "4 2 1", 2: "3 1 0"}, skin_type="II"),
)
# One of them from another phone, to be attached by a nurse.
UNKNOWN = Story(
    "", "+16475550120", 2, {1: "Hi, it's Dana W. This is my new number. Redness 3, swelling 1, itching 0"}
)
TREATED_TODAY = Story("Maria Lopez", "+16475550106", 0)
TODAY_AGO = timedelta(minutes=90)

Step = tuple[datetime, Callable[[datetime], None]]


def set_up(now: datetime, password: str, *, texts_stay_here: bool) -> UUID:
    """The demonstration's clinic and nurse, made where they are missing; gives the clinic's id.

    The nurse's password is set to `password`. Where texts really leave, the clinic gets no on-call
    phone, and made-up patients of an earlier start are not texted.
    """
    clinic = next((each for each in found.clinics() if each.is_demo), None)
    if clinic is None:
        on_call = ON_CALL if texts_stay_here else None
        clinic = clinics.add(
            now, name=NAME, phone=PHONE, timezone=TIMEZONE, on_call_phone=on_call, is_demo=True
        )
    if is_seeded(clinic.id):
        clinic.texting_off_at = None if texts_stay_here else clinic.texting_off_at or now
    _let_in(clinic, password, now)
    return clinic.id


def is_seeded(clinic_id: UUID) -> bool:
    """Whether the clinic has patients already."""
    return bool(patients_found.newest_patients(clinic_id, None, None, None, 1))


def seed(clinic_id: UUID, now: datetime) -> None:
    """Patients at different days, their texts sent and taken in, in order of time, up to `now`.

    It opens its own units of work, like the jobs whose services it calls.
    """
    for at, act in sorted(_steps(clinic_id, now), key=lambda step: step[0]):
        if at <= now:
            act(at)
    _begin(clinic_id, TREATED_TODAY, max(now - TODAY_AGO, _midnight(now)), now)
    _tick(now)


def _let_in(clinic: Clinic, password: str, now: datetime) -> None:
    nurse = staff_found.staff_by_email(EMAIL)
    if nurse is None:
        staff.add(now, clinic_id=clinic.id, email=EMAIL, name=NURSE, role=ROLE, password=password)
        return
    nurse.role = ROLE
    if not passwords.fits(nurse.password_hash, password):
        staff.set_password(nurse, password, now)


def nurse() -> Staff | None:
    return staff_found.staff_by_email(EMAIL)


def _steps(clinic_id: UUID, now: datetime) -> Iterator[Step]:
    """Every treatment, answer and tick of the clock with its moment.

    Before this morning's answers the stories are told as of yesterday.
    """
    today = date_of(now, TIMEZONE)
    if now < local(today, 0, ANSWERED_AT, TIMEZONE):
        today -= timedelta(days=1)
    for story in STORIES:
        yield from _told(clinic_id, story, today - timedelta(days=story.days))
    yield from _answers(UNKNOWN, today - timedelta(days=UNKNOWN.days))
    first = today - timedelta(days=max(story.days for story in STORIES))
    for day in range((date_of(now, TIMEZONE) - first).days + 1):
        for each in TICKS:
            yield local(first, day, each, TIMEZONE), _tick


def _told(clinic_id: UUID, story: Story, day0: date) -> Iterator[Step]:
    treated_at = local(day0, 0, TREATED_AT, TIMEZONE)
    yield (
        local(day0, 0, ENTERED_AT, TIMEZONE),
        lambda at: _begin(clinic_id, story, treated_at, at),
    )
    yield from _answers(story, day0)


def _answers(story: Story, day0: date) -> Iterator[Step]:
    for day, text in story.answers.items():
        yield local(day0, day, ANSWERED_AT, TIMEZONE), _answer(story, text)


def _begin(clinic_id: UUID, story: Story, treated_at: datetime, now: datetime) -> None:
    with writing():
        clinic = db.session.get_one(Clinic, clinic_id)
        patient = patients.enrol(
            clinic,
            now,
            name=story.name,
            phone=story.phone,
            consented_at=treated_at,
            skin_type=story.skin_type,
            risk_facts=story.risk_facts,
        )
        treatments.begin(
            patient,
            now,
            treated_at=treated_at,
            area="face",
            device="pen",
            indication="anti_aging",
            needle_depth_mm=story.needle_depth_mm,
        )


def _answer(story: Story, text: str) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        with writing():
            sid = f"SM{new_id().hex}"
            inbox.receive(Incoming(sid, to=PHONE, sender=story.phone, body=text, from_twiml=False), at)
        outbox.send_due(lambda: at, ("answer", "safety"))

    return act


def _tick(at: datetime) -> None:
    """What the clock's jobs do at that moment."""
    recoveries.review(lambda: at)
    checkins.send_due(lambda: at)
    checkins.send_due_reminders(lambda: at)


def _midnight(now: datetime) -> datetime:
    return local(date_of(now, TIMEZONE), 0, time(), TIMEZONE)
