"""Courses as folders and zips, good and broken."""

import os
import tempfile
import unicodedata
import zipfile
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.catalog.courseformat import Limits, read_course, render_markdown
from matricula.catalog.courseformat.files import PIECE
from matricula.catalog.errors import CourseProblems
from matricula.catalog.tests.folders import COURSE, LESSON, PNG, VIDEO, VTT, WEBM, packed, written

FILES = {"course.yaml": COURSE, "a.md": LESSON}
MATROSKA = WEBM.replace(b"\x84webm", b"\x88matroska")
QUIZ = "---\ntitle: Q\nquestions:\n%s---\n"


def places(place, **limits):
    """file:line of every problem."""
    with pytest.raises(CourseProblems) as caught:
        read_course(place, limits=Limits(**limits))
    assert all(problem.message.endswith((".", "`")) or problem.message for problem in caught.value.problems)
    return [f"{problem.file}:{problem.line}" for problem in caught.value.problems]


def quiz(questions):
    return {"course.yaml": COURSE, "a.md": QUIZ % questions}


BROKEN = {
    "an unknown key": ({**FILES, "course.yaml": COURSE + "colour: red\n"}, ["course.yaml:8"]),
    "a missing lesson": ({"course.yaml": COURSE}, ["course.yaml:7"]),
    "a lesson listed twice": (
        {**FILES, "course.yaml": COURSE.replace("[a.md]", "[a.md, a.md]")},
        ["course.yaml:7"],
    ),
    "a way out": ({**FILES, "course.yaml": COURSE.replace("a.md", "../a.md")}, ["course.yaml:7", "a.md:1"]),
    "a lesson in no module": ({**FILES, "b.md": LESSON}, ["b.md:1"]),
    "no YAML": ({**FILES, "a.md": "---\ntitle: [\n---\n"}, ["a.md:2"]),
    "an alias": ({**FILES, "a.md": "---\ntitle: &x A\nminutes: *x\n---\nT\n"}, ["a.md:3"]),
    "nesting without end": ({**FILES, "a.md": "---\ntitle: " + "[" * 5000 + "\n---\nT\n"}, ["a.md:2"]),
    "no front matter": ({**FILES, "a.md": "Hello\n"}, ["a.md:1"]),
    "a wrong number": ({**FILES, "a.md": "---\ntitle: A\nminutes: many\n---\nT\n"}, ["a.md:3"]),
    "another encoding": ({**FILES, "a.md": b"---\ntitle: \xe4\n---\nT\n"}, ["a.md:2"]),
    "a control character": ({**FILES, "a.md": "---\ntitle: A\n---\nT\n\nb\x07\n"}, ["a.md:6"]),
    "HTML": ({**FILES, "a.md": LESSON + "\n<b>x</b>\n"}, ["a.md:6"]),
    "a foreign picture": ({**FILES, "a.md": LESSON + "\n![x](https://e.example/x.png)\n"}, ["a.md:6"]),
    "a picture without words": ({**FILES, "a.md": LESSON + "\n![](p.png)\n", "p.png": PNG}, ["a.md:6"]),
    "a picture that is none": ({**FILES, "a.md": LESSON + "\n![x](p.png)\n", "p.png": "<svg/>"}, ["p.png:1"]),
    "an SVG": ({**FILES, "a.md": LESSON + "\n![x](p.svg)\n", "p.svg": "<svg/>"}, ["a.md:6"]),
    "a link to no lesson": ({**FILES, "a.md": LESSON + "\n[x](b.md)\n"}, ["a.md:6"]),
    "a quiz with no right answer": (
        quiz("- {prompt: P, options: [{text: x}, {text: y}]}\n"),
        ["a.md:4"],
    ),
    "a choice with two right answers": (
        quiz("- {prompt: P, options: [{text: x, right: true}, {text: y, right: true}]}\n"),
        ["a.md:4"],
    ),
    "a number that is none": (quiz("- {prompt: P, answer: many}\n"), ["a.md:4"]),
    "a Matroska film named .webm": (
        {"course.yaml": COURSE, "a.md": VIDEO, "v.webm": MATROSKA, "p.png": PNG, "v.vtt": VTT},
        ["v.webm:1"],
    ),
    "captions that start with nothing": (
        {"course.yaml": COURSE, "a.md": VIDEO, "v.webm": WEBM, "p.png": PNG, "v.vtt": b"Hello\n"},
        ["v.vtt:1"],
    ),
    "a video that is missing": (
        {"course.yaml": COURSE, "a.md": VIDEO, "p.png": PNG, "v.vtt": VTT},
        ["a.md:3"],
    ),
    "a film without words": (
        {"course.yaml": COURSE, "a.md": "---\ntitle: V\nvideo: v.webm\n---\n", "v.webm": WEBM},
        ["a.md:3"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_course_says_where(tmp_path, name):
    files, expected = BROKEN[name]
    assert places(written(tmp_path / "c", files)) == expected


def test_all_problems_are_told_at_once(tmp_path):
    files = {"course.yaml": COURSE + "colour: red\n", "a.md": "---\nminutes: 0\n---\nT\n"}
    assert sorted(places(written(tmp_path / "c", files))) == ["a.md:2", "a.md:2", "course.yaml:8"]


def test_a_course_with_everything_is_read_from_a_folder_and_from_a_zip(tmp_path):
    course = COURSE.replace("[a.md]", "[a.md, v.md, q.md, f.md]")
    questions = """
- {prompt: One, options: [{text: x, right: true, feedback: F}, {text: y}], explanation: E}
- {kind: choices, prompt: Two, options: [{text: x, right: true}, {text: y, right: true}]}
- {prompt: Three, accepted: [Oslo, Kristiania]}
- {prompt: Four, answer: "2,5", tolerance: 0.1}
"""
    files = {
        "course.yaml": course,
        "a.md": LESSON + "\n![Two bars](img/p.png) and [the film](v.md)\n",
        "img/p.png": PNG,
        "p.png": PNG,
        "v.md": VIDEO,
        "v.webm": WEBM,
        "v.vtt": VTT,
        "q.md": QUIZ % questions.lstrip(),
        "f.md": "---\ntitle: F\nfile: list.pdf\nrequired: false\n---\n",
        "list.pdf": b"%PDF-1.7",
        "unused.html": "<script>",
    }
    folder = read_course(written(tmp_path / "c", files))
    assert folder == read_course(
        packed(tmp_path / "c.zip", {f"c/{name}": text for name, text in files.items()})
    )
    reading, video, quiz, file = folder.modules[0].lessons
    assert [one.kind for one in (reading, video, quiz, file)] == ["reading", "video", "quiz", "file"]
    assert [one.kind for one in quiz.questions] == ["choice", "choices", "text", "number"]
    assert (quiz.questions[3].answer, quiz.questions[3].tolerance) == ("2.5", "0.1")
    assert (file.required, file.download.path) == (False, "list.pdf")
    assert sorted(one.path for one in folder.files) == ["img/p.png", "list.pdf", "p.png", "v.vtt", "v.webm"]


def test_import_bombs_are_refused_before_they_unpack(tmp_path):
    bomb = packed(tmp_path / "bomb.zip", {**FILES, "zeros.png": b"\0" * 20_000_000})
    assert places(bomb) == ["zeros.png:1"]
    assert places(written(tmp_path / "many", FILES | {f"{n}.txt": "" for n in range(9)}), files=9) == [
        "many:1"
    ]
    assert places(written(tmp_path / "large", FILES | {"x.txt": "x" * 2000}), total=2000) == ["large:1"]
    assert places(written(tmp_path / "text", {**FILES, "a.md": LESSON + "x" * 2000}), text=2000) == ["a.md:1"]


def test_import_bombs_no_line_of_captions_keeps_the_server_busy(tmp_path):
    line = "00:00:01.000 --> 00:00:02.000" + " align:start:x" * 26
    captions = VTT + f"\n{line}\nGood\n\n{line} bad\nBad\n".encode()
    files = {"course.yaml": COURSE, "a.md": VIDEO, "v.webm": WEBM, "p.png": PNG, "v.vtt": captions}
    began = process_time()
    assert places(written(tmp_path / "c", files)) == ["v.vtt:9"]
    assert process_time() - began < 2


def test_import_bombs_many_long_texts_in_a_small_zip_keep_nobody_waiting(tmp_path):
    names = [f"l{n}.md" for n in range(40)]
    files = dict.fromkeys(names, LESSON + "\n" + "Words " * 30000)
    course = COURSE.replace("[a.md]", f"[{', '.join(names)}]")
    bomb = packed(tmp_path / "bomb.zip", {"course.yaml": course, **files})
    assert bomb.stat().st_size < 200_000
    assert places(bomb) == ["bomb.zip:1"]


def test_a_zip_that_lies_about_its_sizes_is_a_problem_not_a_flood(tmp_path):
    place = packed(tmp_path / "c.zip", {**FILES, "p.png": PNG * PIECE, "a.md": LESSON + "\n![x](p.png)\n"})
    place.write_bytes(place.read_bytes()[:-40])
    assert places(place) == ["c.zip:1"]


def test_paths_and_links_never_reach_outside(tmp_path):
    secret = written(tmp_path, {"secret.md": LESSON}) / "secret.md"
    folder = written(tmp_path / "c", {"course.yaml": COURSE})
    os.symlink(secret, folder / "a.md")
    assert places(folder) == ["a.md:1", "course.yaml:7"]
    outside = packed(tmp_path / "o.zip", {**FILES, "../evil.md": LESSON, "/etc/evil": "x", "a\\b": "x"})
    assert {"../evil.md:1", "/etc/evil:1"} <= set(places(outside))
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("course.yaml", COURSE)
        archive.writestr("a.md", LESSON)
    assert places(tmp_path / "l.zip") == ["link.png:1"]


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "c.zip").write_bytes(content)
    assert places(tmp_path / "c.zip") == ["c.zip:1"]


def course_or_problems(place):
    try:
        read_course(place)
    except CourseProblems as caught:
        return all(problem.line >= 1 and problem.message and problem.file for problem in caught.problems)
    return True


YAML = st.text(alphabet="abc:-[]{}&*!'\"|>%@#? \n\t\x00é", max_size=120) | st.text(max_size=120)


@given(YAML, YAML, YAML)
def test_any_text_is_a_course_or_a_list_of_problems(course, front, body):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        assert course_or_problems(written(folder / "1", {"course.yaml": course}))
        assert course_or_problems(written(folder / "2", {"course.yaml": COURSE + course, "a.md": body}))
        lesson = f"---\ntitle: A\n{front}\n---\n{body}"
        assert course_or_problems(written(folder / "3", {"course.yaml": COURSE, "a.md": lesson}))
        questions = f"---\ntitle: A\nquestions:\n- prompt: P\n  {front}\n---\n"
        assert course_or_problems(written(folder / "4", {"course.yaml": COURSE, "a.md": questions}))


@given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=3))
def test_any_bytes_are_a_course_or_a_list_of_problems(noise, at, change):
    with tempfile.TemporaryDirectory() as place:
        whole = packed(Path(place, "c.zip"), {**FILES, "p.png": noise}).read_bytes()
        Path(place, "d.zip").write_bytes(whole[:at] + change + whole[at + len(change) :])
        assert course_or_problems(Path(place, "d.zip"))
        assert course_or_problems(written(Path(place, "f"), {"course.yaml": COURSE, "a.md": noise}))


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "<img src=x onerror=alert(1)>",
        "![x](http://e.example/x)",
        "::: tip <img src=x onerror=alert(1)>\nx\n:::",
        '![x" onerror="alert(1)](p.png)',
    ],
)
def test_stored_markup_is_harmless(markup):
    html = render_markdown(markup)
    assert not any(bad in html for bad in ("<script", "<img", 'href="javascript', 'href="data'))
    assert ' onerror="' not in render_markdown(markup, lambda reference: f"/f/{reference}")


