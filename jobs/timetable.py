"""What runs and how often; a job is one call of a service, with the clock to go by."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from recovery.services import (
    audit_chain,
    checkins,
    on_call,
    outbox,
    photos,
    reconciliation,
    recoveries,
    redaction,
    replanning,
    retention,
)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Job:
    """`run` takes the clock and gives its counts; `seconds` is the pause between two starts."""

    name: str
    seconds: int
    run: Callable[[Clock], dict[str, int]]


def send_check_ins(clock: Clock) -> dict[str, int]:
    """Moves what waits for a new hour; expires, cancels and queues what is due, then sends it."""
    replanning.move_check_ins(clock)
    return asdict(checkins.send_due(clock))


def send_reminders(clock: Clock) -> dict[str, int]:
    """The same for reminders."""
    return asdict(checkins.send_due_reminders(clock))


def send_messages(clock: Clock) -> dict[str, int]:
    """Sends what is queued, of any kind; the phone on call is told of an emergency within seconds."""
    on_call.queue_due(clock)
    done = outbox.send_due(clock)
    return {
        "sent": done.sent,
        "refused": done.refused,
        "expired": done.expired,
        "in_doubt": done.in_doubt,
    }


def review_recoveries(clock: Clock) -> dict[str, int]:
    """Missed, silent, recovered and ended recoveries; snoozes that ran out."""
    return asdict(recoveries.review(clock))


def reconcile_messages(clock: Clock) -> dict[str, int]:
    """Texts whose sender vanished are put in doubt."""
    return asdict(reconciliation.reconcile(clock))


def escalate_cases(clock: Clock) -> dict[str, int]:
    """Targets long passed raise their case; the phone on call is texted about what cannot wait."""
    escalated = recoveries.escalate(clock)
    on_call.queue_due(clock)
    return {"escalated": escalated, "texted": outbox.send_due(clock, ("on_call",)).sent}


def fetch_photos(clock: Clock) -> dict[str, int]:
    """Photos that came with texts: fetched, and deleted at the provider once they are kept here."""
    return asdict(photos.fetch_due(clock))


def redact_messages(clock: Clock) -> dict[str, int]:
    """Empties texts in the provider's log, where the settings ask for it."""
    return {"redacted": redaction.redact(clock)}


def seal_audit(clock: Clock) -> dict[str, int]:
    """Seals what was recorded of who saw and changed what."""
    return {"sealed": audit_chain.seal_all(clock)}


def purge_expired(clock: Clock) -> dict[str, int]:
    """Removes what is kept for a while only."""
    return {"purged": retention.purge(clock)}


TIMETABLE: tuple[Job, ...] = (
    Job("send-check-ins", 15, send_check_ins),
    Job("send-reminders", 60, send_reminders),
    Job("send-messages", 2, send_messages),
    Job("review-recoveries", 60, review_recoveries),
    Job("reconcile-messages", 60, reconcile_messages),
    Job("escalate-cases", 60, escalate_cases),
    Job("fetch-photos", 15, fetch_photos),
    Job("redact-messages", 60, redact_messages),
    Job("seal-audit", 60, seal_audit),
    Job("purge-expired", 3600, purge_expired),
)


def job(name: str) -> Job | None:
    return next((each for each in TIMETABLE if each.name == name), None)
