"""What was measured, told on the terminal as it comes and in bench/RESULTS.md at the end."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.measure import Figure, Measure, Result, shown, table

RESULTS = Path(__file__).parent / "RESULTS.md"
_PACKAGES = ("flask", "sqlalchemy", "psycopg", "gunicorn")
_HEADS = ("measure", "figure", "goal", "found", "spread", "reached")


@dataclass(frozen=True, slots=True)
class Taken:
    """A measure with what it found, or with why it found nothing; `seconds` it took."""

    measure: Measure
    result: Result | None
    why: str
    seconds: float


def tell(taken: Taken) -> None:
    """One measure on the terminal."""
    print(f"\n{taken.measure.name}: {taken.measure.what}, against {taken.measure.against}")
    print(f"  goal: {taken.measure.goal} ({taken.seconds:.0f} s)")
    if taken.result is None:
        print(f"  {taken.why}")
        return
    for each in taken.result.figures:
        goal, found, spread, reached = _told(each)
        print(f"  {each.what:<58}{found:>12}   {spread:<22}{goal:<12}{reached}")
    if taken.result.detail:
        print("\n".join(f"  {line}" for line in taken.result.detail.splitlines()), flush=True)


def write(path: Path, taken: Sequence[Taken], scale: int, databases: str) -> None:
    """Everything as Markdown: how to repeat it, the figures in one table, then what stands behind each."""
    began = f"SCALE={scale} " if scale != 100_000 else ""
    seconds = sum(each.seconds for each in taken)
    parts = [
        "# What was measured",
        "",
        f"On {datetime.now(UTC):%Y-%m-%d}, {machine()}; {databases}.",
        f"Repeat it with `{began}make bench`: {seconds / 60:.0f} minutes there. What each means stands in",
        "[docs/benchmarks.md](../docs/benchmarks.md). Every comparison is a ratio within one run, its sides",
        "taken in turn; the middle round is shown, and from the lowest to the highest the spread.",
        "",
        table(_HEADS, [row for each in taken for row in _rows(each)]),
    ]
    for each in taken:
        if each.result is not None and each.result.detail:
            parts += [
                "",
                f"## {each.measure.name}",
                "",
                f"{each.measure.what}, against {each.measure.against}.",
            ]
            parts += ["", each.result.detail]
    path.write_text("\n".join(parts) + "\n", "utf-8")


def machine() -> str:
    """The machine in a line: cores, memory, kernel, Python, and the packages that matter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    cores = f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GB"
    return f"{cores}, {platform.system()}, Python {platform.python_version()}, {packages}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _rows(taken: Taken) -> list[list[str]]:
    name = taken.measure.name
    if taken.result is None:
        return [[name, taken.measure.what, taken.measure.goal, taken.why, "", "no"]]
    return [[name, each.what, *_told(each)] for each in taken.result.figures]


def _told(each: Figure) -> tuple[str, str, str, str]:
    """Goal, figure, spread, and whether the goal is reached."""
    goal = "" if each.goal is None else f"{'≥' if each.at_least else '≤'} {shown(each.goal)}{each.unit}"
    spread = f"{shown(each.low)}–{shown(each.high)}" if each.low != each.high else ""
    reached = {None: "", True: "yes", False: "**no**"}[each.reached]
    return goal, f"{shown(each.value)}{each.unit}", spread, reached
