"""Ada leaves a program, or her company, by herself: what stays, what closes, who is told, who must wait."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.audit.models import Entry
from matricula.identities.models import CompanySession, Connection, Identity
from matricula.joining.tests.leaving import HOME, WORK, ada_at_work, deliver, join, letters, listed
from matricula.leaving.departing.departing import leave_company, leave_program
from matricula.leaving.departing.ways_in import way_in_without
from matricula.leaving.errors import NoOtherWayIn
from matricula.mail.models import InboxLetter
from matricula.organizations.errors import LastOwner
from matricula.organizations.models import Affiliation, Domain, Role
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program

pytestmark = pytest.mark.django_db
LEFT = Membership.State.LEFT


@pytest.fixture
def ada(program):
    return ada_at_work(program, home=HOME, confirmed=True)


@pytest.fixture
def second(organization):
    return Program.objects.create(organization=organization, slug="second", name="Growth", seats=5)


@pytest.fixture
def browser(ada):
    return fresh(ada)


def fresh(account) -> Client:
    browser = Client()
    browser.force_login(account)
    session = browser.session
    session["proved_at"] = timezone.now().timestamp()
    session.save()
    return browser


def membership(account, program) -> Membership:
    return Membership.objects.select_related("program__organization", "account").get(
        account=account, program=program
    )


def test_ada_leaves_one_of_two_programs_and_keeps_the_tie(ada, program, second, browser):
    browser.get("/account/companies/")
    membership_of_second = membership(ada, program)
    enter_program(program=second, account=ada)
    address = f"/account/programs/{program.public_id}/leave/"
    page = browser.get(address).content.decode()
    assert "Leave Welcome?" in page
    assert "It is your last program" not in page
    assert membership_of_second.is_active
    answer = browser.post(address, follow=True).content.decode()
    assert "You left Welcome" in answer
    left = membership(ada, program)
    assert (left.state, left.left_at is not None) == (LEFT, True)
    program.refresh_from_db()
    assert program.seats_used == 0
    assert Affiliation.objects.live().filter(account=ada).count() == 1
    (told,) = letters(WORK, "leaving.left") + letters(HOME, "leaving.left")
    assert "you left Welcome of Nordlicht" in told
    line = Entry.objects.get(verb="membership.ended")
    assert (line.actor_id, line.after) == (ada.pk, {"state": "left"})


def test_a_second_tab_finds_that_it_is_done_and_nobody_is_told_twice(ada, program, browser):
    address = f"/account/programs/{program.public_id}/leave/"
    browser.post(address)
    assert "You are no longer in Welcome" in browser.post(address, follow=True).content.decode()
    assert "You are no longer in Welcome" in browser.get(address, follow=True).content.decode()
    gone = "/account/companies/nordlicht/leave/"
    assert "You are no longer in Nordlicht" in browser.get(gone, follow=True).content.decode()
    assert Entry.objects.filter(verb="membership.ended").count() == 1


def test_with_the_last_program_she_leaves_the_company_and_its_mailbox_and_is_told_once(ada, program, browser):
    page = browser.get(f"/account/programs/{program.public_id}/leave/").content.decode()
    assert "It is your last program at Nordlicht" in page
    browser.post(f"/account/programs/{program.public_id}/leave/")
    assert listed(ada) == {HOME: "primary"}
    deliver()
    to_home = InboxLetter.objects.filter(to=HOME).values_list("letter__kind", flat=True)
    assert list(to_home) == ["programs.departure"]


def test_she_leaves_the_company_with_all_programs_role_and_sign_in(ada, program, second, organization, bruno):
    enter_program(program=second, account=ada)
    Role.objects.create(organization=organization, account=bruno, kind="owner")
    Role.objects.create(organization=organization, account=ada, kind="viewer")
    connection = Connection.objects.create(organization=organization, name="Nordlicht")
    linked = Identity.objects.create(connection=connection, subject="ada", account=ada)
    opened = CompanySession.objects.create(
        identity=linked, handle_digest="d", expires_at=timezone.now() + timedelta(hours=1)
    )
    browser = fresh(ada)
    page = browser.get("/account/companies/nordlicht/leave/").content.decode()
    for told in (
        "Welcome",
        "Growth",
        "Your role at Nordlicht Energie: ",
        "company sign-in of Nordlicht",
        WORK,
    ):
        assert told in page
    assert (
        "You left Nordlicht"
        in browser.post("/account/companies/nordlicht/leave/", follow=True).content.decode()
    )
    assert set(Membership.objects.filter(account=ada).values_list("state", flat=True)) == {LEFT}
    assert not Role.objects.filter(account=ada).exists()
    assert not Affiliation.objects.live().filter(account=ada).exists()
    opened.refresh_from_db()
    linked.refresh_from_db()
    assert opened.ended_at is not None
    assert (linked.ended_at is not None, linked.ended_by) == (True, "person")
    assert letters(HOME, "leaving.left") == []


def test_the_only_owner_stays_until_there_is_another(ada, program, organization):
    Role.objects.create(organization=organization, account=ada, kind="owner")
    page = fresh(ada).post("/account/companies/nordlicht/leave/")
    assert (page.status_code, "only owner" in page.content.decode()) == (409, True)
    with pytest.raises(LastOwner):
        leave_company(organization=organization, account=ada)
    assert membership(ada, program).is_active


def test_whoever_has_nothing_but_the_company_is_first_given_a_way_in(program, organization):
    ada = ada_at_work(program, home=HOME)
    Domain.objects.create(
        organization=organization, name="nordlicht.example", secret="s", proven_at=timezone.now()
    )
    browser, address = fresh(ada), f"/account/programs/{program.public_id}/leave/"
    page = browser.get(address).content.decode()
    assert "First, a way in of your own" in page
    assert f"Confirm {HOME}" in page
    assert 'class="danger"' not in page
    with pytest.raises(NoOtherWayIn):
        leave_program(membership=membership(ada, program), claims_own=True)
    assert browser.post(address, {"own": "on"}).status_code == 409
    ada.addresses.filter(address=HOME).update(confirmed_at=timezone.now())
    assert "First, a way in" not in browser.get(address).content.decode()
    ada.set_unusable_password()
    ada.save()
    assert way_in_without(organization, ada).has_password is False
    with pytest.raises(NoOtherWayIn):
        leave_company(organization=organization, account=ada)
    assert membership(ada, program).is_active


def test_an_address_that_is_her_own_may_be_claimed(program):
    """D2: she was invited at her private address; its domain is nobody's."""
    ada = ada_at_work(program)
    page = fresh(ada).get(f"/account/programs/{program.public_id}/leave/").content.decode()
    assert "Or is it your own?" in page
    assert leave_program(membership=membership(ada, program), claims_own=True)
    assert listed(ada) == {WORK: "promised"}
    assert "say so in your account" in letters(WORK)[0]


