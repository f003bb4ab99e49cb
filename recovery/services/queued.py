"""Outgoing texts as rows: written down in the transaction of what they are for, or withdrawn with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

import sqlalchemy as sa

from recovery import alike
from recovery.db import add_if_new, db, keyring, new_id, upsert
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import Treatment
from recovery.queries.messages import AUTOMATIC
from recovery.queries.switches import Switches
from recovery.services import gaps

LEASE = timedelta(minutes=2)  # how long a claim stands without a word


class Text(TypedDict):
    """One text to be sent.

    With `leaves_with`, the switches as they stand, it counts as claimed: it leaves by another way than
    a call of ours.
    """

    kind: str
    wording: str | None
    body: str
    dedupe_key: str
    clinic: Clinic
    phone: str
    now: datetime
    due_at: datetime
    expires_at: datetime
    patient: NotRequired[Patient | None]
    treatment_id: NotRequired[UUID | None]
    check_in_id: NotRequired[UUID | None]
    answers_id: NotRequired[UUID | None]
    written_by_id: NotRequired[UUID | None]
    leaves_with: NotRequired[Switches | None]


def add(*, anew: bool = False, **text: Unpack[Text]) -> UUID | None:
    """Write one text down to be sent; None if the same thing (by its key) was written before.

    With `anew` there can be none of its key, so that it is written with the rest of the unit.
    """
    row = _row(text)
    message_id: UUID = row["id"]
    if anew:
        db.session.add(Message(media_count=0, **row))
        return message_id
    return message_id if add_if_new(Message, **row) else None


def add_all(texts: Sequence[Text]) -> None:
    """Write many down at once, but those that were written before; with them all that changed besides."""
    rows = [_row(text) for text in texts]
    alike.write()
    if rows:
        db.session.execute(upsert(Message).on_conflict_do_nothing(), rows)


def _row(text: Text) -> dict[str, Any]:
    clinic, patient, now = text["clinic"], text.get("patient"), text["now"]
    leaves_with = text.get("leaves_with")
    return {
        "id": new_id(),
        "clinic_id": clinic.id,
        "patient_id": patient.id if patient else None,
        "treatment_id": text.get("treatment_id"),
        "check_in_id": text.get("check_in_id"),
        "answers_id": text.get("answers_id"),
        "written_by_id": text.get("written_by_id"),
        "seq": patient.take_seq() if patient else None,
        "direction": "outbound",
        "kind": text["kind"],
        "wording": text["wording"],
        "dedupe_key": text["dedupe_key"],
        "phone": text["phone"],
        "phone_hash": keyring().phone_hash(text["phone"]),
        "clinic_phone": clinic.phone,
        "body": text["body"],
        "status": "sending" if leaves_with else "queued",
        "due_at": text["due_at"],
        "expires_at": text["expires_at"],
        "claimed_at": now if leaves_with else None,
        "lease_until": _until(gaps.later_of(now, leaves_with.last_tick)) if leaves_with else None,
        "created_at": now,
    }


def lease(now: datetime) -> datetime:
    """Until when a claim of now stands; never by a clock that is behind another worker's."""
    return _until(gaps.later(now))


def _until(at: datetime) -> datetime:
    return at.replace(microsecond=0) + LEASE


def withdraw_of(treatment: Treatment, *, but_late: bool) -> None:
    """Cancel the automatic texts of a treatment that nobody has claimed yet."""
    kinds = tuple(kind for kind in AUTOMATIC if not (but_late and kind == "late"))
    _cancel(Message.treatment_id == treatment.id, Message.kind.in_(kinds))


def withdraw_to(patient: Patient, phone_hash: bytes) -> None:
    """Cancel every unclaimed text to a number that is no longer the patient's."""
    _cancel(Message.patient_id == patient.id, Message.phone_hash == phone_hash)


def _cancel(*which: sa.ColumnElement[bool]) -> None:
    db.session.execute(
        sa.update(Message).where(Message.status == "queued", *which).values(status="cancelled")
    )
