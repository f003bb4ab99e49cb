"""Whether an outgoing text may go now: consent, opt-out, hours, switches, and what it was for."""

from datetime import UTC, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from recovery import context
from recovery.db import db
from recovery.domain import plan
from recovery.domain.days import local, next_within, within
from recovery.domain.protocol import Protocol
from recovery.domain.vocabulary import CheckInStatus, EndReason, TreatmentStatus
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import messages, patients
from recovery.services import switches
from recovery.services.values import protocol_of


class Verdict(Enum):
    SEND = "send"
    WAIT = "wait"
    EXPIRE = "expire"
    CANCEL = "cancel"


Decision = tuple[Verdict, datetime | None]  # with WAIT: until when, if that is known

_SEND: Decision = (Verdict.SEND, None)
_CANCEL: Decision = (Verdict.CANCEL, None)
_EXPIRE: Decision = (Verdict.EXPIRE, None)


def can_be_texted(patient: Patient) -> bool:
    """Whether a text to this patient is allowed at all."""
    return texting(patient) == "on" and patient.number_doubted_at is None


def texting(patient: Patient) -> str:
    """`on`, `opted_out`, `declined` or `no_phone`."""
    if patient.phone is None:
        return "no_phone"
    if patient.consented_at is None:
        return "declined"
    if patients.has_opted_out(patient.clinic_id, patient.id, patient.phone_hash):
        return "opted_out"
    return "on"


def verdict(message: Message, patient: Patient | None, now: datetime) -> Decision:
    """Whether a queued text may go at `now`. The patient's row is locked; nothing is changed here."""
    if message.phone is None:
        return _CANCEL
    if message.kind == "safety":
        return _SEND
    if message.expires_at is not None and now >= message.expires_at:
        return _EXPIRE
    clinic = db.session.get_one(Clinic, message.clinic_id)
    if message.kind != "on_call" and (switches.is_held() or clinic.texting_off_at is not None):
        return (Verdict.WAIT, None)
    if message.kind not in messages.AUTOMATIC:
        return _to_person(message, patient)
    assert patient is not None  # noqa: S101 (every automatic text has a patient)
    if not can_be_texted(patient) or patient.phone_hash != message.phone_hash:
        return _CANCEL
    return _automatic(message, patient, now)


def next_utc_day(now: datetime) -> datetime:
    """When the daily cap begins anew."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def _to_person(message: Message, patient: Patient | None) -> Decision:
    """Answers and a nurse's own texts: bound by the opt-out only."""
    if message.wording in ("opt_in", "wrong_person") or patient is None:
        return _SEND
    return _CANCEL if texting(patient) == "opted_out" or patient.erased_at else _SEND


def _automatic(message: Message, patient: Patient, now: datetime) -> Decision:
    treatment = db.session.get_one(Treatment, message.treatment_id, populate_existing=True)
    protocol = protocol_of(treatment)
    if context.config().is_production and treatment.protocol_version.approved_at is None:
        return (Verdict.WAIT, None)
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR:
        return _CANCEL
    if message.kind != "late" and treatment.status != TreatmentStatus.RECOVERING:
        return _CANCEL
    if message.check_in_id is not None and not _still_asked(message):
        return _CANCEL
    if patient.conversation_until is not None and now < patient.conversation_until:
        ends_first = message.expires_at is not None and message.expires_at <= patient.conversation_until
        return _CANCEL if ends_first else (Verdict.WAIT, patient.conversation_until)
    return _in_hours(message, patient, protocol, now)


def _still_asked(message: Message) -> bool:
    """A check-in not answered yet; for its reminder, one that was sent and stands open."""
    check_in = db.session.get_one(CheckIn, message.check_in_id, populate_existing=True)
    if message.kind == "reminder":
        return check_in.status in (CheckInStatus.SENT, CheckInStatus.DELIVERED)
    return check_in.status == CheckInStatus.SENDING


def _in_hours(message: Message, patient: Patient, protocol: Protocol, now: datetime) -> Decision:
    until = protocol.reminder_until if message.kind == "reminder" else protocol.quiet_from
    if not within(now, protocol.quiet_until, until, patient.timezone):
        return (Verdict.WAIT, next_within(now, protocol.quiet_until, until, patient.timezone))
    today = now.astimezone(ZoneInfo(patient.timezone)).date()
    midnight = local(today, 0, time(), patient.timezone)
    tomorrow = local(today, 1, time(), patient.timezone)
    texts_today = messages.automatic_between(patient.id, midnight, tomorrow)
    in_all = len(messages.automatic_of(message.treatment_id)) if message.treatment_id else 0
    if not plan.within_budget(protocol, texts_today=texts_today, texts_in_all=in_all):
        return (Verdict.WAIT, next_within(tomorrow, protocol.quiet_until, until, patient.timezone))
    return _SEND
