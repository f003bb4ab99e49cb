"""Settings: each variable by a table of what is understood, what is refused, and in which words."""

import base64
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import config

ROOT = Path(config.__file__).parent
RANDOM = "q7Zt0vWc3LxN8rKfYb2HsDp6GmJ4uEaT"
KEY = base64.b64encode(bytes(range(32))).decode()
OLD_KEY = base64.b64encode(bytes(range(100, 132))).decode()
DEVELOPMENT: dict[str, str] = {}
TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "a-token"}
PRODUCTION = {
    "RECOVERY_ENV": "production",
    "DATABASE_URL": "postgresql://recovery:s3cr3t-pass@db/recovery",
    "SECRET_KEY": RANDOM,
    "DATA_KEYS": KEY,
    "LOOKUP_KEY": RANDOM[::-1],
    "PUBLIC_URL": "https://recovery.example",
    **TWILIO,
}


def loaded(environ: dict[str, str], folder: Path) -> config.Config:
    return config.load(environ, folder / "instance")


def refused(environ: dict[str, str], folder: Path) -> list[str]:
    with pytest.raises(config.ConfigError) as raised:
        loaded(environ, folder)
    return str(raised.value).splitlines()


def test_a_bare_checkout_needs_no_environment(tmp_path: Path) -> None:
    settings = loaded({}, tmp_path)
    assert settings.environment == "development"
    assert settings.database_url == f"sqlite:///{tmp_path / 'instance' / 'recovery.db'}"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.sms_gateway, settings.keyword_replies) == ("console", "clinic")
    assert (settings.sms_rate_per_second, settings.run_clock) == (0.0, False)
    assert settings.twilio_redact_bodies is False
    assert (settings.twilio_account_sid, settings.twilio_auth_tokens) == (None, ())


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    bare = loaded({}, tmp_path)
    names = [
        *PRODUCTION,
        "SMS_GATEWAY",
        "RUN_CLOCK",
        "SMS_RATE_PER_SECOND",
        "SMS_IN_FLIGHT",
        "KEYWORD_REPLIES",
    ]
    names += ["TWILIO_API_BASE_URL", "TWILIO_MESSAGING_SERVICE_SID", "METRICS_TOKEN"]
    assert loaded(dict.fromkeys(names, ""), tmp_path) == bare
    assert loaded(dict.fromkeys(names, "  "), tmp_path) == bare


UNDERSTOOD = [
    ("DATABASE_URL", "postgresql://u@h/n", "database_url", "postgresql+psycopg://u@h/n"),
    ("DATABASE_URL", "postgresql+psycopg://u:p@h:5/n", "database_url", "postgresql+psycopg://u:p@h:5/n"),
    ("DATABASE_URL", "postgresql://u:%40%2F@h/n", "database_url", "postgresql+psycopg://u:%40%2F@h/n"),
    ("DATABASE_URL", "sqlite:////tmp/a.db", "database_url", "sqlite:////tmp/a.db"),
    ("SECRET_KEY", "short", "secret_key", "short"),
    ("LOOKUP_KEY", "short", "lookup_key", b"short"),
    ("DATA_KEYS", f"{KEY}, {OLD_KEY}", "data_keys", (bytes(range(32)), bytes(range(100, 132)))),
    ("PUBLIC_URL", "https://a.example/recovery", "public_url", "https://a.example/recovery"),
    ("PUBLIC_URL", "http://[::1]:8000", "public_url", "http://[::1]:8000"),
    ("SMS_GATEWAY", "console", "sms_gateway", "console"),
    ("KEYWORD_REPLIES", "twilio", "keyword_replies", "twilio"),
    ("SMS_RATE_PER_SECOND", "0.5", "sms_rate_per_second", 0.5),
    ("SMS_IN_FLIGHT", "64", "sms_in_flight", 64),
    ("RUN_CLOCK", "1", "run_clock", True),
    ("RUN_CLOCK", "0", "run_clock", False),
    ("TWILIO_MESSAGING_SERVICE_SID", "MG1", "twilio_messaging_service_sid", "MG1"),
    ("TWILIO_API_BASE_URL", "http://127.0.0.1:9/twilio", "twilio_api_base_url", "http://127.0.0.1:9/twilio"),
    ("TWILIO_REDACT_BODIES", "1", "twilio_redact_bodies", True),
    ("TWILIO_REDACT_BODIES", "0", "twilio_redact_bodies", False),
    ("METRICS_TOKEN", " a token ", "metrics_token", "a token"),
]


