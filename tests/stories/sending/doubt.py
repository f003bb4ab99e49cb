"""A text of which nobody knows whether it went, and the looks at what became of it."""

from datetime import datetime, timedelta

from recovery.db import db, new_id, reading, writing
from recovery.models.message import Message
from recovery.services import claiming, queued, recording
from recovery.services.claiming import Claim
from recovery.sms.gateway import Sent
from tests.stories.sending.story import Story, at, begin, run
from tests.twilio_simulator import faults
from tests.twilio_simulator.seen import Seen, creates, looks
from tests.twilio_simulator.simulator import Simulator

TEN = at(1, "10:00")
NOTHING = {"adopted": 0, "released": 0, "expired": 0, "received": 0, "updated": 0}


def doubted(twilio: Simulator, *, accepted: bool) -> Story:
    """A question of day 1, handed over at 10:00, whose answer was lost."""
    story = begin()
    run("send-messages", at(0, "12:00"))
    twilio.fail_next(faults.drop(accepts=accepted), only=creates)
    run("send-check-ins", TEN)
    return story


def look(wall: str) -> dict[str, int]:
    return run("reconcile-messages", at(1, wall))


OURS = "+14165550100"  # the clinic's number


def lists(seen: Seen) -> bool:
    """A look at a phone's texts, not a question about one of them, nor a look for lost ones to us."""
    return looks(seen) and seen.query.get("To") not in (None, OURS)


def nurse_writes(story: Story, body: str, moment: datetime) -> None:
    with writing():
        queued.add(
            kind="nurse",
            wording=None,
            body=body,
            dedupe_key=f"nurse:{new_id()}",
            clinic=story.clinic,
            phone=story.patient.phone or "",
            now=moment,
            due_at=moment,
            expires_at=moment + timedelta(days=1),
            patient=story.patient,
            treatment_id=story.treatment_id,
        )


def claimed(story: Story, moment: datetime) -> Claim:
    waiting = next(row for row in story.rows() if row.status == "queued")
    held = claiming.claim(waiting.id, moment, wait=True)
    assert isinstance(held, Claim)
    return held


def recorded(held: Claim, result: Sent, moment: datetime) -> str:
    with writing():
        return recording.record(held, result, moment)


def row(held: Claim) -> Message:
    with reading():
        found = db.session.get_one(Message, held.message_id)
        db.session.expunge(found)
    return found
