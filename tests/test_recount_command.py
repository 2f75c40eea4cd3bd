"""`matricula recount` finds whoever was left behind, some at a time, and says how many."""

import pytest
from django.utils import timezone

from conftest import person
from matricula.commands import parser
from matricula.credentials.models import Certificate
from matricula.learning import completion
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.organizations.models import Affiliation
from matricula.programs import recount
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from tests.learners import short_course, specialization_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_recount_completes_whoever_is_stuck_ends_lone_ties_and_says_how_many(
    program, organization, bruno, chika, monkeypatch, capsys
):
    monkeypatch.setattr(completion, "BATCH", 2)
    monkeypatch.setattr(recount, "TIES", 2)
    course = short_course(organization, "stuck", "a", "b")
    series = specialization_of(course)
    done, begun = ([person(f"P {n}", f"{kind}{n}@x.example") for n in range(5)] for kind in ("done", "begun"))
    for account in (*done, *begun):
        enrolment = Enrolment.objects.create(account=account, course=course)
        SpecializationEnrolment.objects.create(account=account, specialization=series)
        lessons = course.lessons.all() if account in done else course.lessons.filter(key="a")
        for lesson in lessons:
            Progress.objects.create(enrolment=enrolment, lesson=lesson, done_at=timezone.now())
    for account in (*done, bruno, chika):
        work = account.primary_address.address
        Affiliation.objects.create(organization=organization, account=account, work_email=work)
    completed_before = Enrolment.objects.get(account=done[0], course=course)
    Enrolment.objects.filter(pk=completed_before.pk).update(completed_at=timezone.now())
    Program.objects.update(seats=None)
    for account in (bruno, done[1]):
        enter_program(program=program, account=account)
    arguments = parser().parse_args(["recount"])
    assert arguments.run(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Courses that were done and are completed now, Specializations with their last course: 4.",
        "Specializations of which all courses were completed already: 1.",
        "Work e-mails detached of people who are in no program any more: 5.",
    ]
    certificates = Certificate.objects.filter(account__in=done)
    assert certificates.count() == 4 + 5
    assert not Certificate.objects.filter(account__in=begun).exists()
    assert set(Affiliation.objects.live().values_list("account", flat=True)) == {bruno.pk, done[1].pk}
    arguments.run(arguments)
    assert capsys.readouterr().out.count(": 0.") == 3
