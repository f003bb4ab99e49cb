"""Finding texts on their way: due, claimed, in doubt, taken but not told of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import patients
from recovery.queries.one_of import among, made_once

_ANSWERED, _OTHER = sa.orm.aliased(Message), sa.orm.aliased(Message)
# When a text fell due: an answer with what it answers, by the provider's time if that is known.
_FELL_DUE = sa.func.coalesce(
    _ANSWERED.sent_at, _ANSWERED.created_at, Message.due_at, type_=Message.due_at.type
)


_URGENT = ("safety", "on_call")  # goes before all that is only due


@dataclass(frozen=True, slots=True)
class Due:
    """A queued text whose time has come; `in_gap`: it is to be looked up before it is sent."""

    id: UUID
    phone_hash: bytes
    in_gap: bool
    is_urgent: bool


class Purpose(NamedTuple):
    """What a text is for, the treatment with its protocol; `is_stopped`: a STOP stands that may bind it."""

    is_stopped: bool
    treatment: Treatment | None
    check_in: CheckIn | None


def due(
    now: datetime,
    kinds: Sequence[str] | None,
    *,
    but: set[UUID],
    limit: int,
    gap_until: datetime | None,
    or_expired: Sequence[str] | None = None,
) -> list[Due]:
    """Queued texts whose time has come, urgent ones first, then the oldest due; nothing is locked.

    With `or_expired` those kinds, or what expired.
    """
    fell = sa.false() if gap_until is None else _fell_in_gap(gap_until)
    found = (
        sa.select(Message.id, Message.phone_hash, fell, Message.kind.in_(_URGENT))
        .outerjoin(_ANSWERED, _ANSWERED.id == Message.answers_id)
        .where(Message.status == "queued", Message.due_at <= now)
    )
    if kinds is not None:
        found = found.where(Message.kind.in_(kinds))
    if or_expired is not None:
        found = found.where(sa.or_(Message.kind.in_(or_expired), Message.expires_at <= now))
    if but:
        found = found.where(Message.id.not_in(but))
    urgent_first = sa.case((Message.kind.in_(_URGENT), 0), else_=1)
    rows = db.session.execute(found.order_by(urgent_first, Message.due_at, Message.id).limit(limit))
    return [Due(id, phone or id.bytes, bool(in_gap), bool(urgent)) for id, phone, in_gap, urgent in rows]


def patients_of_queued(message_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """Those of these texts that still wait, each with its patient; nothing is locked."""
    rows = db.session.execute(_queued(), {"ids": list(message_ids)})
    return {row.id: row.patient_id for row in rows}


@made_once
def _queued() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(Message.id, Message.patient_id).where(
        among(Message.id, "ids"), Message.status == "queued"
    )


def _fell_in_gap(until: datetime) -> sa.ColumnElement[bool]:
    """Also what is sent once more: it may have been, before a restore made us forget that."""
    unlooked = sa.or_(Message.looked_at.is_(None), Message.looked_at < until)
    again = Message.dedupe_key.startswith("again:")
    return sa.and_(sa.or_(until > _FELL_DUE, again), unlooked)


def locked(message_id: UUID, *, wait: bool = True) -> tuple[Message | None, Patient | None]:
    """A text as it is now, its patient and itself ours until the commit.

    Without `wait` no text where somebody else decides about her, or about it, at this moment.
    """
    patient_id = db.session.scalar(sa.select(Message.patient_id).where(Message.id == message_id))
    patient = None
    if patient_id is not None:
        patient = patients.locked_patient(patient_id, wait=wait)
        if patient is None:
            return None, None
    row = db.session.scalar(
        sa.select(Message)
        .where(Message.id == message_id)
        .with_for_update(key_share=True, skip_locked=not wait)
        .execution_options(populate_existing=True)
    )
    return row, patient


def locked_texts(
    patient_by_text: Mapping[UUID, UUID | None], *, wait: bool, in_turn_at: datetime | None = None
) -> list[tuple[Message, Patient | None]]:
    """Several texts as they are now, each with its patient, all ours until the commit.

    Without `wait` those are left out about which, or about whose patient, somebody else decides now;
    with `in_turn_at` those that would overtake another at that moment.
    """
    wanted = (each for each in patient_by_text.values() if each is not None)
    theirs = patients.locked_patients(wanted, wait=wait)
    ours = [text for text, patient in patient_by_text.items() if patient is None or patient in theirs]
    statement = _locked(wait, in_turn_at is not None)
    rows = db.session.scalars(statement, {"ids": ours, "now": in_turn_at})
    return [(row, theirs.get(row.patient_id) if row.patient_id else None) for row in rows]


@made_once
def _locked(wait: bool, in_turn: bool) -> sa.Select[Any]:
    return (
        sa.select(Message)
        .where(among(Message.id, "ids"), _in_turn() if in_turn else sa.true())
        .order_by(Message.id)
        .with_for_update(key_share=True, skip_locked=not wait)
        .execution_options(populate_existing=True)
    )


def _in_turn() -> sa.ColumnElement[bool]:
    """An urgent text, or one to a phone to which no other is in a call whose lease still runs `now`.

    What leaves in the answer to a webhook is nobody's call.
    """
    called = sa.exists().where(
        _OTHER.phone_hash == Message.phone_hash,
        _OTHER.status == "sending",
        _OTHER.lease_until > sa.bindparam("now"),
        _OTHER.owner.is_not(None),
        _OTHER.id != Message.id,
    )
    return sa.or_(Message.kind.in_(_URGENT), ~called)


def stopped(message_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these texts whose number, or whose patient under any number, asked for no more texts."""
    return set(db.session.scalars(_stopped(), {"ids": list(message_ids)}))


