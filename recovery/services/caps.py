"""The hard cap of texts to one number on one UTC day, over all clinics, which the table itself holds."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from recovery.db import db, upsert
from recovery.models.message import DAILY_CAP, TextCount

UNCOUNTED = ("safety", "on_call")  # these have bounds of their own, and never wait for a new day


def count(phone_hash: bytes, now: datetime) -> bool:
    """Count one text to a number for this UTC day; False, and nothing counted, at the cap."""
    return phone_hash in count_all([phone_hash], now)


def count_all(phone_hashes: Iterable[bytes], now: datetime) -> set[bytes]:
    """Count one text to each of these numbers; gives those that were counted, and not at the cap.

    Always in one order, so that two workers never wait for each other.
    """
    day = now.astimezone(UTC).date()
    first = [{"phone_hash": each, "day": day, "texts": 1} for each in sorted(set(phone_hashes))]
    if not first:
        return set()
    return set(db.session.scalars(_counted(db.session.get_bind().dialect.name), first))


@cache
def _counted(_dialect: str) -> Any:
    """Of the table and not of its class: nothing is mapped here, which takes longer than to count."""
    counts = cast(sa.Table, TextCount.__table__)
    return (
        upsert(counts)
        .on_conflict_do_update(
            index_elements=(counts.c.phone_hash, counts.c.day),
            set_={"texts": counts.c.texts + 1},
            where=counts.c.texts < DAILY_CAP,
        )
        .returning(counts.c.phone_hash)
    )


def give_back(phone_hash: bytes, counted_at: datetime) -> None:
    """A text that was counted then was certainly not sent."""
    db.session.execute(
        sa.update(TextCount)
        .where(
            TextCount.phone_hash == phone_hash,
            TextCount.day == counted_at.astimezone(UTC).date(),
            TextCount.texts > 0,
        )
        .values(texts=TextCount.texts - 1)
    )


def next_day(now: datetime) -> datetime:
    """When the count begins anew."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
