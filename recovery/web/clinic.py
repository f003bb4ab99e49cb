"""The clinic's own facts: every nurse reads them, admins change them; the switch for its texts."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recovery import zones
from recovery.db import db, reading, writing
from recovery.domain.errors import Conflict, Invalid, Stale
from recovery.models.clinic import Clinic
from recovery.queries import clinics as found
from recovery.queries import treatments
from recovery.services import audit, clinics, switches
from recovery.services import clock as clocks
from recovery.services.clinic_facts import DAYS
from recovery.services.values import parsed
from recovery.web import banners
from recovery.web.clinic_forms import ClinicForm, as_it_stands, clock, different, hours_in_words
from recovery.web.forms import LANGUAGE_NAMES
from recovery.web.sessions import actor, check_admin, signed_in
from recovery.web.shown import day_words, spaced

clinic = Blueprint("clinic", __name__, url_prefix="/clinic")

_MEANWHILE = (
    "Somebody else changed these settings while you had them open, and nothing of yours is saved yet."
)
_DIFFERS = "What you typed differs from what stands now in: {}. Save again to put yours in its place."
_LABELS = {
    "name": "Name of the clinic",
    "sms_name": "Short name in texts",
    "timezone": "Time zone",
    "language": "Language of new patients",
    "weekly_hours": "Hours",
    "holidays": "Days closed besides",
    "check_in_time": "Check-in time",
    "on_call_phone": "Phone on call",
    "emergency_number": "Emergency number",
    "crisis_number": "Crisis line",
    "messaging_service_sid": "Twilio Messaging Service",
    "second_step_required": "Second step for everybody",
}


@clinic.get("")
def show() -> ResponseReturnValue:
    """The facts; for an admin as a form."""
    with reading():
        return _page(None)


@clinic.post("")
def change() -> ResponseReturnValue:
    """Save what is different; what somebody else changed meanwhile is told first."""
    check_admin()
    form = ClinicForm()
    if not form.validate():
        return _again(form, 422)
    try:
        facts = form.facts()
        with writing():
            row, now = found.locked_clinic(signed_in().clinic_id), clocks.now()
            before = row.version
            _check_version(form, row, facts)
            clinics.change(row, facts, now, signed_in().name)
            changed, moves = row.version != before, row.replan_at == now
            if changed:
                audit.record(actor(), "change", "clinic", [row.id], now)
    except Invalid as wrong:
        form.mark(wrong)
        return _again(form, 422)
    except Conflict as conflict:
        form.on_call_phone.errors = [str(conflict)]
        return _again(form, 409)
    except Stale as stale:
        return _again(form, 409, str(stale))
    flash("Saved." if changed else "Nothing was changed.", "done")
    if moves:
        flash("Questions that are not yet sent move to the new time within a minute.", "note")
    return redirect(url_for("clinic.show"), 303)


@clinic.post("/sending")
def switch() -> ResponseReturnValue:
    """Stop this clinic's automatic texts, or let them go on."""
    check_admin()
    on = request.form.get("texts") == "on"
    with writing():
        row, now = found.locked_clinic(signed_in().clinic_id), clocks.now()
        before = row.version
        clinics.change(row, {"texting_on": on}, now, signed_in().name)
        if row.version != before:
            audit.record(actor(), "change", "clinic", [row.id], now)
    flash("Texts go out again." if on else "Texts are off. Patients are not being watched.", "done")
    return redirect(url_for("clinic.show"), 303)


def _check_version(form: ClinicForm, row: Clinic, facts: dict[str, Any]) -> None:
    if form.version.data == str(row.version):
        return
    other = ", ".join(_LABELS[name] for name in different(row, facts))
    raise Stale(f"{_MEANWHILE} {_DIFFERS.format(other)}" if other else _MEANWHILE)


def _again(form: ClinicForm, status: int, wrong: str = "") -> ResponseReturnValue:
    with reading():
        return _page(form, wrong), status


def _page(form: ClinicForm | None, wrong: str = "") -> str:
    row = db.session.get_one(Clinic, signed_in().clinic_id)
    now, protocol = clocks.now(), parsed(treatments.current_protocol(row.id))
    if form is not None and wrong:
        form.version.data = str(row.version)
    return render_template(
        "clinic.html",
        clinic=row,
        form=form or as_it_stands(row),
        facts=list(zip(_LABELS.values(), _shown(row), strict=True)),
        wrong=wrong,
        days=DAYS,
        zones=zones.offered(),
        protocol=protocol,
        night=[clock(each) for each in (protocol.on_call_quiet_from, protocol.on_call_quiet_until)],
        held=switches.held_since(),
        banners=banners.standing(row, now),
        zone=row.timezone,
    )


def _shown(row: Clinic) -> Sequence[list[str]]:
    """Each fact in words, by lines."""
    return [
        [row.name],
        [row.sms_name],
        [row.timezone.replace("_", " ")],
        [LANGUAGE_NAMES[row.language]],
        hours_in_words(row.weekly_hours),
        [day_words(day) for day in sorted(row.holiday_dates)] or ["None"],
        [clock(row.check_in_time)],
        [spaced(row.on_call_phone) if row.on_call_phone else "Nobody"],
        [row.emergency_number],
        [row.crisis_number or "None"],
        [row.messaging_service_sid or "That of the installation, if it has one"],
        ["Yes" if row.second_step_required else "No"],
    ]