@made_once
def _stopped() -> sa.Select[Any]:
    theirs = patients.stops(Message.clinic_id, Message.patient_id, Message.phone_hash)
    return sa.select(Message.id).where(among(Message.id, "ids"), theirs)


def purposes(message_ids: Iterable[UUID]) -> dict[UUID, Purpose]:
    """What these texts are for, as it stands now."""
    rows = db.session.execute(_purposes(), {"ids": list(message_ids)})
    return {id: Purpose(stopped, treatment, check_in) for id, stopped, treatment, check_in in rows}


@made_once
def _purposes() -> sa.Select[*tuple[Any, ...]]:
    stopped = patients.stops(Message.clinic_id, Message.patient_id, Message.phone_hash)
    return (
        sa.select(Message.id, stopped, Treatment, CheckIn)
        .outerjoin(Treatment, Treatment.id == Message.treatment_id)
        .outerjoin(Treatment.protocol_version)
        .outerjoin(CheckIn, CheckIn.id == Message.check_in_id)
        .where(among(Message.id, "ids"))
        .options(sa.orm.contains_eager(Treatment.protocol_version))
        .execution_options(populate_existing=True)
    )


def expired_leases(now: datetime, limit: int) -> list[UUID]:
    """Texts whose sender vanished between its claim and its word."""
    return list(
        db.session.scalars(
            sa.select(Message.id)
            .where(Message.status == "sending", Message.lease_until < now)
            .order_by(Message.lease_until)
            .limit(limit)
        )
    )


def phones_in_doubt(now: datetime, limit: int) -> list[bytes | None]:
    """Numbers with a text in doubt that is to be looked for now, longest waiting first.

    None stands for all the erased patients'.
    """
    since = sa.func.min(sa.func.coalesce(Message.look_at, Message.created_at))
    found = (
        sa.select(Message.phone_hash)
        .where(Message.status == "in_doubt", sa.or_(Message.look_at.is_(None), Message.look_at <= now))
        .group_by(Message.phone_hash)
        .order_by(since)
        .limit(limit)
    )
    return list(db.session.scalars(found))


def in_doubt_to(phone_hash: bytes | None) -> Sequence[Message]:
    """The texts in doubt to a number (or to nobody any more), oldest first."""
    to_it = Message.phone_hash.is_(None) if phone_hash is None else Message.phone_hash == phone_hash
    return db.session.scalars(
        sa.select(Message)
        .where(Message.status == "in_doubt", to_it)
        .order_by(Message.claimed_at, Message.seq, Message.id)
        .limit(200)
    ).all()


def is_another_on_its_way(message: Message) -> bool:
    """Whether another text to the same phone is claimed and nobody knows yet what became of it."""
    found = sa.select(Message.id).where(
        Message.phone_hash == message.phone_hash, Message.status == "sending", Message.id != message.id
    )
    return db.session.scalar(found.limit(1)) is not None


def known_sids(sids: Iterable[str]) -> set[str]:
    """Those of the provider's ids that texts of ours have, of erased patients as well."""
    found = db.session.scalars(_known(), {"sids": list(sids)})
    return {sid for sid in found if sid is not None}


@made_once
def _known() -> sa.Select[Any]:
    return sa.select(Message.twilio_sid).where(among(Message.twilio_sid, "sids"))


def untold(now: datetime, limit: int) -> list[UUID]:
    """Texts that the provider took, whose end it did not tell, and that are to be asked about."""
    return list(
        db.session.scalars(
            sa.select(Message.id)
            .where(
                Message.direction == "outbound",
                Message.status.not_in(("queued", "sending", "in_doubt")),
                Message.twilio_sid.is_not(None),
                Message.look_at <= now,
            )
            .order_by(Message.look_at)
            .limit(limit)
        )
    )
