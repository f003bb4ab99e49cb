"""A clinic on Twilio as its patients live it: a phone texts, Twilio calls us, an answer comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, has_app_context
from sqlalchemy import select

import config
from jobs import runs, timetable
from recovery.app import create_app
from recovery.db import db, writing
from recovery.models.case import Flag, FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.models.patient import Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.queries import cases, messages, treatments
from recovery.services import clock
from tests import make
from tests.twilio_simulator.log import new_sid
from tests.twilio_simulator.signing import Form
from tests.twilio_simulator.simulator import Simulator
from tests.twilio_simulator.webhooks import Answer, replies

TORONTO = ZoneInfo("America/Toronto")
TREATED = datetime(2026, 11, 16, 12, 0, tzinfo=TORONTO)  # a Monday noon: day 5 is a Saturday
PUBLIC_URL = "https://texts.rosewood.example/recovery"
ACCOUNT, TOKEN = "AC" + "7" * 32, "the auth token of the stories"

_phones = count(2000)


@contextmanager
def twilio_app(settings: dict[str, str], instance: Path, **more: str) -> Iterator[tuple[Flask, Simulator]]:
    """The app with Twilio's credentials, and the Twilio that it speaks with."""
    with Simulator(ACCOUNT, TOKEN) as twilio:
        told = {
            "SMS_GATEWAY": "twilio",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE_URL": twilio.base_url,
            "PUBLIC_URL": PUBLIC_URL,
            "KEYWORD_REPLIES": "clinic",
        }
        app = create_app(config.load({**settings, **told, **more}, instance))
        yield app, twilio
        with app.app_context():
            db.engine.dispose()
        app.extensions["recovery.gateway"].close()


