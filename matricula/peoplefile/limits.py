"""How much a file may hold, and what is said about a line or a file that could not be read."""

import zipfile
import zlib
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from matricula.mail.names_and_addresses import NAME_TOO_LONG
from matricula.peoplefile.errors import FileRefused

UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)

MIB = 1024 * 1024
MOST_BYTES = 200 * MIB
MOST_ROWS = 1_000_000
MOST_COLUMNS = 100
LONGEST_CELL = 10_000
"""In characters."""

HEAD = 60
"""Records looked at to find the header and the columns."""

LONGEST_RECORD = MIB
"""In characters, with the line breaks in its quotes."""
MOST_READ_AGAIN = 32 * MIB
"""In characters, over all records whose quotes turn out never to close."""

MOST_UNPACKED = 1024 * MIB
"""In bytes, of all parts of a spreadsheet together."""
HIGHEST_RATIO = 200
"""Unpacked to packed size of a part, above 1 MiB. XLSX files of 1,000,000 lines stay below 30."""
MOST_PARTS = 2_000
MOST_SHARED_STRINGS = 10_000_000
MOST_NESTED = 32
"""Elements in elements."""
MOST_NAMES = 1_000
"""Different names of elements and attributes in a part."""
LONGEST_TOKEN = MIB
"""In bytes: a tag with its attributes, or a comment."""


class Record(NamedTuple):
    """The cells of one line; `fault` when they could not be told apart."""

    line: int
    cells: list[str]
    fault: str = ""

    def is_filled(self) -> bool:
        text = "".join(self.cells)
        return bool(self.fault) or not (not text or text.isspace())


FAULTS = {
    "no_address": _("There is no e-mail address in this line. Add one, or delete the line."),
    "bad_address": _("This is no e-mail address mail can reach. Write it like ada@example.com."),
    "several_addresses": _("There is more than one address in this line. Give each person a line."),
    "non_ascii_address": _("There is a special letter before the @ sign. Use only plain letters there."),
    "bad_domain": _("The part after the @ sign is not a domain name. Correct it."),
    "control_characters": _("There are invisible characters in the address. Type it again."),
    "name_too_long": NAME_TOO_LONG,
    "broken_characters": _("Some characters were lost when the file was saved. Type them again."),
    "broken_quotes": _("A quotation mark in this line is never closed. Close it, or delete it."),
    "cell_too_long": format_lazy(
        _("A cell of this line holds more than {most} characters. Shorten it."), most=f"{LONGEST_CELL:,}"
    ),
    "too_many_columns": format_lazy(
        _("This line has more than {most} columns. Delete those not needed."), most=MOST_COLUMNS
    ),
}

SAVE_AS = _("Open it in your spreadsheet program and save it as “Excel workbook (.xlsx)” or “CSV UTF-8”.")

REFUSALS = {
    "empty": _("The file is empty. It needs a line for each person, with an e-mail address in it."),
    "too_large": format_lazy(_("The file is larger than {most} MB. Split it."), most=MOST_BYTES // MIB),
    "too_many_rows": format_lazy(_("The file has more than {most} lines. Split it."), most=f"{MOST_ROWS:,}"),
    "no_address_column": _(
        "No column of e-mail addresses was found. Write “email” at the top of the column that holds them."
    ),
    "broken_quotes": _(
        "From this line on the quotation marks do not match up. Save the file again as “CSV UTF-8”."
    ),
    "too_many_columns": format_lazy(
        _("The file has more than {most} columns. Delete those not needed."), most=MOST_COLUMNS
    ),
    "unreadable": _("The file is damaged and cannot be read. Save it again, then choose it again."),
    "takes_too_long": _("The file takes too much time or memory to be read. Split it, or save it as CSV."),
    "encrypted": _("The file is protected by a password. Save it without one."),
    "zip_bomb": _(
        "The file unpacks to far more than an address list holds. Copy the list to a new workbook."
    ),
    "forbidden_markup": _(
        "The file holds what no spreadsheet program writes. Copy the list to a new workbook."
    ),
    "no_sheet": _("The workbook has no sheet with cells. Put the list on its first sheet."),
    "is_xls": _("This is a workbook of the old Excel format (.xls)."),
    "is_xlsb": _("This is a binary Excel workbook (.xlsb)."),
    "is_ods": _("This is an OpenDocument file (.ods)."),
    "is_html": _("This is a web page, not a table, whatever its name says."),
    "is_xml": _("This is an XML file, not a table."),
    "is_json": _("This is a JSON file, not a table."),
    "is_pdf": _("This is a PDF. Choose the list it was made from."),
    "is_image": _("This is a picture. Choose a list as CSV or XLSX."),
    "is_document": _("This is a text document, not a table. Choose a list as CSV or XLSX."),
    "is_archive": _("This is an archive. Unpack it and choose the list in it."),
    "is_unknown": _("This is neither a CSV file nor an Excel workbook (.xlsx)."),
}
CONVERTIBLE = {"is_xls", "is_xlsb", "is_ods", "is_html", "is_xml", "is_json", "is_unknown"}


def refusal(code: str, line: int = 0) -> FileRefused:
    """The error for `code`, with its words."""
    words = [REFUSALS[code], SAVE_AS] if code in CONVERTIBLE else [REFUSALS[code]]
    return FileRefused(code, words, line)
