"""The phone on call: texted about what cannot wait, silenced by TAKE, and never read as a patient's."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from recovery import context
from recovery.db import db, reading, writing
from recovery.domain import on_call, wording
from recovery.domain.flag_case import Case
from recovery.domain.on_call import Alerts
from recovery.domain.vocabulary import Intent, Priority
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.treatment import Treatment
from recovery.queries import messages, treatments
from recovery.queries import on_call as found
from recovery.queries.switches import switches
from recovery.services import answering, keywords, queued
from recovery.services.answering import Answered
from recovery.services.incoming import Incoming
from recovery.services.one_by_one import apart, until_stopped
from recovery.services.texts import compose
from recovery.services.values import hours_of, parsed, protocol_of

GOES_FOR = timedelta(hours=12)  # the gate asks at the last moment whether it is still wanted
A_RUN = timedelta(minutes=1)
ANSWERED_FOR = timedelta(minutes=30)
OUT_OF_REACH_AFTER = timedelta(minutes=3)


def follow(row: FlaggedCase, before: Case | None, after: Case, now: datetime) -> None:
    """Plan what the clock does about a case that has just changed: its texts, and a look at its target."""
    row.rises_at = after.due_at
    protocol = protocol_of(db.session.get_one(Treatment, row.treatment_id))
    hours = hours_of(db.session.get_one(Clinic, row.clinic_id))
    _keep(row, on_call.follow(protocol, hours, before, after, _alerts(row), now))


def queue_due(clock: Callable[[], datetime]) -> int:
    """Write down the texts that are due, one for a clinic's emergencies and one for its urgent cases.

    Gives how many. While one waits to be sent no other is written, so that a provider that is down
    uses none up; and a case that somebody decides about at this moment is left to the next run.
    """
    count = 0
    with reading():
        due = found.clinics_to_alert(clock())
    for clinic_id in until_stopped(due):
        with apart("alert_failed", clinic=clinic_id), writing():
            clinic, now = db.session.get_one(Clinic, clinic_id), clock()
            rows = found.locked_cases(clinic_id)
            count += sum(_alert(clinic, priority, rows, now) for priority in on_call.RINGS)
    return count


def hear(clinic: Clinic, received: Message, incoming: Incoming, now: datetime) -> Answered | None:
    """What the phone on call wrote: TAKE is obeyed and confirmed; to anything else it hears what is read.

    Gives the answer. The text is kept in any case.
    """
    silence = timedelta(minutes=parsed(treatments.current_protocol(clinic.id)).on_call_silence_minutes)
    if not on_call.takes(incoming.body):
        return _explain(clinic, received, incoming, now)
    received.intent = Intent.ACK
    until = received.written_at + silence
    if until <= now:  # found late in the provider's log
        return None
    for row in found.locked_cases(clinic.id):
        _keep(row, on_call.silenced(_alerts(row), until))
    if answering.is_third_same(received, messages.thread_with(received), now):
        return None
    minutes = int(silence.total_seconds() // 60)
    return _answer("taken", clinic, received, incoming, now, minutes=minutes)


def hand_over(clinic: Clinic, now: datetime) -> None:
    """Another phone is on call: it hears of all that nobody has seen, of what its forerunner knew at once.

    A text that still waits goes to it as the first of them (`readdress`).
    """
    for priority in on_call.RINGS:
        waits = found.is_alert_queued(clinic.id, _key(priority))
        for row in found.locked_told(clinic.id, priority):
            protocol = protocol_of(db.session.get_one(Treatment, row.treatment_id))
            alerts = on_call.handed_over(_alerts(row), now)
            _keep(row, on_call.told(protocol, priority, alerts, now) if waits else alerts)


def readdress(message: Message) -> None:
    """An alert that waited goes to the phone that is on call by now."""
    if message.wording != "on_call":
        return
    clinic = db.session.get_one(Clinic, message.clinic_id, populate_existing=True)
    if clinic.on_call_phone is not None and clinic.on_call_phone_hash != message.phone_hash:
        message.phone, message.phone_hash = clinic.on_call_phone, clinic.on_call_phone_hash


def is_wanted(message: Message) -> bool:
    """Whether an alert is still to go: somebody is on call there, and nobody has seen what it tells of."""
    if message.wording != "on_call" or message.clinic_id is None:
        return True
    clinic = db.session.get_one(Clinic, message.clinic_id)
    priority = _told_of(message)
    return message.phone_hash == clinic.on_call_phone_hash and found.is_any_told_of(clinic.id, priority)


def rings_from(message: Message, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours for an urgent alert that was held back into them."""
    if message.wording != "on_call" or message.clinic_id is None:
        return now
    clinic = db.session.get_one(Clinic, message.clinic_id)
    protocol = parsed(treatments.current_protocol(clinic.id))
    return on_call.may_ring(protocol, hours_of(clinic), _told_of(message), now)


def missed(message: Message, now: datetime) -> None:
    """A text to the phone on call was not delivered: of what nobody has seen yet it is told again."""
    if message.wording != "on_call" or message.clinic_id is None:
        return
    clinic = db.session.get_one(Clinic, message.clinic_id)
    if message.phone_hash != clinic.on_call_phone_hash:  # another phone has heard of it meanwhile
        return
    for row in found.locked_told(clinic.id, _told_of(message)):
        protocol = protocol_of(db.session.get_one(Treatment, row.treatment_id))
        _keep(row, on_call.missed(protocol, _alerts(row), now))


