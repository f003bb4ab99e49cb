"""Joining the pages to the app: every page, the guard before them, and what every answer carries."""

from flask import Flask

from recovery.web import doors, errors, headers, readings, sessions, shown, unknown_texts
from recovery.web.access import access
from recovery.web.account import account
from recovery.web.audit import audit
from recovery.web.case import case
from recovery.web.clinic import clinic
from recovery.web.enrolment import enrolment
from recovery.web.health import health
from recovery.web.imports import imports
from recovery.web.new_password import new_password
from recovery.web.patient_changes import patient_changes
from recovery.web.patients import patients
from recovery.web.phone import is_here, phone
from recovery.web.photos import photo
from recovery.web.protocol import protocol
from recovery.web.second_step import second_step
from recovery.web.staff import staff
from recovery.web.statistics import statistics
from recovery.web.tokens import tokens
from recovery.web.treatments import treatment
from recovery.web.trial import trial
from recovery.web.wording import wording
from recovery.web.worklist import worklist

BLUEPRINTS = (
    access,
    second_step,
    new_password,
    account,
    staff,
    tokens,
    worklist,
    case,
    photo,
    patients,
    enrolment,
    patient_changes,
    treatment,
    imports,
    unknown_texts.unknown_texts,
    statistics,
    clinic,
    wording,
    protocol,
    audit,
    trial,
    phone,
    health,
)


def register(app: Flask) -> None:
    """Adds the pages; before the API, whose own guard comes second."""
    sessions.set_up(app)
    doors.set_up(app)
    headers.set_up(app)
    errors.set_up(app)
    shown.set_up(app)
    readings.set_up(app)
    unknown_texts.set_up(app)
    for each in BLUEPRINTS:
        app.register_blueprint(each)
    app.jinja_env.globals["has_phone_page"] = is_here
    app.jinja_env.globals["has_page"] = lambda endpoint: endpoint in app.view_functions
