"""Those whom a storm is about: patients who are enrolled and write, while everything else breaks."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from recovery.db import db, reading, writing
from recovery.domain.vocabulary import Intent
from recovery.models.clinic import Clinic
from recovery.models.message import Message
from recovery.queries import patients as finding
from recovery.services import clinics, clock, patients, treatments
from tests.faults.world import World, night, noon
from tests.twilio_simulator.simulator import Call

CLINIC_PHONE = "+14165550100"
SAYINGS = ("3 1 0", "redness 2 swelling 0 itching 1", "5 4 2", "my face is oozing pus", "0 0 0", "6/2/1")
CHATTER = ("hello", "what?", "2", "fine", "thank you", "it itches", "no idea", "ok", "hm", "pink")
LOST = 0.15  # of the texts that patients write never reach our webhook
STOPS = 0.08


@dataclass
class People:
    """Everybody of one clinic. `stopped`: by phone, when a committed STOP was seen, by the wall."""

    world: World
    seed: int
    awake: list[str] = field(default_factory=list)
    asleep: list[str] = field(default_factory=list)
    wrote: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, datetime] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._numbers = count(1000)
        self._lock = threading.Lock()
        self._failed: list[BaseException] = []
        with self.world.app.app_context(), writing():
            clinic = clinics.add(
                clock.now(), name="Rosewood Skin", phone=CLINIC_PHONE, timezone=noon(), language="en"
            )
            self._clinic_id: UUID = clinic.id
        self.chatterbox = self.enrol(noon())  # who never stops, until the day's cap is met

    def enrol(self, zone: str) -> str:
        """A new patient, treated just now: her welcome is due at once where it is day."""
        listed = self.awake if zone == noon() else self.asleep
        phone = f"+1647555{next(self._numbers):04d}"
        with self.world.app.app_context(), writing():
            now, clinic = clock.now(), db.session.get_one(Clinic, self._clinic_id)
            made = patients.enrol(
                clinic, now, name="Maria Lopez", phone=phone, consented_at=now, timezone=zone
            )
            patient = finding.locked_patient(made.id)
            assert patient is not None
            treatments.begin(patient, now, treated_at=now)
        listed.append(phone)
        return phone

    def begin(self) -> None:
        """From now on they come, write, and Twilio tells of their texts; `rest` ends it."""
        self._over.clear()
        works = (
            self._come,
            self._write,
            self._write,
            self._chatter,
            self._hear_of_statuses,
            self.see_stops,
        )
        self._threads = [threading.Thread(target=self._until_over, args=(work,)) for work in works]
        for each in self._threads:
            each.start()

    def rest(self) -> None:
        self._over.set()
        for each in self._threads:
            each.join()
        if self._failed:
            raise self._failed[0]

    def see_stops(self) -> None:
        """Keep when each STOP stood in the books, however it came there.

        By no clock of theirs: a process reads its clock before it waits for a lock, so what it
        writes down may be older than what was committed before it.
        """
        with self.world.app.app_context(), reading():
            phones = set(db.session.scalars(sa.select(Message.phone).where(Message.intent == Intent.OPT_OUT)))
        seen = datetime.now(UTC)
        for phone in phones:
            self.stopped.setdefault(phone or "", seen)

    def _until_over(self, work: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                work()
            except Exception as error:
                if not isinstance(error, DBAPIError):  # the database away is part of the storm
                    self._failed.append(error)
                    return
            time.sleep(0.1)

    def _come(self) -> None:
        self.enrol(night() if self._random.random() < 0.1 else noon())

    def _write(self) -> None:
        """Somebody who has not written yet; some of it is lost on its way to us."""
        with self._lock:
            free = [phone for phone in self.awake if phone not in self.wrote and phone != self.chatterbox]
            if not free:
                return
            phone = self._random.choice(free)
            body = "STOP" if self._random.random() < STOPS else self._random.choice(SAYINGS)
            self.wrote[phone] = body
        url = None if self._random.random() < LOST else self.world.inbound_url
        self.world.twilio.receive(phone, CLINIC_PHONE, body, url=url)

    def _chatter(self) -> None:
        self._over.wait(1)
        body = self._random.choice(CHATTER)
        self.world.twilio.receive(self.chatterbox, CLINIC_PHONE, body, url=self.world.inbound_url)

    def _hear_of_statuses(self) -> None:
        """Twice, in any order, and some never."""

        def muddle(calls: list[Call]) -> list[Call]:
            told = [call for call in calls * 2 if self._random.random() < 0.6]
            self._random.shuffle(told)
            return told

        self.world.twilio.deliver_callbacks(reorder=muddle)
