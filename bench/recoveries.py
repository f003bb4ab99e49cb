"""One treatment and one case, looked at in a large clinic and in a small one."""

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from bench import callers
from bench.callers import Call
from bench.measure import Measure, Result, figure, in_turn, table
from bench.timing import progress
from bench.world import Filled, World
from recovery.db import db
from recovery.models.case import FlaggedCase

_CALLS = 15  # a round
_HEADS = ("ms", "large", "small")


def take(world: World) -> Result:
    """The same two addresses in both clinics, each call for another patient."""
    large, small = world.large, world.small
    count = world.count(_CALLS, 2)
    asked = {of.name: _calls(of, count) for of in (large, small)}

    def milliseconds(of: Filled, what: str) -> float:
        progress(f"treatments: {what} among {of.size.patients:,}")
        return callers.call(world.web(of), asked[of.name][what], 1).part(50) * 1e3

    figures, rows = [], []
    for what in ("GET /treatments/{id}", "the case page"):
        for each in (large, small):
            milliseconds(each, what)
        in_large, in_small = (partial(milliseconds, each, what) for each in (large, small))
        pairs = in_turn(in_large, in_small, world.rounds)
        name = f"{what} at {large.size.patients:,} against {small.size.patients:,}"
        figures.append(figure(name, pairs.ratios, goal=1.2))
        rows.append([what, sorted(pairs.first)[world.rounds // 2], sorted(pairs.second)[world.rounds // 2]])
    return Result(figures, table(_HEADS, rows))


def _calls(of: Filled, count: int) -> dict[str, Sequence[Call]]:
    """Of so many open cases, taken from all over the clinic's."""
    with of.app.app_context():
        found = sa.select(FlaggedCase.id, FlaggedCase.treatment_id).where(FlaggedCase.status == "open")
        every = db.session.execute(found.order_by(FlaggedCase.flagged_at)).all()
        db.session.remove()
    chosen = every[:: max(1, len(every) // count)][:count]
    token = (("Authorization", f"Bearer {of.keys.token}"),)
    cookie = (("Cookie", f"session={of.keys.cookie}"),)
    return {
        "GET /treatments/{id}": [Call(f"/api/v1/treatments/{treatment}", token) for _, treatment in chosen],
        "the case page": [Call(f"/flagged-cases/{case}", cookie) for case, _ in chosen],
    }


MEASURE = Measure(
    "treatments",
    "GET /treatments/{id} and the case page, in a large clinic",
    "the same at 1,000",
    "1.2",
    take,
)
