"""Lists out of Excel and its kin."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.peoplefile.kinds import Kind, recognise
from matricula.peoplefile.people import read_rows
from matricula.peoplefile.tests.workbooks import MAIN, RELATED, SHEET, WORKBOOK, inline, parts, workbook
from matricula.peoplefile.worksheets import date_text, number_text, shows_date

HEADER = ["Name", "E-Mail", "Groups", "Staff no", "Since"]


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared strings", "inline strings"])
def test_a1_a_workbook_says_who_is_invited(file, options):
    since = date(2024, 2, 29)
    place = file(workbook([HEADER, ["Ada Lovelace", "ada@x.example", "Oslo;Night", 123.0, since]], **options))
    (ada,) = read_rows(place)
    assert (ada.line, ada.name, ada.canonical, ada.groups) == (
        2,
        "Ada Lovelace",
        "ada@x.example",
        ("Oslo", "Night"),
    )
    assert ada.note == {"Staff no": "123", "Since": "2024-02-29"}
    assert recognise(place) is Kind.XLSX


def test_a1_titles_and_blank_rows_above_and_between_do_no_harm(file):
    rows = [["Our people"], [], ["E-mail"], ["ada@x.example"], [], ["bo@x.example"]]
    assert [(row.line, row.address) for row in read_rows(file(workbook(rows)))] == [
        (4, "ada@x.example"),
        (6, "bo@x.example"),
    ]


def test_a1_the_first_sheet_that_is_not_hidden_is_read(file):
    hidden = WORKBOOK.replace("<sheets>", '<sheets><sheet name="H" sheetId="2" state="hidden" r:id="z"/>')
    place = file(parts(SHEET % inline(1, "ada@x.example"), **{"xl/workbook.xml": hidden}))
    assert [row.address for row in read_rows(place)] == ["ada@x.example"]


def test_a1_other_programs_prefix_their_elements(file):
    sheet = (SHEET % inline(1, "ada@x.example")).replace("</", "</x:").replace("<", "<x:")
    sheet = sheet.replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x=")
    assert [row.address for row in read_rows(file(parts(sheet)))] == ["ada@x.example"]


def test_a1_rich_texts_formulas_and_phonetic_guides_show_what_people_see(file):
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>ada@</t></r><r><t>x.example</t></r><rPh><t>no</t></rPh></si>'
        "<si><t>A_x0041_a</t></si></sst>"
    )
    row = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="str"><f>A1&amp;"no"</f><v>Oslo</v></c></row>'
    (ada,) = read_rows(file(parts(SHEET % row, **{"xl/sharedStrings.xml": strings})))
    assert (ada.address, ada.name, ada.groups) == ("ada@x.example", "AAa", ("Oslo",))


def test_a1_cells_stand_where_they_say(file):
    row = '<row r="7"><c r="C7" t="str"><v>night</v></c><c r="A7" t="str"><v>ada@x.example</v></c></row>'
    (ada,) = read_rows(file(parts(SHEET % row)))
    assert (ada.line, ada.address, ada.name, ada.groups) == (7, "ada@x.example", "", ("night",))


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("123", "123"),
        ("123.0", "123"),
        ("1.5E2", "150"),
        ("0.5", "0.5"),
        ("-3", "-3"),
        ("x", "x"),
        ("1e999", "inf"),
    ],
)
def test_numbers_are_told_as_people_see_them(stored, shown):
    assert number_text(stored) == shown


@given(st.datetimes(datetime(1900, 3, 1), datetime(2999, 1, 1)))
def test_dates_are_told_in_iso_form(moment):
    moment = moment.replace(microsecond=0)
    days = (moment - datetime(1899, 12, 30)).total_seconds() / 86_400
    expected = moment.date().isoformat() if moment.time() == time(0) else moment.isoformat(" ")
    assert date_text(repr(days), from_1904=False) == expected


def test_days_before_the_leap_day_that_never_was_and_from_1904():
    assert date_text("59", from_1904=False) == "1900-02-28"
    assert date_text("0", from_1904=True) == "00:00:00"
    assert date_text("1", from_1904=True) == "1904-01-02"
    assert date_text("99999999999", from_1904=False) == "99999999999"


def test_which_formats_show_dates():
    assert all(map(shows_date, ["dd/mm/yyyy", "[$-407]d. mmmm yyyy", "[h]:mm", "yyyy-mm-dd;@"]))
    assert not any(
        map(shows_date, ["General", "0.00", '0 "days"', "[Red]0.0", "#,##0\\ \\m", "@", "0.00E+00"])
    )


def test_a_relationship_names_its_part_from_the_root_or_from_the_workbook(file):
    rooted = RELATED.replace('"worksheets/', '"/xl/worksheets/')
    place = file(parts(SHEET % inline(1, "ada@x.example"), **{"xl/_rels/workbook.xml.rels": rooted}))
    assert [row.address for row in read_rows(place)] == ["ada@x.example"]
