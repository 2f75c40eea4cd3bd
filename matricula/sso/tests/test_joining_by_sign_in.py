"""Somebody without an account here joins by signing in with their company."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account
from matricula.audit.models import Entry
from matricula.identities.identities import end_identity
from matricula.identities.models import CompanySession, Connection, Identity
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import InvitationToken, mint_link
from matricula.joining.models import Arrival, Request
from matricula.joining.tests.test_joining import code_for
from matricula.learning.models import Enrolment
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Affiliation, Domain
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from matricula.sso.tests.company import logged_in
from matricula.sso.tests.openid import live, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]
WORK = "ada@nordlicht.example"


@pytest.fixture
def open_program(program) -> Program:
    Program.objects.filter(pk=program.pk).update(open_to_sign_in=True)
    program.refresh_from_db()
    return program


@pytest.fixture
def proven(organization) -> Domain:
    return Domain.objects.create(
        organization=organization, name="nordlicht.example", secret="0" * 32, proven_at=timezone.now()
    )


def arrive(connection, program, browser=None) -> tuple[Client, Arrival]:
    browser = browser or Client()
    answer = sign_in(browser, connection)
    assert answer["Location"] == "/sso/nordlicht/link/"
    page = browser.get(answer["Location"]).content.decode()
    assert program.name in page
    answer = browser.post(f"/join/with-company/nordlicht/{program.public_id}/")
    assert "/join/arrivals/" in answer["Location"]
    return browser, Arrival.objects.latest("pk")


def arrive_in_spite(browser, program):
    """By the address of the button, which no page shows."""
    browser.post(f"/join/with-company/nordlicht/{program.public_id}/")
    return browser, Arrival.objects.latest("pk")


def set_up(browser, arrival, **more):
    form = {"full_name": "Ada Lovelace", "alternative_email": "ada@home.example", "password": "", **more}
    return browser.post(f"/join/arrivals/{arrival.public_id}/account/", form)


@pytest.mark.postgres
def test_e3_ada_browses_starts_sets_up_without_a_password_and_is_brought_straight_in_next_time(
    olga, provider, open_program, proven, course
):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    browser.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
    page = browser.get(f"/join/arrivals/{arrival.public_id}/account/").content.decode()
    assert 'value="Ada Lovelace"' in page
    assert WORK in page
    answer = set_up(browser, arrival)
    assert answer["Location"] == f"/learn/courses/{course.public_id}/"
    ada = Account.objects.get(full_name="Ada Lovelace")
    assert not ada.has_usable_password()
    assert Membership.objects.active().filter(account=ada, program=open_program).exists()
    assert Enrolment.objects.filter(account=ada, course=course).exists()
    assert Identity.objects.live().get(account=ada).subject == "ada-1"
    assert browser.get(answer["Location"]).status_code == 200
    assert browser.get("/account/")["Location"].startswith("/account/log-in/")
    again = Client()
    assert sign_in(again, connection)["Location"] == "/learn/"
    assert again.get("/learn/").status_code == 200


@pytest.mark.postgres
def test_e3_with_a_password_of_her_own_the_account_is_open_to_her_as_well(
    olga, provider, open_program, proven
):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    answer = set_up(browser, arrival, password=PASSWORD)
    assert answer.status_code == 302
    assert browser.get("/account/").status_code == 200
    assert CompanySession.objects.live().filter(account__full_name="Ada Lovelace").exists()


@pytest.mark.postgres
def test_e4_where_the_domain_is_not_proven_the_address_is_a_hint_and_a_code_is_asked_for(
    olga, provider, open_program
):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    answer = set_up(browser, arrival, work_email=WORK)
    assert answer.status_code == 200
    assert "This field is required" in answer.content.decode()
    answer = set_up(browser, arrival, work_email=WORK, password=PASSWORD)
    assert answer["Location"].endswith("/confirm/")
    assert not Membership.objects.filter(program=open_program).exists()
    assert not Identity.objects.exists()
    ada = Account.objects.get(full_name="Ada Lovelace")
    browser.post(f"/join/arrivals/{arrival.public_id}/confirm/", {"code": code_for(WORK)})
    assert Identity.objects.live().filter(account=ada).exists()
    assert Membership.objects.active().filter(account=ada).exists()


@pytest.mark.postgres
def test_e4_whose_work_e_mail_is_confirmed_in_a_proven_domain_is_linked_without_a_question(
    olga, provider, program, proven
):
    connection = live(olga, provider)
    ada = person("Ada", WORK)
    Affiliation.objects.create(organization=program.organization, account=ada, work_email=WORK)
    enter_program(program=program, account=ada)
    browser = Client()
    assert sign_in(browser, connection)["Location"] == "/learn/"
    assert Identity.objects.live().get(account=ada).subject == "ada-1"
    assert Entry.objects.filter(verb="identity.linked").exists()
    while deliver_due():
        pass
    letter = InboxLetter.objects.get(to=WORK, letter__kind="identities.linked")
    assert "/account/company-sign-ins/" in letter.text
    assert browser.get("/account/").status_code == 302


@pytest.mark.parametrize("missing", ["domain", "tie", "proof", "ended before"])
def test_e4_nothing_less_links_an_account(olga, provider, program, proven, missing):
    connection = live(olga, provider)
    ada = person("Ada", WORK if missing != "proof" else "ada@home.example")
    tie = Affiliation.objects.create(organization=program.organization, account=ada, work_email=WORK)
    enter_program(program=program, account=ada)
    if missing == "domain":
        Domain.objects.update(lost_at=timezone.now())
    elif missing == "tie":
        Affiliation.objects.filter(pk=tie.pk).update(ended_at=timezone.now())
    elif missing == "ended before":
        before = Identity.objects.create(connection=connection, subject="ada-0", account=ada)
        end_identity(identity=before, ended_by=Identity.EndedBy.COMPANY, actor=None)
    assert sign_in(Client(), connection)["Location"] == "/sso/nordlicht/link/"
    assert not Identity.objects.live().exists()


@pytest.mark.postgres
def test_e7_whom_an_administrator_removed_no_sign_in_brings_back(olga, provider, open_program, proven, bruno):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    set_up(browser, arrival)
    membership = Membership.objects.get(account__full_name="Ada Lovelace")
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    outside = Client()
    refused = sign_in(outside, connection)
    assert refused.status_code == 403
    assert "ended this sign-in" in refused.content.decode()
    assert "/join/with-company/nordlicht/ask/" in refused.content.decode()
    assert outside.post("/join/with-company/nordlicht/ask/").status_code == 200
    asked = Request.objects.get()
    assert (asked.program, asked.address, asked.reason) == (open_program, WORK, "removed")
    assert Client().post("/join/with-company/nordlicht/ask/")["Location"] == "/sso/nordlicht/"
    assert Request.objects.count() == 1
    _, arrival = arrive_in_spite(outside, open_program)
    assert "This field is required" in set_up(outside, arrival).content.decode()
    assert not Membership.objects.active().filter(program=open_program).exists()


@pytest.mark.postgres
def test_e7_who_left_by_themselves_comes_back_by_signing_in_again(olga, provider, open_program, proven):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    set_up(browser, arrival, password=PASSWORD)
    membership = Membership.objects.get(account__full_name="Ada Lovelace")
    ada = membership.account
    end_membership(membership=membership, actor=ada, state=Membership.State.LEFT)
    assert not Identity.objects.live().exists()
    browser, arrival = arrive(connection, open_program)
    link = f"/join/arrivals/{arrival.public_id}/link-account/"
    assert "Company sign-in" in browser.get(link).content.decode()
    browser.post(link, {"email": WORK, "password": PASSWORD})
    membership.refresh_from_db()
    assert membership.is_active
    assert Identity.objects.live().filter(account=ada).exists()


def test_a_program_that_is_not_open_to_sign_in_lets_nobody_join_by_it(olga, provider, program, proven):
    connection = live(olga, provider)
    browser = Client()
    assert sign_in(browser, connection)["Location"] == "/sso/nordlicht/link/"
    assert "Join now" not in browser.get("/sso/nordlicht/link/").content.decode()
    assert browser.post(f"/join/with-company/nordlicht/{program.public_id}/").status_code == 404


def test_without_a_sign_in_the_button_leads_to_the_company(olga, provider, open_program):
    live(olga, provider)
    answer = Client().post(f"/join/with-company/nordlicht/{open_program.public_id}/")
    assert answer["Location"] == "/sso/nordlicht/"


def test_a_program_that_is_closed_meanwhile_takes_nobody(olga, provider, open_program, proven):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    Program.objects.update(open_to_sign_in=False)
    answer = set_up(browser, arrival)
    assert answer.status_code == 410
    assert "asks for an invitation now" in answer.content.decode()


def test_a_sign_in_of_yesterday_is_asked_for_once_more(olga, provider, open_program, proven):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    long_ago = timezone.now() - timedelta(hours=25)
    Arrival.objects.update(asserted_at=long_ago, created_at=long_ago)
    answer = set_up(browser, arrival, password=PASSWORD)
    assert "once more" in answer.content.decode()
    assert not Account.objects.filter(full_name="Ada Lovelace").exists()


def test_whoever_sits_down_after_a_log_out_goes_on_with_nobodys_sign_in(
    olga, provider, open_program, proven, chika, settings
):
    """The cookie of an arrival outlives the session; the company's word does not."""
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    answer = browser.get(f"/join/arrivals/{arrival.public_id}/account/")
    assert answer.status_code == 404
    browser.post("/account/log-in/", {"email": "chika@elsewhere.example", "password": PASSWORD})
    assert browser.post(f"/join/arrivals/{arrival.public_id}/link-account/mine/").status_code == 404


