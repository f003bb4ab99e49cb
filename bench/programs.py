"""Processes that say when they are ready and begin at a word, so that what they load is not measured."""

import os
import signal
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from bench import processes


class Program:
    """One of them; it leads a group of processes, which ends with it."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 (our own commands)
                command,
                cwd=processes.ROOT,
                env=processes.alone(environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,
            )
        self._before = 0.0

    def wait_until_ready(self) -> None:
        """Raises RuntimeError with the end of its log if it ends before."""
        assert self._process.stdout is not None  # noqa: S101 (it is piped)
        if b"ready\n" not in iter(self._process.stdout.readline, b""):  # reads no further than that
            self.end()
            raise RuntimeError(f"{self._process.args!r}: {self._log.read_text('utf-8')[-2000:]}")
        self._before = used([psutil.Process(self._process.pid)])

    def begin(self) -> None:
        assert self._process.stdin is not None  # noqa: S101 (it is piped)
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def processor_seconds(self) -> float:
        """What it has used of the processor since it was ready; it must not have been waited for."""
        return used([psutil.Process(self._process.pid)]) - self._before

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._close()

    def end(self) -> None:
        processes.end(self._process)
        self._close()

    def _close(self) -> None:
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None  # noqa: S101 (both are piped)
            pipe.close()


def used(roots: Iterable[psutil.Process]) -> float:
    """Seconds of the processor that these processes have used, with all that they started."""
    found = 0.0
    for root in roots:
        for each in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # it has just ended, and is its parent's child no more
                times = each.cpu_times()
                found += times.user + times.system + times.children_user + times.children_system
    return found
