"""Procrastinate on PostgreSQL: one job a text.

`python -m bench.contenders.with_procrastinate work CONCURRENCY` is a worker, `… defer COUNT` hands out the
jobs, `… schema` makes the tables, `… retry` does what its documentation says about jobs of a killed worker.
"""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from procrastinate import App, PsycopgConnector

from bench.contenders.call import send, wait_until_told

app = App(connector=PsycopgConnector(conninfo=os.environ["BROKER_URL"]))


@app.task(name="text")
def text(number: int) -> None:
    send(number)


async def work(concurrency: int) -> None:
    """So many jobs at a time; each is a function of threads, like that of every contender."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(concurrency))
    async with app.open_async():
        print("ready", flush=True)
        await app.run_worker_async(concurrency=concurrency)


async def defer(count: int) -> None:
    async with app.open_async():
        wait_until_told()
        await text.batch_defer_async(*({"number": number} for number in range(count)))


async def schema() -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


async def retry() -> None:
    """Jobs that nobody works on any more are begun again."""
    async with app.open_async():
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=1):
            await app.job_manager.retry_job(job)


def main(what: str, number: int = 0) -> None:
    todo = {"work": lambda: work(number), "defer": lambda: defer(number), "schema": schema, "retry": retry}
    asyncio.run(todo[what]())


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
