"""Tables as files. A spreadsheet must never run what somebody wrote into a name."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.http import HttpResponse

FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterable[Sequence[Any]]


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers."""
    text = isinstance(value, str)
    return f"'{value}" if text and value.lstrip(" ").startswith(FORMULA_PREFIXES) else value


def as_csv(rows: Rows) -> bytes:
    """UTF-8 with a byte order mark, for spreadsheets that would guess otherwise (RFC 4180)."""
    written = io.StringIO()
    csv.writer(written).writerows([harmless(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Rows) -> bytes:
    """Every cell is typed: text is text, whatever it looks like."""
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write
                write(place, column, value, bold if place == 0 else None)
        sheet.autofit()
    return written.getvalue()


def download(rows: Rows, name: str, form: str) -> HttpResponse:
    """`form` is csv or xlsx."""
    body, kind = (as_xlsx(rows), XLSX) if form == "xlsx" else (as_csv(rows), "text/csv; charset=utf-8")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
    return HttpResponse(body, content_type=kind, headers=headers)
