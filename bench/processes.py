"""Real processes: the web server as the documentation starts it, a clock, a job, a stand-in for Twilio."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "docs" / "systemd" / "recovery-web.service"
STARTS_WITHIN = 120.0  # seconds
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


@contextmanager
def running(command: Sequence[str], environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is asked to end, and has ended, afterwards."""
    with log.open("ab") as said:
        process = subprocess.Popen(  # noqa: S603 (our own commands)
            command, cwd=ROOT, env=alone(environ), stdout=said, stderr=said, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and do not let it off."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass(frozen=True, slots=True)
class Web:
    """A web server that answers at `address`."""

    address: str
    pid: int

    def processor_seconds(self) -> float:
        """What it and its workers have used of the processor so far."""
        master = psutil.Process(self.pid)
        times = [each.cpu_times() for each in (master, *master.children(recursive=True))]
        return float(sum(each.user + each.system for each in times))


Serve = Callable[[dict[str, str], str, Path], AbstractContextManager[Web]]


@contextmanager
def web(environ: dict[str, str], app: str, log: Path) -> Iterator[Web]:
    """The web server of the documentation for `app`, once it answers."""
    port = free_port()
    with running(web_command(app, port), environ, log) as process:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/healthz", process, log)
        yield Web(address, process.pid)


def web_command(app: str, port: int) -> list[str]:
    """How systemd starts the web service, on a port of loopback."""
    lines = UNIT.read_text("utf-8").splitlines()
    started = next(line for line in lines if line.startswith("ExecStart="))
    options = shlex.split(started)[1:-1]
    return [sys.executable, "-m", "gunicorn", *options, "--bind", f"127.0.0.1:{port}", app]


def flask_command(*words: str) -> list[str]:
    """A command of the service, such as `jobs run send-check-ins`."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers there. Raises RuntimeError with the end of its log if it never does."""
    until = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            with urlopen(url, timeout=STARTS_WITHIN):  # noqa: S310 (loopback)
                return
        except (URLError, OSError):
            time.sleep(0.01)
    raise RuntimeError(f"{url} does not answer: {log.read_text('utf-8')[-2000:]}")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def alone(environ: dict[str, str]) -> dict[str, str]:
    """The settings, and of our own environment only what a process needs to run."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | environ
