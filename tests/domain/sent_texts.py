"""Every text as a phone gets it: each key, in each country, in each variant, at its longest."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import combinations

from recovery.domain import regions, wording
from recovery.domain.vocabulary import CORE, SkinType

REGIONS = ("", "ZZ", *regions.listed())
KEYS = wording.keys()
LONGEST_DAY = 28


def sent(key: str, language: str, region: str = "US") -> list[str]:
    """The variants of one text in one country, each with the longest fillings that are possible."""
    return [wording.text(key, language, region, **each) for each in fillings(key, language, region)]


def fillings(key: str, language: str, region: str) -> Iterator[dict[str, object]]:
    """What a text can be filled with: the longest of everything, and all that changes its wording."""
    longest = {
        **{name: "0" * septets for name, septets in wording.LONGEST.items()},
        "when": longest_moment(language, region),
        "day": LONGEST_DAY,
        "last": LONGEST_DAY,
        "minutes": 30,
    }
    for variant in _variants(key, language, region):
        yield {**longest, **variant}


@cache
def longest_moment(language: str, region: str) -> str:
    """The longest that a promised time can be told as, over a week by the hour and its last minute."""
    moments = (
        datetime(2026, 11, day, hour, minute, tzinfo=UTC)
        for day in range(2, 9)
        for hour in range(24)
        for minute in (0, 59)
    )
    return max((wording.when(each, "UTC", language, region) for each in moments), key=len)


def _variants(key: str, language: str, region: str) -> Iterator[dict[str, object]]:
    if key.startswith("partial"):
        yield from _missing(key, language, region)
    elif key == "emergency_self_harm":
        own_line = "0" * wording.LONGEST["crisis"]
        for line in (own_line, "988", "1737", regions.numbers(region).crisis or own_line):
            yield {"crisis": line}
    elif key.startswith("on_call"):
        cases = wording.MOST_CASES if key == "on_call_several" else 1
        for priority in ("urgent", "emergency"):
            yield wording.waiting(priority, cases, language)
    else:
        yield {}


def _missing(key: str, language: str, region: str) -> Iterator[dict[str, object]]:
    """Each set of symptoms that an answer can lack, on light skin and on any other."""
    for count in (1,) if key == "partial_one" else (2, 3):
        for missing in combinations(CORE, count):
            for skin in (SkinType.I, None):
                yield wording.partial(missing, language, region, skin)
