"""Finding rows of the audit: what is not sealed yet, a clinic's chain in its order, what an admin sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from recovery.db import db
from recovery.models.case import FlaggedCase
from recovery.models.message import Photo
from recovery.models.staff import ApiToken, Staff
from recovery.models.system import AuditEvent
from recovery.models.treatment import Treatment

_UNSEALED = AuditEvent.seal.is_(None)
_ROW = (
    AuditEvent.id,
    AuditEvent.clinic_id,
    AuditEvent.staff_id,
    AuditEvent.token_id,
    AuditEvent.action,
    AuditEvent.subject,
    AuditEvent.subject_ids,
    AuditEvent.at,
    AuditEvent.seq,
    AuditEvent.seal,
)
A_STEP = 1000
HERS_AT_MOST = 30  # of each kind


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the audit as a value; `seq` and `seal` of one that is not sealed are None."""

    id: UUID
    clinic_id: UUID
    staff_id: UUID | None
    token_id: UUID | None
    action: str
    subject: str
    subject_ids: list[str]
    at: datetime
    seq: int | None
    seal: bytes | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows an admin wants: with one of the ids `about`, from `since` on, before `until`."""

    staff_id: UUID | None = None
    action: str | None = None
    subject: str | None = None
    about: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def unsealed_clinics() -> Sequence[UUID]:
    """Clinics with rows to seal."""
    return db.session.scalars(sa.select(AuditEvent.clinic_id).where(_UNSEALED).distinct()).all()


def unsealed(clinic_id: UUID, limit: int) -> list[Row]:
    """A clinic's oldest rows to seal, in the order in which they are sealed."""
    found = sa.select(*_ROW).where(_UNSEALED, AuditEvent.clinic_id == clinic_id)
    return _rows(found.order_by(AuditEvent.id).limit(limit))


def unsealed_rows(clinic_id: UUID) -> int:
    found = sa.select(sa.func.count()).select_from(AuditEvent)
    return db.session.scalar(found.where(_UNSEALED, AuditEvent.clinic_id == clinic_id)) or 0


def oldest_unsealed() -> datetime | None:
    """Since when the longest waiting row has not been sealed."""
    return db.session.scalar(sa.select(sa.func.min(AuditEvent.at)).where(_UNSEALED))


def last_sealed(clinic_id: UUID) -> tuple[int, bytes] | None:
    """The place and the seal at the end of a clinic's chain."""
    found = sa.select(AuditEvent.seq, AuditEvent.seal).where(
        AuditEvent.clinic_id == clinic_id, AuditEvent.seq.is_not(None)
    )
    row = db.session.execute(found.order_by(AuditEvent.seq.desc()).limit(1)).first()
    return (row.seq or 0, row.seal or b"") if row is not None else None


def chain(clinic_id: UUID) -> Iterator[Row]:
    """A clinic's sealed rows from the first on, a step at a time, whatever their number."""
    after = None
    while True:
        found = sa.select(*_ROW).where(AuditEvent.clinic_id == clinic_id, AuditEvent.seq.is_not(None))
        if after is not None:
            found = found.where(AuditEvent.seq > after)
        rows = _rows(found.order_by(AuditEvent.seq).limit(A_STEP))
        yield from rows
        if len(rows) < A_STEP:
            return
        after = rows[-1].seq


def half_sealed(clinic_id: UUID) -> int:
    """Rows with a place and no seal, or a seal and no place, which nobody of ours makes."""
    found = sa.select(sa.func.count()).where(
        AuditEvent.clinic_id == clinic_id, AuditEvent.seq.is_(None) != _UNSEALED
    )
    return db.session.scalar(found) or 0


def events(clinic_id: UUID, wanted: Filter, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Row]:
    """A clinic's rows, newest first; `after` is the last one seen."""
    found = sa.select(*_ROW).where(AuditEvent.clinic_id == clinic_id, *_conditions(wanted))
    if after is not None:
        at, event_id = after
        place = sa.tuple_(sa.literal(at, AuditEvent.at.type), sa.literal(event_id, AuditEvent.id.type))
        found = found.where(sa.tuple_(AuditEvent.at, AuditEvent.id) < place)
    return _rows(found.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit))


def last_list(
    clinic_id: UUID, staff_id: UUID, token_id: UUID | None, subject: str, since: datetime
) -> list[str] | None:
    """The ids of the list of that kind that a caller was shown last, if that was since then."""
    found = sa.select(AuditEvent.subject_ids).where(
        AuditEvent.clinic_id == clinic_id,
        AuditEvent.at >= since,
        AuditEvent.staff_id == staff_id,
        AuditEvent.token_id.is_not_distinct_from(token_id),
        AuditEvent.action == "list",
        AuditEvent.subject == subject,
    )
    return db.session.scalar(found.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(1))


def hers(clinic_id: UUID, patient_id: UUID) -> tuple[UUID, ...]:
    """The ids under which a patient's data was seen: her own, her treatments', cases', and photos'.

    Of anything that is no patient of this clinic only itself.
    """
    ids = [patient_id]
    for model in (Treatment, FlaggedCase, Photo):
        found = sa.select(model.id).where(model.clinic_id == clinic_id, model.patient_id == patient_id)
        ids += db.session.scalars(found.order_by(model.id.desc()).limit(HERS_AT_MOST))
    return tuple(ids)


def staff_of(clinic_id: UUID) -> dict[UUID, str]:
    """The names of everybody who ever was of a clinic's staff, by id, in the order of the names."""
    found = sa.select(Staff.id, Staff.name).where(Staff.clinic_id == clinic_id)
    return {row.id: row.name for row in db.session.execute(found.order_by(Staff.name, Staff.id))}


def token_names(clinic_id: UUID) -> dict[UUID, str]:
    found = sa.select(ApiToken.id, ApiToken.name).where(ApiToken.clinic_id == clinic_id)
    return {row.id: row.name for row in db.session.execute(found)}


def _rows(found: sa.Select[*tuple[Any, ...]]) -> list[Row]:
    return [Row(**row) for row in db.session.execute(found).mappings()]


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for column, value in (
        (AuditEvent.staff_id, wanted.staff_id),
        (AuditEvent.action, wanted.action),
        (AuditEvent.subject, wanted.subject),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.about:
        held = sa.cast(AuditEvent.subject_ids, sa.String)
        conditions.append(sa.or_(*(held.contains(str(each)) for each in wanted.about)))
    if wanted.since is not None:
        conditions.append(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditEvent.at < wanted.until)
    return conditions
