"""Photos on their way: sent by a phone, fetched by the job, erased with their patient; and what stands."""

from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.db import db, new_id, reading, writing
from recovery.models.clinic import Clinic
from recovery.models.message import Message, Photo
from recovery.models.patient import Patient
from recovery.queries import patients as finding
from recovery.services import inbox, patients, photos
from recovery.services.incoming import Incoming
from tests import make

NOON = make.NOON
ON_CALL = "+14165550199"
NOTHING = {"fetched": 0, "deleted": 0, "failed": 0}


def send(clinic: Clinic, sender: str | None, media: tuple[str, ...], sid: str = "", to: str = "") -> None:
    """A phone sends a text with whatever lies at these addresses."""
    with writing():
        texted = Incoming(
            sid or f"MM{new_id().hex}", to or clinic.phone, sender or "", "it looks like this", media
        )
        inbox.receive(texted, NOON)


def run(after: timedelta = timedelta(0)) -> dict[str, int]:
    """The job, so long after the text came."""
    return asdict(photos.fetch_due(lambda: NOON + after))


def erase(patient: Patient, at: datetime = NOON) -> None:
    with writing():
        locked = finding.locked_patient(patient.id)
        assert locked is not None
        patients.erase(locked, at)


def rows() -> list[Photo]:
    """Every photo with its content; those of one text in turn."""
    wanted = sa.select(Photo).options(sa.orm.undefer(Photo.content))
    with reading():
        found = db.session.scalars(wanted.order_by(Photo.message_id, Photo.position)).all()
        for each in found:
            db.session.expunge(each)
    return list(found)


def texts() -> list[Message]:
    with reading():
        found = db.session.scalars(sa.select(Message).where(Message.direction == "inbound")).all()
        for each in found:
            db.session.expunge(each)
    return list(found)
