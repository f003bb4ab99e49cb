"""What becomes of a text once it was handed over, refused, doubted or dropped: rows and consequences.

The patient's row is locked by the caller, where the text has a patient.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from recovery.db import db
from recovery.domain import plan, triage
from recovery.domain.days import day_of, local
from recovery.domain.vocabulary import CheckInKind, CheckInStatus
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import messages
from recovery.services import assessing, caps, circumstances, conversations, gate, on_call, opt_outs, queued
from recovery.services.circumstances import Asked
from recovery.services.values import protocol_of
from recovery.sms import codes
from recovery.sms.codes import rank
from recovery.sms.gateway import Accepted, RefusalKind, Refused

logger = structlog.get_logger()

AGAIN_AFTER = timedelta(hours=1)  # a phone that was off is tried once more the same day
LOOKS = tuple(timedelta(minutes=each) for each in (1, 5, 15))  # after the claim of a text in doubt
ASKED = tuple(timedelta(hours=each) for each in (0.25, 1, 4, 24))  # after a text left, until its end is told
_UNSENT = ("sending", "in_doubt", "queued", "expired", "cancelled")
_FAILED = ("undelivered", "failed", "canceled")


def accepted(
    message: Message,
    result: Accepted,
    now: datetime,
    *,
    delivered: bool,
    code: int | None = None,
    about: Asked | None = None,
) -> None:
    """The provider took the text (`delivered`: it has arrived as well; `code`: why it will not).

    That is the truth whatever we thought: also of a text that was given up. `about` is what
    decides about a reminder, where that was read for many texts at once.
    """
    message.twilio_sid = message.twilio_sid or result.sid
    message.lease_until = None
    if message.claimed_at is None:
        went_unclaimed(message, message.due_at or now)
    if message.status in _UNSENT:
        message.status = "sent"
    message.sent_at = message.sent_at or message.claimed_at or now
    if not codes.is_final(message.provider_status or ""):
        message.looks, message.look_at = 0, following(message.sent_at, ASKED, now)
    _tell_check_in(message, CheckInStatus.SENT, about)
    _rise(message, "delivered" if delivered else result.status, code, now)


def went_unclaimed(message: Message, at: datetime) -> None:
    """It was sent before a restore made us forget its claim: counted as if it had gone at `at`."""
    message.claimed_at = at.replace(microsecond=0)
    if message.kind not in caps.UNCOUNTED and message.phone_hash is not None:
        caps.count(message.phone_hash, message.claimed_at)


def refused(message: Message, result: Refused, now: datetime) -> None:
    """The text was certainly not sent, and will not be."""
    message.status = "refused"
    message.error_code = result.code
    message.lease_until = message.look_at = None
    _log("text_refused", message, result.kind)
    _failed(message, result.kind, now)


def alarmed(message: Message, result: Refused) -> None:
    """The set-up is wrong, not the patient's phone: the text waits while a person mends it."""
    message.error_code = result.code
    logger.error("text_refused_by_set_up", message=str(message.id), code=result.code)


def doubted(message: Message, now: datetime) -> None:
    """Nobody knows whether the text was sent: it is never sent again without looking.

    Its lease stays: from its beginning on the looks are counted (`claimed_at` may be of a clock
    that was behind).
    """
    message.status = "in_doubt"
    message.lease_until = message.lease_until or now + queued.LEASE
    message.look_at = message.lease_until - queued.LEASE + LOOKS[0]
    logger.warning("text_in_doubt", message=str(message.id))


def following(since: datetime, steps: Sequence[timedelta], now: datetime) -> datetime | None:
    """The next of these moments after `since` that is still ahead; None after the last."""
    return next((since + step for step in steps if since + step > now), None)


def returned(message: Message, due_at: datetime) -> None:
    """Certainly not sent: it waits, until its time is over, and its place in the cap is given back."""
    message.status = "queued"
    message.due_at = min(due_at, message.expires_at or due_at)
    message.lease_until = message.look_at = None
    if (
        message.kind not in caps.UNCOUNTED
        and message.claimed_at is not None
        and message.phone_hash is not None
    ):
        caps.give_back(message.phone_hash, message.claimed_at)


def drop(message: Message, verdict: gate.Verdict, now: datetime) -> None:
    """The text's time or reason has passed."""
    message.lease_until = message.look_at = None
    expired = verdict is gate.Verdict.EXPIRE
    if expired and message.error_code is not None:  # it waited for a set-up that nobody mended
        message.status = "refused"
        _failed(message, RefusalKind.UNKNOWN, now)
        return
    message.status = "expired" if expired else "cancelled"
    if expired and message.kind == "nurse":
        _failed(message, RefusalKind.UNKNOWN, now)
    elif expired:
        on_call.missed(message, now)
    check_in = _question(message)
    if check_in is not None and check_in.status == CheckInStatus.SENDING:
        check_in.status = CheckInStatus.EXPIRED if expired else CheckInStatus.CANCELLED


def reported(message: Message, sid: str, status: str, code: int | None, now: datetime) -> bool:
    """The provider told of a status; False if it says nothing new. Late and doubled ones do no harm."""
    if message.twilio_sid is not None and message.twilio_sid != sid:
        return False
    if message.twilio_sid is None:
        message.twilio_sid = sid
        accepted(message, Accepted(sid, status), now, delivered=False, code=code)
        return True
    return _rise(message, status, code, now)


