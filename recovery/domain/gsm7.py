"""GSM-7, the alphabet of one-segment texts: what is in it, and how many segments a text takes.

The default alphabet and its extension table are those of 3GPP TS 23.038.
"""

import unicodedata
from collections.abc import Iterable

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
_ALPHABET = BASIC | EXTENSION

_SEPTETS = (160, 153)  # in a text of one segment, in each of several
_UNITS = (70, 67)

_LIKENESS = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "…": "...", "•": "-", "œ": "oe", "Œ": "OE", "º": "o", "ª": "a",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "\t": " ",
    }
)  # fmt: skip


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM-7 alphabet or its extension."""
    return _ALPHABET.issuperset(text)


def segments(text: str) -> int:
    """How many segments the text is sent and charged as; 0 for an empty one.

    GSM-7: 160 characters alone, 153 in each of several, those of the extension counting two.
    Any other character turns the whole text into UCS-2: 70 and 67 UTF-16 units.
    """
    if is_gsm7(text):
        return _packed((_width(character) for character in text), *_SEPTETS)
    return _packed((1 + (ord(character) > 0xFFFF) for character in text), *_UNITS)


def septets(text: str) -> int:
    """How many of a segment's 160 places a text of GSM-7 takes; the extension's characters take two."""
    return sum(_width(character) for character in text)


def plain(text: str) -> str:
    """The text with only those accents dropped that GSM-7 lacks, and typographic signs made plain.

    What has no likeness in GSM-7 (an emoji, another script) is left as it is.
    """
    composed = unicodedata.normalize("NFC", text).translate(_LIKENESS)
    if is_gsm7(composed):
        return composed
    return "".join(character if character in _ALPHABET else _bare(character) for character in composed)


def _bare(character: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c))
    return letters if letters and is_gsm7(letters) else character


def _width(character: str) -> int:
    return 1 + (character in EXTENSION)


def _packed(widths: Iterable[int], alone: int, each: int) -> int:
    """Segments for characters of these widths; a character is never split between two."""
    widths = list(widths)
    if sum(widths) <= alone:
        return int(bool(widths))
    count, used = 1, 0
    for width in widths:
        if used + width > each:
            count, used = count + 1, 0
        used += width
    return count
