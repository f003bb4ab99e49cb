"""Finding treatments, their check-ins and reports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from recovery.db import db, spelled
from recovery.domain.triage_evidence import in_turn
from recovery.domain.vocabulary import CheckInKind, CheckInStatus, Rule, TreatmentStatus
from recovery.models.case import Flag, FlaggedCase
from recovery.models.clinic import ProtocolVersion
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import patients, switches
from recovery.queries.one_of import one_of
from recovery.queries.switches import Switches

# In the words of the index for these, which SQLite does not use for values that are bound.
_NOT_IN_ERROR = sa.text("(treatment.end_reason IS NULL OR treatment.end_reason <> 'entered_in_error')")
A_RUN = 5_000  # an order and an end: so an index is read in turn, however many the database expects
_PLANNED = CheckIn.status == spelled(CheckInStatus.PLANNED)
_UNANSWERED = CheckIn.status.in_((spelled(CheckInStatus.SENT), spelled(CheckInStatus.DELIVERED)))
_ASKED = (
    CheckInStatus.SENDING,
    CheckInStatus.SENT,
    CheckInStatus.DELIVERED,
    CheckInStatus.ANSWERED,
    CheckInStatus.MISSED,
)


@dataclass(frozen=True, slots=True)
class Followed:
    """A patient's treatments not entered in error, latest first (at least one), with check-ins and reports.

    Beside them whether she has opted out, herself or under her number, and how the switches stand.
    """

    recoveries: Sequence[Treatment]
    opted_out: bool
    switches: Switches


def treatment(clinic_id: UUID, treatment_id: UUID) -> Treatment | None:
    return db.session.scalar(
        sa.select(Treatment).where(Treatment.id == treatment_id, Treatment.clinic_id == clinic_id)
    )


def locked_treatment(treatment_id: UUID) -> Treatment | None:
    """The treatment for a decision; its patient must be locked already."""
    return db.session.scalar(
        sa.select(Treatment)
        .where(Treatment.id == treatment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def latest_treatment(patient_id: UUID) -> Treatment | None:
    """The treatment that a text of this patient belongs to: the latest not entered in error."""
    return db.session.scalar(
        sa.select(Treatment)
        .where(Treatment.patient_id == patient_id, _NOT_IN_ERROR)
        .order_by(Treatment.treated_at.desc(), Treatment.id.desc())
        .limit(1)
    )


def locked_of(patient: Patient) -> Followed | None:
    """What a text of a patient rests on, locked; None without a treatment. Her row must be locked already.

    Everything in one statement, and one each for the check-ins and the reports.
    """
    hers = {"patient_id": patient.id, "clinic_id": patient.clinic_id, "phone_hash": patient.phone_hash}
    found = db.session.execute(_locked_of(), hers).all()
    if not found:
        return None
    _, opted_out, *standing = found[0]
    return Followed([row[0] for row in found], opted_out, Switches(*standing))


@cache
def _locked_of() -> sa.Select[Any]:
    patient_id = sa.bindparam("patient_id", type_=sa.Uuid())
    stopped = patients.stops(sa.bindparam("clinic_id"), patient_id, sa.bindparam("phone_hash"))
    return (
        sa.select(Treatment, stopped, *switches.columns())
        .join(Treatment.protocol_version)
        .where(Treatment.patient_id == patient_id, _NOT_IN_ERROR)
        .order_by(Treatment.treated_at.desc(), Treatment.id.desc())
        .with_for_update(key_share=True, of=Treatment)
        .options(
            contains_eager(Treatment.protocol_version),
            selectinload(Treatment.check_ins),
            selectinload(Treatment.reports),
        )
        .execution_options(populate_existing=True)
    )


def latest(recoveries: Sequence[Treatment], until: datetime | None = None) -> Treatment:
    """Of treatments, latest first, the one that a text belongs to: with `until` the latest given by then."""
    given = (each for each in recoveries if until is None or each.treated_at <= until)
    return next(given, recoveries[0])


def treatments_of(patient_id: UUID) -> Sequence[Treatment]:
    return db.session.scalars(
        sa.select(Treatment).where(Treatment.patient_id == patient_id).order_by(Treatment.treated_at.desc())
    ).all()


def treatments_by_patient(patient_ids: Collection[UUID]) -> dict[UUID, list[Treatment]]:
    """The same of several patients, by patient."""
    found: dict[UUID, list[Treatment]] = {patient_id: [] for patient_id in patient_ids}
    rows = sa.select(Treatment).where(Treatment.patient_id.in_(found)).order_by(Treatment.treated_at.desc())
    for row in db.session.scalars(rows):
        found[row.patient_id].append(row)
    return found


def is_treated_on(patient_id: UUID, on: date, but: UUID) -> bool:
    """Whether another treatment of that local day stands."""
    found = sa.select(Treatment.id).where(
        Treatment.patient_id == patient_id, Treatment.treated_on == on, Treatment.id != but, _NOT_IN_ERROR
    )
    return db.session.scalar(found.limit(1)) is not None


def current_protocol(clinic_id: UUID) -> ProtocolVersion:
    """What new treatments begin under: the clinic's newest version that is signed; if none is, the newest."""
    return db.session.scalars(
        sa.select(ProtocolVersion)
        .where(ProtocolVersion.clinic_id == clinic_id)
        .order_by(ProtocolVersion.approved_at.is_not(None).desc(), ProtocolVersion.number.desc())
        .limit(1)
    ).one()