def _rise(message: Message, status: str, code: int | None, now: datetime) -> bool:
    """Take a provider's status if it ranks above the last one."""
    if message.provider_status is not None and rank(status) <= rank(message.provider_status):
        return False
    message.provider_status = status[:32]
    if codes.is_final(status):
        message.look_at = None
    if status == "delivered":
        message.status = "delivered"
        _tell_check_in(message, CheckInStatus.DELIVERED)
    elif status in _FAILED:
        message.status = "undelivered"
        message.error_code = code
        kind = codes.kind(code)
        _log("text_undelivered", message, kind)
        if kind is not RefusalKind.LATER or not _once_more(message, now):
            _failed(message, kind, now)
    return True


def _question(message: Message) -> CheckIn | None:
    return db.session.get_one(CheckIn, message.asks) if message.asks is not None else None


def _tell_check_in(message: Message, status: CheckInStatus, about: Asked | None = None) -> None:
    check_in = about.check_in if about else _question(message)
    if check_in is None:
        return
    if check_in.sent_at is None:
        check_in.sent_at = message.sent_at
        _plan_reminder(message, check_in, about)
    if check_in.status in (CheckInStatus.PLANNED, CheckInStatus.SENDING, CheckInStatus.SENT):
        check_in.status = status


def _plan_reminder(message: Message, check_in: CheckIn, about: Asked | None) -> None:
    patient = db.session.get_one(Patient, message.patient_id)
    assert check_in.sent_at is not None  # noqa: S101 (just set)
    protocol = protocol_of(check_in.treatment)
    about = about or circumstances.of_sent([message], check_in.sent_at)[message.id]
    sent = about.texted.kinds_of_treatment
    answered = check_in.status == CheckInStatus.ANSWERED
    if answered or len(sent) + about.ahead >= protocol.automatic_per_treatment:
        return  # questions go before reminders
    today = check_in.sent_at.astimezone(ZoneInfo(patient.timezone)).date()
    planned = plan.reminder(
        protocol,
        kind=CheckInKind(check_in.kind),
        sent_at=check_in.sent_at,
        timezone=patient.timezone,
        reminders_sent=sent.count("reminder"),
        texts_today=about.texted.between(
            local(today, 0, time(), patient.timezone), local(today, 1, time(), patient.timezone)
        ),
    )
    check_in.reminder_at, check_in.reminder_until = planned or (None, None)


def _once_more(message: Message, now: datetime) -> bool:
    """The phone was out of reach: the same text again in a while, once, if its time allows."""
    expires_at, due_at = message.expires_at, now + AGAIN_AFTER
    first = not message.dedupe_key.startswith("again:")
    if message.kind not in messages.AUTOMATIC or expires_at is None or due_at >= expires_at or not first:
        return False
    patient = db.session.get_one(Patient, message.patient_id)
    if patient.phone is None or patient.phone_hash != message.phone_hash:
        return False
    check_in = _question(message)
    if check_in is not None:
        if check_in.status not in (CheckInStatus.SENT, CheckInStatus.DELIVERED):
            return False
        check_in.status = CheckInStatus.SENDING
        check_in.sent_at = check_in.reminder_at = None
    queued.add(
        kind=message.kind or "",
        wording=message.wording,
        body=message.body or "",
        dedupe_key=f"again:{message.id}",
        clinic=db.session.get_one(Clinic, message.clinic_id),
        phone=patient.phone,
        now=now,
        due_at=due_at,
        expires_at=expires_at,
        patient=patient,
        treatment_id=message.treatment_id,
        check_in_id=message.check_in_id,
    )
    return True


def _failed(message: Message, kind: RefusalKind, now: datetime) -> None:
    """A text that did not arrive: the check-in says so, and a nurse hears where it matters."""
    on_call.missed(message, now)
    if message.patient_id is None or message.treatment_id is None:
        return
    patient = db.session.get_one(Patient, message.patient_id)
    treatment = db.session.get_one(Treatment, message.treatment_id)
    check_in = _question(message)
    if check_in is not None:
        check_in.reminder_at = None
        if check_in.status in (CheckInStatus.SENDING, CheckInStatus.SENT, CheckInStatus.DELIVERED):
            check_in.status = CheckInStatus.UNDELIVERED
    if patient.erased_at is not None or patient.phone_hash != message.phone_hash:
        return  # the number is nobody's any more, or an old one: nothing to phone about
    _flag(message, patient, treatment, kind, now)
    if message.kind == "nurse":
        conversations.not_arrived(message, patient, treatment, now)


def _flag(message: Message, patient: Patient, treatment: Treatment, kind: RefusalKind, now: datetime) -> None:
    if kind is RefusalKind.OPTED_OUT and message.phone_hash is not None:
        if opt_outs.stop(patient, message.phone_hash, now, source="provider"):
            opt_outs.flag(patient, treatment, now, source_id=str(message.id))
        return
    alone = kind is RefusalKind.PERMANENT or message.kind == "nurse"  # she waits for an answer to it
    if not alone and not _two_running(message, treatment):
        return
    evidence = triage.undeliverable(
        source_id=str(message.id),
        seq=patient.take_seq(),
        day=max(day_of(treatment.treated_at, now, patient.timezone), 0),
        welcome=message.kind == "welcome",
    )
    assessing.assess(patient, treatment, now, [evidence])


def _two_running(message: Message, treatment: Treatment) -> bool:
    """Whether this and the text before it did not arrive (a failed welcome counts by itself)."""
    if message.kind == "welcome":
        return True
    wanted = protocol_of(treatment).undelivered_running
    latest = messages.automatic_of(treatment.id)[:wanted]
    return len(latest) == wanted and all(each.status in ("undelivered", "refused") for each in latest)


def _log(event: str, message: Message, kind: RefusalKind) -> None:
    """A wrong set-up is an error that a person must mend; the rest is the phone's or the patient's."""
    log = logger.error if kind is RefusalKind.ALARM else logger.warning
    log(event, message=str(message.id), code=message.error_code, kind=kind)
