"""The books of both sides of the wire, held against each other: every sentence here is a broken promise."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa

from recovery.db import db, reading
from recovery.models.message import DAILY_CAP, Message
from recovery.services import clock
from tests.faults.people import People
from tests.faults.world import World
from tests.twilio_simulator.log import Message as Logged

ENDED = ("sent", "delivered", "undelivered", "refused", "expired", "cancelled")
WENT = ("sent", "delivered", "undelivered")
A_WHILE = timedelta(hours=2)
ON_ITS_WAY = timedelta(seconds=5)  # a call that began before a STOP was committed may arrive after it


def waits_for_morning(row: Message, now: datetime) -> bool:
    """Whether a text is rightly still to come: at night, or at the day's cap."""
    return row.status == "queued" and row.due_at is not None and row.due_at > now + A_WHILE


def broken(world: World, people: People) -> list[str]:
    """What did not hold, a sentence each; nothing, if all is well."""
    with world.app.app_context(), reading():
        rows = list(db.session.scalars(sa.select(Message)))
        found = [
            *_doubled_or_unsettled(world, [row for row in rows if row.direction == "outbound"], clock.now()),
            *_received(world, people, [row for row in rows if row.direction == "inbound"], rows),
            *_forgotten(people, rows),
            *_after_a_stop(world, people),
            *_at_night(world, people),
            *_over_the_cap(world, rows),
        ]
        db.session.expunge_all()
    return found


def _doubled_or_unsettled(world: World, rows: list[Message], now: datetime) -> Iterator[str]:
    taken = world.twilio.taken
    for row in rows:
        times = taken[str(row.id)]
        what = f"{row.kind} {row.id} ({row.status}, {row.attempts} attempts)"
        if times > 1:
            yield f"{what} was taken by Twilio {times} times"
        if row.status not in ENDED and not waits_for_morning(row, now):
            yield f"{what} has not ended"
        elif (row.status in WENT) != bool(times):
            yield f"{what} was taken by Twilio {times} times"
    if strange := set(taken) - {str(row.id) for row in rows}:
        yield f"Twilio took texts that stand in no row: {sorted(strange)}"


def _received(world: World, people: People, rows: list[Message], every: list[Message]) -> Iterator[str]:
    """Each text is stored once, and whoever wrote one that can be read got one answer."""
    stored = Counter(row.twilio_sid for row in rows)
    answers = Counter(row.answers_id for row in every if row.answers_id and row.status in WENT)
    by_sid = {row.twilio_sid: row for row in rows}
    for text in world.twilio.messages:
        if text.is_outbound:
            continue
        if stored[text.sid] != 1:
            yield f"the text {text.sid} is stored {stored[text.sid]} times"
            continue
        times = answers[by_sid[text.sid].id]
        expected = 0 if text.body == "STOP" else 1
        if text.sender != people.chatterbox and times != expected:
            yield f"{text.body!r} ({text.sid}) was answered {times} times"
        if times > 1:
            yield f"{text.sid} was answered {times} times"


def _forgotten(people: People, rows: list[Message]) -> Iterator[str]:
    """Every waking patient who did not stop the texts was welcomed."""
    welcomed = {row.phone for row in rows if row.kind == "welcome" and row.status in WENT}
    for phone in people.awake:
        if phone not in welcomed and people.wrote.get(phone) != "STOP":
            yield f"{phone} was never welcomed"


def _after_a_stop(world: World, people: People) -> Iterator[str]:
    """No call begins after a STOP was committed."""
    for text in world.twilio.messages:
        stopped = people.stopped.get(text.to)
        if stopped and text.direction == "outbound-api" and text.created > stopped + ON_ITS_WAY:
            yield f"{text.sid} was handed over {text.created - stopped} after a STOP"


def _at_night(world: World, people: People) -> Iterator[str]:
    for phone in people.asleep:
        if world.twilio.inbox(phone):
            yield f"{phone} was texted at night"


def _over_the_cap(world: World, rows: list[Message]) -> Iterator[str]:
    safety = {str(row.id) for row in rows if row.kind == "safety"}
    texts: defaultdict[tuple[str, object], int] = defaultdict(int)
    for text in world.twilio.messages:
        if text.is_outbound and _ours(text) not in safety:
            texts[text.to, text.created.date()] += 1
    for (phone, day), times in texts.items():
        if times > DAILY_CAP:
            yield f"{phone} got {times} texts on {day}"


def _ours(text: Logged) -> str:
    return "".join(parse_qs(urlsplit(text.callback or "").query).get("message", []))
