"""Tables as files. A spreadsheet must never run what somebody wrote into a name."""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse

FORMULA = r"(?=[' ]*[=+\-@\t\r\n＝＋－＠])"
BEGINS, ESCAPED = re.compile(FORMULA), re.compile(rf"'{FORMULA}")
WITHIN = re.compile(rf"(?!\A)([;|\t\r\n] *){FORMULA}")
"""Where a cell begins for a spreadsheet that splits lines at other characters than commas, as in Germany."""
ESCAPED_WITHIN = re.compile(rf"(?!\A)([;|\t\r\n] *)'{FORMULA}")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 1000
Rows = Iterable[Sequence[Any]]


def escape_formula(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = WITHIN.sub(r"\1'", value)
    return f"'{text}" if BEGINS.match(text) else text


def unescape_formula(text: str) -> str:
    """What `escape_formula` was given: whatever began with apostrophes before got one more."""
    return ESCAPED_WITHIN.sub(r"\1", text[1:] if ESCAPED.match(text) else text)


def to_csv(rows: Rows) -> bytes:
    """UTF-8 with a byte order mark, for spreadsheets that would guess otherwise (RFC 4180)."""
    written = io.StringIO()
    csv.writer(written).writerows([escape_formula(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def csv_lines(rows: Rows) -> Iterator[bytes]:
    """The same for a table that does not fit into memory, some rows at a time."""
    rows = iter(rows)
    yield to_csv(islice(rows, ROWS_AT_ONCE))
    while more := list(islice(rows, ROWS_AT_ONCE)):
        yield to_csv(more).removeprefix(BOM_UTF8)


def to_xlsx(rows: Rows) -> bytes:
    """Every cell is typed: text is text, whatever it looks like, and a day is a day. The first row stays."""
    written = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(written, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write
                write(place, column, value, bold if place == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return written.getvalue()


def table_response(rows: Rows, name: str, form: str) -> HttpResponse:
    """`form` is csv or xlsx."""
    body, kind = (to_xlsx(rows), XLSX) if form == "xlsx" else (to_csv(rows), "text/csv; charset=utf-8")
    return HttpResponse(body, content_type=kind, headers=headers_of(name, form))


def streamed_table_response(rows: Rows, name: str) -> StreamingHttpResponse:
    """As CSV, in bounded memory."""
    return StreamingHttpResponse(
        csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers_of(name, "csv")
    )


def headers_of(name: str, form: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