def check_in(check_in_id: UUID) -> CheckIn | None:
    return db.session.get(CheckIn, check_in_id, populate_existing=True)


def asks_late(treatment_id: UUID) -> bool:
    """Whether the late question is still to be asked."""
    found = sa.select(CheckIn.id).where(
        CheckIn.treatment_id == treatment_id,
        CheckIn.kind == CheckInKind.LATE,
        CheckIn.status.in_((CheckInStatus.PLANNED, CheckInStatus.SENDING)),
    )
    return db.session.scalar(found.limit(1)) is not None


def withdrawn_check_ins(treatment_id: UUID) -> Sequence[CheckIn]:
    """Questions on their way of which every text was cancelled."""
    alive = sa.exists().where(Message.check_in_id == CheckIn.id, Message.status != "cancelled")
    return db.session.scalars(
        sa.select(CheckIn).where(
            CheckIn.treatment_id == treatment_id, CheckIn.status == CheckInStatus.SENDING, ~alive
        )
    ).all()


def last_asked(
    treatment: Treatment, kind: CheckInKind, since: datetime, until: datetime | None = None
) -> CheckIn | None:
    """The latest question of a kind that was sent after `since` (a clock set back counts as just now).

    With `until` the latest that was sent by then.
    """
    asked = [
        (each.sent_at, each)
        for each in treatment.check_ins
        if each.kind == kind
        and each.status in _ASKED
        and each.sent_at is not None
        and each.sent_at > since
        and (until is None or each.sent_at <= until)
    ]
    return max(asked, key=lambda each: each[0])[1] if asked else None


def standing_reports(treatment: Treatment, until: datetime | None = None) -> Sequence[Report]:
    """Reports that no correction replaced, in turn; with `until` what was said by then."""
    return in_turn(
        report
        for report in treatment.reports
        if report.superseded_by_id is None and (until is None or report.reported_at <= until)
    )


def treatments_with_due_check_ins(now: datetime, among: Collection[UUID] | None = None) -> Sequence[UUID]:
    """Treatments (of those `among`, if it is given) of which something planned is due; longest waiting first.

    Of their check-ins alone: the database cannot guess how many are due, and joined to their
    treatments it might read all of those; grouped it might read all check-ins.
    """
    due = sa.select(CheckIn.treatment_id).where(_PLANNED, CheckIn.due_at <= now).order_by(CheckIn.due_at)
    return _each_once(due, among)


def with_unsent_check_ins(clinic_id: UUID) -> Sequence[tuple[UUID, UUID]]:
    """(patient, treatment) of each treatment of a clinic that has a question ahead."""
    found = (
        sa.select(Treatment.patient_id, Treatment.id)
        .join(CheckIn, CheckIn.treatment_id == Treatment.id)
        .where(Treatment.clinic_id == clinic_id, CheckIn.status == CheckInStatus.PLANNED)
        .group_by(Treatment.patient_id, Treatment.id)
        .order_by(sa.func.min(CheckIn.due_at))
    )
    return [(patient_id, treatment_id) for patient_id, treatment_id in db.session.execute(found)]


def treatments_with_due_reminders(now: datetime, among: Collection[UUID] | None = None) -> Sequence[UUID]:
    """The same of which a check-in is to be reminded of."""
    due = sa.select(CheckIn.treatment_id).where(CheckIn.reminder_at <= now).order_by(CheckIn.reminder_at)
    return _each_once(due, among)


def _each_once(due: sa.Select[UUID], among: Collection[UUID] | None) -> Sequence[UUID]:
    wanted = due if among is None else due.where(one_of(CheckIn.treatment_id, among))
    return list(dict.fromkeys(db.session.scalars(wanted)))


def treatments_to_review(
    now: datetime, unanswered_since: datetime, late_unanswered_since: datetime
) -> Sequence[UUID]:
    """Those with a question unanswered for long, to be looked at by now, or with a number in doubt.

    Of those to be looked at the longest waiting; the others come with the next run.
    """
    unanswered = (
        sa.select(CheckIn.treatment_id).where(_UNANSWERED, CheckIn.kind == kind, CheckIn.sent_at <= since)
        for kind, since in (
            (CheckInKind.CHECK_IN, unanswered_since),
            (CheckInKind.LATE, late_unanswered_since),
        )
    )
    recovering = sa.select(Treatment.id).where(Treatment.status == spelled(TreatmentStatus.RECOVERING))
    to_look_at = (
        recovering.where(Treatment.review_at <= now).order_by(Treatment.review_at).limit(A_RUN).subquery()
    )
    doubted = recovering.where(
        Treatment.patient_id.in_(sa.select(Patient.id).where(Patient.number_doubted_at.is_not(None))),
        ~sa.exists().where(
            Flag.case_id == FlaggedCase.id,
            FlaggedCase.treatment_id == Treatment.id,
            Flag.rule.in_((Rule.NOT_TEXTED, Rule.OPTED_OUT)),
        ),
    )
    return db.session.scalars(sa.union(*unanswered, sa.select(to_look_at.c.id), doubted)).all()
