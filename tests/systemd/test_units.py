"""The units can be installed as they stand: systemd finds no fault, and their commands take their options."""

import shlex
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from flask import Flask
from gunicorn.config import Config

import config
from jobs import commands
from tests.systemd.fetch import analyze

ROOT = Path(config.__file__).parent
FOLDER = ROOT / "docs" / "systemd"
UNITS = sorted(each.name for each in FOLDER.glob("recovery-*"))
SERVICES = [each for each in UNITS if each.endswith(".service")]
HOME, BIN = "/opt/recovery", "/opt/recovery/.venv/bin/"
LONGEST_CALL, LONGEST_WEBHOOK = 10, 15  # seconds: ours to Twilio, Twilio's to us
KNOWN = {
    "Unit": {"Description", "Documentation", "Requires", "Wants", "After", "StartLimitIntervalSec"},
    "Install": {"WantedBy"},
    "Socket": {"ListenStream", "NoDelay"},
    "Service": {
        *("Type", "User", "Group", "WorkingDirectory", "EnvironmentFile", "ExecStart"),
        *("Restart", "RestartSec", "RestartPreventExitStatus"),
        *("KillMode", "KillSignal", "TimeoutStartSec", "TimeoutStopSec"),
    },
}
HARDENED: Mapping[str, str] = {
    "CapabilityBoundingSet": "",
    "LockPersonality": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProcSubset": "pid",
    "ProtectClock": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHome": "yes",
    "ProtectHostname": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RemoveIPC": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "StateDirectory": "recovery",
    "StateDirectoryMode": "0700",
    "SystemCallArchitectures": "native",
    "SystemCallErrorNumber": "EPERM",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
}


def sections(name: str) -> dict[str, dict[str, str]]:
    """A unit as systemd reads it: a section, then its settings, each once here."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    section = ""
    for line in (FOLDER / name).read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line[1:-1]
            continue
        key, equals, value = line.partition("=")
        assert equals, f"{name}: {line}"
        assert key not in found[section], f"{name}: {key} twice"
        found[section][key] = value
    return found


def command(name: str) -> list[str]:
    started = shlex.split(sections(name)["Service"]["ExecStart"])
    assert started[0].startswith(BIN)
    return [started[0].removeprefix(BIN), *started[1:]]


def seconds(name: str, key: str) -> int:
    return int(sections(name)["Service"][key])


def test_there_are_a_web_a_clock_and_a_migration() -> None:
    assert set(UNITS) == {
        "recovery-clock@.service",
        "recovery-migrate.service",
        "recovery-web.service",
        "recovery-web.socket",
    }


@pytest.mark.parametrize("name", UNITS)
def test_every_setting_is_one_that_systemd_has(name: str) -> None:
    """By our own list, wherever this runs; systemd says the same below, where there is one."""
    for section, settings in sections(name).items():
        known = KNOWN[section] | (set(HARDENED) if section == "Service" else set())
        assert set(settings) <= known


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    for name in UNITS:
        text = (FOLDER / name).read_text()
        here = text.replace(BIN, f"{Path(sys.executable).parent}/").replace(HOME, str(ROOT))
        (tmp_path / name).write_text(here)
    assert verdict([str(tmp_path / name) for name in UNITS]) == ""


def verdict(paths: list[str]) -> str:
    """What `systemd-analyze verify` has to say, on standard error whatever its exit status."""
    if analyze() is None:
        return ""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False
    )
    return done.stderr + ("" if done.returncode == 0 else f"exit {done.returncode}")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_only_what_it_needs(name: str) -> None:
    service = sections(name)["Service"]
    assert {key: service.get(key) for key in HARDENED} == HARDENED
    assert (service["User"], service["WorkingDirectory"]) == ("recovery", HOME)
    assert service["EnvironmentFile"] == "/etc/recovery/env"


def test_gunicorn_takes_every_option() -> None:
    program, *options = command("recovery-web.service")
    read = Config().parser().parse_args(options)
    assert (program, read.args) == ("gunicorn", ["wsgi:app"])
    assert "--no-control-socket" in options
    assert read.threads > 1  # else a slow answer would be cut off with its process
    assert LONGEST_WEBHOOK < read.graceful_timeout < seconds("recovery-web.service", "TimeoutStopSec")


@pytest.mark.parametrize("name", ["recovery-clock@.service", "recovery-migrate.service"])
def test_flask_knows_the_command(name: str, app: Flask) -> None:
    commands.register(app)
    program, *words = command(name)
    assert (program, words[:2]) == ("flask", ["--app", "wsgi"])
    group: click.Command = app.cli
    for word in words[2:]:
        assert isinstance(group, click.Group)
        group = group.commands[word]


def test_a_clock_is_given_time_to_end_its_calls() -> None:
    service = sections("recovery-clock@.service")["Service"]
    assert service["KillSignal"] == "SIGTERM"
    assert seconds("recovery-clock@.service", "TimeoutStopSec") > 2 * LONGEST_CALL
    assert service["Restart"] == "always"


def test_the_door_stays_open_while_the_web_starts_again() -> None:
    socket, web = sections("recovery-web.socket")["Socket"], sections("recovery-web.service")
    assert socket["ListenStream"].startswith("127.0.0.1:")
    assert web["Unit"]["Requires"] == "recovery-web.socket"
    assert "--bind" not in web["Service"]["ExecStart"]
