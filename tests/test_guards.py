"""What holds the house up: who imports what, who reads the clock and the environment, how long a room grows.

That imports run downward, with no circle, is checked by `lint-imports` (pyproject.toml).
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import config

ROOT = Path(config.__file__).parent
SOURCES = sorted(
    [*ROOT.glob("recovery/**/*.py"), *ROOT.glob("jobs/**/*.py"), ROOT / "config.py", ROOT / "wsgi.py"]
)
MIGRATIONS = "recovery/migrations/"
SMALL_PACKAGES_OF_THE_DOMAIN = {"rapidfuzz", "tomli"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 60
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


TREES = {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
DOMAIN = {path: tree for path, tree in TREES.items() if path.startswith("recovery/domain/")}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield node.module or ""


def called(tree: ast.AST) -> Iterator[str]:
    """The dotted names that are called, as far as they are plain."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_there_is_something_to_guard() -> None:
    assert len(DOMAIN) > 20
    assert len(TREES) > 80


@pytest.mark.parametrize("path", DOMAIN)
def test_the_domain_imports_only_what_is_small_and_pure(path: str) -> None:
    roots = {each.split(".")[0] for each in imported(DOMAIN[path])}
    strangers = roots - set(sys.stdlib_module_names) - SMALL_PACKAGES_OF_THE_DOMAIN - {"recovery"}
    assert strangers == set()
    ours = {each for each in imported(DOMAIN[path]) if each.split(".")[0] == "recovery"}
    assert {each for each in ours if not each.startswith("recovery.domain")} == set()


@pytest.mark.parametrize("path", DOMAIN)
def test_the_domain_never_reads_the_clock(path: str) -> None:
    assert {"time", "random", "secrets", "os", "sqlite3", "socket"} & set(imported(DOMAIN[path])) == set()
    methods = [each for each in called(DOMAIN[path]) if "." in each and each.rsplit(".", 1)[1] in CLOCKS]
    assert [each for each in methods if each.split(".")[0] in ("datetime", "date", "dt", "time")] == []


def test_one_service_and_the_bare_machinery_read_the_clock() -> None:
    """Everybody else is told the time; the listed ones measure a pause, an age, or make an id."""
    readers = {
        path
        for path, tree in TREES.items()
        if any(
            each in ("datetime.now", "datetime.utcnow", "date.today", "time.time", "time.time_ns")
            for each in called(tree)
        )
    }
    assert readers <= {"recovery/services/clock.py", "recovery/db.py", "jobs/clock.py"}


def test_one_module_speaks_to_twilio() -> None:
    speaking = {
        path for path, tree in TREES.items() if any(_is_of("twilio", each) for each in imported(tree))
    }
    assert speaking == {"recovery/sms/twilio.py"}


def test_one_module_reads_the_environment() -> None:
    readers = {path for path, tree in TREES.items() if {"os.environ", "os.getenv"} & set(_attributes(tree))}
    assert readers == {"config.py"}


def test_the_settings_need_little_of_the_house() -> None:
    ours = {each for each in imported(TREES["config.py"]) if _is_of("recovery", each) or _is_of("jobs", each)}
    assert ours == {"recovery.addresses", "recovery.kept_keys"}


@pytest.mark.parametrize("path", TREES)
def test_a_module_opens_with_what_lives_here(path: str) -> None:
    said = ast.get_docstring(TREES[path])
    assert said
    assert said.splitlines()[0].endswith((".", ":", "?"))


@pytest.mark.parametrize("path", [path for path in TREES if path.endswith("__init__.py")])
def test_a_package_opens_with_a_sentence_and_nothing_else(path: str) -> None:
    assert len(TREES[path].body) == 1
    assert ast.get_docstring(TREES[path])


@pytest.mark.parametrize("path", [path for path in TREES if not path.startswith(MIGRATIONS)])
def test_no_room_grows_too_large(path: str) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    long = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {function: lines for function, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_no_room_is_named_for_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "base", "info"}
    assert [path for path in TREES if Path(path).stem in vague] == []


def _is_of(package: str, module: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _attributes(tree: ast.AST) -> Iterator[str]:
    return (ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute))