@given(st.text(max_size=200))
def test_rendered_text_holds_only_what_the_list_allows(text):
    html = render_markdown(text, lambda reference: "/x")
    assert "<script" not in html
    assert " style=" not in html


PICTURED = LESSON + "\n![x](größe.png)\n"
SAID_OTHERWISE = {
    "PowerShell writes backslashes": lambda name: f"c\\{name}",
    "bsdtar begins with ./": lambda name: f"./{name}",
    "macOS takes letters and accents apart": lambda name: unicodedata.normalize("NFD", name),
    "Info-ZIP does not say that names are UTF-8": lambda name: name,
}


@pytest.mark.parametrize("how", SAID_OTHERWISE)
def test_a_zip_is_taken_in_whatever_packed_it(tmp_path, how):
    place = tmp_path / "c.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in {**FILES, "a.md": PICTURED, "größe.png": PNG}.items():
            archive.writestr(SAID_OTHERWISE[how](name), content)
    if how.startswith("Info"):
        place.write_bytes(without_flag(place.read_bytes()))
    assert [file.path for file in read_course(place).files] == ["größe.png"]


def without_flag(content):
    """No entry says that its name is UTF-8 (APPNOTE.TXT, 4.4.4, bit 11)."""
    changed = bytearray(content)
    for signature, flags in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = content.find(signature)
        while at >= 0:
            changed[at + flags] &= ~0x08
            at = content.find(signature, at + 4)
    return bytes(changed)


def test_a_path_with_backslashes_leads_nowhere_else(tmp_path):
    place = packed(tmp_path / "c.zip", {**FILES, "..\\..\\etc\\x.png": PNG})
    assert places(place) == ["../../etc/x.png:1"]


def test_captions_of_youtube_have_lines_of_a_space(tmp_path):
    captions = b"WEBVTT\nKind: captions\n\n00:00:00.000 --> 00:00:02.000 align:start position:0%\n \nhello\n"
    files = {"course.yaml": COURSE, "a.md": VIDEO, "v.webm": WEBM, "p.png": PNG, "v.vtt": captions}
    assert read_course(packed(tmp_path / "c.zip", files)).title == "T"
