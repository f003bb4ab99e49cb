"""Self-check of one clinic: its zone, its on-call phone, its signed protocol, its switch."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recovery import context
from recovery.models.clinic import Clinic
from recovery.queries import treatments
from recovery.services import on_call
from recovery.services.findings import Finding, clock_time, mend, ok, warn


def none_yet() -> Finding:
    return warn("clinics", "There is no clinic yet; add one with: flask --app wsgi clinic add")


def clinic(clinic: Clinic, now: datetime) -> Iterator[Finding]:
    """What a clinic must have set. Inside a unit of work."""
    yield _zone(clinic)
    yield _on_call(clinic, now)
    yield _protocol(clinic)
    if clinic.texting_off_at is not None:
        yield warn(
            "texting",
            f"{clinic.name}: texts are off since {clock_time(clinic.texting_off_at)}: no check-ins go out, "
            "and its patients are not being watched. Go on with: "
            f"flask --app wsgi sending resume --clinic {clinic.id}",
            clinic.id,
        )


def _zone(clinic: Clinic) -> Finding:
    try:
        ZoneInfo(clinic.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return mend(
            "time_zone",
            f"{clinic.name}: this machine does not know the time zone {clinic.timezone}, so nothing can be "
            "planned or sent. Install the packages of requirements.txt (tzdata is one of them).",
            clinic.id,
        )
    return ok("time_zone", f"{clinic.name}: its time zone is {clinic.timezone}.", clinic.id)


def _on_call(clinic: Clinic, now: datetime) -> Finding:
    unreached = on_call.unreached_since(clinic, now)
    if unreached is not None:
        return mend(
            "on_call",
            f"{clinic.name}: the on-call phone could not be reached: the alert of {clock_time(unreached)} "
            "did not arrive, so nobody is told of an emergency. Check that the number is right, that the "
            "phone takes texts, and that nobody sent STOP from it; set another with: "
            f"flask --app wsgi clinic change {clinic.id} --on-call-phone NUMBER",
            clinic.id,
        )
    if clinic.on_call_phone is not None:
        return ok("on_call", f"{clinic.name}: an on-call phone is set.", clinic.id)
    return warn(
        "on_call",
        f"{clinic.name}: there is no on-call phone. Nobody is told of an emergency at once, and an urgent "
        "case that comes in while the clinic is closed waits for its next hours: the promise to look at it "
        "within 12 hours does not hold. Set one with: "
        f"flask --app wsgi clinic change {clinic.id} --on-call-phone NUMBER",
        clinic.id,
    )


def _protocol(clinic: Clinic) -> Finding:
    version = treatments.current_protocol(clinic.id)
    if version.approved_at is not None:
        signed = f"{version.approved_by} signed its protocol, version {version.number}"
        return ok("protocol", f"{clinic.name}: {signed}, at {clock_time(version.approved_at)}.", clinic.id)
    how = f"flask --app wsgi protocol approve --clinic {clinic.id} --by NAME"
    if context.config().is_production:
        return mend(
            "protocol",
            f"{clinic.name}: nobody has signed its protocol, so no check-in goes out. A clinician reads it "
            f"(protocol show) and signs it with: {how}",
            clinic.id,
        )
    return warn(
        "protocol",
        f"{clinic.name}: nobody has signed its protocol; in production no check-in would go out. "
        f"Sign it with: {how}",
        clinic.id,
    )
