"""A work e-mail that changed: the one that was invited and proven is Ada's now, the old one is history."""

import pytest
from django.test import Client

from conftest import PASSWORD, person
from matricula.audit.models import Entry
from matricula.invitations.invitations import invite_person, last_work_email
from matricula.invitations.models import InvitationToken, mint_link
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.joining.tests.leaving import BROWSER, WORK, ada_at_work, join, listed, remove
from matricula.joining.tests.test_joining import code_for
from matricula.organizations.models import Affiliation, Role
from matricula.programs.models import Membership, Program
from matricula.reporting.people import matching_members

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
NEW = "ada.okafor@nordlicht.example"


@pytest.fixture
def ada(program):
    return ada_at_work(program, home="ada@home.example", confirmed=True)


@pytest.fixture
def second(organization, course):
    made = Program.objects.create(organization=organization, slug="second", name="Second", seats=5)
    made.courses.add(course)
    return made


def enters(program, link: str, **typed: str) -> None:
    """Ada, signed in, opens the link, presses START and enters the code that came to her new address."""
    browser = Client()
    browser.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    browser.get("/join/" + link.split("/join/")[1], **BROWSER)
    browser.post("/join/now/", {"as": "me"})
    way = f"/join/arrivals/{Arrival.objects.latest('id').public_id}"
    browser.post(f"{way}/start/course/{program.courses.get().public_id}/")
    if typed:
        browser.post(f"{way}/work-email/", typed)
    browser.post(f"{way}/confirm/", {"code": code_for(NEW)})


def invited(program, bruno) -> str:
    made = invite_person(program=program, address=NEW, invited_by=bruno)
    return mint_link(made, InvitationToken.Channel.MAIL)


def found(organization, bruno, words: str) -> list[str]:
    role, _ = Role.objects.get_or_create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return [one.account.full_name for one in matching_members(role, {"q": words})]


def test_an_invited_and_proven_address_becomes_the_work_e_mail_and_the_old_one_history(ada, second, bruno):
    enters(second, invited(second, bruno))
    ties = Affiliation.objects.filter(account=ada).live_first()
    assert [(one.work_email, one.ended_at is None) for one in ties] == [(NEW, True), (WORK, False)]
    assert Entry.objects.get(verb="affiliation.renamed").after == {"address": NEW}


def test_ada_is_found_by_both_and_invited_again_at_the_new_one(ada, second, bruno, organization):
    enters(second, invited(second, bruno))
    assert found(organization, bruno, NEW) == found(organization, bruno, WORK) == ["Ada Okafor"] * 2
    assert {last_work_email(one) for one in Membership.objects.filter(account=ada)} == {NEW}


def test_both_leave_her_account_with_the_organization(ada, second, bruno):
    enters(second, invited(second, bruno))
    assert set(listed(ada)) == {NEW, WORK, "ada@home.example"}
    remove(ada)
    assert set(listed(ada)) == {"ada@home.example"}


def test_an_address_that_is_somebody_elses_work_e_mail_stays_theirs(ada, second, bruno, program):
    hugo = person("Hugo", "hugo@home.example")
    join(hugo, program, NEW)
    enters(second, invited(second, bruno))
    assert Membership.objects.filter(account=ada, program=second).exists()
    assert Affiliation.objects.live().get(account=ada).work_email == WORK
    assert Affiliation.objects.live().get(account=hugo).work_email == NEW


def test_what_a_visitor_of_a_direct_link_types_changes_no_work_e_mail(ada, second, bruno):
    _, link = make_direct_link(program=second, actor=bruno)
    enters(second, link, work_email=NEW)
    assert Membership.objects.filter(account=ada, program=second).exists()
    assert [one.work_email for one in Affiliation.objects.filter(account=ada)] == [WORK]


def test_a_letter_that_the_program_trusts_changes_it_only_once_the_mailbox_is_proven(ada, second, bruno):
    """It may have been forwarded."""
    Program.objects.filter(pk=second.pk).update(trusts_the_link=True)
    second.refresh_from_db()
    browser = Client()
    browser.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    browser.get("/join/" + invited(second, bruno).split("/join/")[1], **BROWSER)
    browser.post("/join/now/", {"as": "me"})
    way = f"/join/arrivals/{Arrival.objects.latest('id').public_id}"
    browser.post(f"{way}/start/course/{second.courses.get().public_id}/")
    assert Membership.objects.filter(account=ada, program=second).exists()
    assert Affiliation.objects.get(account=ada).work_email == WORK


def test_words_follow_a_tie_and_a_membership_to_another_account(ada, program, bruno, organization):
    hugo = person("Hugo Weber", "hugo@home.example")
    Membership.objects.filter(account=ada).update(account=hugo)
    assert found(organization, bruno, "Weber") == ["Hugo Weber"]
    assert found(organization, bruno, "Okafor") == found(organization, bruno, WORK) == []
    Affiliation.objects.filter(account=ada).update(account=hugo)
    assert found(organization, bruno, WORK) == ["Hugo Weber"]
    Affiliation.objects.filter(account=hugo).delete()
    assert found(organization, bruno, WORK) == []
