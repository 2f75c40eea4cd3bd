"""What is measured is what is required; whoever completed a course is told so where it happened."""

import pytest
from django.utils import timezone

from conftest import person
from matricula.credentials.models import Certificate
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment, Progress
from matricula.learning.tests.quizzes import filled, quiz_of
from matricula.programs.memberships import enter_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, program, course):
    """Ada, in a course with a reading and a quiz that are required, and one more page that is not."""
    module = course.modules.get()
    values = {"kind": "reading", "title": "More", "required": False}
    course.lessons.create(module=module, key="more", position=2, **values)
    ada = person("Ada Okafor", "ada@home.example")
    start_course(course=course, membership=enter_program(program=program, account=ada))
    client.force_login(ada)
    return client


def page(reader, course, lesson=""):
    return reader.get(f"{course.address}{lesson}").content.decode()


def test_what_is_optional_is_not_measured(reader, course):
    reader.post(f"{course.address}lessons/more/done/")
    assert "0 of 2 lessons" in page(reader, course)
    assert "Continue" in page(reader, course)
    reader.post(f"{course.address}lessons/read/done/")
    assert "1 of 2 lessons" in page(reader, course)


def test_a_completed_course_is_whole_on_every_page_without_its_optional_lesson(reader, course):
    reader.post(f"{course.address}lessons/read/done/")
    reader.post(f"{course.address}lessons/quiz/done/", filled(quiz_of(course), "Stop"))
    for lesson in ("lessons/read/", "lessons/quiz/", "lessons/more/"):
        assert "100%" in page(reader, course, lesson)
        assert "2/2" in page(reader, course, lesson)


def test_what_was_added_since_does_not_make_a_completed_course_less(reader, course):
    Enrolment.objects.update(completed_at=timezone.now())
    assert "100%" in page(reader, course, "lessons/read/")


def test_passing_the_last_quiz_leads_to_the_certificate(reader, course):
    reader.post(f"{course.address}lessons/read/done/")
    answer = reader.post(f"{course.address}lessons/quiz/done/", filled(quiz_of(course), "Stop"), follow=True)
    certificate, result = Certificate.objects.get(), answer.content.decode()
    assert answer.redirect_chain == [(f"{course.address}completed/?quiz=quiz", 302)]
    assert "You completed" in result
    assert "“Check”: 100 percent." in result
    assert f'href="/certificates/{certificate.public_id}/"' in result
    assert "What is left of this course is optional" in result


def test_passing_a_quiz_of_a_course_that_goes_on_says_nothing_of_completing(reader, course):
    result = reader.post(
        f"{course.address}lessons/quiz/done/", filled(quiz_of(course), "Stop")
    ).content.decode()
    assert ("Passed." in result, "You completed this course" in result) == (True, False)


def test_the_last_required_lesson_completes_the_course_though_an_optional_one_follows(reader, course):
    reader.post(f"{course.address}lessons/quiz/done/", filled(quiz_of(course), "Stop"))
    assert reader.post(f"{course.address}lessons/read/done/")["Location"] == f"{course.address}completed/"
    assert "You completed this course on" in page(reader, course)
    assert reader.post(f"{course.address}lessons/read/done/")["Location"].endswith("/lessons/quiz/")


def test_without_a_program_my_learning_says_so_once(client):
    client.force_login(person("Chika", "chika@home.example"))
    assert client.get("/learn/").content.decode().count("You are in no program now") == 1


def test_what_a_quiz_explains_is_shown_beside_the_feedback_of_what_was_chosen(reader, course):
    quiz = quiz_of(course)
    quiz.content["questions"][0]["explanation"] = "Because haste helps thieves."
    quiz.save()
    result = reader.post(f"{course.address}lessons/quiz/done/", filled(quiz, "Go")).content.decode()
    assert "No. Because haste helps thieves." in result


def test_a_number_over_999_has_its_separator(client, organization, program, bruno):
    from matricula.organizations.models import Role
    from matricula.programs.models import Count

    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    Count.objects.create(program=program, what="standing", subject="sent", n=20_007)
    client.force_login(bruno)
    overview = client.get(f"/console/{organization.slug}/overview/").content.decode()
    assert ("20,007" in overview, "20007" in overview) == (True, False)


@pytest.mark.parametrize(("mark", "passes"), [(49, True), (50, True), (51, False)])
def test_a_score_that_is_the_pass_mark_passes(reader, course, mark, passes):
    quiz = quiz_of(course)
    first = quiz.content["questions"][0]
    quiz.content["questions"] = [first, {**first, "prompt": "And then?"}]
    quiz.save()
    type(course).objects.update(pass_mark=mark)
    result = reader.post(f"{course.address}lessons/quiz/done/", filled(quiz, "Stop", "Go")).content.decode()
    assert ("50 percent." in result, "Passed." in result) == (True, passes)
    assert (Progress.objects.get().done_at is not None) is passes
