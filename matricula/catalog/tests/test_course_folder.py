"""Course folders, good and broken."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.catalog.course_folder import read_course, render_markdown
from matricula.catalog.errors import CourseProblems
from matricula.catalog.importing import import_course
from matricula.catalog.models import Lesson

COURSE = "title: T\nslug: t\nsummary: S\ntopic: X\nmodules:\n  - title: M\n    lessons: [a.md]\n"
LESSON = "---\ntitle: A\n---\nHello.\n"


def folder(tmp_path, course=COURSE, lesson=LESSON) -> Path:
    (tmp_path / "course.yaml").write_text(course)
    (tmp_path / "a.md").write_text(lesson)
    return tmp_path


@pytest.mark.parametrize(
    ("course", "lesson", "place"),
    [
        (COURSE + "colour: red\n", LESSON, "course.yaml:8"),
        (COURSE.replace("a.md", "b.md"), LESSON, "b.md:1"),
        (COURSE.replace("a.md", "../../etc/passwd"), LESSON, "../../etc/passwd:1"),
        (COURSE, "---\ntitle: A\nminutes: many\n---\n", "a.md:3"),
        (COURSE, "---\ntitle: A\nkind: quiz\n---\n", "a.md:1"),
        (COURSE, "---\ntitle: [\n---\n", "a.md:"),
        (
            COURSE,
            "---\ntitle: A\nkind: quiz\nquestions:\n- {prompt: P, options: [{text: x}]}\n---\n",
            "a.md:4",
        ),
    ],
)
def test_a_broken_course_says_where(tmp_path, course, lesson, place):
    with pytest.raises(CourseProblems) as caught:
        read_course(folder(tmp_path, course, lesson))
    assert place in str(caught.value)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_a_course_or_a_list_of_problems(course, lesson):
    with tempfile.TemporaryDirectory() as place:
        Path(place, "course.yaml").write_bytes(course.encode("utf-8", "surrogatepass"))
        Path(place, "a.md").write_bytes(lesson.encode("utf-8", "surrogatepass"))
        try:
            read_course(Path(place))
        except CourseProblems as problems:
            assert all(problem.line >= 1 and problem.message for problem in problems.problems)  # noqa: PT017


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](http://e.example/x)",
    ],
)
def test_stored_markup_is_harmless(markup):
    html = render_markdown(markup)
    assert not any(bad in html for bad in ("<script", "<img", 'href="javascript'))


def test_taking_a_course_in_again_keeps_its_lessons(tmp_path, organization):
    import_course(folder=folder(tmp_path), organization=organization)
    first = Lesson.objects.get().pk
    import_course(folder=folder(tmp_path, lesson="---\ntitle: Better\n---\n"), organization=organization)
    assert (Lesson.objects.get().pk, Lesson.objects.get().title) == (first, "Better")
