"""The numbers that help: who answers, what is flagged, how fast cases are met, what comes of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from recovery.db import db, reading
from recovery.domain.errors import Invalid
from recovery.models.clinic import Clinic
from recovery.services import clock
from recovery.services import statistics as counting
from recovery.services.statistics import Numbers
from recovery.web import banners, plots
from recovery.web.csv_file import download
from recovery.web.sessions import signed_in
from recovery.web.statistics_tables import TABLES

statistics = Blueprint("statistics", __name__, url_prefix="/statistics")

PRESETS = (("7 days", 7), ("30 days", 30), ("90 days", 90), ("12 months", 365))


@statistics.get("")
def show() -> ResponseReturnValue:
    """Plots and tables of the days asked for; the last thirty where none are."""
    with reading():
        now = clock.now()
        clinic = db.session.get_one(Clinic, signed_in().clinic_id)
        try:
            numbers = _asked_for(clinic, now)
        except Invalid as refused:
            return _page(clinic, None, refused.errors, now), 422
        return _page(clinic, numbers, {}, now)


@statistics.get("/<table>.csv")
def give(table: str) -> ResponseReturnValue:
    """One of the tables as a file; its name says which days it counts."""
    if table not in TABLES:
        abort(404)
    with reading():
        clinic = db.session.get_one(Clinic, signed_in().clinic_id)
        try:
            numbers = _asked_for(clinic, clock.now())
        except Invalid:
            abort(400)
    name = f"{table}-{numbers.first.isoformat()}-to-{numbers.last.isoformat()}"
    return download(name, TABLES[table](numbers).file_rows())


def _asked_for(clinic: Clinic, now: datetime) -> Numbers:
    first, last = (_day(name) for name in ("from", "to"))
    first, last = counting.days(clinic, first, last, now)
    return counting.numbers(clinic, first, last, now)


def _day(name: str) -> date | None:
    text = request.args.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({name: ["Please give a day, such as 2026-11-20."]}) from None


def _page(clinic: Clinic, numbers: Numbers | None, wrong: Mapping[str, Sequence[str]], now: datetime) -> str:
    _, today = counting.days(clinic, None, None, now)
    typed = {name: request.args.get(name, "") for name in ("from", "to")}
    if numbers is not None:
        typed = {"from": numbers.first.isoformat(), "to": numbers.last.isoformat()}
    return render_template(
        "statistics.html",
        numbers=numbers,
        wrong=wrong,
        days=typed,
        presets=[(said, today - timedelta(days=count - 1), today) for said, count in PRESETS],
        tables={name: table(numbers) for name, table in TABLES.items()} if numbers else {},
        plots=plots,
        cases=sum(each.cases for each in numbers.speed) if numbers else 0,
        open_now=sum(sum(each.values()) for each in numbers.standing.values()) if numbers else 0,
        banners=banners.standing(clinic, now),
        clinic=clinic,
    )
