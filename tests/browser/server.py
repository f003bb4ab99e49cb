"""The demonstration as a process of its own, as `make run` starts it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until the first answer


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is, and who may sign in."""

    address: str
    email: str
    password: str


@contextmanager
def served(instance: Path, run_clock: bool = True) -> Iterator[Server]:
    """Runs `demo` on a free port until the block ends; stops it as a service manager would."""
    port = free_port()
    with started(instance, port, run_clock) as process:
        assert process.stdout is not None
        said = _read_until(process, "Stop with Ctrl-C.")
        threading.Thread(target=process.stdout.read, daemon=True).start()
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Server(f"http://127.0.0.1:{port}", said["E-mail"], said["Password"])


@contextmanager
def started(instance: Path, port: int, run_clock: bool = True) -> Iterator[subprocess.Popen[str]]:
    """The bare process, stopped at the end."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    command = (sys.executable, "-m", "flask", "--app", "tests.browser.served", "demo", "--port", str(port))
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**kept, "TEST_INSTANCE": str(instance), "RUN_CLOCK": "1" if run_clock else "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        assert process.stdout is not None
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def _read_until(process: subprocess.Popen[str], last: str) -> dict[str, str]:
    """What the command prints, as its labels and values."""
    said: dict[str, str] = {}
    heard = []
    assert process.stdout is not None
    for line in process.stdout:
        heard.append(line)
        if line.strip() == last:
            return said
        label, _, value = line.strip().partition(" ")
        said[label] = value.strip()
    raise AssertionError("the demonstration did not start:\n" + "".join(heard))


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urlopen(address) as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")
