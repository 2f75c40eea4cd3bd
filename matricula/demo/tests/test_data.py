import pytest
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.catalog.courseformat import read_course
from matricula.credentials.models import Certificate
from matricula.demo.data import COURSES, fill, introduce
from matricula.invitations.models import Invitation
from matricula.joining.models import Request
from matricula.joining.requests import answer_with_letter
from matricula.organizations.models import Organization
from matricula.programs.models import Membership


def test_the_demonstration_courses_are_whole():
    courses = [read_course(path.parent) for path in COURSES.glob("*/course.yaml")]
    assert len(courses) == 4
    assert all(sum(len(module.lessons) for module in course.modules) >= 4 for course in courses)


@pytest.mark.django_db
def test_filling_twice_fills_once():
    fill()
    before = [model.objects.count() for model in (Organization, Invitation, Membership, Certificate)]
    fill()
    after = [model.objects.count() for model in (Organization, Invitation, Membership, Certificate)]
    assert before == after == [2, 20, 13, 7]
    assert "/join/" in introduce()


@pytest.mark.django_db
def test_the_demonstration_shows_every_state_of_an_invitation():
    fill()
    assert set(Invitation.objects.values_list("state", flat=True)) == set(Invitation.State.values)
    assert Invitation.objects.live().filter(expires_at__lte=timezone.now()).exists()
    assert Invitation.objects.exclude(opened_at=None).exists()


@pytest.mark.django_db
def test_ada_of_the_demonstration_left_a_company_and_kept_her_certificate():
    fill()
    ada = Account.objects.get(full_name="Ada Okafor")
    assert [one.is_active for one in ada.memberships.all()] == [False]
    assert ada.certificates.get().organization_name == "Harbour & Vale University Hospital"


@pytest.mark.django_db
def test_bruno_of_the_demonstration_answers_the_request_that_waits():
    fill()
    request = Request.objects.get()
    answer_with_letter(request=request, actor=Account.objects.get(full_name="Bruno Keller"))
    assert Invitation.objects.open().filter(canonical=request.canonical).exists()
