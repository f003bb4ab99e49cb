"""The command itself: started, stopped and started again, as `make run` does."""

import os
import signal
import socket
import stat
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.browser.server import PATIENCE, ROOT, free_port, served, started

pytestmark = pytest.mark.xdist_group("browser")


def test_a_second_start_keeps_the_sign_in_and_the_data(tmp_path: Path) -> None:
    with served(tmp_path, run_clock=False) as first:
        pass
    with served(tmp_path, run_clock=False) as second:
        opened = build_opener(HTTPCookieProcessor(CookieJar())).open(f"{second.address}/readyz")
        assert opened.status == 200
        opened.close()
    assert (first.email, first.password) == (second.email, second.password)
    kept = tmp_path / "demo_password"
    assert kept.read_text().strip() == first.password
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(tmp_path, port) as process:
            assert process.wait(PATIENCE) == 1
            assert process.stdout is not None
            said = process.stdout.read().splitlines()
    assert len(said) == 1
    assert f"Cannot listen at 127.0.0.1:{port}" in said[0]
    assert "make run PORT=8001 or --port 8001" in said[0]


@pytest.mark.parametrize(
    ("given", "asked", "port"), [((), "demo", 8000), (("PORT=8001",), "demo --port 8001", 8001)]
)
def test_make_run_takes_a_port_to_which_its_links_lead(given: tuple[str, ...], asked: str, port: int) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("PORT", "MAKEFLAGS")}
    told = ("make", "--no-print-directory", "--dry-run", "--old-file=.venv/installed", "run", *given)
    done = subprocess.run(told, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].rstrip().endswith(f"--app wsgi {asked}")
    assert f"PUBLIC_URL=${{PUBLIC_URL:-http://127.0.0.1:{port}}}" in done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    with started(tmp_path, free_port()) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Stop with"):
                break
        process.send_signal(how)
        assert process.wait(PATIENCE) == 0
        assert process.stdout.read().splitlines()[-1] == "Stopped."


def test_it_is_refused_in_production(tmp_path: Path) -> None:
    settings = {
        "RECOVERY_ENV": "production",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}",
        "SECRET_KEY": "kZ3vQm8Xw2Lr7Tn5Yb9Hc4Jd6Fg1Ps0A",
        "LOOKUP_KEY": "Wq7Er5Ty3Ui1Op9As8Df6Gh4Jk2Lz0Xc",
        "DATA_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "PUBLIC_URL": "https://recovery.example",
        "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
        "TWILIO_AUTH_TOKEN": "a token",
    }
    done = subprocess.run(
        (sys.executable, "-m", "flask", "--app", "tests.browser.served", "demo"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TEST_INSTANCE": str(tmp_path), **settings},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert "refused in production" in done.stderr
