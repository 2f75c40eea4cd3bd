"""Ada is away for a year: she is told, and leaves a month later unless she comes back."""

import threading
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.accounts.models import Session
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment
from matricula.learning.retention import (
    AWAY,
    note_return,
    part_with_some,
    people_to_part_with,
    tell_some,
)
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.recount import wrong_numbers
from tests.at_once import all_at_once, refusals
from tests.learners import do_everything

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
YEAR = timedelta(days=365)


def away(program, name="Ada King", work="ada@nordlicht.example", days=400):
    """In the program for so long, and never seen since."""
    account, since = person(name, work.replace("nordlicht", "home")), timezone.now() - timedelta(days=days)
    membership = enter_program(program=program, account=account)
    Membership.objects.filter(pk=membership.pk).update(joined_at=since)
    Affiliation.objects.create(
        organization=program.organization, account=account, work_email=work, started_at=since
    )
    return membership


@pytest.fixture
def ada(program):
    return away(program)


def tell(organization):
    now = timezone.now()
    return tell_some(organization, now - YEAR, now)


def part(organization, days=0):
    """As it is in so many days from now."""
    now = timezone.now()
    return part_with_some(organization, now - YEAR, now + timedelta(days=days))


def is_member(membership):
    return Membership.objects.active().filter(pk=membership.pk).exists()


def test_ada_is_told_once_and_leaves_a_month_later(program, ada):
    assert tell(program.organization) == (1, False)
    assert tell(program.organization) == (0, False)
    assert part(program.organization, days=29)[0] == 0
    assert is_member(ada)
    deliver_due()
    text = InboxLetter.objects.get(to="ada@home.example", letter__kind=AWAY).text
    assert "To stay, log in before" in text
    assert part(program.organization, days=32) == (1, False)
    ada.refresh_from_db()
    assert ada.state == Membership.State.LEFT
    assert not Affiliation.objects.live().filter(account=ada.account).exists()
    assert ada.account.is_active
    assert part(program.organization, days=32) == (0, False)
    assert wrong_numbers() == []


def test_what_she_learned_stays_hers(program, course, ada):
    enrolment = do_everything(course, ada)
    old = timezone.now() - timedelta(days=390)
    Enrolment.objects.update(started_at=old, completed_at=old)
    enrolment.progress.update(updated_at=old)
    tell(program.organization)
    part(program.organization, days=32)
    assert not is_member(ada)
    assert Enrolment.objects.filter(account=ada.account, completed_at__isnull=False).exists()
    assert ada.account.certificates.exists()


def test_whoever_logs_in_after_the_letter_stays_and_is_not_told_again(program, ada):
    tell(program.organization)
    Client().force_login(ada.account)
    Session.objects.all().delete()  # logged out again
    assert part(program.organization, days=32)[0] == 0
    assert tell(program.organization)[0] == 0
    assert is_member(ada)


def test_whoever_learns_in_an_open_browser_after_the_letter_stays(program, course, ada):
    tell(program.organization)
    start_course(course=course, membership=ada)
    assert part(program.organization, days=32)[0] == 0
    tell(program.organization)
    assert Affiliation.objects.get(account=ada.account).leaving_at is None


@pytest.mark.parametrize("days", [334, 336])
def test_nobody_is_told_more_than_a_month_before_their_year_is_over(program, days):
    away(program, days=days)
    assert tell(program.organization)[0] == (1 if days == 336 else 0)


def test_whoever_has_a_role_and_whoever_is_in_no_program_is_left_alone(program, ada):
    Role.objects.create(organization=program.organization, account=ada.account, kind=Role.Kind.VIEWER)
    chika = person("Chika Obi", "chika@elsewhere.example")
    old = timezone.now() - timedelta(days=800)
    Affiliation.objects.create(
        organization=program.organization, account=chika, work_email="c@nordlicht.example", started_at=old
    )
    assert tell(program.organization) == (0, False)


def test_in_two_organizations_ada_leaves_the_one_with_the_rule(program, ada):
    other = Organization.objects.create(slug="other", name="Other")
    there = Program.objects.create(organization=other, slug="x", name="X")
    second = enter_program(program=there, account=ada.account)
    Membership.objects.filter(pk=second.pk).update(joined_at=ada.joined_at - YEAR)
    Membership.objects.filter(pk=ada.pk).update(joined_at=timezone.now() - timedelta(days=400))
    Affiliation.objects.create(organization=other, account=ada.account, work_email="ada@other.example")
    tell(program.organization)
    part(program.organization, days=32)
    assert not is_member(ada)
    assert is_member(second)
    assert Affiliation.objects.live().filter(organization=other).exists()


def test_many_go_some_at_a_time(program, monkeypatch):
    monkeypatch.setattr("matricula.learning.retention.AT_ONCE", 2)
    for number in range(3):
        away(program, f"Ada {number}", f"a{number}@nordlicht.example")
    assert [tell(program.organization) for _ in range(2)] == [(2, True), (1, False)]
    assert Letter.objects.filter(kind=AWAY).count() == 3
    assert [part(program.organization, days=32) for _ in range(2)] == [(2, True), (1, False)]
    assert wrong_numbers() == []


def test_the_list_of_the_next_night_names_who_was_told(program, ada):
    tell(program.organization)
    later = timezone.now() + timedelta(days=32)
    assert [one.account for one in people_to_part_with(program.organization, later - YEAR, later)] == [
        ada.account
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(6))
def test_races_ada_comes_back_at_the_moment_the_night_parts_with_her(program, ada, run):
    """Either she stays and nothing ended, or she has left and nothing says that she came back."""
    tell(program.organization)
    again = threading.Barrier(2)

    def night():
        again.wait(10)
        return part(program.organization, days=32)[0]

    def back():
        again.wait(10)
        return note_return(ada.account_id)

    parted, *_ = told = all_at_once(night, back)
    assert refusals(told) == []
    tie = Affiliation.objects.get(account=ada.account)
    assert is_member(ada) == (parted == 0) == (tie.back_at is not None)
    assert wrong_numbers() == []
