"""The board as a file: CSV for any program, XLSX for a spreadsheet, both with the filters of the page.

No cell can become a formula: what begins like one is written as text.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from shared.web.wording import london_instant, sentence_case, weekday_date

MOST_ROWS = 20_000  # far beyond what one landlord has open; a spreadsheet still opens it at once
COLUMNS = (
    "Complaint",
    "Due",
    "Due on",
    "Status",
    "Working days left",
    "Working days late",
    "Stage",
    "What",
    "Under",
    "By whom",
    "Handled by",
    "Organisation",
    "Clause",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = (18, 34, 12, 12, 10, 10, 7, 24, 18, 22, 28, 30, 24)


def board_rows(deadlines: Iterable[Mapping[str, Any]]) -> list[Sequence[Any]]:
    """The lines of the board as cells under COLUMNS."""
    return [
        (
            row["reference"],
            london_instant(row["due_at"]) if row["due_at"] else weekday_date(row["due_on"]),
            row["due_on"].isoformat(),
            sentence_case(row["status"]),
            row["working_days_left"],
            row["late_by_working_days"],
            row["stage"],
            sentence_case(row["duty"]),
            row["owed_under"],
            row["responsible_name"],
            ", ".join(row["handler_names"]),
            row["organisation_name"],
            row["clause"],
        )
        for row in deadlines
    ]


def as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a filter on its head, each text a text."""
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        sheet = book.add_worksheet("Board")
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, COLUMNS, bold)
        last = 0
        for last, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(last, column, cell)
                elif cell is not None:
                    sheet.write_number(last, column, cell)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        sheet.freeze_panes(1, 1)
    return written.getvalue()


def _guarded(cell: object) -> object:
    """A text that a spreadsheet would take for a formula begins with an apostrophe (OWASP: CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
