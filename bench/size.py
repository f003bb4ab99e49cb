"""What a treatment with its texts takes on disk: bytes a row, indexes included, and rows a treatment.

One of the measures of `make bench`; `planning` and `month` count the rows of a treatment.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from bench.measure import Measure, Result, figure, table
from bench.patients import Size
from bench.world import Filled, World
from recovery.db import Base, db, new_id, writing
from recovery.models.case import CaseEvent, Flag, FlaggedCase
from recovery.models.clinic import Clinic
from recovery.models.message import Message, ProviderEvent
from recovery.models.patient import NamePrefix, Patient
from recovery.models.report import Report
from recovery.models.treatment import CheckIn, Treatment
from recovery.services import patients

# Of a patient who answers six of seven questions; the provider calls back three times for a text of ours,
# and every fourth treatment is flagged.
ROWS: dict[type[Base], float] = {
    Patient: 1,
    NamePrefix: 10,
    Treatment: 1,
    CheckIn: 7,
    Message: 20,
    ProviderEvent: 40,
    Report: 6,
    FlaggedCase: 0.25,
    Flag: 0.3,
    CaseEvent: 0.75,
}
PATIENTS = 10_000
CALLBACKS, NAMES = 20_000, 2_000  # rows of the kinds that a filled clinic has none of


def take(world: World) -> Result:
    """Bytes of a treatment, and of a row of each kind."""
    clinic = world.database(Size(min(world.scale, PATIENTS), due=1))
    _add_what_is_missing(world, clinic)
    rows = list(_measured(clinic))
    whole = sum(bytes_each * count for _, bytes_each, count, _ in rows)
    heads = ("", "bytes a row", "rows a treatment", "bytes a treatment")
    return Result([figure("kB on disk for a treatment with its texts", [whole / 1e3])], table(heads, rows))


def _add_what_is_missing(world: World, clinic: Filled) -> None:
    """Callbacks of the provider, and patients whose names can be searched."""
    now = datetime.now(UTC)
    people = [{"name": f"Maria Lopez {number}", "phone": None} for number in range(world.count(NAMES))]
    told = {"status": "delivered", "detail": {"To": "…", "MessageStatus": "delivered"}, "received_at": now}
    with clinic.app.app_context():
        with writing() as session:
            row = session.scalars(sa.select(Clinic)).one()
            patients.enrol_all(row, now, people)
            texts = session.scalars(sa.select(Message.id).limit(world.count(CALLBACKS))).all()
            events = [
                {"clinic_id": row.id, "message_id": text, "twilio_sid": f"SM{new_id().hex}", **told}
                for text in texts
            ]
            session.execute(sa.insert(ProviderEvent), events)
        db.session.remove()


def _measured(clinic: Filled) -> Iterator[tuple[str, float, float, float]]:
    """(table, bytes a row, rows a treatment, bytes a treatment), after the tables were settled."""
    with clinic.app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            for model, count in ROWS.items():
                name = model.__tablename__
                size = connection.scalar(sa.select(sa.func.pg_total_relation_size(name))) or 0
                rows = connection.scalar(sa.select(sa.func.count()).select_from(model)) or 1
                yield name, size / rows, count, size / rows * count
        db.session.remove()


MEASURE = Measure("size", "What a treatment with its texts takes on disk", "nothing", "none", take)