@pytest.mark.parametrize(("name", "value", "field", "meant"), UNDERSTOOD)
def test_a_value_is_understood(name: str, value: str, field: str, meant: object, tmp_path: Path) -> None:
    assert getattr(loaded({name: value}, tmp_path), field) == meant


def test_an_account_turns_twilio_on(tmp_path: Path) -> None:
    settings = loaded(TWILIO, tmp_path)
    assert (settings.sms_gateway, settings.keyword_replies) == ("twilio", "twilio")


def test_the_token_may_hold_two(tmp_path: Path) -> None:
    settings = loaded({**TWILIO, "TWILIO_AUTH_TOKEN": "new, old"}, tmp_path)
    assert settings.twilio_auth_tokens == ("new", "old")


WRONG = [
    ("RECOVERY_ENV", "prod", "'prod'", "development or production"),
    ("DATABASE_URL", "nonsense", "no", "postgresql+psycopg://"),
    ("DATABASE_URL", "mysql://h/n", "'mysql'", "postgresql+psycopg://"),
    ("DATABASE_URL", "postgres://h/n", "'postgres'", "postgresql+psycopg://"),
    ("DATABASE_URL", "postgresql+psycopg2://h/n", "'postgresql+psycopg2'", "postgresql+psycopg://"),
    ("DATABASE_URL", "postgresql://h:port/n", "not a database address", "postgresql+psycopg://"),
    ("DATABASE_URL", "sqlite://", "in memory", "sqlite:///FILE"),
    ("DATABASE_URL", "sqlite:///:memory:", "in memory", "sqlite:///FILE"),
    ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true", "in memory", "sqlite:///FILE"),
    ("DATABASE_URL", "sqlite://recovery.db", "two slashes", "sqlite:///FILE"),
    ("DATABASE_URL", "sqlite:////no/such/folder/a.db", "/no/such/folder", "sqlite:///FILE"),
    ("DATA_KEYS", "abc", "no key", "base64 keys of 32 bytes"),
    ("DATA_KEYS", base64.b64encode(b"x" * 31).decode(), "no key", "base64 keys of 32 bytes"),
    ("DATA_KEYS", f"{KEY},", "no key", "base64 keys of 32 bytes"),
    ("DATA_KEYS", f"{KEY},{KEY}", "twice", "each key once"),
    ("PUBLIC_URL", "recovery.example", "'recovery.example'", "https://HOST"),
    ("PUBLIC_URL", "ftp://recovery.example", "'ftp://", "https://HOST"),
    ("PUBLIC_URL", "https://recovery.example/", "'https://recovery.example/'", "no trailing slash"),
    ("PUBLIC_URL", "https://recovery.example/?a", "'https://", "https://HOST"),
    ("PUBLIC_URL", "https://recovery.example#a", "'https://", "https://HOST"),
    ("PUBLIC_URL", "https://recovery.example:port", "'https://", "https://HOST"),
    ("PUBLIC_URL", "https://recovery.example:99999", "'https://", "https://HOST"),
    ("PUBLIC_URL", "https://", "'https://'", "https://HOST"),
    ("PUBLIC_URL", "https://recovery .example", "'https://", "https://HOST"),
    ("SMS_GATEWAY", "Twilio", "'Twilio'", "twilio or console"),
    ("KEYWORD_REPLIES", "both", "'both'", "twilio or clinic"),
    ("SMS_RATE_PER_SECOND", "fast", "'fast'", "a number from 0"),
    ("SMS_RATE_PER_SECOND", "-1", "'-1'", "a number from 0"),
    ("SMS_RATE_PER_SECOND", "nan", "'nan'", "a number from 0"),
    ("SMS_RATE_PER_SECOND", "inf", "'inf'", "a number from 0"),
    ("SMS_IN_FLIGHT", "0", "'0'", "a number from 1 to 64"),
    ("SMS_IN_FLIGHT", "65", "'65'", "a number from 1 to 64"),
    ("SMS_IN_FLIGHT", "few", "'few'", "a number from 1 to 64"),
    ("RUN_CLOCK", "yes", "'yes'", "0 or 1"),
    ("TWILIO_REDACT_BODIES", "true", "'true'", "0 or 1"),
    ("TWILIO_MESSAGING_SERVICE_SID", "XX1", "MG", "MG"),
    ("TWILIO_API_BASE_URL", "127.0.0.1:9", "'127.0.0.1:9'", "http://HOST"),
    ("METRICS_TOKEN", "a\nb", "cannot be printed", "one line"),
    ("SECRET_KEY", "a\x00b", "cannot be printed", "one line"),
    ("LOOKUP_KEY", "a\udcffb", "cannot be printed", "one line"),
]


