"""The manual for whoever runs the service names nothing that is not there."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.config import Config

import config
from jobs import commands
from jobs.timetable import TIMETABLE
from recovery.domain.vocabulary import LANGUAGES
from tests import make
from tests.commands.run import alone, run_with
from tests.conftest import KEYS
from tests.test_config import PRODUCTION

ROOT = Path(config.__file__).parent
MANUAL = (ROOT / "docs" / "running.md").read_text()
RULES = yaml.safe_load((ROOT / "docs" / "monitoring" / "recovery.rules.yml").read_text())
CODE = re.compile(r"```\n(.*?)```|`([^`\n]+)`", re.DOTALL)
OURS = re.compile(r" *(?:sudo -u recovery )?recovery ([a-z]+(?: [a-z]+)*)(.*)")
SETTING = re.compile(r"\b([A-Z]+(?:_[A-Z]+)+)(?==|\b)")


def code() -> list[str]:
    """What stands as code, a block or a few words each, without comments."""
    found = (block or words for block, words in CODE.findall(MANUAL))
    return [re.sub(r"\s+#.*", "", each) for each in found]


def named_commands() -> Iterator[tuple[str, list[str]]]:
    """Our commands as far as they are plain words, each with the options it is given."""
    for line in (line for text in code() for line in text.splitlines()):
        if called := OURS.fullmatch(line):
            yield called[1], re.findall(r" (--[a-z-]+)", called[2])


class Asked(dict[str, str]):
    """An environment that remembers what was read of it."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(key)
        return super().get(key, default)


def settings(folder: Path) -> set[str]:
    """Every variable that `config.load` reads."""
    environ = Asked({**PRODUCTION, "DATABASE_URL": f"sqlite:///{folder / 'recovery.db'}"})
    config.load(environ, folder)
    return environ.names


def test_every_command_exists_and_takes_its_options(app: Flask) -> None:
    commands.register(app)
    named = list(named_commands())
    assert {"doctor", "keys rotate", "sending hold", "jobs run reconcile", "clinic add"} <= set(dict(named))
    for words, options in named:
        found: click.Command = app.cli
        for word in words.split():
            if not isinstance(found, click.Group):
                break  # an argument of the command
            assert word in found.commands, words
            found = found.commands[word]
        assert set(options) <= {name for each in found.params for name in each.opts}, words


def test_every_job_that_is_run_by_hand_exists() -> None:
    named = {name for each in code() for name in re.findall(r"jobs run ([a-z-]+)", each)}
    assert named == {"reconcile-messages"}
    assert named <= {each.name for each in TIMETABLE}


def test_every_setting_exists(tmp_path: Path) -> None:
    named = {name for text in code() for name in SETTING.findall(text)}
    assert {"DATA_KEYS", "LOOKUP_KEY", "PUBLIC_URL", "DATABASE_URL"} <= named
    assert named - settings(tmp_path) == set()


def test_production_starts_with_what_is_named_as_needed_and_with_nothing_less(tmp_path: Path) -> None:
    block = next(each for each in code() if each.startswith("RECOVERY_ENV=production"))
    values = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    given = {name: values[name] for name in (line.partition("=")[0] for line in block.splitlines())}
    assert config.load(given, tmp_path).is_production
    for name in given.keys() - {"RECOVERY_ENV", "DATABASE_URL"}:
        with pytest.raises(config.ConfigError):
            config.load({each: value for each, value in given.items() if each != name}, tmp_path)


def test_every_unit_file_and_link_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", MANUAL):
        assert (ROOT / "docs" / target).exists(), target
    installed = {each.name for each in (ROOT / "docs" / "systemd").iterdir()}
    for unit in re.findall(r"recovery-[a-z]+(?:@\d|@\*)?(?:\.service|\.socket)?", " ".join(code())):
        stem = re.sub(r"@.", "@", unit)
        assert any(each.startswith(stem) for each in installed) or unit.startswith("recovery-2"), unit


def test_every_option_of_gunicorn_exists() -> None:
    named = [shlex.split(each) for each in code() if each.startswith("--")]
    assert len(named) > 5
    for option in named:
        value = ["127.0.0.1"] if option == ["--forwarded-allow-ips"] else []
        Config().parser().parse_args([*option, *value])


def test_every_heading_that_is_linked_to_is_there() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in MANUAL.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", MANUAL)) <= headings


def test_every_alarm_asks_for_figures_that_are_given(client: FlaskClient) -> None:
    make.clinic()
    given = set(re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.MULTILINE))
    asked = [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]
    named = {name for each in [*asked, *code()] for name in re.findall(r"\brecovery_[a-z_]+", each)}
    assert len(named) > 8
    assert named - given == set()


def test_the_alarms_are_all_explained_and_graded() -> None:
    (group,) = RULES["groups"]
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith(".")
        jobs = re.findall(r'job!?="([a-z-]+)"', rule["expr"])
        assert set(jobs) <= {*(each.name for each in TIMETABLE), "recovery"}


def test_a_web_process_knows_the_words_before_its_first_text(tmp_path: Path) -> None:
    """And its collector leaves them alone, so that forked processes share them, and seldom looks at rows."""
    asked = (
        "import gc, wsgi; from recovery.domain.reading.dictionary import word_files as files; "
        "print(files._lexicon.cache_info().currsize, gc.get_freeze_count() > 100_000, gc.isenabled(),"
        " gc.get_threshold()[0] > 10_000)"
    )
    environ = alone({**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"})
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environ, capture_output=True, check=True
    )
    assert done.stdout.decode().split() == [str(len(LANGUAGES)), "True", "True", "True"]


@pytest.mark.parametrize(
    ("command", "needed", "left_out"),
    [
        (
            ("-m", "flask", "--app", "wsgi", "jobs", "list"),
            "jobs.timetable",
            {"recovery.web.register", "recovery.api.register", "recovery.webhooks", "marshmallow", "wtforms"},
        ),
        (("-c", "import wsgi"), "recovery.web.register", {"jobs.clock", "apscheduler", "waitress"}),
    ],
)
def test_a_process_imports_nothing_that_only_others_need(
    tmp_path: Path, command: tuple[str, ...], needed: str, left_out: set[str]
) -> None:
    environ = {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'recovery.db'}"}
    assert run_with(environ, "db", "upgrade").status == 0
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        cwd=ROOT,
        env=alone(environ),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-500:]
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert needed in imported
    assert imported & left_out == set()
