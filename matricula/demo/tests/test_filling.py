import pytest

from matricula.catalog.course_folder import read_course
from matricula.demo.filling import COURSES, fill, introduce
from matricula.joining.models import Invitation
from matricula.organizations.models import Organization


def test_the_demonstration_courses_are_whole():
    courses = [read_course(path.parent) for path in COURSES.glob("*/course.yaml")]
    assert len(courses) == 4
    assert all(sum(len(module.lessons) for module in course.modules) >= 4 for course in courses)


@pytest.mark.django_db
def test_filling_twice_fills_once():
    fill()
    fill()
    assert Organization.objects.count() == 2
    assert Invitation.objects.count() == 2
    assert "/join/" in introduce()
