"""A file of treatments is read strictly, and what is wrong is told by line and column only."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from recovery.models.clinic import Clinic
from recovery.services import import_file
from recovery.services.import_file import COLUMNS, File

CLINIC = Clinic(
    phone="+14165550100", on_call_phone=None, region="CA", timezone="America/Toronto", language="fr"
)
HEADER = "name,phone,agrees_to_texts,treated_at"
MARIA = "Maria Lopez,647-555-0123,yes,2026-11-20 11:30"


def read(*lines: str) -> File:
    return import_file.read("\n".join(lines).encode(), CLINIC)


def test_a_line_is_a_patient_and_her_treatment_with_the_clinics_defaults() -> None:
    (line,) = read(HEADER, MARIA).lines

    assert (line.number, line.agrees) == (2, True)
    assert line.person == {
        "name": "Maria Lopez",
        "phone": "+16475550123",
        "language": "fr",
        "timezone": "America/Toronto",
        "skin_type": None,
        "risk_facts": [],
    }
    assert line.treatment["treated_at"] == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


def test_every_column_is_understood() -> None:
    row = (
        '"Nair; Priya";;no;2026-11-20T11:30:00+01:00;ES;Europe/Madrid;iv;keloid, diabetes;'
        '1,5;Pen;face;scar;vitamin C;2026-12-18;"two\nlines"'
    )
    file = read(";".join(COLUMNS), row, "", "Ana;+16475550124;y;2026-11-20 9:05;;;;;;;;;;;")

    assert file.problems == []
    priya, ana = file.lines
    assert priya.person["name"] == "Nair; Priya"
    assert (priya.person["phone"], priya.agrees) == (None, False)
    assert (priya.person["language"], priya.person["skin_type"]) == ("es", "IV")
    assert priya.person["risk_facts"] == ["diabetes", "keloid"]
    assert priya.treatment == {
        "treated_at": datetime(2026, 11, 20, 10, 30, tzinfo=UTC),
        "needle_depth_mm": 1.5,
        "device": "pen",
        "area": "face",
        "indication": "scar",
        "serum": "vitamin C",
        "next_session_on": date(2026, 12, 18),
        "notes": "two\nlines",
    }
    assert ana.number == 5, "the line of the file, with the blank one and the note's second"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_mark_and_any_end_of_a_line_are_understood(mark: str, end: str) -> None:
    file = import_file.read((mark + HEADER + end + MARIA + end).encode(), CLINIC)

    assert (len(file.lines), file.problems) == (1, [])


def test_what_a_spreadsheet_would_take_for_a_formula_is_only_data() -> None:
    names = ("=HYPERLINK(1)", "+1", "-2", "@x")
    file = read(HEADER, *(f"{name} Lopez,,no,2026-11-20 11:30" for name in names))

    assert [line.person["name"] for line in file.lines] == [f"{name} Lopez" for name in names]


WRONG = [
    ("name", " ", "A name is needed."),
    ("name", "M" * 201, "Longer than 200 characters."),
    ("phone", "12", "Not a valid phone number."),
    ("phone", "maria", "Not a phone number."),
    ("phone", "1.64756E+10", "A spreadsheet has shortened this number. Format the column as text."),
    ("phone", "416-555-0100", "This is a phone of the clinic itself."),
    ("phone", "", "Needed for texts; or say no under agrees_to_texts."),
    ("agrees_to_texts", "", "Needs yes or no."),
    ("agrees_to_texts", "perhaps", "Needs yes or no."),
    ("treated_at", "", "Needs a date and a time, like 2026-11-20 15:30."),
    ("treated_at", "2026-11-20", "Needs a date and a time, like 2026-11-20 15:30."),
    ("treated_at", "11/20/2026 11:30", "Needs a date and a time, like 2026-11-20 15:30."),
    ("treated_at", "2026-02-30 11:30", "There is no such moment."),
    ("treated_at", "2026-11-20 11:30 pm", "There is no such moment."),
    ("treated_at", "2026-11-20 11:30:00.5", "There is no such moment."),
    ("treated_at", "0001-01-01 00:00", "Must lie between the years 2000 and 2100."),
    ("treated_at", "1999-12-31 11:30", "Must lie between the years 2000 and 2100."),
    ("language", "de", "Known are: en, es, fr."),
    ("timezone", "Toronto", "Not a time zone; known are names such as America/Toronto."),
    ("skin_type", "VII", "Known are: I, II, III, IV, V, VI."),
    ("needle_depth_mm", "deep", "Needs millimetres above 0 and up to 10, like 1.5."),
    ("needle_depth_mm", "nan", "Needs millimetres above 0 and up to 10, like 1.5."),
    ("needle_depth_mm", "11", "Needs millimetres above 0 and up to 10, like 1.5."),
    ("device", "laser", "Known are: pen, roller, radio_frequency."),
    ("next_session_on", "soon", "Needs a date like 2026-12-18."),
    ("next_session_on", "2026-13-01", "There is no such day."),
    ("notes", "x" * 4_001, "Longer than 4,000 characters."),
]


@pytest.mark.parametrize(("column", "cell", "what"), WRONG)
def test_a_wrong_cell_is_told_by_its_line_and_column(column: str, cell: str, what: str) -> None:
    right = dict(zip(HEADER.split(","), MARIA.split(","), strict=True))
    given = {**right, column: cell}

    assert read(",".join(given), ",".join(given.values())).problems == [(2, column, what)]


def test_a_wrong_risk_fact_names_those_that_are_known() -> None:
    ((line, column, what),) = read(HEADER + ",risk_facts", MARIA + ",tired").problems

    assert (line, column) == (2, "risk_facts")
    assert what.startswith("Known are: diabetes, immune_suppression")


FILES: list[tuple[bytes, tuple[int, str, str]]] = [
    (b"", (1, "", "The file is empty.")),
    (b" \n \n", (1, "", "The file is empty.")),
    (HEADER.encode(), (1, "", "The file has a header and no treatment.")),
    (
        f"{HEADER}\nMar\xeda".encode("latin-1"),
        (2, "", "This is not UTF-8. Save the file as “CSV UTF-8”."),
    ),
    (f"{HEADER}\nMaria\x00".encode(), (2, "", "Holds a character that is no text.")),
    (f'{HEADER}\n"Maria" Lopez,1,2,3'.encode(), (2, "", "The quotation marks on this line do not match.")),
    (f"{HEADER}\nMaria Lopez,yes".encode(), (2, "", "Has 2 cells; the header has 4.")),
    (f"{HEADER},name\n{MARIA},x".encode(), (1, "name", "This heading stands twice.")),
    (f"name,phone,treated_at\n{MARIA}".encode(), (1, "agrees_to_texts", "This column is missing.")),
    (
        "\n".join([HEADER, *[MARIA] * 2_001]).encode(),
        (2_002, "", "The file has more than 2,000 treatments."),
    ),
]


@pytest.mark.parametrize(("content", "problem"), FILES)
def test_a_file_that_is_wrong_as_a_whole_is_told_so(content: bytes, problem: tuple[int, str, str]) -> None:
    assert import_file.read(content, CLINIC).problems == [problem]


def test_a_file_without_a_header_tells_nothing_of_its_first_patient() -> None:
    told = read(MARIA, MARIA).problems

    assert [column for _, column, _ in told][:4] == ["column 1", "column 2", "column 3", "column 4"]
    assert "Lopez" not in str(told)


def test_no_problem_holds_what_a_cell_held() -> None:
    def of_one_patient() -> Iterator[str]:
        yield ",".join(COLUMNS)
        yield ",".join("Secretname" for _ in COLUMNS)

    assert "secret" not in str(read(*of_one_patient()).problems).casefold()


def test_a_header_of_many_columns_is_one_thing_wrong_and_soon_told() -> None:
    assert read("," * 100_000 + "notes," * 100_000, MARIA).problems == [
        (1, "", f"Has 200,001 columns; known are {len(COLUMNS)}.")
    ]


def test_no_more_is_read_than_what_shows_that_it_is_too_much() -> None:
    file = read(HEADER, *[MARIA] * (import_file.LINES_AT_MOST + 5_000))

    assert file.problems == [(import_file.LINES_AT_MOST + 2, "", "The file has more than 2,000 treatments.")]
    assert file.lines == []


def test_what_is_wrong_is_told_as_far_as_somebody_reads() -> None:
    assert len(read(HEADER, *["x,y,z,w"] * 500).problems) == import_file.PROBLEMS_AT_MOST