@pytest.mark.parametrize(("name", "value", "what", "accepted"), WRONG)
def test_a_wrong_value_is_one_line(name: str, value: str, what: str, accepted: str, tmp_path: Path) -> None:
    lines = refused({name: value}, tmp_path)
    assert len(lines) == 1
    assert lines[0].startswith(f"{name}: ")
    told, _, taken = lines[0].partition("; accepted: ")
    assert what in told
    assert accepted in taken


TWILIO_WRONG = [
    ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_AUTH_TOKEN: is missing"),
    ({"SMS_GATEWAY": "twilio", "TWILIO_AUTH_TOKEN": "t"}, "TWILIO_ACCOUNT_SID: is missing"),
    ({**TWILIO, "TWILIO_ACCOUNT_SID": "SK1"}, "TWILIO_ACCOUNT_SID: does not begin with AC"),
    ({**TWILIO, "TWILIO_AUTH_TOKEN": "a,b,c"}, "TWILIO_AUTH_TOKEN: is not one or two tokens"),
    ({**TWILIO, "TWILIO_AUTH_TOKEN": "a,"}, "TWILIO_AUTH_TOKEN: is not one or two tokens"),
]


@pytest.mark.parametrize(("environ", "line"), TWILIO_WRONG)
def test_twilio_needs_an_account_and_a_token(environ: dict[str, str], line: str, tmp_path: Path) -> None:
    lines = refused(environ, tmp_path)
    assert len(lines) == 1
    assert lines[0].startswith(line)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    lines = refused({"RUN_CLOCK": "x", "PUBLIC_URL": "x", "SMS_GATEWAY": "x"}, tmp_path)
    assert sorted(line.partition(":")[0] for line in lines) == ["PUBLIC_URL", "RUN_CLOCK", "SMS_GATEWAY"]


def test_production_starts_with_safe_settings(tmp_path: Path) -> None:
    settings = loaded(PRODUCTION, tmp_path)
    assert settings.is_production
    assert settings.sms_gateway == "twilio"
    assert not (tmp_path / "instance").exists()


UNSAFE = [
    ("SECRET_KEY", "", "is missing"),
    ("SECRET_KEY", "too short", "is too short"),
    ("SECRET_KEY", "change-me-change-me-change-me-now-please", "looks like a default"),
    ("SECRET_KEY", "dev-q7Zt0vWc3LxN8rKfYb2HsDp6GmJ4", "looks like a default"),
    ("SECRET_KEY", "x" * 64, "looks like a default"),
    ("LOOKUP_KEY", "", "is missing"),
    ("LOOKUP_KEY", "Secret-secret-secret-secret-secret", "looks like a default"),
    ("DATA_KEYS", "", "is missing"),
    ("DATA_KEYS", base64.b64encode(bytes(32)).decode(), "not random"),
    ("PUBLIC_URL", "", "'http://127.0.0.1:8000'"),
    ("PUBLIC_URL", "http://recovery.example", "'http://recovery.example'"),
    ("PUBLIC_URL", "https://localhost", "'https://localhost'"),
    ("PUBLIC_URL", "https://localhost.", "'https://localhost.'"),
    ("PUBLIC_URL", "https://a.localhost", "'https://a.localhost'"),
    ("PUBLIC_URL", "https://127.8.8.8/recovery", "'https://127.8.8.8"),
    ("PUBLIC_URL", "https://[::1]:8000", "'https://[::1]:8000'"),
    ("PUBLIC_URL", "https://[::ffff:127.0.0.1]", "'https://[::ffff"),
    ("PUBLIC_URL", "https://0.0.0.0", "'https://0.0.0.0'"),
    ("PUBLIC_URL", "https://[::]", "'https://[::]'"),
    ("SMS_GATEWAY", "console", "'console'"),
    ("TWILIO_API_BASE_URL", "http://twilio.example", "not https"),
]


