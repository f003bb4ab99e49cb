"""Whether an outgoing text may go now: consent, opt-out, hours, switches, and what it was for."""

from datetime import datetime, time
from enum import Enum
from zoneinfo import ZoneInfo

from recovery import context
from recovery.domain import plan
from recovery.domain.days import date_of, local, next_within, within
from recovery.domain.protocol import DEFAULT, Protocol
from recovery.domain.vocabulary import CheckInStatus, EndReason, TreatmentStatus
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import messages, patients, treatments
from recovery.services import on_call, switches
from recovery.services.circumstances import Circumstances
from recovery.services.lateness import JUST_WRITTEN
from recovery.services.values import protocol_of


class Verdict(Enum):
    SEND = "send"
    WAIT = "wait"
    EXPIRE = "expire"
    CANCEL = "cancel"


Decision = tuple[Verdict, datetime | None]  # with WAIT: until when, if that is known

_SEND: Decision = (Verdict.SEND, None)
_WAIT: Decision = (Verdict.WAIT, None)
_CANCEL: Decision = (Verdict.CANCEL, None)
_EXPIRE: Decision = (Verdict.EXPIRE, None)

_ALWAYS = ("safety", "on_call")  # bound by no switch or opt-out; only an urgent alert by the night
_TO_ANYBODY = ("opt_in", "opt_out", "wrong_person")  # the last or first word of a changed mind


def can_be_texted(patient: Patient, *, stopped: bool | None = None) -> bool:
    """Whether a text to this patient is allowed at all."""
    return texting(patient, stopped=stopped) == "on" and patient.number_doubted_at is None


def texting(patient: Patient, *, stopped: bool | None = None) -> str:
    """`on`, `opted_out`, `declined` or `no_phone`. `stopped`: whether she opted out, if that is known."""
    if patient.phone is None:
        return "no_phone"
    if patient.consented_at is None:
        return "declined"
    if stopped is None:
        stopped = patients.has_opted_out(patient.clinic_id, patient.id, patient.phone_hash)
    if stopped:
        return "opted_out"
    return "on"


def is_off(clinic: Clinic) -> bool:
    """Whether automatic texts are held, everywhere or for this clinic."""
    return switches.is_held() or clinic.texting_off_at is not None


def is_unsigned(treatment: Treatment) -> bool:
    """Whether nobody signed the treatment's protocol where that is needed: in production."""
    return context.config().is_production and treatment.protocol_version.approved_at is None


def verdict(message: Message, about: Circumstances, now: datetime) -> Decision:
    """Whether a queued text may go at `now`. The patient's row is locked; nothing is changed here."""
    if message.phone is None:
        return _CANCEL
    if message.expires_at is not None and now >= message.expires_at:
        return _EXPIRE
    if message.kind in _ALWAYS:
        return _always(message, now)
    if message.kind == "nurse":
        return _to_person(message, about)
    if about.is_held:
        return _WAIT
    if message.kind not in messages.AUTOMATIC:
        return _late_in_hours(message, about, now, _to_person(message, about))
    patient = about.patient
    assert patient is not None  # noqa: S101 (every automatic text has a patient)
    if about.is_stopped or patient.consented_at is None or patient.number_doubted_at is not None:
        return _CANCEL
    if patient.phone is None or patient.phone_hash != message.phone_hash:
        return _CANCEL
    return _automatic(message, patient, about, now)


def heeds_a_stop(message: Message) -> bool:
    """Whether a STOP binds this text, so that it is looked for once more right before the call."""
    return message.kind not in _ALWAYS and message.wording not in _TO_ANYBODY


def _always(message: Message, now: datetime) -> Decision:
    if not on_call.is_wanted(message):
        return _CANCEL
    rings = on_call.rings_from(message, now)
    return _SEND if rings <= now else _wait(message, rings)


def _late_in_hours(message: Message, about: Circumstances, now: datetime, decision: Decision) -> Decision:
    """An answer to what was just written goes at any hour; one that waited keeps to the day like all."""
    if decision != _SEND or now - message.created_at < JUST_WRITTEN:
        return decision
    lives = about.patient or about.clinic
    assert lives is not None  # noqa: S101 (without a clinic it would not have come here)
    zone = lives.timezone
    if within(now, DEFAULT.quiet_until, DEFAULT.quiet_from, zone):
        return decision
    return _wait(message, next_within(now, DEFAULT.quiet_until, DEFAULT.quiet_from, zone))


