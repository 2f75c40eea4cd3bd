"""Files made to do harm. Each is read in a process of its own, whose memory and time are counted."""

import json
import random
import subprocess
import sys
import zipfile
from io import BytesIO
from time import process_time

import pytest

from matricula.peoplefile import encodings
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.kinds import Kind, recognise
from matricula.peoplefile.limits import LONGEST_CELL, MOST_COLUMNS
from matricula.peoplefile.people import read_rows
from matricula.peoplefile.tests.workbooks import MAIN, SHEET, inline, parts, workbook
from matricula.peoplefile.worksheets import BUILT_IN_DATES, Styles

MIB = 1024 * 1024
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://e.example")',
]
READ_IN_A_CHILD = """
import json, re, sys, time
from pathlib import Path
import django
django.setup()
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.people import read_rows
# Not getrusage: what it tells begins with the memory of the process this one was forked from.
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
before, rows, code = peak(), 0, ""
try:
    for row in read_rows(Path(sys.argv[1])):
        rows += not row.fault
except FileRefused as refused:
    code = refused.code
print(json.dumps({"rows": rows, "code": code, "grown": peak() - before, "seconds": time.process_time()}))
"""


def read_apart(place):
    """What became of reading the file: rows without a fault, the code, bytes of memory grown by, seconds."""
    command = [sys.executable, "-c", READ_IN_A_CHILD, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def code(place):
    with pytest.raises(FileRefused) as caught:
        list(read_rows(place))
    return caught.value.code


@pytest.mark.parametrize("formula", FORMULAS)
def test_spreadsheets_keep_formulas_of_a_csv_file_as_text(file, formula):
    quoted = formula.replace('"', '""')
    (ada,) = read_rows(file(f'email,name,Note\nada@x.example,"{quoted}","{quoted}"\n'))
    assert ada.name == ada.note["Note"] == formula.strip()


@pytest.mark.parametrize("formula", FORMULAS)
def test_spreadsheets_keep_formulas_of_a_workbook_as_text(file, formula):
    (ada,) = read_rows(file(workbook([["email", "name"], ["ada@x.example", formula]])))
    assert ada.name == formula.strip()


def test_import_bombs_a_zip_of_a_gigabyte_of_zeros(file, tmp_path):
    place = tmp_path / "upload"
    zeros = b"\0" * MIB
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(1024):
                part.write(zeros)
    done = read_apart(place)
    assert (done["rows"], done["code"]) == (0, "zip_bomb")
    assert done["grown"] < 20 * MIB


def test_import_bombs_a_cell_of_ten_megabytes_in_csv(file):
    giant = "x" * (10 * MIB)
    lines = f'email,name\na@x.example,{giant}\nb@x.example,"{giant}"\nc@x.example,C\n'
    done = read_apart(file(lines))
    assert (done["rows"], done["code"]) == (1, "")
    assert done["grown"] < 40 * MIB


def test_import_bombs_a_file_that_is_one_line(file):
    done = read_apart(file("a@x.example," * (8 * MIB)))
    assert done["rows"] == 0
    assert done["grown"] < 80 * MIB


def test_import_bombs_a_cell_of_ten_megabytes_in_a_workbook(file):
    giant = random.Random(1).randbytes(5 * MIB).hex()
    shared = f'<sst xmlns="{MAIN}"><si><t>{giant}</t></si></sst>'
    row = '<row r="4"><c t="str"><v>d@x.example</v></c><c t="s"><v>0</v></c></row>'
    sheet = SHEET % (
        inline(1, "email", "name") + inline(2, "a@x.example", giant) + inline(3, "c@x.example") + row
    )
    done = read_apart(file(parts(sheet, **{"xl/sharedStrings.xml": shared})))
    assert (done["rows"], done["code"]) == (1, "")
    assert done["grown"] < 40 * MIB


def test_import_bombs_a_million_quotes_that_never_close(file):
    done = read_apart(file("email,name\n" + 'a@x.example","\n' * 1_000_000))
    assert done["code"] in ("", "broken_quotes")
    assert done["rows"] == 0
    assert done["seconds"] < 60
    assert done["grown"] < 80 * MIB


@pytest.mark.parametrize(
    "document_type",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/evil.dtd">',
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
    ],
    ids=["external entity", "external document type", "billion laughs"],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_import_bombs_entities(file, document_type, part):
    sheet = SHEET % '<row><c t="str"><v>ada@x.example</v></c></row>'
    content = parts(sheet, **{part: f"{document_type}<x>&a;</x>"})
    assert code(file(content)) == "forbidden_markup"


KEPT = {
    "deep": lambda: "<a>" * 300_000 + "</a>" * 300_000,
    "many names": lambda: "".join(f"<n{at}/>" for at in range(300_000)),
    "many attributes": lambda: "".join(f'<row a{at}="1"/>' for at in range(300_000)),
    "a long attribute": lambda: '<row x="' + "y" * (5 * MIB) + '"/>',
    "a long comment": lambda: "<!--" + "y" * (5 * MIB) + "-->",
}


@pytest.mark.parametrize("kind", KEPT)
def test_import_bombs_what_a_parser_would_keep(file, kind):
    rows = KEPT[kind]()
    padding = "".join(f"<c><v>{at * 7919 % 1_000_003}</v></c>" for at in range(3_000))
    done = read_apart(file(parts(SHEET % (rows + f"<row>{padding}</row>"))))
    assert done["code"] in ("forbidden_markup", "zip_bomb")
    assert done["grown"] < 60 * MIB


def test_import_bombs_no_format_of_numbers_keeps_the_worker_busy():
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="165" formatCode="{"[" * 150_000}"/></numFmts></styleSheet>'
    )
    began = process_time()
    assert not Styles(BytesIO(styles.encode())).formats - BUILT_IN_DATES
    assert process_time() - began < 2


def test_import_bombs_a_far_column_and_a_far_row(file):
    far = (
        '<row r="1048576"><c r="A1048576" t="str"><v>b@x.example</v></c><c r="XFD1048576"><v>1</v></c></row>'
    )
    done = read_apart(file(parts(SHEET % (inline(1, "a@x.example") + far))))
    assert (done["rows"], done["code"]) == (1, "")
    assert done["grown"] < 20 * MIB


def test_import_bombs_more_columns_than_the_most(file):
    assert code(file("email," + ",".join(f"c{at}" for at in range(MOST_COLUMNS)))) == "too_many_columns"
    ada, bo = read_rows(file("email\na@x.example" + ",x" * MOST_COLUMNS + "\nb@x.example\n"))
    assert (ada.fault, bo.fault) == ("too_many_columns", "")


def test_import_bombs_a_million_files_in_a_zip(file, tmp_path):
    place = tmp_path / "upload"
    with zipfile.ZipFile(place, "w") as archive:
        for at in range(3_000):
            archive.writestr(f"xl/{at}", "")
    assert code(place) == "zip_bomb"


def test_an_encrypted_workbook_is_refused(file):
    content = bytearray(parts(SHEET % inline(1, "a@x.example")))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    assert code(file(bytes(content))) == "encrypted"
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le")
    assert code(file(container)) == "encrypted"


OTHERS = {
    "is_xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "is_pdf": b"%PDF-1.7\n",
    "is_image": b"\x89PNG\r\n\x1a\n",
    "is_html": "\ufeff \n<!DOCTYPE html><table><tr><td>a@x.example</td></tr></table>",
    "is_xml": '<?xml version="1.0"?><Workbook/>',
    "is_json": '[{"email": "a@x.example"}]',
    "is_archive": b"\x1f\x8b\x08\0",
    "is_unknown": bytes(range(256)) * 20,
    "empty": b"",
    "no_address_column": "Name,Floor\nAda,3\n",
}


@pytest.mark.parametrize(("expected", "content"), OTHERS.items())
def test_a_file_that_is_not_what_it_says_is_refused_with_what_it_is(file, expected, content):
    assert code(file(content)) == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("content.xml", "is_ods"),
        ("word/document.xml", "is_document"),
        ("xl/workbook.bin", "is_xlsb"),
        ("a", "is_archive"),
    ],
)
def test_other_zips_are_refused_with_what_they_are(tmp_path, part, expected):
    place = tmp_path / "people.xlsx"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(part, "x")
    assert code(place) == expected


