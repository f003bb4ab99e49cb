"""The people who recur: a nurse, her patient, a treatment; each made with what a test cares about."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher

from recovery import pictures
from recovery.db import new_id, writing
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.models.patient import Patient
from recovery.models.staff import Staff
from recovery.models.treatment import Treatment
from recovery.queries import messages
from recovery.queries import patients as finding
from recovery.queries import photos as found_photos
from recovery.services import clinics, inbox, patients, photos, staff, tokens, treatments
from recovery.services.incoming import Incoming

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # a Friday, noon in Toronto
PASSWORD = "a long enough password"

_numbers = count(100)
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def clinic(now: datetime = NOON, **details: Any) -> Clinic:
    given = {"name": "Rosewood Skin", "phone": "+14165550100", "timezone": "America/Toronto", **details}
    with writing():
        return clinics.add(now, **given)


def protocol_says(**numbers: Any) -> None:
    """The one protocol that there is has these numbers."""
    with writing() as session:
        version = session.scalars(sa.select(ProtocolVersion)).one()
        version.content = json.dumps({**json.loads(version.content), **numbers})


def nurse(of: Clinic, email: str = "nurse@rosewood.example", role: str = "nurse") -> Staff:
    """One who signs in with PASSWORD; its hash is a cheap one, so that hundreds of tests stay quick."""
    with writing() as session:
        person = Staff(
            id=new_id(),
            clinic_id=of.id,
            email=email,
            name=email.split("@")[0],
            role=role,
            password_hash=_CHEAP,
            created_at=NOON,
        )
        session.add(person)
        return person


def token(person: Staff) -> str:
    with writing():
        return tokens.add(staff.by_email(person.email), "tests", datetime.now(UTC))[1]


def patient(of: Clinic, now: datetime = NOON, **details: Any) -> Patient:
    phone = f"+1647555{next(_numbers) % 9000 + 1000:04d}"
    given = {"name": "Maria Lopez", "phone": phone, "consented_at": now, **details}
    with writing():
        return patients.enrol(of, now, **given)


def photo(of: Clinic, sender: str, content: bytes | None = None, now: datetime = NOON) -> UUID:
    """A phone sends a text with a photo, which is kept here at once; without `content` it waits. Its id."""
    with writing():
        sid = f"MM{new_id().hex}"
        media = ("https://api.twilio.example/media/0",)
        inbox.receive(Incoming(sid, of.phone, sender, "how it looks", media, from_twiml=False), now)
        text = messages.message_by_sid(sid)
        assert text is not None
        (row,) = found_photos.photos_of([text])[text.id]
        if content is not None:
            photos.keep(row, pictures.cleaned(content), now)
        return row.id


def treatment(
    of: Patient, treated_at: datetime = NOON, now: datetime | None = None, **details: Any
) -> Treatment:
    with writing():
        locked = finding.locked_patient(of.id)
        assert locked is not None
        return treatments.begin(locked, now or treated_at, treated_at=treated_at, **details)
