"""A file of the day's treatments: read whole, every cell held against what it may be.

A problem is (line, column, what is wrong) and never holds a patient's data: the line tells where it is.
Lines are those of the file, counted from 1, which is the header.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from math import isfinite
from typing import Any

from recovery import zones
from recovery.domain.days import local, utc
from recovery.domain.errors import Invalid
from recovery.domain.vocabulary import LANGUAGES, Device, Indication, RiskFact, SkinType
from recovery.models.clinic import Clinic
from recovery.phones import parsed

LINES_AT_MOST = 2_000
PROBLEMS_AT_MOST = 200
COLUMNS_AT_MOST = 60
NEEDED = ("name", "phone", "agrees_to_texts", "treated_at")
COLUMNS = (
    *NEEDED,
    *("language", "timezone", "skin_type", "risk_facts"),
    *("needle_depth_mm", "device", "area", "indication", "serum", "next_session_on", "notes"),
)
_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
_AT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ Tt]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(.*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHORTENED = re.compile(r"[0-9.,]+[eE]\+?[0-9]+")
_EARLIEST, _LATEST = 2000, 2100  # years; outside, arithmetic with days and zones may fail

Problem = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One treatment of the file as the services take it; `person` is for a patient who is new."""

    number: int
    person: Mapping[str, Any]
    agrees: bool
    treatment: Mapping[str, Any]


@dataclass(slots=True)
class File:
    """What was read: lines that are right in themselves, and what is wrong with the others."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, line: int, column: str, what: str) -> None:
        if len(self.problems) < PROBLEMS_AT_MOST:
            self.problems.append((line, column, what))


class _Wrong(ValueError):
    """What is wrong with one cell."""


def read(content: bytes, clinic: Clinic) -> File:
    """The file, UTF-8 with or without a mark at its beginning, parted by commas or semicolons."""
    file = File()
    text = _decoded(content, file)
    if text is None:
        return file
    rows = _rows(text, file)
    if file.problems or not rows:
        return file
    header = [cell.strip().casefold() for cell in rows[0][1]]
    _check_header(header, file)
    if len(rows) - 1 > LINES_AT_MOST:
        file.wrong(rows[LINES_AT_MOST + 1][0], "", f"The file has more than {LINES_AT_MOST:,} treatments.")
    if len(rows) == 1:
        file.wrong(1, "", "The file has a header and no treatment.")
    if not file.problems:
        for number, cells in rows[1:]:
            _take(number, header, cells, clinic, file)
    return file


def _decoded(content: bytes, file: File) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        file.wrong(line, "", "This is not UTF-8. Save the file as “CSV UTF-8”.")
        return None
    if "\x00" in text:
        file.wrong(text[: text.index("\x00")].count("\n") + 1, "", "Holds a character that is no text.")
        return None
    if not text.strip():
        file.wrong(1, "", "The file is empty.")
        return None
    return text


def _rows(text: str, file: File) -> list[tuple[int, list[str]]]:
    """(line, cells) of every row that is not blank."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
            if len(rows) > LINES_AT_MOST + 1:  # the header and one too many: nothing of it is taken
                break
    except csv.Error:
        file.wrong(begins, "", "The quotation marks on this line do not match.")
    return rows


def _check_header(header: Sequence[str], file: File) -> None:
    if len(header) > COLUMNS_AT_MOST:
        file.wrong(1, "", f"Has {len(header):,} columns; known are {len(COLUMNS)}.")
        return
    seen: set[str] = set()
    for place, name in enumerate(header, start=1):
        if name not in COLUMNS:
            file.wrong(1, f"column {place}", f"Not a known heading. Known are: {', '.join(COLUMNS)}.")
        elif name in seen:
            file.wrong(1, name, "This heading stands twice.")
        seen.add(name)
    for name in NEEDED:
        if name not in header:
            file.wrong(1, name, "This column is missing.")


def _take(number: int, header: Sequence[str], cells: Sequence[str], clinic: Clinic, file: File) -> None:
    if len(cells) != len(header):
        file.wrong(number, "", f"Has {len(cells)} cells; the header has {len(header)}.")
        return
    given = {name: cell.replace("\r\n", "\n").strip() for name, cell in zip(header, cells, strict=True)}
    values: dict[str, Any] = {}
    for name in COLUMNS:
        try:
            values[name] = _READ[name](given.get(name, ""), clinic)
        except _Wrong as wrong:
            file.wrong(number, name, str(wrong))
        except Invalid as invalid:
            file.wrong(number, name, " ".join(invalid.errors.get(name, ["Not a valid value."])))
    if len(values) < len(COLUMNS):
        return
    if values["agrees_to_texts"] and values["phone"] is None:
        file.wrong(number, "phone", "Needed for texts; or say no under agrees_to_texts.")
        return
    person = {name: values[name] for name in (*_OF_PERSON,)}
    treatment = {name: values[name] for name in COLUMNS if name not in (*_OF_PERSON, "agrees_to_texts")}
    file.lines.append(Line(number, person, values["agrees_to_texts"], treatment))