class Story:
    """One clinic, one patient treated at noon on a Monday, and the present moment, which the story sets."""

    def __init__(self, app: Flask, twilio: Simulator) -> None:
        self.app, self.twilio, self.now = app, twilio, TREATED
        self.public_url: str = app.extensions["recovery.config"].public_url
        self.heard: str | None = None
        twilio.post = self._post

    # --- who and when ------------------------------------------------------------------------

    def begin(self, clinic: dict[str, Any] | None = None, **treatment: Any) -> "Story":
        """The clinic, its patient Maria, and her treatment; `clinic` and the rest are details."""
        self.clinic = make.clinic(TREATED, **(clinic or {}))
        self.clinic_phone, self.phone = self.clinic.phone, new_phone()
        self.patient_id = make.patient(self.clinic, TREATED, phone=self.phone).id
        self.treatment_id = make.treatment(self.patient, TREATED, **treatment).id
        self._forget()
        return self

    def at(self, day: int, hour: str = "11:00") -> "Story":
        """It is that hour (patient's and clinic's clock) of that day since the treatment."""
        at = datetime.fromisoformat(f"{TREATED.date() + timedelta(days=day)}T{hour}")
        self.now = at.replace(tzinfo=TORONTO)
        return self

    def later(self, **passed: float) -> "Story":
        self.now += timedelta(**passed)
        return self

    def run(self, job: str) -> dict[str, int]:
        found = timetable.job(job)
        assert found is not None
        return runs.run(found, self.now)

    def asked(self, day: int) -> "Story":
        """The day's check-in goes out at ten and is delivered (the welcome went on the first day)."""
        self.at(0, "12:01").run("send-check-ins")
        self.at(day, "10:00").run("send-check-ins")
        self.twilio.deliver_callbacks()
        return self

    # --- what the phone does -----------------------------------------------------------------

    def text(self, body: str, phone: str | None = None, *, photos: int = 0, **more: str) -> str | None:
        """A phone texts the clinic; the wording that answers it, or None. `heard` is the text itself."""
        url, sender = f"{self.public_url}/sms/inbound", phone or self.phone
        if more:
            form = inbound_form(body, sender, self.clinic_phone, photos=photos, **more)
            sid, answer = dict(form)["MessageSid"], self.twilio.call(url, form)
        else:
            media = [("image/jpeg", b"a photo")] * photos
            received = self.twilio.receive(sender, self.clinic_phone, body, url=url, media=media)
            sid, answer = received.message.sid, received.answers[-1]
        assert answer.status == 200, answer
        texts = replies(answer.text, self.public_url)
        self.heard = texts[0].body if texts else None
        return self.wording(sid) if texts else None

    def wording(self, sid: str) -> str | None:
        with writing():
            received = messages.message_by_sid(sid)
            assert received is not None
            answer = messages.answer_to(received.id)
            return answer.wording if answer else None

    def status(self, sid: str, status: str, message: object = "", **more: str) -> int:
        """Twilio tells what became of a text."""
        form = [("MessageSid", sid), ("MessageStatus", status), *more.items()]
        query = f"?message={message}" if message else ""
        return self.twilio.call(f"{self.public_url}/sms/status{query}", form).status

    def _post(self, url: str, form: Form, headers: dict[str, str], timeout: float) -> Answer:
        path = url.removeprefix(self.public_url)
        if has_app_context():
            self._forget()
        with clock.set_to(self.now):
            response = self.app.test_client().post(path, data=urlencode(form), headers=headers)
        return Answer(response.status_code, response.text)

    # --- what stands afterwards --------------------------------------------------------------

    @property
    def patient(self) -> Patient:
        return self._fresh(Patient, self.patient_id)

    @property
    def clinic_row(self) -> Clinic:
        """For use inside a unit that writes."""
        return db.session.get_one(Clinic, self.clinic.id)

    @property
    def patient_row(self) -> Patient:
        return db.session.get_one(Patient, self.patient_id)

    @property
    def treatment_row(self) -> Treatment:
        return db.session.get_one(Treatment, self.treatment_id)

    @property
    def treatment(self) -> Treatment:
        return self._fresh(Treatment, self.treatment_id)

    @property
    def case(self) -> FlaggedCase | None:
        """The case that stands."""
        return cases.standing_case(self.treatment)

    @property
    def closed(self) -> list[FlaggedCase]:
        return list(cases.closed_cases(self.treatment))

    @property
    def flags(self) -> dict[tuple[str, str], str]:
        """What stands on the patient's case: (rule, symptom) and its priority."""
        case = self.case
        return (
            {(flag.rule, flag.symptom): flag.priority for flag in case.flags if stands(flag)} if case else {}
        )

    @property
    def withdrawn(self) -> set[tuple[str, str]]:
        self._forget()
        flags = cases.flags_of_treatment(self.treatment_id)
        return {(flag.rule, flag.symptom) for flag in flags if flag.withdrawn_at is not None}

    @property
    def reports(self) -> list[Report]:
        """Those that no correction replaced."""
        self._forget()
        return list(treatments.standing_reports(self.treatment))

    @property
    def scores(self) -> list[tuple[int | None, int | None, int | None]]:
        return [(report.redness, report.swelling, report.itching) for report in self.reports]

    def check_in(self, day: int) -> CheckIn:
        self._forget()
        return next(each for each in self.treatment.check_ins if each.day == day)

    @property
    def stored(self) -> list[Message]:
        """Every text that came in, oldest first."""
        self._forget()
        found = select(Message).where(Message.direction == "inbound").order_by(Message.created_at, Message.id)
        return list(db.session.scalars(found))

    def _fresh(self, model: Any, key: Any) -> Any:
        self._forget()
        return db.session.get_one(model, key)

    def _forget(self) -> None:
        """End what the test itself reads, so that it never stands in the way of a writer."""
        db.session.rollback()


def stands(flag: Flag) -> bool:
    return flag.withdrawn_at is None and flag.ended_at is None


def new_phone() -> str:
    return f"+1647555{next(_phones):04d}"


def inbound_form(
    body: str, phone: str, to: str, *, photos: int = 0, sid: str | None = None, **more: str
) -> Form:
    """What Twilio posts for a text, with whatever it adds one day."""
    fields = {
        "MessageSid": sid or new_sid("SM"),
        "AccountSid": ACCOUNT,
        "From": phone,
        "To": to,
        "Body": body,
        "NumMedia": str(photos),
    }
    fields |= {f"MediaUrl{each}": f"https://api.twilio.example/media/{each}" for each in range(photos)}
    return [*(fields | more).items()]