def unreached_since(clinic: Clinic, now: datetime) -> datetime | None:
    """When the last alert was to reach the phone on call, if it did not; one may wait out the night."""
    last = found.last_alert(clinic)
    if last is None or last.due_at is None:
        return None
    failed = last.status in ("refused", "undelivered", "expired")
    if last.status == "queued" and rings_from(last, now) > now:
        return None
    stuck = last.status in ("queued", "sending", "in_doubt") and last.created_at < now - OUT_OF_REACH_AFTER
    return last.created_at if failed or stuck else None


def _alert(clinic: Clinic, priority: Priority, rows: Sequence[FlaggedCase], now: datetime) -> bool:
    """Text the phone about every case of this priority that is due, in one; whether there was one."""
    ours = [row for row in rows if row.priority == priority]
    due = [row for row in ours if _is_due(row, clinic, now)]
    key = _key(priority)
    if not due or clinic.on_call_phone is None or found.is_alert_queued(clinic.id, key):
        return False
    at = _counted_from(due, now)
    for row in ours:
        protocol = protocol_of(db.session.get_one(Treatment, row.treatment_id))
        if row in due:
            _keep(row, on_call.told(protocol, priority, _alerts(row), at))
        elif priority == Priority.EMERGENCY:
            _keep(row, on_call.joined(protocol, _alerts(row), at))
    minutes = parsed(treatments.current_protocol(clinic.id)).on_call_silence_minutes
    cases = max(found.waiting(clinic.id, priority), 1)
    return _queue(clinic, f"{key}{due[0].id}:{int(now.timestamp())}", now, priority, cases, minutes)


def _key(priority: Priority) -> str:
    """How the keys of such alerts begin, by which it is known what one tells of."""
    return f"on_call:{priority}:"


def _told_of(message: Message) -> Priority:
    return Priority(message.dedupe_key.split(":")[1])


def _queue(clinic: Clinic, key: str, now: datetime, priority: Priority, cases: int, minutes: int) -> bool:
    body = _compose("on_call", clinic, minutes=minutes, **wording.waiting(priority, cases, clinic.language))
    added = queued.add(
        kind="on_call",
        wording="on_call",
        body=body,
        dedupe_key=key,
        clinic=clinic,
        phone=clinic.on_call_phone or "",
        now=now,
        due_at=now,
        expires_at=now + GOES_FOR,
    )
    return added is not None


def _counted_from(due: Sequence[FlaggedCase], now: datetime) -> datetime:
    """The moment for which the text was due, so that the seconds of each run do not add up."""
    latest = max((row.on_call_at for row in due if row.on_call_at is not None), default=now)
    return latest if now - latest < A_RUN else now


def _is_due(row: FlaggedCase, clinic: Clinic, now: datetime) -> bool:
    """Whether its time has come; an urgent one that comes due in the quiet hours waits for their end."""
    if row.on_call_at is None or row.on_call_at > now:
        return False
    protocol = protocol_of(db.session.get_one(Treatment, row.treatment_id))
    rings = on_call.may_ring(protocol, hours_of(clinic), Priority(row.priority), now)
    row.on_call_at = max(row.on_call_at, rings) if rings > now else row.on_call_at
    return row.on_call_at <= now


def _explain(clinic: Clinic, received: Message, incoming: Incoming, now: datetime) -> Answered | None:
    """What this phone is for, told once in a while."""
    since = now - ANSWERED_FOR
    if received.written_at < since or _is_answered_by_provider(incoming):
        return None
    thread = messages.thread_with(received)
    if "on_call_other" in thread.wordings_since(received.phone_hash or b"", clinic.id, since):
        return None
    return _answer("on_call_other", clinic, received, incoming, now)


def _is_answered_by_provider(incoming: Incoming) -> bool:
    by_provider = context.config().keyword_replies == "twilio"
    return by_provider and (bool(incoming.opt_out_type) or keywords.is_keyword(incoming.body))


def _answer(
    key: str, clinic: Clinic, received: Message, incoming: Incoming, now: datetime, **fillings: object
) -> Answered | None:
    body = _compose(key, clinic, **fillings)
    written = queued.add(
        kind="on_call",
        wording=key,
        body=body,
        dedupe_key=f"answer:{received.id}",
        clinic=clinic,
        phone=received.phone or "",
        now=now,
        due_at=now,
        expires_at=now + ANSWERED_FOR,
        answers_id=received.id,
        leaves_with=switches() if incoming.from_twiml else None,
    )
    return Answered(written, body) if written else None


def _compose(key: str, clinic: Clinic, **fillings: object) -> str:
    url = wording.link(context.config().public_url)
    return compose(key, clinic, clinic.language, url=url, **fillings)


def _alerts(row: FlaggedCase) -> Alerts:
    return Alerts(row.on_call_at, row.on_call_texts or 0)


def _keep(row: FlaggedCase, alerts: Alerts) -> None:
    row.on_call_at, row.on_call_texts = alerts.at, alerts.texts
