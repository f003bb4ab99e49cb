"""Whatever a job asks of the database, it is found by an index, however many patients there are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

import config
from bench.plans import Plan, plans
from jobs.timetable import TIMETABLE
from recovery.app import create_app
from recovery.db import db
from recovery.domain.vocabulary import Rule
from recovery.models.clinic import Clinic
from recovery.queries import case_counts, cases, figures
from recovery.queries.cases import Filter
from recovery.services import statistics
from recovery.web.asked import LISTS
from tests.conftest import KEYS
from tests.stories.sending.story import Story, at, begin, run

# One row a clinic, a job or a switch: read from end to end they are still small.
SMALL = {"clinic", "inbound_look", "job_run", "protocol_version", "switch"}
DAYS = (
    at(0, "15:05"),
    at(1, "10:00"),
    at(1, "13:00"),
    at(1, "19:00"),
    at(3, "00:05"),
    at(8, "00:05"),
    at(28, "10:00"),
)


def of_jobs(moment: datetime) -> list[Plan]:
    return [
        plan
        for job in TIMETABLE
        for plan in plans(db.engine, lambda name=job.name: run(name, moment), avoid_scans=True)
    ]


def read_whole(found: list[Plan]) -> list[tuple[set[str], str, tuple[str, ...]]]:
    return [
        (set(plan.whole_tables) - SMALL, plan.statement, plan.steps)
        for plan in found
        if plan.whole_tables - SMALL
    ]


@pytest.fixture
def story(address: str, tmp_path: Path) -> Iterator[Story]:
    """In a database of its own: what others left behind, and what is known of it, changes the plans."""
    own = f"sqlite:///{tmp_path / 'plans.db'}" if address.startswith("sqlite") else _own_database(address)
    app = create_app(config.load({**KEYS, "DATABASE_URL": own}, tmp_path))
    with app.app_context():
        upgrade()
        yield begin()
        db.session.remove()
        db.engine.dispose()


def _own_database(address: str) -> str:
    name = f"plans_{uuid4().hex}"
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    server.dispose()
    return sa.make_url(address).set(database=name).render_as_string(hide_password=False)


def test_a_job_with_nothing_to_do_reads_no_table_from_end_to_end(story: Story) -> None:
    found = of_jobs(at(-1, "12:00"))

    assert len(found) > len(TIMETABLE), "each job looks for something"
    assert read_whole(found) == []


def test_nor_does_a_job_that_asks_reminds_misses_flags_and_ends(story: Story) -> None:
    found = [plan for moment in DAYS for plan in of_jobs(moment)]

    assert story.asked()[1] == "missed", "the jobs have done what they are for"
    assert read_whole(found) == []


def test_nor_do_the_nurses_list_the_statistics_and_the_figures(story: Story) -> None:
    for moment in DAYS:
        of_jobs(moment)
    now, clinic = at(28, "12:00"), db.session.scalars(sa.select(Clinic)).one()
    waiting, resolved = (Filter(LISTS[name]) for name in ("waiting", "resolved"))

    def count() -> None:
        case_counts.by_holder(clinic.id, waiting)
        case_counts.by_rule(clinic.id, waiting)
        for wanted in (waiting, replace(waiting, rule=Rule.PERSISTING), replace(resolved, rule=Rule.SEVERE)):
            cases.worklist(clinic.id, wanted, None, 25)
        statistics.numbers(clinic, at(0, "12:00").date(), now.date(), now)
        figures.messages_by_status(now, now)
        figures.standing(now)

    assert read_whole([*plans(db.engine, count, avoid_scans=True)]) == []


def test_why_cases_were_flagged_is_counted_from_an_index_alone(story: Story) -> None:
    """PostgreSQL would rather read every flag ever given than look each of them up in two places."""
    if db.engine.dialect.name == "sqlite":
        return
    clinic = db.session.scalars(sa.select(Clinic)).one()
    waiting = Filter(LISTS["waiting"])

    found = plans(db.engine, lambda: case_counts.by_rule(clinic.id, waiting), avoid_scans=True)

    assert any("Index Only Scan using ix_flag_given" in step for step in found[0].steps), found[0].steps


def test_a_table_that_is_read_from_end_to_end_is_seen(story: Story) -> None:
    found = plans(db.engine, lambda: story.patient.clinic.name, avoid_scans=True)
    found += plans(
        db.engine, lambda: db.session.execute(db.text("SELECT id FROM message WHERE wording = 'x'"))
    )

    assert {table for plan in found for table in plan.whole_tables} - SMALL == {"message"}
