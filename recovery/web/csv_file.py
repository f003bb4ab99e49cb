"""A table as a file that a spreadsheet opens, in which no cell is ever run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

Cell = str | int | float | None

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def download(name: str, rows: Iterable[Sequence[Cell]]) -> Response:
    """The rows as `name`.csv, in UTF-8, to be kept and not shown."""
    written = io.StringIO()
    csv.writer(written).writerows([safe(each) for each in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(written.getvalue(), 200, headers, content_type="text/csv; charset=utf-8")


def safe(cell: Cell) -> Cell:
    """The cell, with a quote before text that a spreadsheet would calculate; numbers stay as they are."""
    is_formula = isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA)
    return f"'{cell}" if is_formula else cell
