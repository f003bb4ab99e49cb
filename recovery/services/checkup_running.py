"""Self-check of what should run by itself: the clock's jobs, and texts that ought to have moved on."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from recovery.models.system import JobRun
from recovery.queries import audit as stored_audit
from recovery.queries import figures
from recovery.queries.figures import A_DAY, LATE_AFTER
from recovery.services import clock as clocks
from recovery.services import switches
from recovery.services.findings import Finding, clock_time, counted, mend, ok, warn
from recovery.services.upcoming import GOES_WHILE_HELD
from recovery.sms import codes
from recovery.sms.gateway import RefusalKind

GRACE = timedelta(minutes=5)  # besides three missed runs
MISSED = 3
DOUBT_AT_MOST = timedelta(minutes=20)  # the last look at the provider's log is at fifteen
PHOTO_AT_MOST = timedelta(minutes=30)
UNSEALED_AT_MOST = timedelta(minutes=15)

# What Twilio means by the codes that stop a clinic's texts, and who can mend it.
ALARMS: Mapping[int, str] = {
    20003: "Twilio does not accept the account and token: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN",
    21408: "texts to that country are switched off: allow it at Twilio (Messaging Geo Permissions)",
    21608: "this is a trial account, which texts verified numbers only: upgrade it",
    21609: "PUBLIC_URL is no address that Twilio can call: set it to our https address",
    21659: "the clinic's number is none of this Twilio account: check the clinic's phone and the account",
    30007: "the carrier filtered it as spam: check the number's registration, and ask Twilio",
    30034: "the number is not registered for texts to phones in the US (A2P 10DLC): register it in Twilio",
}


def clock(periods: Mapping[str, int], now: datetime) -> Iterator[Finding]:
    """Whether every job has run lately, and well. Inside a unit of work."""
    runs = {each.name: each for each in figures.job_runs() if each.name in periods}
    if not runs:
        yield mend(
            "clock",
            "The clock has never run: no text is sent, and replies that got lost are not found. "
            "Start it with: flask --app wsgi jobs start (or RUN_CLOCK=1 for the web process).",
        )
        return
    late = [name for name, row in runs.items() if _is_late(row, periods[name], now)]
    newest = max(row.started_at for row in runs.values())
    if len(late) == len(runs):
        yield mend(
            "clock",
            f"The clock stands still: the last job began at {clock_time(newest)}. No text is sent until it "
            "runs; start it with: flask --app wsgi jobs start",
        )
    elif late:
        yield mend("clock", f"The clock runs, but not {_named(late, runs)}. Restart it and read its log.")
    if missing := [name for name in periods if name not in runs]:
        yield mend(
            "clock",
            f"The clock that runs does not know {', '.join(missing)}: it is of another version. Restart it.",
        )
    failed = [row for row in runs.values() if row.error is not None]
    for row in failed:
        yield mend(
            "clock",
            f"{row.name} failed at its last run, {clock_time(row.started_at)}: {row.error}. "
            "The clock's log says where.",
        )
    if newest > now + GRACE:
        yield warn(
            "clock",
            f"A job began at {clock_time(newest)}, which is ahead of this machine's clock: the clocks of "
            "the machines differ. Set them by NTP.",
        )
    if not late and not missing and not failed:
        yield ok("clock", f"Every job of the clock has run in time, the last at {clock_time(newest)}.")


def texts(now: datetime) -> Iterator[Finding]:
    """Texts and photos that should have moved on, and sending that is held. Inside a unit of work."""
    held = switches.held_since()
    if held is not None:
        yield warn(
            "sending",
            f"Sending is held since {clock_time(held)}: no check-ins go out, and patients are not being "
            "watched. Go on with: flask --app wsgi sending resume",
        )
    stuck = [*_in_doubt(now), *_late(now, held is not None), *_refused(now), *_photos(now)]
    yield from stuck or [ok("texts", "No text is stuck or refused by the set-up.")]


def audit(now: datetime) -> Iterator[Finding]:
    """Whether who saw and changed what is sealed as it should be. Inside a unit of work."""
    oldest = stored_audit.oldest_unsealed()
    if oldest is not None and oldest < now - UNSEALED_AT_MOST:
        yield mend(
            "audit",
            f"The audit has not been sealed since {clock_time(oldest)}: what was recorded since could be "
            "changed unseen. Does seal-audit run?",
        )
        return
    yield ok("audit", "The audit is sealed. Whether it still stands says: flask --app wsgi audit verify")


def _is_late(row: JobRun, seconds: int, now: datetime) -> bool:
    """A job that was due thrice; where the development clock was moved, from then on."""
    last = max(row.started_at, clocks.skipped_to() or row.started_at)
    return last < now - MISSED * timedelta(seconds=seconds) - GRACE


def _named(names: list[str], runs: Mapping[str, JobRun]) -> str:
    return ", ".join(f"{name} (last at {clock_time(runs[name].started_at)})" for name in names)


def _in_doubt(now: datetime) -> Iterator[Finding]:
    number = figures.in_doubt_since(now - DOUBT_AT_MOST)
    if number:
        yield mend(
            "in_doubt",
            f"{counted(number, 'text is', 'texts are')} in doubt for over 20 minutes: nobody knows whether "
            "they were sent, and they are not sent again. reconcile-messages should have asked Twilio: "
            "does the clock run, and can it reach Twilio?",
        )


def _late(now: datetime, held: bool) -> Iterator[Finding]:
    number = figures.late_texts_that_may_go(now - LATE_AFTER, GOES_WHILE_HELD, held=held)
    if number:
        yield mend(
            "late",
            f"{counted(number, 'text waits', 'texts wait')} to be sent for over 10 minutes. Does the clock "
            "run, can it reach Twilio, and is SMS_RATE_PER_SECOND high enough?",
        )


def _refused(now: datetime) -> Iterator[Finding]:
    for code, number in sorted(figures.error_codes_since(now - A_DAY).items()):
        many = counted(number, "text", "texts")
        match codes.kind(code):
            case RefusalKind.ALARM:
                meant = ALARMS.get(code, "its set-up must be mended")
                yield mend("refused", f"{many} met Twilio's code {code} in the last day: {meant}.")
            case RefusalKind.UNKNOWN:
                yield warn(
                    "refused",
                    f"{many} met Twilio's code {code} in the last day, which we do not know: "
                    f"https://www.twilio.com/docs/api/errors/{code} says what it means.",
                )


def _photos(now: datetime) -> Iterator[Finding]:
    waiting = figures.photos_waiting_since(now - PHOTO_AT_MOST)
    if waiting:
        yield mend(
            "photos",
            f"{counted(waiting, 'photo', 'photos')} could not be fetched from Twilio for over 30 minutes. "
            "Does fetch-photos run, and can it reach Twilio?",
        )
    lost = figures.unusable_photos_since(now - A_DAY)
    if lost:
        yield warn(
            "photos",
            f"{counted(lost, 'photo', 'photos')} of the last day could not be kept: gone at Twilio, too "
            "large, or no picture. The case says so; ask the patient to send it again.",
        )
