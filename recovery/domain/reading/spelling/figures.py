"""From a cluster of digits ("3/1/0", "3.5", "7-8", "10:30") to the numbers that it holds."""

import math
from dataclasses import dataclass

_TEN = "10"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `is_score` says that it could be a score by its shape, be it in 0 to 10 or not.

    `pair` holds the two numbers that "2,5" would be if its comma were no decimal comma.
    """

    text: str
    value: float
    is_score: bool = True
    pair: tuple[int, int] | None = None
    digits: str = ""

    @property
    def score(self) -> int:
        """The worse whole number: half points round up."""
        return math.ceil(self.value)

    @property
    def in_range(self) -> bool:
        return 0 <= self.value <= 10


def figures(cluster: str, *, minus: bool = False) -> list[Figure]:
    """The numbers of one cluster of digits and inner marks, in order; a date, time or phone is no score."""
    if minus:
        return [Figure(cluster, -1.0)]
    if cluster.isdecimal():
        return [_decimal(cluster)]
    pieces = cluster.split("/")
    if len(pieces) == 2:
        return _fraction(cluster, pieces[0], pieces[1])
    if len(pieces) > 2:
        return _several(cluster, pieces)
    if ":" in cluster:
        return _with_colons(cluster)
    if cluster.count(",") > 1:
        return _with_commas(cluster)
    if "-" in cluster:
        return _with_dashes(cluster)
    if 0 <= cluster.find(".") < cluster.find(","):
        return _several(cluster, cluster.split(","))  # "4.5,2"
    if cluster.count(".") > 1:
        return _several(cluster, cluster.split("."))
    return [_decimal(cluster)]


def _fraction(cluster: str, above: str, below: str) -> list[Figure]:
    if below == _TEN:
        value = figures(above)[-1]
        return [Figure(cluster, value.value, value.is_score)]
    if (above, below) == ("1", "2"):
        return [Figure(cluster, 0.5)]
    return _several(cluster, [above, below])


def _with_colons(cluster: str) -> list[Figure]:
    pieces = cluster.split(":")
    if len(pieces) == 2 and len(pieces[1]) == 2 and pieces[1] != _TEN:
        return [_no_score(cluster)]
    return _several(cluster, pieces)


def _with_commas(cluster: str) -> list[Figure]:
    """ "3,1,0" and "3-4,2,1" part at commas; those of "1,5-1-0,5" are decimal, as "5-1-0" is no range."""
    pieces = cluster.split(",")
    is_list = all(_one(piece).is_score for piece in pieces if "-" in piece)
    return _several(cluster, pieces if is_list else cluster.split("-"))


def _with_dashes(cluster: str) -> list[Figure]:
    pieces = cluster.split("-")
    if len(pieces) > 2:
        return _several(cluster, pieces)
    low, high = (_decimal(piece) for piece in pieces)
    if low.value < high.value and low.is_score and high.is_score:
        return [Figure(cluster, high.value)]
    return _several(cluster, pieces)


def _several(cluster: str, pieces: list[str]) -> list[Figure]:
    """Each piece a number, or none of them when the whole is a date or a phone number."""
    if len(pieces) > 3 and max(map(len, pieces)) > 2:
        return [_no_score(cluster)]
    each = [_one(piece) for piece in pieces]
    if not all(one.is_score for one in each) or any(one.value > 12 for one in each):
        return [_no_score(cluster)]
    return each


def _one(piece: str) -> Figure:
    """One number, or the one that a range ("3-4") is worth; no score with a time's mark ("3:1")."""
    if ":" in piece:
        return _no_score(piece)
    if "-" not in piece:
        return _decimal(piece)
    inside = figures(piece)
    return inside[0] if len(inside) == 1 else _no_score(piece)


def _decimal(piece: str) -> Figure:
    whole, mark, part = piece.replace(",", ".").partition(".")
    if len(whole) > 6 or len(part) > 2:
        return _no_score(piece)
    if not mark:
        return Figure(piece, float(whole), is_score=True, digits=whole)
    value = float(f"{whole or 0}.{part or 0}")
    if len(part) == 2 and value > 10:
        return Figure(piece, value, is_score=False)
    pair = (int(whole), int(part)) if "," in piece and len(part) == 1 and whole else None
    return Figure(piece, value, pair=pair)


def _no_score(cluster: str) -> Figure:
    return Figure(cluster, 0.0, is_score=False)
