"""Files of invitations, as companies really make them."""

import pytest

from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.kinds import Kind, recognise
from matricula.peoplefile.limits import FAULTS, MOST_ROWS
from matricula.peoplefile.people import read_rows


def addresses(place):
    return [row.address for row in read_rows(place)]


def faults(place):
    rows = {row.line: row.fault for row in read_rows(place) if row.fault}
    assert set(rows.values()) <= set(FAULTS)
    return rows


def code(place):
    with pytest.raises(FileRefused) as caught:
        list(read_rows(place))
    assert str(caught.value).endswith(".")
    return caught.value.code


def test_a1_a_file_says_who_is_invited_where_and_to_what(file):
    place = file(
        "Email,Name,Groups,Courses,Floor\nada@x.example, Ada Lovelace ,Oslo;Night | Day,reading-charts,3\n"
    )
    (ada,) = read_rows(place)
    assert (ada.line, ada.address, ada.name, ada.canonical) == (
        2,
        "ada@x.example",
        "Ada Lovelace",
        "ada@x.example",
    )
    assert (ada.groups, ada.courses, ada.note) == (
        ("Oslo", "Night", "Day"),
        ("reading-charts",),
        {"Floor": "3"},
    )
    assert recognise(place) is Kind.CSV


def test_a3_a_broken_line_never_stops_the_others(file):
    place = file('email,name\nada,Ada\n,Bo\ncy@x.example,"Cy\ndi@x.example,Di\nel@x.example,' + "l" * 10_001)
    assert faults(place) == {2: "bad_address", 3: "no_address", 4: "broken_quotes", 6: "cell_too_long"}
    assert [row.address for row in read_rows(place) if not row.fault] == ["di@x.example"]


def test_a3_reading_goes_on_where_it_was_stopped(file):
    place = file('name,email\nA,a@x.example\n"B\nb",b@x.example\nC,c@x.example\n')
    assert [row.line for row in read_rows(place)] == [2, 3, 5]
    assert [row.address for row in read_rows(place, start_line=5)] == ["c@x.example"]


def test_a3_more_lines_than_the_most_are_refused_with_the_line(file):
    place = file("email\n" + "a@x.example\n" * (MOST_ROWS + 1))
    with pytest.raises(FileRefused) as caught:
        for _ in read_rows(place, start_line=MOST_ROWS):
            pass
    assert (caught.value.code, caught.value.line) == ("too_many_rows", MOST_ROWS + 2)
