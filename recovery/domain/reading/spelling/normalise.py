"""One plain spelling for whatever a phone sends: digits, quotes, dashes, accents, invisible signs."""

import re
import unicodedata
from collections.abc import Sequence

Accented = Sequence[tuple[re.Pattern[str], str]]  # words with their accent, and what they become

LIMIT = 1600
QUOTED = "\ue000"

_BEFORE = str.maketrans(
    {
        **dict.fromkeys("’‘‛´`ʼ′＇", "'"),
        **dict.fromkeys("“”„‟«»＂″", '"'),
        **dict.fromkeys("‐‑‒–—―−－", "-"),
        **dict.fromkeys("،、，", ","),
        **dict.fromkeys("\r\u2028\u2029\x0b\x0c\x85", "\n"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f", None),
        QUOTED: " ",
        "½": ".5",
        "¼": ".25",
        "¾": ".75",
        "٫": ".",
        "\u20e3": " ",
        "🔟": " 10 ",
    }
)
_ABOUT = re.compile(r"(?<![\d\s])~|(?<!\d)\s*~(?=\d)|(?<=\d)\s+~(?=\d)")  # "~4" is 4; "3~4" is a range
_POINT = re.compile(r"(?<![\w.])\.(?=\d)")  # ".5" is a number of its own; "½" may end the one before
_APOSTROPHE = re.compile(r"(?<=\d)'(?=5(?!\w))")  # "2'5" is 2.5 in Spain
_USUAL = re.compile(r"[\n -_a-~]*")  # no accent, no curly quote, no backtick
_STRANGE = re.compile(r"[^\x00-\x7f]")
_DOTS = re.compile(r"\.{2,}[.…]*|…+[.…]*")
_LONG_QUOTE = re.compile(r'"[^"]{30,}(?:"|\Z)')
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_SIGNATURE = re.compile(r"^--[ \t]*$[\s\S]*", re.MULTILINE)


def clean(text: str, accented: Accented = ()) -> str:
    """The first 1,600 characters in one spelling, case kept, accents dropped, lines kept.

    What the patient only quotes (a long quotation, lines that begin with ">") becomes one
    `QUOTED` sign. A word that would be another without its accent (`accented`) gets its own
    spelling. Any text is survived; what is no text at all becomes a space.
    """
    text = text[:LIMIT]
    if "." in text:
        text = _POINT.sub("0.", text)
    if not _USUAL.fullmatch(text):
        text = _in_usual_signs(text, accented)
    if ".." in text or "…" in text:
        text = _DOTS.sub("…", text)
    if "'" in text:
        text = _APOSTROPHE.sub(".", text)
    if "~" in text:
        text = _ABOUT.sub(" ", text)
    if ">" in text:
        text = _QUOTED_LINE.sub(QUOTED, text)
    if "--" in text:
        text = _SIGNATURE.sub("", text)
    return _without_quotes(text) if '"' in text or QUOTED in text else text


def _in_usual_signs(text: str, accented: Accented) -> str:
    text = text.translate(_BEFORE)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    for word, spelling in accented:
        text = word.sub(spelling, text)
    return _STRANGE.sub(_plain, unicodedata.normalize("NFKD", text))


def fold(word: str) -> str:
    """A word as the word lists hold it."""
    return word.casefold()


def _plain(found: re.Match[str]) -> str:
    char = found[0]
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if char == QUOTED or category[0] in "LNSP":
        return char
    return " "


def _without_quotes(text: str) -> str:
    rest = _LONG_QUOTE.sub(f" {QUOTED} ", text)
    own = any(char.isalnum() for char in rest.replace(QUOTED, ""))
    return rest if own else text
