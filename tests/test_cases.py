"""Inputs that once went wrong, with the values that are right, from the folder MATRICULA_CASES names."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from matricula.catalog.course_import import read_apart
from matricula.catalog.errors import CourseProblems
from matricula.files.pictures import Frame, Picture, draw
from matricula.invitations.imports.uploads import hand_in_file
from matricula.jobs.queue import perform_due
from matricula.mail.addresses import canonical
from matricula.peoplefile.pasted_text import read_addresses

CASES = Path(os.environ.get("MATRICULA_CASES", "nowhere"))
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="MATRICULA_CASES names no folder: its cases are left out"
)
REFUSED_COURSES = {"V34-matroska-named-webm.zip", "M03-html-in-markdown.zip"}
ELSEWHERE = {"roundtrip-result.csv", "P41"}
"""What is right is a sentence here, and a test of its own below."""


def cases(kind: str) -> dict[str, Any]:
    place = CASES / kind / "right-values.json"
    found: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {}
    return {name: right for name, right in found.items() if name not in ELSEWHERE}


def right_people(right: Any) -> list[tuple[str, str, list[str] | None]]:
    """(canonical address, name, groups); None where nothing is said of groups."""
    if isinstance(right, dict):
        return [(canonical(address), name, None) for address, name in right["best"]]
    return [(canonical(one["address"]), one["name"], one.get("groups")) for one in right]


def checked_lines(program: Any, name: str) -> list[tuple[str, str, list[str]]]:
    content = (CASES / "people" / name).read_bytes()
    file = hand_in_file(program=program, name=name, content=[content], actor=None)
    while perform_due():
        pass
    named = {group.pk: group.name for group in program.groups.all()}
    lines = file.kept_lines.filter(fault="").order_by("line")
    return [(one.canonical, one.name, [named[pk] for pk in one.groups]) for one in lines]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", cases("people"))
def test_a1_a_file_says_of_everybody_what_is_right(program, name):
    for group in ("Customer care", "Grid operations"):
        program.groups.create(name=group)
    expected = right_people(cases("people")[name]["right"])
    told = checked_lines(program, name)
    assert [(one[0], one[1]) for one in told] == [(one[0], one[1]) for one in expected]
    for (_, _, groups), (_, _, right) in zip(told, expected, strict=True):
        assert right is None or groups == right


@pytest.mark.django_db(transaction=True)
def test_a1_a_result_says_the_same_when_it_is_handed_in(program):
    told = checked_lines(program, "roundtrip-result.csv")
    assert [address for address, _, _ in told][:3] == ["-ann@rt.example", "+bo@rt.example", "=cy@rt.example"]
    assert [name for _, name, _ in told][:4] == ["=cmd|' /C calc'!A0", "+49 Bo", "@Cy", "Dee; =1+1"]


@pytest.mark.parametrize("name", cases("paste"))
def test_a1_what_was_pasted_is_read_as_it_was_meant(name):
    people, wrong = read_addresses((CASES / "paste" / f"{name}.txt").read_text())
    assert [[one.address, one.name] for one in people] == cases("paste")[name]
    assert wrong == []


@pytest.mark.parametrize("name", cases("courses"))
def test_a_course_is_taken_in_or_refused_in_words(settings, name):
    place = CASES / "courses" / name
    if name in REFUSED_COURSES:
        with pytest.raises(CourseProblems):
            read_apart(place)
    else:
        assert read_apart(place).title == "A course"


@pytest.mark.parametrize("name", cases("logos"))
def test_a_logo_of_illustrator_is_drawn(name):
    assert isinstance(draw((CASES / "logos" / name).read_bytes(), Frame(400, 100, 20)), Picture)
