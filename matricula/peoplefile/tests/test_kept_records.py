"""The copy without secrets says of everybody what the upload said, and holds no secret."""

import pytest

from matricula.files.sandbox import Limits, ReaderKilled
from matricula.peoplefile import digest
from matricula.peoplefile.digest import digest_apart, read_digest, write_digest
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.kept_records import copy_of
from matricula.peoplefile.layout import Choices
from matricula.peoplefile.people import read_rows
from matricula.peoplefile.records import look
from matricula.peoplefile.tests.test_headings import SHAPES
from matricula.peoplefile.tests.workbooks import workbook

HEAD = "email,name,password,groups\n"
WITH_SECRETS = {
    **{name: "\n".join(shape[:2]) + "\n" for name, shape in SHAPES.items() if "4711" in shape[1]},
    "cells left out at the end": f"{HEAD}ada@n.example,Ada\nbo@n.example\n",
    "a cell left out before": f"{HEAD}Ada,G-4711,Crew\n",
    "a cell too many": f"{HEAD}ada@n.example,Okafor,Ada,G-4711,Crew\n",
    "a quote that never closes": f'{HEAD}ada@n.example,"Ada,G-4711,Crew\nbo@n.example,Bo,G-4711,Crew\n',
    "a quote over two lines": f'{HEAD}ada@n.example,"A\nda",G-4711,Crew\n\nbo@n.example,Bo,G-4711,\n',
    "no address": f"{HEAD}ada,Ada,G-4711,Crew\n,Bo,G-4711,\n",
    "a title above": f"Our people,,,\n\n{HEAD}ada@n.example,Ada,G-4711,Crew\n",
    "letters of Windows": f"{HEAD}ada@n.example,Jörg,G-4711,Café\n".encode("cp1252"),
    "UTF-16": f"{HEAD}ada@n.example,Иван,G-4711,Crew\n".encode("utf-16"),
    "letters lost": f"{HEAD}ada@n.example,Jörgößü,G-4711,\n".encode() + b"b@n.example,J\xf6,G-4711,\n",
    "a workbook": workbook([["email", "pin"], ["ada@n.example", "G-4711"], [], ["x", "G-4711"]]),
    "no headings": "ada@n.example,Ada,aB3dEf9h\nbo@n.example,Bo,xY7zWq2k\n",
}  # fmt: skip


@pytest.mark.parametrize("what", WITH_SECRETS)
def test_the_copy_says_the_same_and_holds_no_secret(file, tmp_path, what):
    place = file(WITH_SECRETS[what])
    said = look(place)
    right = list(read_rows(place, 1, said))
    lines = tmp_path / "lines"
    layout = write_digest(place, Choices(), lines)
    assert [one.role for one in layout.columns] == [one.role for one in said.columns]
    assert list(read_digest(lines, 1)) == right
    kept = copy_of(place).read_text() + lines.read_text()
    assert "4711" not in kept
    assert "aB3dEf9h" not in kept
    assert not place.exists()


def test_a_list_without_secrets_is_kept_as_it_came(file, tmp_path):
    place = file("email,name\nada@n.example,Ada\n")
    write_digest(place, Choices(), tmp_path / "lines")
    assert place.exists()
    assert not copy_of(place).exists()


def test_a_digest_is_gone_on_with_at_any_line(file, tmp_path):
    lines = tmp_path / "lines"
    write_digest(file("email\n" + "".join(f"p{n}@n.example\n" for n in range(50))), Choices(), lines)
    assert [row.line for row in read_digest(lines, 40)] == list(range(40, 52))


@pytest.mark.parametrize("lie", [b"[1,2]\n", b'[1,"a","b",[],[],{"x":[1]},"",""]\n', b"[1,\n"])
def test_what_reads_a_file_cannot_lie_about_the_types(tmp_path, lie):
    lines = tmp_path / "lines"
    lines.write_bytes(lie)
    with pytest.raises(FileRefused):
        list(read_digest(lines, 1))


def test_a_refusal_comes_out_of_the_sandbox_with_its_words(file, tmp_path):
    with pytest.raises(FileRefused) as refused:
        digest_apart(file("Name,Floor\nAda,3\n"), Choices(), tmp_path / "lines")
    assert refused.value.code == "no_address_column"


def test_a_reader_without_a_processor_may_be_tried_again(file, tmp_path, monkeypatch):
    monkeypatch.setattr(digest, "WITHIN", Limits(seconds=1, memory=2**30, patience=0))
    with pytest.raises(ReaderKilled):
        digest_apart(file("email\nada@n.example\n"), Choices(), tmp_path / "lines")
