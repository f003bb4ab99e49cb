"""`replies read`: JSON lines in and out, in order, with no database."""

import json
from pathlib import Path

import pytest
from flask import Flask

import config
from recovery.app import create_app
from tests.commands.run import Done, run, run_alone
from tests.conftest import KEYS


@pytest.fixture
def bare_app(tmp_path: Path) -> Flask:
    """An app whose database does not exist."""
    (tmp_path / "empty").mkdir()
    environ = {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty' / 'none.db'}"}
    return create_app(config.load(environ, tmp_path / "instance"))


def read(app: Flask, *lines: str, end: str = "\n") -> Done:
    return run(app, "replies", "read", typed="".join(line + end for line in lines))


def answers(done: Done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.out.splitlines()]


def line(identity: str, text: str) -> str:
    return json.dumps({"id": identity, "lang": "en", "text": text})


def test_lines_are_answered_in_order(bare_app: Flask, tmp_path: Path) -> None:
    done = read(bare_app, *(line(str(number), "3 1 0") for number in range(50)))
    assert (done.status, done.err) == (0, "")
    assert [each["id"] for each in answers(done)] == [str(number) for number in range(50)]
    assert answers(done)[0]["scores"] == {"redness": 3, "swelling": 1, "itching": 0}
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_bad_line_is_answered_and_the_rest_is_read(bare_app: Flask) -> None:
    done = read(bare_app, line("a", "3 1 0"), "{no json", '{"id": "c"}', line("d", "all clear"))
    assert done.status == 1
    first, second, third, last = answers(done)
    assert (second.keys(), third.keys()) == ({"id", "error"}, {"id", "error"})
    assert (first["id"], second["id"], third["id"], last["id"]) == ("a", None, "c", "d")
    assert last["intent"] == "report"
    assert done.err == "Bad lines: 2.\n"


def test_empty_lines_and_windows_line_ends_are_nothing(bare_app: Flask) -> None:
    done = read(bare_app, "", line("a", "3 1 0"), "", "  ", end="\r\n")
    assert done.status == 0
    assert [each["id"] for each in answers(done)] == ["a"]


def test_nothing_in_is_nothing_out(bare_app: Flask) -> None:
    assert read(bare_app) == Done(0, "", "")


def test_a_file_is_read(bare_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + line("a", "3 1 0").encode() + b"\n" + line("b", "none").encode())
    done = run(bare_app, "replies", "read", str(file))
    assert [each["id"] for each in answers(done)] == ["a", "b"]


def test_a_file_that_is_not_there_is_named(bare_app: Flask, tmp_path: Path) -> None:
    for file, why in ((tmp_path / "missing", "No such file or directory"), (tmp_path, "Is a directory")):
        done = run(bare_app, "replies", "read", str(file))
        assert (done.status, done.out) == (2, "")
        assert f"'{file}': {why}" in done.err


def test_odd_texts_are_survived(bare_app: Flask) -> None:
    texts = ["", "9" * 5_000, "\N{FACE WITH TEARS OF JOY}", "3 1 0\0", "\ud83d", "a\u2028b", "[" * 3_000]
    done = read(bare_app, *(line(str(at), text) for at, text in enumerate(texts)), "[" * 100_000)
    assert [each["id"] for each in answers(done)] == ["0", "1", "2", "3", "4", "5", "6", None]


def test_a_process_of_its_own_survives_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    environ = {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty' / 'none.db'}", "LC_ALL": "C"}
    typed = b'\xef\xbb\xbf{"id": "a", "text": "3 1 0"}\r\n{"id": "b", "text": "\xff 3"}\n\xfe\n' + (
        '{"id": "é", "text": "all clear"}'.encode()
    )
    done = run_alone(environ, "replies", "read", "-", typed=typed)
    assert (done.status, done.err) == (1, "Bad lines: 2.\n")
    assert [each["id"] for each in answers(done)] == ["a", "b", None, "é"]
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMS_GATEWAY": "pigeon", "DATABASE_URL": "mysql://nowhere/none"},
        {"RECOVERY_ENV": "production"},
        {"DATA_KEYS": "no key", "PUBLIC_URL": "nowhere"},
    ],
    ids=["no such database", "production without keys", "wrong keys"],
)
def test_wrong_settings_are_no_hindrance(wrong: dict[str, str]) -> None:
    assert run_alone(wrong, "clinic", "list").status == 1
    done = run_alone(wrong, "replies", "read", typed=line("a", "3 1 0").encode())
    assert (done.status, done.err) == (0, "")
    assert done.answer["scores"] == {"redness": 3, "swelling": 1, "itching": 0}
