"""A clinic some of whose webhooks never come; the texts stand in Twilio's log, by the same clock."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask

from recovery.db import db
from recovery.models.message import Message
from tests.conftest import empty_tables
from tests.twilio_simulator.account import wall_clock
from tests.twilio_simulator.simulator import Simulator
from tests.twilio_simulator.webhooks import replies
from tests.webhooks.story import Story


class LossyStory(Story):
    """`lose` sends a text that never reaches us; `find` runs the job that looks for it."""

    def lose(self, body: str, phone: str | None = None, *, photos: int = 0, to: str | None = None) -> str:
        """A phone texts the clinic and no webhook comes; the SID of the text."""
        media = [("image/jpeg", b"a photo")] * photos
        sent = self.twilio.receive(phone or self.phone, to or self.clinic_phone, body, url=None, media=media)
        return sent.message.sid

    def find(self) -> int:
        """How many texts the job found."""
        return self.run("reconcile-messages")["received"]

    def webhook(self, sid: str) -> list[str]:
        """The webhook of a text that was sent a while ago comes after all; what it answers."""
        url = f"{self.public_url}/sms/inbound"
        received = self.twilio.deliver(self.twilio.account.find(sid), url)
        return [each.body for each in replies(received.answers[-1].text, url)]

    @property
    def answers(self) -> list[tuple[str | None, str]]:
        """Every answer so far: its wording and what became of it."""
        self._forget()
        found = (
            sa.select(Message)
            .where(Message.answers_id.is_not(None))
            .order_by(Message.created_at, Message.seq)
        )
        return [(each.wording, each.status) for each in db.session.scalars(found)]


@contextmanager
def lossy(app: Flask, twilio: Simulator) -> Iterator[LossyStory]:
    """A clinic, its patient and her treatment; Twilio's clock is the story's while it lasts."""
    twilio.messages.clear()
    story = LossyStory(app, twilio)
    twilio.account.clock = lambda: story.now
    try:
        with app.app_context():
            story.begin()
            yield story
            empty_tables()
    finally:
        twilio.account.clock = wall_clock
