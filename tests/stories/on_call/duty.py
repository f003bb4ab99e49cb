"""A clinic, its patients, and the phone of whoever is on call: what it got, and what it says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from recovery.db import db, new_id, reading, writing
from recovery.models.case import FlaggedCase
from recovery.models.clinic import Clinic
from recovery.queries import cases, patients
from recovery.services import cases as casework
from recovery.services import inbox
from recovery.services.incoming import Incoming
from tests import make
from tests.stories.sending import story
from tests.stories.sending.story import Story, at, run
from tests.twilio_simulator.simulator import Simulator

_phones = count(3000)
TREATED = at(0, "12:00")
DANGER = "I can't breathe"


@dataclass
class Duty:
    """Time passes by `until`: every job that could text the phone runs as often as it would, or nearly."""

    twilio: Simulator
    maria: Story
    nurse_id: UUID
    phone: str

    @property
    def clinic_id(self) -> UUID:
        return self.maria.clinic_id

    def another(self) -> Story:
        return story.enter(self.clinic_id, TREATED)

    def heard(self, phone: str | None = None) -> list[str]:
        """What the phone got, oldest first."""
        return self.twilio.inbox(phone or self.phone)

    def until(self, start: datetime, end: datetime, every: timedelta = timedelta(minutes=5)) -> list[str]:
        """The jobs run again and again; gives what the phone got: "10:15 …"."""
        told, moment = [], start
        while moment <= end:
            before = len(self.heard())
            run("send-messages", moment)
            run("escalate-cases", moment)
            told += [f"{self.maria.wall(moment)[2:]} {each}" for each in self.heard()[before:]]
            moment += every
        return told

    def says(self, body: str, moment: datetime) -> list[str]:
        """The phone writes; gives what it gets for an answer."""
        before = len(self.heard())
        with writing():
            clinic = db.session.get_one(Clinic, self.clinic_id)
            inbox.receive(
                Incoming(f"SM{new_id().hex}", clinic.phone, self.phone, body, from_twiml=False), moment
            )
        run("send-messages", moment)
        return self.heard()[before:]

    def acknowledges(self, moment: datetime, of: Story | None = None) -> None:
        self._acts(of or self.maria, lambda row: casework.acknowledge(row, self.nurse_id, moment))

    def case(self, of: Story | None = None) -> FlaggedCase:
        return (of or self.maria).case()

    def _acts(self, of: Story, change: Any) -> None:
        case_id = of.case().id
        with writing():
            patients.locked_patient(of.patient_id)
            row = cases.locked_case(case_id)
            assert row is not None
            change(row)


def new_phone() -> str:
    return f"+1416555{next(_phones):04d}"


def on_duty(twilio: Simulator, **clinic: Any) -> Duty:
    phone = new_phone()
    maria = story.begin(TREATED, clinic={"on_call_phone": phone, **clinic})
    with reading():
        office = db.session.get_one(Clinic, maria.clinic_id)
        nurse = make.nurse(office)
    return Duty(twilio, maria, nurse.id, phone)