def latest_arrival(message: Message, about: Circumstances, now: datetime) -> datetime:
    """Until when the provider may still deliver: a text that we begin never lands in quiet hours."""
    end = message.expires_at or now
    patient, treatment = about.patient, about.treatment
    if patient is None or message.kind not in messages.AUTOMATIC or treatment is None:
        return end
    today = date_of(now, patient.timezone)
    return min(end, local(today, 0, protocol_of(treatment).quiet_from, patient.timezone))


def _to_person(message: Message, about: Circumstances) -> Decision:
    """Answers and a nurse's own texts: bound by an opt-out, a doubted number and, unasked, by consent."""
    if message.wording in _TO_ANYBODY:
        return _SEND
    if message.clinic_id is None or about.is_stopped:
        return _CANCEL
    patient = about.patient
    if patient is None:
        return _SEND
    doubted = patient.number_doubted_at is not None and patient.phone_hash == message.phone_hash
    unasked = message.kind == "nurse" and patient.consented_at is None
    return _CANCEL if doubted or unasked or patient.erased_at is not None else _SEND


def _automatic(message: Message, patient: Patient, about: Circumstances, now: datetime) -> Decision:
    treatment = about.treatment
    assert treatment is not None  # noqa: S101 (and a treatment)
    if is_unsigned(treatment):
        return _WAIT
    if not _still_wanted(message, treatment, about.check_in):
        return _CANCEL
    if patient.conversation_until is not None and now < patient.conversation_until:
        ends_first = message.expires_at is not None and message.expires_at <= patient.conversation_until
        return _CANCEL if ends_first else (Verdict.WAIT, patient.conversation_until)
    return _in_hours(message, patient, about, protocol_of(treatment), now)


def _still_wanted(message: Message, treatment: Treatment, check_in: CheckIn | None) -> bool:
    """Whether the recovery goes on, and a check-in is not answered yet; for its reminder, stands open."""
    if treatment.end_reason == EndReason.ENTERED_IN_ERROR:
        return False
    recovering = treatment.status == TreatmentStatus.RECOVERING
    if message.kind == "welcome":
        return recovering or treatments.asks_late(treatment.id)
    if message.kind != "late" and not recovering:
        return False
    assert check_in is not None  # noqa: S101 (that it asks, or reminds of)
    if message.kind == "reminder":
        return check_in.status in (CheckInStatus.SENT, CheckInStatus.DELIVERED)
    return check_in.status == CheckInStatus.SENDING


def _in_hours(
    message: Message, patient: Patient, about: Circumstances, protocol: Protocol, now: datetime
) -> Decision:
    until = protocol.reminder_until if message.kind == "reminder" else protocol.quiet_from
    if not within(now, protocol.quiet_until, until, patient.timezone):
        return _wait(message, next_within(now, protocol.quiet_until, until, patient.timezone))
    today = now.astimezone(ZoneInfo(patient.timezone)).date()
    midnight = local(today, 0, time(), patient.timezone)
    tomorrow = local(today, 1, time(), patient.timezone)
    texts_today = about.texted.between(midnight, tomorrow)
    if not plan.within_budget(protocol, texts_today=texts_today, texts_in_all=_in_all(about)):
        return _wait(message, next_within(tomorrow, protocol.quiet_until, until, patient.timezone))
    return _SEND


def _in_all(about: Circumstances) -> int:
    """The treatment's automatic texts; a new number's welcome takes nothing from the questions' budget."""
    kinds = about.texted.kinds_of_treatment
    return len(kinds) - max(kinds.count("welcome") - 1, 0)


def _wait(message: Message, until: datetime) -> Decision:
    """To be looked at again at `until`, or never, if its time is over by then."""
    over = message.expires_at is not None and message.expires_at <= until
    return _EXPIRE if over else (Verdict.WAIT, until)
