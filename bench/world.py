"""What the measures stand on: databases filled once and kept, and real processes that end with the run."""

import base64
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from flask import Flask

import config
from bench import databases, processes
from bench.databases import Server
from bench.filling import Keys, fill
from bench.patients import Size
from bench.processes import Serve, Web
from recovery.app import create_app
from recovery.db import db

SERVED = {"RECOVERY_ENV": "production"}  # elsewhere every moment is asked of the demonstration's clock
ACCOUNT, TOKEN = "AC" + "b" * 32, "the auth token of the bench"
SMALL = 1_000  # patients of the clinic that the large one is compared with


@dataclass(frozen=True, slots=True)
class Filled:
    """A database with its clinic. `environ` are the settings of every process that works on it."""

    name: str
    size: Size
    environ: dict[str, str]
    keys: Keys
    app: Flask
    awaiting: Iterator[int]  # patients who have not answered yet, each given out once

    @property
    def is_sqlite(self) -> bool:
        return self.environ["DATABASE_URL"].startswith("sqlite")


class World:
    """`with World(scale=…)`: everything that a measure asks for is made at its first use.

    `scale`: patients of the large database. `rounds`: how often each side of a comparison is taken.
    `few`: of the one that it is compared with. The suite's own tests do a `share` of the usual work a
    round, and `serve` within their own process.
    """

    def __init__(self, scale: int, rounds: int = 3, share: float = 1.0, serve: Serve = processes.web) -> None:
        self.scale, self.rounds, self.share = scale, rounds, share
        self.few = min(SMALL, scale)
        self._serve = serve
        self._stack = ExitStack()
        self._server: Server | None = None
        self._filled: dict[tuple[str, Size], Filled] = {}
        self._webs: dict[tuple[str, str], Web] = {}
        self._environ = {
            "SECRET_KEY": secrets.token_hex(),
            "LOOKUP_KEY": secrets.token_hex(),
            "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "PUBLIC_URL": "https://bench.example.org",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE_URL": "http://127.0.0.1:9",  # where nobody answers
        }

    def __enter__(self) -> Self:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        databases.check_room(self.folder, self.scale)
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._filled.values():
            with each.app.app_context():
                db.engine.dispose()
        self._stack.close()

    @property
    def large(self) -> Filled:
        """The clinic of `scale` patients on PostgreSQL. Whoever would spoil it works on a `copy`."""
        return self.database(Size.usual(self.scale))

    @property
    def small(self) -> Filled:
        """The same with a thousand patients, or with as few as the scale says."""
        return self.database(Size.usual(self.few))

    def count(self, usual: int, least: int = 1) -> int:
        """So much of the usual number of requests, texts or rows."""
        return max(least, round(usual * self.share))

    def database(self, size: Size, kind: str = "postgresql") -> Filled:
        """A clinic of this size, filled once a run."""
        if (kind, size) not in self._filled:
            name = f"bench_{kind}_{len(self._filled)}"
            self._filled[kind, size] = self._new(name, self._address(kind, name), size)
        return self._filled[kind, size]

    def copy(self, of: Filled) -> Filled:
        """The same rows in a database of PostgreSQL of its own, for a measure that changes them."""
        name = f"{of.name}_copy_{secrets.token_hex(4)}"
        with of.app.app_context():
            db.engine.dispose()
        environ = of.environ | {"DATABASE_URL": self.server.new(name, of.name)}
        self._stack.callback(self.server.drop, name)
        return Filled(name, of.size, environ, of.keys, self._app(environ), iter(of.size.awaiting_numbers))

    @property
    def server(self) -> Server:
        """The PostgreSQL. Raises NotMeasured where there is none."""
        if self._server is None:
            self._server = self._stack.enter_context(databases.postgresql(self.folder))
        return self._server

    def web(self, of: Filled, app: str = "wsgi:app") -> str:
        """The address of a web server on this database, as the documentation starts it."""
        return self.server_of(of, app).address

    def server_of(self, of: Filled, app: str = "wsgi:app") -> Web:
        """The same web server with what it has used of the processor."""
        if (of.name, app) not in self._webs:
            log = self.folder / f"{of.name}-{app.partition(':')[0]}.log"
            self._webs[of.name, app] = self._stack.enter_context(self._serve(of.environ | SERVED, app, log))
        return self._webs[of.name, app]

    def served(self, of: Filled) -> Flask:
        """The app as the web server has it, in this process."""
        return self._app(of.environ | SERVED)

    def described(self) -> str:
        """The databases in a line."""
        sqlite = "SQLite in WAL mode, synchronous=FULL"
        return f"{self._server.described()}; {sqlite}" if self._server else sqlite

    def _address(self, kind: str, name: str) -> str:
        return self.server.new(name) if kind == "postgresql" else f"sqlite:///{self.folder / name}.db"

    def _new(self, name: str, address: str, size: Size) -> Filled:
        if address.startswith("postgresql"):
            self._stack.callback(self.server.drop, name)
        environ = self._environ | {"DATABASE_URL": address}
        app = self._app(environ)
        return Filled(name, size, environ, fill(app, size), app, iter(size.awaiting_numbers))

    def _app(self, environ: dict[str, str]) -> Flask:
        return create_app(config.load(environ, self.folder))
