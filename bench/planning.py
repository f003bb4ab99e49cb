"""Planning treatments through the service, a batch a transaction, against writing the very same rows.

One of the measures of `make bench`. What its figures mean stands in docs/benchmarks.md.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bench.measure import Measure, Result, figure, in_turn, table
from bench.patients import Size
from bench.timing import progress
from bench.world import World
from recovery.db import Base, SealedText, db, reading, writing
from recovery.models.clinic import Clinic, ProtocolVersion
from recovery.models.message import Message
from recovery.models.patient import NamePrefix, Patient
from recovery.models.treatment import CheckIn, Treatment
from recovery.services import patients, treatments
from recovery.services.imports import BATCH
from recovery.services.treatments import Beginning

ROUND = 600  # treatments
# In the order in which they refer to each other, and by what they are known as one treatment's.
WRITTEN: Mapping[type[Base], str] = {
    Patient: "id",
    NamePrefix: "patient_id",
    Treatment: "patient_id",
    CheckIn: "treatment_id",
    Message: "patient_id",
}
Rows = dict[type[Base], list[dict[str, Any]]]


class Planned:
    """A clinic in which the service plans, and its like that takes the same rows."""

    def __init__(self, world: World) -> None:
        self.ours, self.theirs = (world.database(Size(world.few + more)) for more in (1, 2))
        self.batches = max(1, world.count(ROUND) // BATCH)
        self.written: deque[list[Rows]] = deque()
        self._people = _people()

    def by_the_service(self) -> float:
        """Seconds for a treatment; its rows are kept for the other side."""
        people = [list(islice(self._people, BATCH)) for _ in range(self.batches)]
        with self.ours.app.app_context():
            with reading():
                clinic_id = _clinic_id()
            since = time.perf_counter()
            entered = [_enter(clinic_id, each) for each in people]
            seconds = time.perf_counter() - since
            self.written.append([_rows(ids) for ids in entered])
            db.session.remove()
        return seconds / (self.batches * BATCH)

    def by_executemany(self) -> float:
        """The same for the bare rows of the oldest round that the service has planned and nobody written."""
        with self.theirs.app.app_context():
            batches = [_of_their_clinic(rows) for rows in self.written.popleft()]
            since = time.perf_counter()
            for rows in batches:
                with writing():
                    for model, found in rows.items():
                        db.session.execute(sa.insert(_bare(model)), found)
            seconds = time.perf_counter() - since
            db.session.remove()
        return seconds / (self.batches * BATCH)


def take(world: World) -> Result:
    """Seconds of the one against seconds of the other, and how many rows a treatment is."""
    planned = Planned(world)
    planned.by_the_service()  # a round in hand, as every second time the other side begins
    planned.by_the_service()
    planned.by_executemany()
    progress("planning")
    pairs = in_turn(planned.by_the_service, planned.by_executemany, world.rounds)
    each = [1 / seconds for seconds in pairs.first]
    rows = {
        model.__tablename__: sum(len(batch[model]) for batch in planned.written[0]) / planned.batches / BATCH
        for model in WRITTEN
    }
    return Result(
        [
            figure(
                f"treatments in batches of {BATCH}, against executemany of their rows", pairs.ratios, goal=5
            ),
            figure("treatments planned a second", each),
        ],
        table(["rows a treatment", *rows], [["", *rows.values()]]),
    )


def _people() -> Iterator[dict[str, Any]]:
    """People who are nobody's patients yet; a number is used once in a run."""
    now = datetime.now(UTC)
    for number in count():
        phone = f"+1647{9_000_000 - number:07d}"
        yield {"name": f"Maria Lopez {number}", "phone": phone, "consented_at": now}


def _enter(clinic_id: UUID, people: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """One batch, committed; the patients' ids."""
    now = datetime.now(UTC)
    with writing() as session:
        rows = patients.enrol_all(session.get_one(Clinic, clinic_id), now, people)
        details = {"area": "face", "device": "pen", "needle_depth_mm": 1.5}
        beginnings = [Beginning(row, now - timedelta(hours=1), details) for row in rows]
        treatments.begin_all(clinic_id, beginnings, now)
        return [row.id for row in rows]


def _clinic_id() -> UUID:
    return db.session.scalars(sa.select(Clinic.id)).one()


def _rows(patient_ids: Sequence[UUID]) -> Rows:
    """What was written for these patients, as it is stored."""
    found: Rows = {}
    ids = {"id": patient_ids, "patient_id": patient_ids}
    with reading() as session:
        for model, known_as in WRITTEN.items():
            bare = _bare(model)
            rows = session.execute(sa.select(bare).where(bare.c[known_as].in_(ids[known_as]))).mappings()
            found[model] = [dict(row) for row in rows]
            if model is Treatment:
                ids["treatment_id"] = [row["id"] for row in found[model]]
    return found


def _of_their_clinic(rows: Rows) -> Rows:
    """The same for the clinic that takes them."""
    with reading() as session:
        version = session.scalars(sa.select(ProtocolVersion)).one()
        theirs = {"clinic_id": version.clinic_id, "protocol_version_id": version.id}
    return {
        model: [row | {name: value for name, value in theirs.items() if name in row} for row in found]
        for model, found in rows.items()
    }


def _bare(model: type[Base]) -> sa.TableClause:
    """The table with its sealed columns as the bytes that they are."""
    stored = (
        sa.column(each.name, sa.LargeBinary() if isinstance(each.type, SealedText) else each.type)
        for each in model.__table__.columns
    )
    return sa.table(model.__tablename__, *stored)


MEASURE = Measure(
    "planning",
    "Planning treatments through the service, in batches",
    "executemany of the same encrypted rows",
    "5",
    take,
)
