"""Taking courses in: in one piece, again without loss, and with their files."""

import hashlib

import pytest

from matricula.audit.models import Entry
from matricula.catalog.course_import import file_place, import_course
from matricula.catalog.errors import CourseProblems
from matricula.catalog.models import Course, Lesson
from matricula.catalog.tests.folders import COURSE, LESSON, PNG, written

PICTURED = {"course.yaml": COURSE, "a.md": LESSON + "\n![Two bars](p.png)\n", "p.png": PNG}


def test_taking_a_course_in_again_keeps_its_lessons_and_withdraws_those_that_vanished(tmp_path, organization):
    two = {"course.yaml": COURSE.replace("[a.md]", "[a.md, b.md]"), "a.md": LESSON, "b.md": LESSON}
    import_course(source=written(tmp_path / "1", two), organization=organization)
    first = Lesson.objects.get(key="a").pk
    again = {"course.yaml": COURSE, "a.md": LESSON.replace("title: A", "title: Better")}
    import_course(source=written(tmp_path / "2", again), organization=organization)
    kept = Lesson.objects.get(withdrawn_at__isnull=True)
    assert (kept.pk, kept.title) == (first, "Better")
    assert Lesson.objects.get(withdrawn_at__isnull=False).key == "b"
    assert Entry.objects.filter(verb="course.imported").count() == 2


def test_files_are_kept_by_their_content_and_named_in_the_text(tmp_path, organization):
    course = import_course(source=written(tmp_path / "c", PICTURED), organization=organization)
    digest = hashlib.sha256(PNG).hexdigest()
    assert file_place(digest).read_bytes() == PNG
    assert [file.digest for file in course.files.all()] == [digest]
    body = course.lessons.get().body_html
    assert f'src="/learn/courses/{course.public_id}/files/{digest}/p.png"' in body
    assert 'alt="Two bars"' in body
    import_course(source=tmp_path / "c", organization=organization)
    assert course.files.count() == 1


def test_a_broken_course_changes_nothing(tmp_path, organization):
    import_course(source=written(tmp_path / "c", PICTURED), organization=organization)
    with pytest.raises(CourseProblems):
        import_course(source=written(tmp_path / "d", {"course.yaml": COURSE}), organization=organization)
    assert Course.objects.get().lessons.filter(withdrawn_at__isnull=True).count() == 1