_OF_PERSON = ("name", "phone", "language", "timezone", "skin_type", "risk_facts")


def _name(cell: str, _: Clinic) -> str:
    if not cell:
        raise _Wrong("A name is needed.")
    return str(_text(200)(cell, _))


def _phone(cell: str, clinic: Clinic) -> str | None:
    if not cell:
        return None
    if _SHORTENED.fullmatch(cell):
        raise _Wrong("A spreadsheet has shortened this number. Format the column as text.")
    number = parsed(cell, clinic.region)
    if number in (clinic.phone, clinic.on_call_phone):
        raise _Wrong("This is a phone of the clinic itself.")
    return number


def _agrees(cell: str, _: Clinic) -> bool:
    if cell.casefold() in _YES:
        return True
    if cell.casefold() in _NO:
        return False
    raise _Wrong("Needs yes or no.")


def _treated_at(cell: str, clinic: Clinic) -> datetime:
    """With an offset as it is, without one on the clinic's clock."""
    found = _AT.fullmatch(cell)
    if found is None:
        raise _Wrong("Needs a date and a time, like 2026-11-20 15:30.")
    on, at, offset = found[1], f"{found[2]:0>5}", found[3].strip().upper()
    try:
        if offset:
            moment = utc(datetime.fromisoformat(f"{on}T{at}{offset}"))
        else:
            moment = local(date.fromisoformat(on), 0, time.fromisoformat(at), clinic.timezone)
    except (ValueError, OverflowError):
        raise _Wrong("There is no such moment.") from None
    if not _EARLIEST <= moment.year < _LATEST:
        raise _Wrong(f"Must lie between the years {_EARLIEST} and {_LATEST}.")
    return moment


def _day(cell: str, _: Clinic) -> date | None:
    if not cell:
        return None
    if not _DAY.fullmatch(cell):
        raise _Wrong("Needs a date like 2026-12-18.")
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        raise _Wrong("There is no such day.") from None
    if not _EARLIEST <= day.year < _LATEST:
        raise _Wrong(f"Must lie between the years {_EARLIEST} and {_LATEST}.")
    return day


def _depth(cell: str, _: Clinic) -> float | None:
    if not cell:
        return None
    try:
        depth = float(cell.replace(",", "."))
    except ValueError:
        depth = 0.0
    if not (isfinite(depth) and 0 < depth <= 10):
        raise _Wrong("Needs millimetres above 0 and up to 10, like 1.5.")
    return depth


def _zone(cell: str, clinic: Clinic) -> str:
    if cell and cell not in zones.names():
        raise _Wrong("Not a time zone; known are names such as America/Toronto.")
    return cell or clinic.timezone


def _language(cell: str, clinic: Clinic) -> str:
    return str(_word(LANGUAGES)(cell.casefold(), clinic) or clinic.language)


def _risk_facts(cell: str, clinic: Clinic) -> list[str]:
    given = [each for each in re.split(r"[\s,;|]+", cell.casefold()) if each]
    return sorted({str(_word(tuple(RiskFact))(each, clinic)) for each in given})


def _word(accepted: Sequence[str] | type[StrEnum]) -> Callable[[str, Clinic], str | None]:
    words = {str(each).casefold(): str(each) for each in accepted}

    def taken(cell: str, _: Clinic) -> str | None:
        if cell and cell.casefold() not in words:
            raise _Wrong(f"Known are: {', '.join(words.values())}.")
        return words[cell.casefold()] if cell else None

    return taken


def _text(at_most: int) -> Callable[[str, Clinic], str | None]:
    def taken(cell: str, _: Clinic) -> str | None:
        if len(cell) > at_most:
            raise _Wrong(f"Longer than {at_most:,} characters.")
        return cell or None

    return taken


_READ: Mapping[str, Callable[[str, Clinic], Any]] = {
    "name": _name,
    "phone": _phone,
    "agrees_to_texts": _agrees,
    "treated_at": _treated_at,
    "language": _language,
    "timezone": _zone,
    "skin_type": _word(SkinType),
    "risk_facts": _risk_facts,
    "needle_depth_mm": _depth,
    "device": _word(Device),
    "area": _text(200),
    "indication": _word(Indication),
    "serum": _text(200),
    "next_session_on": _day,
    "notes": _text(4_000),
}
