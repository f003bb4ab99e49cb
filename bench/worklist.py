"""How long the nurse's list takes with thousands of open cases: a page of it, and a look for news.

`make bench`. In a fresh SQLite of its own, or in the empty database that DATABASE_URL names.
"""

import os
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from flask_migrate import upgrade

import config
from bench.cases import fill
from bench.timing import progress
from recovery.app import create_app
from recovery.db import writing
from recovery.services import sessions

CASES, REPEATS = 5_000, 7
PAGES = {
    "the list": "/flagged-cases",
    "hers": "/flagged-cases?who=mine",
    "by a reason": "/flagged-cases?rule=persisting",
    "by a name": "/flagged-cases?q=ana+lopez",
    "resolved": "/flagged-cases?status=resolved",
}


def main(cases: int = CASES, repeats: int = REPEATS) -> None:
    """Fill, measure, and print the table: the best time of several goes, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.load(dict(os.environ), Path(folder)))
        client = app.test_client()
        with app.app_context():
            progress("filling")
            upgrade()
            nurse = fill(cases)
            with writing(), client.session_transaction() as session:
                session[sessions.KEY] = sessions.begin(nurse, datetime.now(UTC))
        print(f"{f'{cases:,} open cases':<20}{'ms':>8}")
        for name, path in PAGES.items():
            progress(name)
            print(f"{name:<20}{_best(client, path, 200, repeats):>8.0f}")
        tag = re.findall(r'data-tag="([^"]+)"', client.get(PAGES["the list"]).text)[0]
        print(f"{'no news':<20}{_best(client, '/flagged-cases/lines', 304, repeats, tag):>8.0f}")


def _best(client: FlaskClient, path: str, status: int, repeats: int, tag: str = "") -> float:
    """Milliseconds; an answer that is another than expected does not count."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        answer = client.get(path, headers={"If-None-Match": f'"{tag}"'} if tag else None)
        if answer.status_code == status:
            taken.append(time.perf_counter() - started)
    return min(taken, default=float("nan")) * 1e3


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