@pytest.mark.parametrize(("name", "value", "what"), UNSAFE)
def test_production_refuses_what_is_unsafe(name: str, value: str, what: str, tmp_path: Path) -> None:
    lines = refused({**PRODUCTION, name: value}, tmp_path)
    assert len(lines) == 1
    assert lines[0].startswith(f"{name}: ")
    assert what in lines[0]


def test_a_stand_in_for_twilio_may_be_on_loopback_in_production(tmp_path: Path) -> None:
    environ = {**PRODUCTION, "TWILIO_API_BASE_URL": "http://127.0.0.1:9000"}
    assert loaded(environ, tmp_path).twilio_api_base_url == "http://127.0.0.1:9000"


SECRET = "Tr0ub4dor"
SECRETIVE = [
    ("SECRET_KEY", SECRET),
    ("LOOKUP_KEY", SECRET),
    ("DATA_KEYS", SECRET),
    ("DATABASE_URL", f"mysql://u:{SECRET}@h/n"),
    ("DATABASE_URL", f"postgresql://u:{SECRET}@h:port/n"),
    ("PUBLIC_URL", f"https://u:{SECRET}@h"),
    ("TWILIO_API_BASE_URL", f"https://u:{SECRET}@h/"),
    ("TWILIO_AUTH_TOKEN", f"{SECRET},b,c"),
    ("METRICS_TOKEN", f"{SECRET}\x01"),
]


@pytest.mark.parametrize(("name", "value"), SECRETIVE)
def test_a_secret_is_never_told(name: str, value: str, tmp_path: Path) -> None:
    assert SECRET not in "".join(refused({**PRODUCTION, name: value}, tmp_path))


def test_the_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    shown = repr(loaded({**PRODUCTION, "METRICS_TOKEN": "m3trics"}, tmp_path))
    for secret in (RANDOM, RANDOM[::-1], "s3cr3t-pass", "a-token", "m3trics", repr(bytes(range(32)))):
        assert secret not in shown


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    first, second = loaded({}, tmp_path), loaded({}, tmp_path)
    assert first == second
    assert len(first.data_keys[0]) == 32
    assert len({first.secret_key, first.lookup_key.decode()}) == 2


def test_kept_keys_are_their_owners_alone(tmp_path: Path) -> None:
    loaded({}, tmp_path)
    folder = tmp_path / "instance"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"secret_key": 0o600, "data_keys": 0o600, "lookup_key": 0o600}


def test_two_first_starts_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    for round_ in range(20):
        folder = tmp_path / str(round_)
        with ThreadPoolExecutor(8) as starts:
            made = list(starts.map(lambda _, to=folder: loaded({}, to), range(8)))
        assert all(each == made[0] for each in made)
        assert made[0].data_keys


def test_a_kept_key_that_was_emptied_is_told(tmp_path: Path) -> None:
    loaded({}, tmp_path)
    (tmp_path / "instance" / "data_keys").write_text("")
    assert refused({}, tmp_path)[0].startswith("DATA_KEYS: is empty in")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file, not a folder")
    lines = refused({}, tmp_path)
    assert all("instance" in line for line in lines)


def test_a_wrong_start_makes_no_keys(tmp_path: Path) -> None:
    refused({"RECOVERY_ENV": "prod"}, tmp_path)
    assert list(tmp_path.glob("instance/*key*")) == []


@pytest.mark.parametrize("command", [["-m", "flask", "--app", "wsgi", "jobs", "list"], ["-c", "import wsgi"]])
def test_a_wrong_value_ends_the_start_in_plain_lines(command: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"RUN_CLOCK": "maybe", "SMS_GATEWAY": "pigeon"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert [line.partition(":")[0] for line in ended.stderr.splitlines()] == ["SMS_GATEWAY", "RUN_CLOCK"]
