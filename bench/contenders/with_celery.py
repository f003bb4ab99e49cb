"""Celery on Redis: one task a text. A worker is `celery --app bench.contenders.with_celery worker`.

Handing out the tasks: `python -m bench.contenders.with_celery COUNT`. LATE=1 acknowledges a task after it was
done, so that a task whose worker was killed is done again; without it, as it comes, before.
"""

import os
import sys

from celery import Celery, signals

from bench.contenders.call import send, wait_until_told

RESTORED_AFTER = 5  # seconds; an hour as it comes, after which a killed worker's tasks are given to another

app = Celery("bench", broker=os.environ["BROKER_URL"])
app.conf.update(
    task_ignore_result=True,
    worker_redirect_stdouts=False,
    task_acks_late=os.environ.get("LATE") == "1",
    broker_transport_options={"visibility_timeout": RESTORED_AFTER},
)


@signals.worker_ready.connect
def say_so(**_: object) -> None:
    print("ready", flush=True)


@app.task(name="text")
def text(number: int) -> None:
    send(number)


def main(count: int) -> None:
    with app.connection_for_write():
        wait_until_told()
        for number in range(count):
            text.delay(number)


if __name__ == "__main__":
    main(int(sys.argv[1]))