@pytest.mark.postgres
def test_who_is_linked_already_joins_another_open_program_with_one_click(
    olga, provider, open_program, proven, bruno
):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    set_up(browser, arrival)
    second = Program.objects.create(
        organization=open_program.organization, slug="more", name="Even more", open_to_sign_in=True
    )
    assert "Even more" in browser.get("/learn/").content.decode()
    answer = browser.post(f"/join/with-company/nordlicht/{second.public_id}/")
    assert answer["Location"] == f"/learn/programs/{second.public_id}/"
    assert browser.get(answer["Location"]).status_code == 200
    membership = Membership.objects.get(program=second)
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    assert "Even more" not in browser.get("/learn/").content.decode()
    answer = browser.post(f"/join/with-company/nordlicht/{second.public_id}/")
    assert answer.status_code == 410
    assert "You were removed from Even more" in answer.content.decode()


@pytest.mark.postgres
def test_an_invited_person_who_signs_in_first_is_proven_and_linked_by_it(
    olga, provider, program, proven, invitation, link
):
    connection = live(olga, provider)
    browser = Client()
    browser.get(link)
    assert sign_in(browser, connection, next_path="/join/welcome/")["Location"] == "/join/welcome/"
    browser.post("/join/now/")
    arrival = Arrival.objects.latest("pk")
    assert (arrival.invitation, arrival.subject) == (invitation, "ada-1")
    set_up(browser, arrival)
    ada = Account.objects.get(full_name="Ada Lovelace")
    assert Membership.objects.active().filter(account=ada, program=program).exists()
    assert Identity.objects.live().filter(account=ada).exists()
    invitation.refresh_from_db()
    assert invitation.state == "joined"