def test_nobody_leaves_for_somebody_else(ada, program, chika):
    browser = fresh(chika)
    assert browser.get(f"/account/programs/{program.public_id}/leave/").status_code == 404
    assert browser.post("/account/companies/nordlicht/leave/").status_code == 404
    assert membership(ada, program).is_active


def test_leaving_asks_for_a_fresh_proof(ada, program):
    browser = Client()
    browser.force_login(ada)
    answer = browser.post(f"/account/programs/{program.public_id}/leave/")
    assert answer["Location"].startswith("/account/prove/")
    assert membership(ada, program).is_active


def test_companies_tell_of_today_and_of_before(ada, program, browser, chika):
    page = browser.get("/account/companies/").content.decode()
    assert "Leave Nordlicht" in page
    leave_program(membership=membership(ada, program))
    page = browser.get("/account/companies/").content.decode()
    assert "You are with no company now" in page
    assert "A new invitation brings you back" in page
    assert "You are with no company now" in fresh(chika).get("/account/companies/").content.decode()


def test_whoever_was_removed_before_any_address_was_proven_is_written_to(program, second, bruno):
    """A program that trusts its links vouches for the address; nothing else is known of the person."""
    ada = person("Ada Okafor", WORK)
    ada.addresses.update(confirmed_at=None, is_primary=False, vouched_at=timezone.now())
    join(ada, program)
    enter_program(program=second, account=ada)
    end_membership(membership=membership(ada, second), actor=bruno, state=Membership.State.REMOVED)
    assert "took you out of Growth" in letters(WORK, "programs.removed")[0]
