"""The nurse's list with thousands of open cases: the API's and the page, against the least it can cost."""

import json
from collections.abc import Callable
from functools import partial

from bench import callers
from bench.callers import Call
from bench.measure import Measure, Result, figure, in_turn, table
from bench.timing import progress
from bench.world import Filled, World

SERVER = "bench.rival:create_app()"
_PATH, _RIVAL, _PAGE = "/api/v1/flagged-cases", "/api/v1/bench/flagged-cases", "/flagged-cases"
_LINES, _PAGE_LINES, _MOST = 50, 25, 200  # of the API, of the page, and to go far quickly
_CALLS = 12  # a round


def take(world: World) -> Result:
    """Each against the route beside it in the same server, and a deep page against the first."""
    of = world.large
    ask = partial(_milliseconds, world, of)
    calls = _calls(world, of)
    first, page = calls["the first page"], calls["the nurse's page"]
    pairs = {
        f"the API's list of {_LINES} against the bare route": (first, calls["the bare route"], 2.0),
        "its last page against its first": (calls["the last page"], first, 1.2),
        f"the nurse's page of {_PAGE_LINES} against the bare route": (page, calls["the bare route, 25"], 3.0),
    }
    for each in calls.values():
        ask(each)
    figures, found = [], dict[Call, list[float]]()
    for what, (one, other, goal) in pairs.items():
        progress(f"worklist: {what}")
        taken = in_turn(partial(ask, one), partial(ask, other), world.rounds)
        figures.append(figure(what, taken.ratios, goal=goal))
        found[one], found[other] = taken.first, taken.second
    rows = [[name, sorted(found[one])[len(found[one]) // 2]] for name, one in calls.items()]
    return Result(figures, table((f"{of.size.open_cases:,} open of {of.size.patients:,} cases", "ms"), rows))


def _calls(world: World, of: Filled) -> dict[str, Call]:
    """What is asked, by its name."""
    token = (("Authorization", f"Bearer {of.keys.token}"),)
    cookie = (("Cookie", f"session={of.keys.cookie}"),)
    get: Callable[[Call], bytes] = partial(callers.get, world.web(of, SERVER))
    last = cursor = ""
    while after := json.loads(get(Call(f"{_PATH}?limit={_MOST}{cursor}", token)))["next_cursor"]:
        last, cursor = cursor, f"&cursor={after}"
    return {
        "the first page": Call(f"{_PATH}?limit={_LINES}", token),
        "the last page": Call(f"{_PATH}?limit={_LINES}{last}", token),
        "the bare route": Call(f"{_RIVAL}?limit={_LINES}", token),
        "the nurse's page": Call(_PAGE, cookie),
        "the bare route, 25": Call(f"{_RIVAL}?limit={_PAGE_LINES}", token),
    }


def _milliseconds(world: World, of: Filled, one: Call) -> float:
    """The middle one of a round, by one caller."""
    return callers.call(world.web(of, SERVER), [one] * world.count(_CALLS, 2), 1).part(50) * 1e3


MEASURE = Measure(
    "worklist",
    "GET /flagged-cases, 10,000 open at most",
    "a route of the same server: the same SQL in Core, the same decryption, json.dumps",
    "2; a deep page 1.2 of the first; the nurse's page 3",
    take,
)
