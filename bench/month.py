"""The texts of one treatment by kind of patient: a month of simulated time through the real jobs.

One of the measures of `make bench`. Texts go to the console gateway, which keeps them.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from flask_migrate import upgrade

import config
from bench.measure import Figure, Measure, Result, figure, table
from bench.timing import progress
from bench.world import World
from jobs import runs
from jobs.timetable import TIMETABLE
from recovery.app import create_app
from recovery.db import db, new_id, reading, writing
from recovery.domain.days import date_of, local
from recovery.domain.gsm7 import segments
from recovery.domain.protocol import DEFAULT
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.queries.messages import AUTOMATIC
from recovery.services import clinics, inbox, patients, treatments
from recovery.services.incoming import Incoming

# Dollars for a segment: an example, near what a long code in North America costs with the carriers' fees.
PRICE_SENT, PRICE_RECEIVED = 0.012, 0.0085
FROM, ZONE, CLINIC_PHONE = date(2026, 3, 2), "America/Toronto", "+14165550100"
DAYS = (*range(9), 28, 29, 35, 36)
TICKS = (time(0, 5), time(9), time(10, 0, 5), time(11, 31), time(13, 5), time(14, 31), time(18, 35))
SOON, AFTER_THE_REMINDER = time(11), time(14)
WENT = ("sent", "delivered", "undelivered")


@dataclass(frozen=True, slots=True)
class Kind:
    """What she says on a day on which she was asked: `on` that day, else `otherwise`; None for nothing."""

    name: str
    otherwise: str | None = None
    on: Mapping[int, str | None] = field(default_factory=dict)
    at: time = SOON
    language: str = "en"

    def says(self, day: int) -> str | None:
        return self.on.get(day, self.otherwise)


@dataclass(frozen=True, slots=True)
class _Entered:
    kind: Kind
    patient_id: UUID
    phone: str


HEALING = {1: "4 2 1", 2: "3 1 0", 3: "2 0 0", 4: "1 0 0"}
KINDS = (
    Kind("answers every question, heals", "0 0 0", HEALING),
    Kind("the same in Spanish", "0 0 0", {**HEALING, 28: "ninguno"}, language="es"),
    Kind("is clear from the first day", "0 0 0"),
    Kind("answers after the reminder", "1 0 0", HEALING, at=AFTER_THE_REMINDER),
    Kind("answers every second question", None, {1: "4 2 1", 3: "2 1 0", 5: "1 0 0", 28: "none"}),
    Kind("never answers"),
    Kind("stays red for a week", "2 0 0", {1: "6 3 1", 2: "5 3 1", 3: "4 2 1", 28: "none"}),
    Kind("gets worse", "8 6 4", {1: "3 1 1", 2: "6 4 2", 28: "none"}),
    Kind("writes of an infection", "2 1 0", {1: "4 2 1", 2: "5 4 2 and there is pus, I have a fever"}),
    Kind("is unclear each time", "so so, could be better"),
    Kind("gives one number of three", "redness 3"),
    Kind("asks each time", "2 1 0 can I wear makeup?"),
    Kind("stops on the second day", "2 1 0", {2: "STOP"}),
    Kind("is the wrong person", "wrong number"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """The texts of one treatment: of ours `automatic` ones and all, with their segments; hers likewise."""

    automatic: int
    sent: int
    sent_segments: int
    received: int
    received_segments: int

    @property
    def price(self) -> float:
        return self.sent_segments * PRICE_SENT + self.received_segments * PRICE_RECEIVED


def take(world: World) -> Result:
    """A month for one patient of each kind."""
    lived = lived_through(world.folder, KINDS[: world.count(len(KINDS), least=3)])
    most = max(month.automatic for month in lived.values())
    figures: list[Figure] = [
        figure("automatic texts of a treatment at most", [float(most)], goal=DEFAULT.automatic_per_treatment),
        figure("segments sent for a treatment", [float(month.sent_segments) for month in lived.values()]),
        figure("price of a treatment, dollars", [month.price for month in lived.values()]),
    ]
    heads = ("", "automatic texts", "texts sent", "segments", "texts received", "segments", "dollars")
    rows = [
        [name, *(getattr(month, each) for each in _COUNTED), f"{month.price:.2f}"]
        for name, month in lived.items()
    ]
    prices = (
        f"The price list is an example: {PRICE_SENT} dollars for a segment sent and {PRICE_RECEIVED} for one"
        " received. Texts to the phone on call and photos are not counted."
    )
    return Result(figures, f"{table(heads, rows)}\n\n{prices}")


_COUNTED = ("automatic", "sent", "sent_segments", "received", "received_segments")


def lived_through(folder: Path, kinds: Sequence[Kind]) -> dict[str, Month]:
    """The month of each kind, in a fresh SQLite under that folder."""
    environ = {
        "SECRET_KEY": secrets.token_hex(),
        "LOOKUP_KEY": secrets.token_hex(),
        "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": f"sqlite:///{folder / f'month-{secrets.token_hex(4)}.db'}",
        "SMS_GATEWAY": "console",
        "KEYWORD_REPLIES": "clinic",
    }
    app = create_app(config.load(environ, folder))
    with app.app_context():
        upgrade()
        _enter_clinic()
        entered = [_enter(kind, number) for number, kind in enumerate(kinds)]
        for day in DAYS:
            progress(f"month: day {day}")
            for tick in TICKS:
                _pass(day, tick, entered)
        months = {each.kind.name: _counted(each.patient_id) for each in entered}
        db.session.remove()
        db.engine.dispose()
    return months


def _enter_clinic() -> None:
    with writing():
        clinics.add(_moment(0, time(9)), name="Month", phone=CLINIC_PHONE, timezone=ZONE)


def _enter(kind: Kind, number: int) -> _Entered:
    """Treated at noon."""
    phone, now = f"+1647555{1000 + number}", _moment(0, time(12))
    with writing() as session:
        clinic = session.scalars(sa.select(Clinic)).one()
        row = patients.enrol(
            clinic, now, name=kind.name, phone=phone, consented_at=now, language=kind.language
        )
        treatments.begin(row, now, treated_at=now, needle_depth_mm=1.5)
        return _Entered(kind, row.id, phone)


def _pass(day: int, tick: time, entered: Sequence[_Entered]) -> None:
    """One hour: whoever answers just before it has answered, then every job runs."""
    moment = _moment(day, tick)
    for each in entered:
        said_at = _moment(day, each.kind.at)
        answers_now = said_at < moment <= said_at + timedelta(minutes=31)
        said = each.kind.says(day) if answers_now and _is_asked(each.patient_id, moment) else None
        if said is not None:
            text = Incoming(f"SM{new_id().hex}", CLINIC_PHONE, each.phone, said, from_twiml=False)
            with writing():
                inbox.receive(text, said_at)
    if day or tick > time(12):
        for job in TIMETABLE:
            runs.run(job, moment)


def _is_asked(patient_id: UUID, now: datetime) -> bool:
    """Whether a question went to her today."""
    found = sa.select(Message.claimed_at).where(
        Message.patient_id == patient_id, Message.kind.in_(("check_in", "late")), Message.status.in_(WENT)
    )
    with reading() as session:
        claimed = session.scalars(found).all()
    return any(each is not None and date_of(each, ZONE) == date_of(now, ZONE) for each in claimed)


def _counted(patient_id: UUID) -> Month:
    with reading() as session:
        rows = session.scalars(sa.select(Message).where(Message.patient_id == patient_id)).all()
        sent = [row for row in rows if row.direction == "outbound" and row.status in WENT]
        received = [row for row in rows if row.direction == "inbound"]
        return Month(
            automatic=sum(row.kind in AUTOMATIC for row in sent),
            sent=len(sent),
            sent_segments=sum(segments(row.body or "") for row in sent),
            received=len(received),
            received_segments=sum(segments(row.body or "") for row in received),
        )


def _moment(day: int, at: time) -> datetime:
    return local(FROM, day, at, ZONE)


MEASURE = Measure(
    "month",
    "Texts and segments of a treatment over a simulated month, by kind of patient",
    "the protocol's budget of automatic texts",
    f"{DEFAULT.automatic_per_treatment}, never over",
    take,
)
