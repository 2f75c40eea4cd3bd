"""Whoever runs the site is written to when jobs have failed, once a day."""

import pytest
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.mail.delivery import deliver_due
from matricula.mail.jobs import tell_operator
from matricula.mail.models import InboxLetter, Letter

pytestmark = pytest.mark.django_db


def fail(kind):
    return Job.objects.create(
        kind=kind, state=Job.State.FAILED, error="ValueError: no", ended_at=timezone.now()
    )


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.OPERATOR_ADDRESS = "chika@elsewhere.example"


def test_chika_who_runs_the_site_is_told_once_of_every_job_that_failed():
    tell_operator(Job())
    assert not Letter.objects.exists()
    first = fail("invitations.import")
    tell_operator(Job())
    tell_operator(Job())
    fail("jobs.forget")
    tell_operator(Job())
    deliver_due()
    texts = list(InboxLetter.objects.order_by("letter").values_list("to", "text"))
    assert [to for to, _ in texts] == ["chika@elsewhere.example"] * 2
    assert f"{first.pk}  invitations.import: ValueError: no" in texts[0][1]
    assert ("jobs.forget" in texts[1][1], "invitations.import" in texts[1][1]) == (True, False)
    assert "matricula jobs --retry" in texts[1][1]


def test_nobody_is_told_of_what_was_tried_again_before_the_letter_left():
    fail("jobs.forget")
    tell_operator(Job())
    Job.objects.update(state=Job.State.QUEUED)
    deliver_due()
    assert not InboxLetter.objects.exists()


def test_without_an_address_nobody_is_written_to(settings):
    settings.OPERATOR_ADDRESS = ""
    fail("jobs.forget")
    tell_operator(Job())
    assert not Letter.objects.exists()
