"""`python -m bench`: every measure of the suite, or those that are named; see `make bench`."""

import argparse
import sys
import time
import traceback
from pathlib import Path

from bench import report, suite
from bench.measure import Measure
from bench.missing import NotMeasured
from bench.timing import progress
from bench.world import World


def main() -> int:
    """Take the measures and tell them; 1 if one of them failed."""
    asked = _arguments()
    chosen = [each for each in suite.MEASURES if not asked.only or each.name in asked.only]
    taken = []
    with World(scale=asked.scale, rounds=asked.rounds) as world:
        for number, measure in enumerate(chosen, start=1):
            progress(f"{number}/{len(chosen)} {measure.name}")
            taken.append(_take(measure, world))
            progress("")
            report.tell(taken[-1])
        databases = world.described()
    if not asked.only or asked.results:
        report.write(asked.results or report.RESULTS, taken, asked.scale, databases)
    return int(any(each.why.startswith("failed") for each in taken))


def _take(measure: Measure, world: World) -> report.Taken:
    """One measure; that it fails does not keep the others from being taken."""
    since = time.monotonic()
    try:
        result, why = measure.take(world), ""
    except NotMeasured as error:
        result, why = None, f"not measured: {error}"
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        result, why = None, f"failed: {type(error).__name__}"
    return report.Taken(measure, result, why, time.monotonic() - since)


def _arguments() -> argparse.Namespace:
    names = [each.name for each in suite.MEASURES]
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"names of measures: {', '.join(names)}")
    parser.add_argument("--scale", type=int, default=100_000, help="patients of the large database")
    parser.add_argument("--rounds", type=int, default=3, help="of each comparison")
    parser.add_argument("--results", type=Path, help="where the results are written; bench/RESULTS.md")
    asked = parser.parse_args()
    if unknown := set(asked.only) - set(names):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
