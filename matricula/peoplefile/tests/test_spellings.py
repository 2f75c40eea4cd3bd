"""Every encoding, delimiter and header a company's list may come in."""

import codecs
import csv
from io import StringIO
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matricula.files.tables import unescape_formula
from matricula.peoplefile.delimited import recognise_delimiter
from matricula.peoplefile.encodings import Encoding
from matricula.peoplefile.layout import Choices
from matricula.peoplefile.people import NOTHING, read_rows
from matricula.peoplefile.records import look

DELIMITERS = ",;\t|"
ENCODED = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16-le without mark": lambda text: text.encode("utf-16-le"),
    "utf-16-be without mark": lambda text: text.encode("utf-16-be"),
    "windows-1252": lambda text: text.encode("cp1252"),
}
ANY_LETTER = st.characters(codec="utf-8", categories=["L", "N", "P", "S"])
WESTERN = st.characters(codec="cp1252", categories=["L", "N", "P", "S"])


def reads_as_utf_8(text):
    """Whether its bytes would be letters of UTF-8 too, which no name of a language is: Â¡ for ¡."""
    return not text.encode("cp1252").decode(errors="ignore").isascii()


AGAIN = settings(max_examples=60)


def written(rows, delimiter, line_end="\r\n"):
    stream = StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return stream.getvalue()


def names(letters):
    """Lists of names as people have them; none that an export would have written for another ('=1 for =1)."""
    words = st.text(letters, min_size=1, max_size=8)
    words = words.filter(lambda word: not NOTHING.fullmatch(word) and unescape_formula(word) == word)
    return st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6)


@AGAIN
@given(data=st.data(), encoding=st.sampled_from([*ENCODED]), delimiter=st.sampled_from(DELIMITERS))
def test_a1_every_name_survives_every_encoding_and_delimiter(file, data, encoding, delimiter):
    western = encoding == "windows-1252"
    chosen = Choices(encoding=Encoding.WINDOWS_1252 if western else "")
    many = data.draw(names(WESTERN if western else ANY_LETTER))
    assume(not western or not any(map(reads_as_utf_8, many)))
    line_end = data.draw(st.sampled_from(["\r\n", "\n", "\r"]))
    rows = [["Name", "E-Mail"], ["Zoë Übermut", "zoe@x.example"]]
    rows += [[name, f"p{at}@x.example"] for at, name in enumerate(many)]
    place = file(ENCODED[encoding](written(rows, delimiter, line_end)))
    layout = look(place, chosen)
    assert [[row.name, row.canonical] for row in read_rows(place, 1, layout)] == rows[1:]


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Vorname;Nachname;E-Mail", "Ada;Lovelace;a@x.example", "Ada Lovelace"),
        ("Name;Vorname;E-Mail", "Lovelace;Ada;a@x.example", "Ada Lovelace"),
        ("nombre;apellidos;correo electrónico", "Ada;Lovelace;a@x.example", "Ada Lovelace"),
        ("E-MAIL ADDRESS;First Name;Last_Name", "a@x.example;Ada;Lovelace", "Ada Lovelace"),
        ("Full name;First name;mail", "Ada King;Ada;a@x.example", "Ada King"),
        ("Correo;Nombre", "a@x.example;Ada", "Ada"),
        ("email;name", "Ada <a@x.example>;", "Ada"),
        ("email;name", '"""Lovelace, Ada"" <a@x.example>";', "Lovelace, Ada"),
        ("email;name", "mailto:a@x.example;Ada", "Ada"),
    ],
)
def test_a1_names_are_put_together(file, header, row, name):
    (ada,) = read_rows(file(f"{header}\n{row}\n"))
    assert (ada.name, ada.canonical) == (name, "a@x.example")


def test_a1_a_file_without_a_header_works(file):
    place = file("ada@x.example\tAda\tOslo\tsafe\tthird floor\nbo@x.example\n")
    ada, bo = read_rows(place)
    assert (ada.name, ada.groups, ada.courses, ada.note) == (
        "Ada",
        ("Oslo",),
        ("safe",),
        {"Column 5": "third floor"},
    )
    assert (bo.line, bo.name) == (2, "")


def test_a1_without_a_header_the_column_of_addresses_is_found(file):
    (ada,) = read_rows(file("Ada Lovelace,ada@x.example"))
    assert (ada.name, ada.address) == ("Ada Lovelace", "ada@x.example")


def test_a1_an_unknown_header_above_a_column_of_addresses_is_no_person(file):
    assert [row.address for row in read_rows(file("Kontakt;Wer\nada@x.example;Ada\n"))] == ["ada@x.example"]


def test_a1_excel_may_name_its_delimiter(file):
    (ada,) = read_rows(file("sep=|\r\nemail|name\r\nada@x.example|Ada, Bo; Cy\r\n"))
    assert (ada.line, ada.name) == (3, "Ada, Bo; Cy")


@pytest.mark.parametrize(("inside", "between"), [*product(DELIMITERS, repeat=2)])
def test_a_delimiter_inside_the_names_is_not_mistaken_for_the_one_between(inside, between):
    rows = [["name", "email"]] + [[f"A{inside} B{inside} C", "a@x.example"]] * 3
    assert recognise_delimiter(written(rows, between)) == (between, False)


def test_a1_extra_columns_are_notes_under_their_headers(file):
    (ada,) = read_rows(file("email,Team,,Team\nada@x.example,Blue,x,Red,more\n"))
    assert ada.note == {"Team": "Blue", "Column 3": "x", "Team 2": "Red", "Column 5": "more"}


def test_a_letter_lost_in_saving_costs_its_line_only(file):
    umlauts = "".join(f"J\u00f6rg,j{at}@x.example\n" for at in range(9)).encode()
    rows = list(read_rows(file(b"name,email\n" + umlauts + b"J\xf6,jo@x.example\n")))
    assert [row.fault for row in rows] == [""] * 9 + ["broken_characters"]


def test_an_encoding_that_shows_only_at_the_end_of_a_long_file_is_recognised(file):
    plain = b"".join(b"Ada,a%d@x.example\n" % at for at in range(100_000))
    *_, last = read_rows(file(b"name,email\n" + plain + b"J\xf6rg,j@x.example\n"))
    assert last.name == "Jörg"
