"""Ada is written to once for each certificate, where she gets it, and not before."""

import pytest

from conftest import person
from matricula.accounts.models import EmailAddress
from matricula.credentials.certificates import ISSUED, issue_course_certificates
from matricula.credentials.models import Certificate
from matricula.learning.holding_back import _held_back, holds_back
from matricula.learning.models import Enrolment
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.programs.memberships import enter_program
from tests.learners import do_everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def membership(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


def letters():
    return Letter.objects.filter(kind=ISSUED)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Your certificate:"), ("de", "Ihr Zertifikat:"), ("es", "Su certificado:"), ("ar", "شهادتك:")],
)
def test_the_letter_has_the_address_of_the_certificate_in_her_language(course, membership, language, words):
    type(membership.account).objects.update(language=language)
    do_everything(course, membership)
    deliver_due()
    letter = InboxLetter.objects.get(letter__kind=ISSUED)
    assert letter.to == "ada@home.example"
    assert letter.subject.startswith(words)
    assert f"/certificates/{Certificate.objects.get().public_id}/" in letter.text


def test_completing_twice_is_one_letter(course, membership):
    done = do_everything(course, membership)
    done.refresh_from_db()
    issue_course_certificates(None, enrolments=[done])
    assert letters().count() == 1


def test_what_is_held_back_has_its_letter_with_its_certificate(course, membership):
    def everything(rows):
        return {one.pk for one in rows}

    holds_back(everything)
    try:
        do_everything(course, membership)
    finally:
        _held_back.remove(everything)
    assert letters().count() == 0
    issue_course_certificates(None, enrolments=list(Enrolment.objects.select_related("account", "course")))
    assert letters().count() == 1


def test_whoever_has_no_address_of_their_own_is_not_written_to(course, membership):
    EmailAddress.objects.all().delete()
    do_everything(course, membership)
    assert (letters().count(), Certificate.objects.count()) == (0, 1)


def test_a_letter_of_a_certificate_that_went_is_moot(course, membership):
    do_everything(course, membership)
    Certificate.objects.all().delete()
    deliver_due()
    assert not InboxLetter.objects.filter(letter__kind=ISSUED).exists()