def test_a_damaged_workbook_is_refused(file):
    whole = workbook([["email"], *([f"p{at}@x.example"] for at in range(2_000))])
    assert code(file(whole[: len(whole) // 2])) == "unreadable"
    assert code(file(parts("<worksheet><sheetData><row>"))) == "unreadable"
    assert code(file(parts(SHEET % '<row><c t="s"><v>7</v></c></row>'))) == "unreadable"


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path):
    place = tmp_path / "upload"
    with place.open("wb") as stream:
        stream.truncate(201 * MIB)
    with pytest.raises(FileRefused) as caught:
        recognise(place)
    assert caught.value.code == "too_large"


def test_control_characters_never_reach_the_database(file):
    place = file("email,name,groups\na\0@x.example,A\nb@x.example,B\0o\x07 \u202ex,G\x1bg\n")
    ada, bo = read_rows(place)
    assert ada.fault == "control_characters"
    assert (bo.name, bo.groups, bo.fault) == ("Bo x", ("Gg",), "")
    assert "\0" not in ada.address


def test_texts_of_a_faulty_line_are_cut_to_the_longest_cell(file):
    (ada,) = read_rows(file("email,name\na@x.example," + "x" * 50_000))
    assert (ada.fault, len(ada.name)) == ("cell_too_long", LONGEST_CELL)


def test_within_the_request_only_the_beginning_of_a_file_is_read(tmp_path, monkeypatch):
    """Which of two encodings it has, all its letters tell; the worker asks them."""
    place = tmp_path / "people.csv"
    place.write_bytes(b"email\n" + b"a@n.example\n" * 100_000)
    monkeypatch.setattr(encodings, "decoded", None)
    assert recognise(place) is Kind.CSV
