"""Our own job, begun at a word: `python -m bench.contenders.ours`."""

import sys

from bench.contenders.call import wait_until_told
from jobs import runs
from jobs.timetable import job
from wsgi import app


def main() -> None:
    found = job("send-check-ins")
    assert found is not None  # noqa: S101 (it stands in the timetable)
    with app.app_context():
        wait_until_told()
        runs.run(found)
        sys.stdin.read()  # until it is ended: what it used is read before


if __name__ == "__main__":
    main()
