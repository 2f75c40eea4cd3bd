"""Whatever shape a course has, reading it ends soon, with words that say what to do."""

import random
import struct
import zlib
from time import process_time

import pytest

from matricula.catalog import course_import, uploads
from matricula.catalog.course_import import import_course, read_apart
from matricula.catalog.courseformat import read_course
from matricula.catalog.courseformat.markdown import MOST_CALLOUTS, MOST_LISTS, MOST_QUOTES, render_markdown
from matricula.catalog.errors import CourseProblems
from matricula.catalog.models import Course, CourseUpload
from matricula.catalog.tests.folders import COURSE, LESSON, packed
from matricula.catalog.tests.uploads import hand_in, work
from matricula.catalog.tests.uploads import packed as zipped
from matricula.files.sandbox import GIB, Limits, ReaderKilled
from matricula.jobs.models import Job
from matricula.jobs.queue import MAIN, READING, perform_due

LONGEST = 60_000
"""Characters of the 200,000 that a lesson may have: enough to tell what grows from what explodes."""
TOO_DEEP = {
    "images": ("![" * (LONGEST // 2), "square brackets"),
    "brackets": ("[" * LONGEST, "square brackets"),
    "brackets over lines": ("[a\n" * (LONGEST // 3), "square brackets"),
    "quotes": (">" * LONGEST, "Nest quotes"),
    "quotes with blanks": ("> " * (LONGEST // 2) + "a", "Nest quotes"),
    "quotes and lazy lines": (">" * 100 + "a\n" + "a" * 1000, "Nest quotes"),
    "lists in a line": ("- " * (LONGEST // 2) + "a", "Nest lists"),
    "numbers in a line": ("1. " * (LONGEST // 3) + "a", "Nest lists"),
    "lists over lines": ("".join("  " * n + "- a\n" for n in range(400)), "Nest lists"),
    "callouts": ("::: note\n" * 10_000, "Close blocks"),
    "a wide table": ("|a" * 40_000 + "\n" + "|-" * 40_000 + "\n", "table narrower"),
    "a huge table": ("|a" * 9_000 + "\n" + "|-" * 9_000 + "\n" + "|\n" * 9_000, "table narrower"),
    "without end": ("Words " * 60_000, "several lessons"),
}
LONG = {
    "backticks": "` " * (LONGEST // 2),
    "backticks that rise": " ".join("`" * n for n in range(1, 600)),
    "stars": "*a " * (LONGEST // 3),
    "stars of two kinds": "**a*" * (LONGEST // 4),
    "underscores": "a_*b*_c" * (LONGEST // 7),
    "links that do not end": "[a](" * (LONGEST // 4),
    "links": "[a](b) " * (LONGEST // 7),
    "tags that do not end": "<a " * (LONGEST // 3),
    "short lines": "a\n" * (LONGEST // 2),
    "many paragraphs of brackets": ("[" * 32 + "\n\n") * (LONGEST // 34),
    "many headings": "# a\n" * (LONGEST // 4),
    "definitions": "[a]: b\n" * (LONGEST // 7),
    "a long table": "|a|b|\n|-|-|\n" + "|a|b|\n" * (LONGEST // 6),
    "fences": "~~~a\n" * (LONGEST // 5),
}


def course_of(tmp_path, text, course=COURSE):
    return packed(tmp_path / "course.zip", {"course.yaml": course, "a.md": f"---\ntitle: A\n---\n{text}\n"})


def problems_of(place):
    with pytest.raises(CourseProblems) as caught:
        read_course(place)
    return " ".join(str(one) for one in caught.value.problems)


@pytest.mark.parametrize("shape", TOO_DEEP)
def test_import_bombs_what_nests_too_deep_is_told_with_its_line_before_it_is_parsed(tmp_path, shape):
    text, words = TOO_DEEP[shape]
    place = course_of(tmp_path, text)
    began = process_time()
    told = problems_of(place)
    assert process_time() - began < 2
    assert words in told
    assert told.startswith("a.md:")


@pytest.mark.parametrize("shape", LONG)
def test_import_bombs_what_is_long_costs_seconds_at_most(shape):
    began = process_time()
    render_markdown(LONG[shape])
    assert process_time() - began < 3


YAML = {
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "anchors of mappings": "a: &a {b: 1}\n<<: *a\n",
    "brackets": "title: " + "[" * 100_000 + "\n",
    "braces": "title: " + "{a: " * 50_000 + "\n",
    "blocks": "".join(" " * n + "a:\n" for n in range(600)),
    "questions": "? " * 90_000 + "\n",
    "dashes": "- " * 90_000 + "\n",
    "a long list": "title: [" + "a," * 300_000 + "]\n",
}


@pytest.mark.parametrize("shape", YAML)
def test_import_bombs_of_yaml_are_told_with_their_line(tmp_path, shape):
    place = course_of(tmp_path, "Hello.", COURSE + YAML[shape])
    began = process_time()
    assert problems_of(place).startswith("course.yaml:")
    assert process_time() - began < 5


def test_nothing_of_what_may_be_nested_is_left_out():
    deep = ">" * MOST_QUOTES + " " + "- " * MOST_LISTS + "the end"
    assert "the end" in render_markdown("::: note\n" * MOST_CALLOUTS + deep)


def test_ordinary_texts_nest_as_before(tmp_path):
    text = "- a\n  - b\n    > c [x][y]\n\n1. d\n   - e\n\n- - -\n\n[0, 5) and [1, 2)\n\n|a|b|\n|-|-|\n|c|d|\n"
    assert "<li>e" in read_course(course_of(tmp_path, text)).modules[0].lessons[0].html.replace("\n", "")


def png_bomb():
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1_000_000)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def test_import_bombs_a_picture_of_billions_of_points_is_not_unpacked(tmp_path):
    files = {"course.yaml": COURSE, "a.md": LESSON + "\n![Black](p.png)\n", "p.png": png_bomb()}
    began = process_time()
    read_course(packed(tmp_path / "c.zip", files))
    assert process_time() - began < 2


# -- in the sandbox --------------------------------------------------------------------------------


def test_import_bombs_what_outlasts_the_limits_is_told_so(tmp_path, monkeypatch):
    """As if a shape were found of which nobody thought."""
    monkeypatch.setattr(course_import, "WITHIN", Limits(seconds=1, memory=GIB))
    heavy = {f"l{n}.md": LESSON + "\n" + "a\n" * 90_000 for n in range(20)}
    listed = COURSE.replace("[a.md]", f"[{', '.join(heavy)}]")
    place = packed(tmp_path / "c.zip", {"course.yaml": listed, **heavy})
    with pytest.raises(CourseProblems, match="more time or memory"):
        read_apart(place)


def test_import_bombs_what_fills_the_memory_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr(course_import, "WITHIN", Limits(seconds=20, memory=48 * 1024**2))
    with pytest.raises(CourseProblems, match="more time or memory"):
        read_apart(course_of(tmp_path, "Hello."))


@pytest.mark.django_db
def test_a_file_that_is_not_what_was_read_is_not_kept(tmp_path, organization, monkeypatch):
    """Its content would be shown to everybody who has the other file."""
    noise = random.Random(7).randbytes(5_000)
    files = {"course.yaml": COURSE, "a.md": LESSON + "\n[x](n.txt)\n", "n.txt": noise}
    place = packed(tmp_path / "c.zip", files)
    really = course_import.read_apart

    def read_and_change(place):
        read = really(place)
        packed(place, {**files, "n.txt": b"something else"})
        return read

    monkeypatch.setattr(course_import, "read_apart", read_and_change)
    with pytest.raises(ValueError, match="changed while"):
        import_course(source=place, organization=organization)
    assert not Course.objects.exists()


# -- at the console --------------------------------------------------------------------------------

at_the_console = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_the_console")]


def console(test):
    for mark in reversed(at_the_console):
        test = mark(test)
    return pytest.mark.postgres(test)


@console
def test_eight_hostile_zips_are_kept_within_the_request_and_not_read(client):
    began = process_time()
    for _ in range(8):
        hand_in(client, zipped({"course.yaml": COURSE, "a.md": f"---\ntitle: A\n---\n{'![' * 255_000}"}))
    assert process_time() - began < 3
    assert perform_due(MAIN) == 0
    assert set(CourseUpload.objects.values_list("state", flat=True)) == {"reading"}
    assert Job.objects.filter(queue__startswith="organization ").count() == 8


@console
def test_a_zip_that_kills_its_reader_each_time_fails_with_words(client, monkeypatch):
    def killed(place):
        raise ReaderKilled

    monkeypatch.setattr(uploads, "read_apart", killed)
    page = hand_in(client, zipped({"course.yaml": COURSE, "a.md": LESSON}))
    for _ in range(uploads.TRIES):
        assert CourseUpload.objects.get().state == "reading"
        Job.objects.update(due_at="2026-01-01T00:00Z")
        perform_due(READING)
    assert "whoever tried broke off" in client.get(page).content.decode()
    assert not CourseUpload.objects.get().place.exists()


@console
def test_races_a_course_is_taken_in_once_whoever_else_was_at_work_on_it(client):
    """The lease was lost while the first of two workers read: both come to its end."""
    page = hand_in(client, zipped({"course.yaml": COURSE, "a.md": LESSON}))
    work()
    client.post(page + "taking/")
    first, second = (CourseUpload.objects.select_related("organization").get() for _ in range(2))
    uploads.take_upload(first)
    imported = Course.objects.get().imported_at
    second.place.write_bytes(zipped({"course.yaml": COURSE, "a.md": LESSON}))
    uploads.take_upload(second)
    assert (Course.objects.get().imported_at, CourseUpload.objects.get().state) == (imported, "taken")
