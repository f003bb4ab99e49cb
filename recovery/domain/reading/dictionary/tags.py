"""What a phrase can mean: kinds ("noun", "flag" …), each with a name ("redness", "pus"), or "" for none."""

from collections.abc import Mapping
from functools import cache


class Tags(dict[str, str]):
    """Names by kind, never changed once made.

    `symptom`: the one that is named, if one is. `meanings`: each tag as "kind" and as "kind.name"; a
    phrase may be several parts ("throat mouth").
    """

    __slots__ = ("meanings", "symptom")

    def __init__(self, held: dict[str, str]) -> None:
        super().__init__(held)
        self.symptom = held.get("noun") or held.get("adjective")
        named = (f"{kind}.{each}" for kind, name in held.items() for each in name.split(" "))
        self.meanings = frozenset(held).union(named)


@cache
def _made(held: tuple[tuple[str, str], ...]) -> Tags:
    return Tags(dict(held))


def tags_of(held: Mapping[str, str]) -> Tags:
    """These tags, made but once: thousands of phrases mean the same."""
    return _made(tuple(held.items()))


UNKNOWN = Tags({})
EMOJI = Tags({"filler": ""})
EVERYDAY = Tags({"everyday": ""})  # a real word that means nothing to us
