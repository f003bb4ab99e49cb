"""Photos that came with texts: fetched from the provider, kept sealed, deleted there, erased here.

Each is a row of the intake's own transaction. Its `due_at` is when there is something to do for it:
a turn at it is taken and committed by moving `due_at` on, only then the provider is called, and what came
of it is recorded. So a worker that dies leaves a row that falls due again, and two never both keep a photo.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog

from recovery import context, pictures
from recovery.db import UtcTime, db, new_id, reading, writing
from recovery.models.message import Message, Photo
from recovery.pictures import NotAPicture
from recovery.queries import messages, photos
from recovery.services.one_by_one import apart, until_stopped
from recovery.sms.gateway import Gone, OutOfReach, TooLarge

logger = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
TRIES = 35  # with these pauses a week
SURELY_GONE_AFTER = 4  # what has just come may not be there yet
# What we could not keep stays at the provider for a while: it is the only copy, and nobody here has seen it.
LEFT_THERE_FOR = timedelta(days=30)

_FETCHED = ("waiting",)
_DELETED = ("kept", "unusable", "erased")  # with a `due_at`, it still lies at the provider
_GONE = "The photo could not be fetched: the provider no longer has it."
_OUT_OF_REACH = "The photo could not be fetched: the provider did not give it to us for a week."


@dataclass
class Counts:
    """What one run did."""

    fetched: int = 0
    deleted: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Turn:
    """One photo whose turn was taken, for the so-manieth time; `address` is empty where nobody knows it."""

    photo_id: UUID
    address: str
    tries: int


def expect(received: Message, now: datetime) -> None:
    """Write down what came with a text of a patient or of a number of nobody, to be fetched."""
    if received.clinic_id is None or (received.patient_id or received.unknown_number_id) is None:
        return
    for position in range(received.media_count):
        db.session.add(
            Photo(
                id=new_id(),
                clinic_id=received.clinic_id,
                patient_id=received.patient_id,
                message_id=received.id,
                position=position,
                status="waiting",
                due_at=now,
                created_at=now,
            )
        )


def fetch_due(clock: Callable[[], datetime]) -> Counts:
    """Fetch what came, then delete at the provider what is here or was erased; each by itself."""
    counts = Counts()
    for statuses, do in ((_FETCHED, _fetch), (_DELETED, _delete)):
        seen: set[UUID] = set()
        while due := _due(clock(), statuses, seen):
            for photo_id in until_stopped(due):
                seen.add(photo_id)
                with apart("photo_failed", photo=photo_id):
                    do(photo_id, clock, counts)
    return counts


def keep(row: Photo, content: bytes, now: datetime) -> None:
    """It is here; what lies at the provider is to be deleted. `content` is what `pictures` has cleaned."""
    row.content, row.content_type = content, pictures.CONTENT_TYPE
    row.status, row.fetched_at = "kept", now
    row.due_at, row.attempts = now, 0


def forget(patient_id: UUID, now: datetime) -> None:
    """Remove the photos of a locked patient; what lies at the provider is deleted there by the next run.

    Until then, and no longer, its address is kept.
    """
    theirs = sa.select(Message.id).where(Message.patient_id == patient_id)
    db.session.execute(
        sa.update(Photo)
        .where(Photo.message_id.in_(theirs))
        .values(
            status="erased",
            content=None,
            content_type=None,
            why=None,
            attempts=0,
            due_at=sa.case((Photo.due_at.is_not(None), sa.literal(now, UtcTime)), else_=None),
        )
    )
    still_there = sa.select(Photo.message_id).where(Photo.message_id.in_(theirs), Photo.due_at.is_not(None))
    db.session.execute(
        sa.update(Message)
        .where(Message.patient_id == patient_id, Message.id.not_in(still_there))
        .values(media=None)
    )


def _due(now: datetime, statuses: tuple[str, ...], seen: set[UUID]) -> list[UUID]:
    if context.stopping().is_set():
        return []
    with reading():
        return photos.due_photo_ids(now, statuses, seen, limit=100)


def _turn(photo_id: UUID, statuses: tuple[str, ...], now: datetime) -> _Turn | None:
    """Take a photo's turn; None if it is somebody else's or no longer due."""
    with writing():
        row = photos.locked_photo(photo_id, wait=False)
        if row is None or row.status not in statuses or row.due_at is None or row.due_at > now:
            return None
        row.due_at = now + min(FIRST_PAUSE * 2 ** min(row.attempts, 16), LONGEST_PAUSE)
        row.attempts += 1
        message = messages.message(row.message_id)
        addresses = (message.media or "").split("\n") if message else []
        address = addresses[row.position] if row.position < len(addresses) else ""
        return _Turn(row.id, address, row.attempts)


def _fetch(photo_id: UUID, clock: Callable[[], datetime], counts: Counts) -> None:
    turn = _turn(photo_id, _FETCHED, clock())
    if turn is None:
        return
    try:
        content = _content(turn)
    except OutOfReach:
        counts.failed += 1
        logger.warning("photo_out_of_reach", photo=str(photo_id), tries=turn.tries)
        return
    except NotAPicture as error:
        counts.failed += 1
        _record_unusable(photo_id, str(error), clock())
        return
    with writing():
        row = photos.locked_photo(photo_id, wait=True)
        if row is None or row.status != "waiting":
            return  # erased meanwhile, or somebody else was faster
        keep(row, content, clock())
    counts.fetched += 1


def _content(turn: _Turn) -> bytes:
    """The picture, made anew. Raises OutOfReach to be tried again, NotAPicture to be left."""
    if turn.tries > TRIES:
        raise NotAPicture(_OUT_OF_REACH)
    if not turn.address:
        raise NotAPicture(_GONE)
    try:
        fetched = context.gateway().fetch(turn.address, pictures.BYTES_AT_MOST)
    except TooLarge:
        raise NotAPicture(pictures.too_large()) from None
    except Gone:
        if turn.tries < SURELY_GONE_AFTER:
            raise OutOfReach(turn.address) from None
        raise NotAPicture(_GONE) from None
    return pictures.cleaned(fetched.content)


def _record_unusable(photo_id: UUID, why: str, now: datetime) -> None:
    """Nothing is kept of it, and the case says why; until it is deleted there the clinic can still see it."""
    with writing():
        row = photos.locked_photo(photo_id, wait=True)
        if row is None or row.status != "waiting":
            return
        row.status, row.why, row.attempts = "unusable", why, 0
        row.due_at = None if why == _GONE else now + LEFT_THERE_FOR
    logger.warning("photo_unusable", photo=str(photo_id))


def _delete(photo_id: UUID, clock: Callable[[], datetime], counts: Counts) -> None:
    turn = _turn(photo_id, _DELETED, clock())
    if turn is None:
        return
    try:
        if turn.address:
            context.gateway().delete(turn.address)
    except OutOfReach:
        counts.failed += 1
        logger.warning("photo_not_deleted", photo=str(photo_id))
        return
    with writing():
        row = photos.locked_photo(photo_id, wait=True)
        if row is None or row.due_at is None:
            return
        row.due_at = None
        row.status = "done" if row.status == "kept" else row.status
        db.session.flush()
        _forget_address(row)
    counts.deleted += 1


def _forget_address(row: Photo) -> None:
    """Of an erased patient nothing is left to point at the provider's log."""
    message = messages.message(row.message_id)
    if message is not None and row.status == "erased" and not photos.lies_elsewhere(message.id):
        message.media = None
