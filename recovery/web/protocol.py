"""The clinical numbers in words that a clinician can check, version by version, and who signed them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from recovery.db import db, reading, writing
from recovery.domain.errors import Conflict, Invalid
from recovery.domain.protocol_numbers import EVIDENCE, FIXED, GROUPS
from recovery.domain.protocol_rules import DEPTHS
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.queries import protocols as found
from recovery.queries import treatments
from recovery.services import audit, clock, protocols
from recovery.services.values import parsed
from recovery.web import banners, protocol_forms
from recovery.web.enrolment_forms import RISKS
from recovery.web.protocol_forms import BAND_NAMES
from recovery.web.sessions import actor, check_admin, signed_in

protocol = Blueprint("protocol", __name__, url_prefix="/protocol")

_DEPTH_NAMES = {"shallow": "Shallow", "medium": "Medium, or not noted", "deep": "Deep, or radio-frequency"}


@protocol.get("")
def show() -> ResponseReturnValue:
    """The newest version, what it changes, and all that there were."""
    with reading():
        return _page(found.newest_version(signed_in().clinic_id))


@protocol.get("/versions/<number>")
def show_version(number: str) -> ResponseReturnValue:
    with reading():
        versions = found.versions_of(signed_in().clinic_id)
        version = next((each for each in versions if str(each.number) == number), None)
        if version is None:
            abort(404)
        return _page(version)


@protocol.get("/new")
def edit() -> ResponseReturnValue:
    """The newest version as a form."""
    check_admin()
    with reading():
        newest = found.newest_version(signed_in().clinic_id)
        return _form(protocol_forms.as_typed(parsed(newest)), newest.number, {})


@protocol.post("/new")
def write() -> ResponseReturnValue:
    """A new version, unsigned; the old ones stay as they are."""
    check_admin()
    based_on = request.form.get("based_on", type=int, default=0)
    try:
        with writing():
            now, clinic = clock.now(), _clinic()
            version = protocols.write(clinic, based_on, protocol_forms.read(request.form), now)
            audit.record(actor(), "write", "protocol", [version.id], now)
            number = version.number
    except Invalid as wrong:
        with reading():
            return _form(request.form, based_on, wrong.errors), 422
    except Conflict as conflict:
        flash(str(conflict), "refused")
        return redirect(url_for("protocol.show"), 303)
    flash(f"Version {number} is written. Nothing runs under it until it is signed.", "done")
    return redirect(url_for("protocol.show"), 303)


@protocol.post("/approve")
def approve() -> ResponseReturnValue:
    """Sign the version that was read."""
    check_admin()
    number = request.form.get("number", type=int, default=0)
    try:
        with writing():
            now, clinic = clock.now(), _clinic()
            version = protocols.approve(clinic, request.form.get("by", ""), now, number)
            audit.record(actor(), "approve", "protocol", [version.id], now)
    except Invalid as wrong:
        with reading():
            newest = found.newest_version(signed_in().clinic_id)
            return _page(newest, " ".join(wrong.errors["by"])), 422
    except Conflict as conflict:
        flash(str(conflict), "refused")
    else:
        flash(f"Version {number} is signed. New treatments begin under it.", "done")
    return redirect(url_for("protocol.show"), 303)


def _clinic() -> Clinic:
    return db.session.get_one(Clinic, signed_in().clinic_id)


def _page(version: ProtocolVersion, wrong: str = "") -> str:
    clinic, now = _clinic(), clock.now()
    versions = found.versions_of(clinic.id)
    before = next((each for each in versions if each.number == version.number - 1), None)
    numbers = parsed(version)
    return render_template(
        "protocol.html",
        version=version,
        newest=versions[0],
        in_force=treatments.current_protocol(clinic.id),
        versions=versions,
        under=found.treatments_under(clinic.id),
        typed=protocol_forms.as_typed(numbers),
        was=protocol_forms.differences(parsed(before), numbers) if before else {},
        before=before,
        fixed=[(means, _said(getattr(numbers, name))) for name, means in FIXED.items()],
        evidence=EVIDENCE,
        wrong=wrong,
        banners=banners.standing(clinic, now),
        zone=clinic.timezone,
        **_names(),
    )


def _form(typed: MultiDict[str, str], based_on: int, wrong: Mapping[str, Sequence[str]]) -> str:
    return render_template("protocol_edit.html", typed=typed, based_on=based_on, wrong=wrong, **_names())


def _names() -> dict[str, Any]:
    return {
        "groups": GROUPS,
        "depths": [(name, _DEPTH_NAMES[name]) for name in DEPTHS],
        "bands": list(enumerate(BAND_NAMES, 1)),
        "risks": {fact.value: said for fact, said in RISKS.items()},
    }


def _said(value: Any) -> str:
    """One of the numbers that no version changes."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:%H:%M}" if hasattr(value, "hour") else f"{value:g}"
