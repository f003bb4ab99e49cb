"""A web server and a worker as processes of their own, forked from one that has imported everything."""

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path


def fork(name: str, environ: dict[str, str], log: Path, port: int) -> ForkServerProcess:
    """Starts `web` on a port of loopback, or a worker. What it says goes to `log`."""
    process = _context().Process(target=_live, args=(name, environ, str(log), port), daemon=True)
    process.start()
    return process


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.preloaded"])
    return context


def _live(name: str, environ: dict[str, str], log: str, port: int) -> None:
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["flask", "--app", "wsgi"]
    import wsgi

    if name == "web":
        import waitress

        waitress.serve(wsgi.app, listen=f"127.0.0.1:{port}", threads=4)
        return
    from jobs import clock

    with wsgi.app.app_context():
        clock.run_until_stopped(wsgi.app)