def test_a_sign_in_that_is_somebody_elses_keeps_no_invited_person_out(
    olga, provider, program, proven, invitation, link
):
    connection = live(olga, provider)
    browser = Client()
    browser.get(link)
    sign_in(browser, connection, next_path="/join/welcome/")
    browser.post("/join/now/")
    arrival = Arrival.objects.latest("pk")
    Identity.objects.create(connection=connection, subject="ada-1", account=person("Eve", "eve@home.example"))
    set_up(browser, arrival, password=PASSWORD)
    ada = Account.objects.get(full_name="Ada Lovelace")
    assert Membership.objects.active().filter(account=ada, program=program).exists()
    assert not Identity.objects.filter(account=ada).exists()


def test_linking_a_session_that_is_open_already_asks_for_a_fresh_proof(
    olga, provider, open_program, proven, chika
):
    connection = live(olga, provider)
    browser = logged_in("chika@elsewhere.example")
    browser, arrival = arrive(connection, open_program, browser)
    session = browser.session
    session["proved_at"] = 0
    session.save()
    answer = browser.post(f"/join/arrivals/{arrival.public_id}/link-account/mine/")
    assert answer["Location"].startswith("/account/prove/")
    assert not Identity.objects.exists()


@pytest.mark.postgres
def test_e1_join_now_on_an_invitation_to_a_program_that_requires_it_leads_to_the_company_first(
    olga, provider, program, proven, invitation, link
):
    connection = live(olga, provider)
    Program.objects.filter(pk=program.pk).update(requires_sign_in=True)
    browser = Client()
    browser.get(link)
    assert "it comes first" in browser.get("/join/welcome/").content.decode()
    assert browser.post("/join/now/")["Location"] == "/sso/nordlicht/?next=%2Fjoin%2Fwelcome%2F"
    assert sign_in(browser, connection, next_path="/join/welcome/")["Location"] == "/join/welcome/"
    assert f"Signed in with {connection.name}" in browser.get("/join/welcome/").content.decode()
    browser.post("/join/now/")
    set_up(browser, Arrival.objects.latest("pk"))
    assert browser.get(f"/learn/programs/{program.public_id}/").status_code == 200


def test_a_company_sign_in_that_does_not_work_today_keeps_nobody_from_joining(
    olga, provider, program, proven, invitation, link
):
    live(olga, provider)
    Program.objects.filter(pk=program.pk).update(requires_sign_in=True)
    Connection.objects.update(state="off")
    browser = Client()
    browser.get(link)
    assert "/join/arrivals/" in browser.post("/join/now/")["Location"]


@pytest.mark.postgres
def test_who_is_linked_and_invited_to_another_program_is_in_with_one_click(
    olga, provider, open_program, proven, bruno
):
    connection = live(olga, provider)
    browser, arrival = arrive(connection, open_program)
    set_up(browser, arrival)
    second = Program.objects.create(organization=open_program.organization, slug="more", name="Even more")
    made = invite_person(program=second, address=WORK, invited_by=bruno)
    browser.get("/join/" + mint_link(made, InvitationToken.Channel.MAIL).split("/join/")[1])
    assert browser.post("/join/now/")["Location"] == f"/learn/programs/{second.public_id}/"
    made.refresh_from_db()
    assert made.state == "joined"
