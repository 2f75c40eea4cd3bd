"""What a company says of somebody brings nobody in who was put out, and no account into other hands."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, EmailAddress
from matricula.identities.asserted_identities import WAITING, AssertedIdentity, link_by_work_email
from matricula.identities.identities import end_identity, link_identity
from matricula.identities.models import Connection, Identity
from matricula.identities.tests.company import live_connection
from matricula.joining.models import Arrival, Request
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Affiliation, Role
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WORK, HOME = "ada@nordlicht.example", "ada@home.example"
REMOVED, LEFT = Membership.State.REMOVED, Membership.State.LEFT


@pytest.fixture
def connection(organization) -> Connection:
    organization.domains.create(name="nordlicht.example", secret="0" * 32, proven_at=timezone.now())
    return live_connection(organization)


@pytest.fixture
def open_program(program) -> Program:
    Program.objects.update(open_to_sign_in=True)
    program.refresh_from_db()
    return program


@pytest.fixture
def ada(program) -> Account:
    account = person("Ada", WORK)
    EmailAddress.objects.create(account=account, address=HOME, confirmed_at=timezone.now())
    Affiliation.objects.create(organization=program.organization, account=account, work_email=WORK)
    enter_program(program=program, account=account)
    return account


def brings(browser: Client, connection: Connection, subject="s-1", email=WORK, *, doubted=False) -> None:
    """Somebody came back from the company's sign-in in this browser a moment ago."""
    session = browser.session
    session[WAITING] = {
        "connection": connection.pk,
        "subject": subject,
        "email": email,
        "full_name": "Ada Lovelace",
        "asserted_at": timezone.now().isoformat(),
        "ends_at": "",
        "email_doubted": doubted,
        "next": "",
    }
    session.save()


def asserted(connection: Connection, subject="s-1", email=WORK, *, doubted=False) -> AssertedIdentity:
    return AssertedIdentity(connection, subject, email, "Ada Lovelace", timezone.now(), email_doubted=doubted)


def join(browser: Client, program: Program):
    return browser.post(f"/join/with-company/nordlicht/{program.public_id}/")


def path(page: str) -> str:
    return f"/join/arrivals/{Arrival.objects.latest('pk').public_id}/{page}/"


def set_up(browser: Client, **more):
    form = {"full_name": "Ada Lovelace", "alternative_email": "two@home.example", "password": "", **more}
    return browser.post(path("account"), form)


def logged_in(address: str, *, fresh=True) -> Client:
    browser = Client()
    browser.post("/account/log-in/", {"email": address, "password": PASSWORD})
    session = browser.session
    session["proved_at"] = session["proved_at"] if fresh else 0
    session.save()
    return browser


def test_e7_a_removed_person_who_never_used_the_sign_in_before_is_not_brought_back_by_it(
    connection, open_program, ada, bruno
):
    end_membership(membership=ada.memberships.get(), actor=bruno, state=REMOVED)
    outside = Client()
    brings(outside, connection)
    answer = join(outside, open_program)
    assert (answer.status_code, Arrival.objects.count()) == (410, 0)
    outside.post("/join/with-company/nordlicht/ask/")
    assert Request.objects.get().address == WORK


def test_e7_nor_where_the_domain_is_not_proven_and_they_prove_the_mailbox_by_a_code(
    connection, open_program, ada, bruno
):
    connection.organization.domains.all().delete()
    end_membership(membership=ada.memberships.get(), actor=bruno, state=REMOVED)
    ada.addresses.spelled(WORK).delete()
    outside = Client()
    brings(outside, connection)
    join(outside, open_program)
    set_up(outside, work_email=WORK, password=PASSWORD)
    while deliver_due():
        pass
    code = re.search(r"^\d{6}$", InboxLetter.objects.filter(to=WORK).latest("pk").text, re.M)[0]
    outside.post(path("confirm"), {"code": code})
    answer = outside.post(path("confirm"))
    assert answer.status_code == 410
    assert "You were removed" in answer.content.decode()
    assert not Membership.objects.active().filter(program=open_program).exists()
    arrival = Arrival.objects.latest("pk")
    outside.post("/join/ask/", {"arrival": arrival.public_id, "email": WORK})
    assert (Request.objects.get().reason, Request.objects.get().address) == ("removed", WORK)


def test_e7_who_left_by_themselves_may_come_back(connection, open_program, ada):
    end_membership(membership=ada.memberships.get(), actor=ada, state=LEFT)
    outside = Client()
    brings(outside, connection)
    assert "/join/arrivals/" in join(outside, open_program)["Location"]


def test_an_address_that_its_own_provider_doubts_proves_nothing_and_links_nobody(
    connection, open_program, ada
):
    assert link_by_work_email(asserted(connection, doubted=True)) is None
    outside = Client()
    brings(outside, connection, email="new@nordlicht.example", doubted=True)
    join(outside, open_program)
    answer = set_up(outside, work_email="new@nordlicht.example")
    assert "This field is required" in answer.content.decode()
    assert link_by_work_email(asserted(connection)) is not None


def test_whoever_has_a_role_is_linked_by_themselves_only(connection, ada, organization):
    Role.objects.create(organization=organization, account=ada, kind=Role.Kind.VIEWER)
    assert link_by_work_email(asserted(connection)) is None


@pytest.mark.parametrize("ended_by", Identity.EndedBy)
def test_a_sign_in_that_either_side_ended_is_not_linked_again_without_a_question(connection, ada, ended_by):
    linked = link_identity(connection=connection, subject="s-0", account=ada)
    end_identity(identity=linked, ended_by=ended_by, actor=None)
    assert link_by_work_email(asserted(connection)) is None


def test_a_squatters_sign_in_does_not_stay_with_an_account_that_its_mailbox_takes_over(
    connection, open_program
):
    """Mallory set it up with Vera's address; Vera says that it was not her."""
    mallory, vera = Client(), Client()
    brings(mallory, connection, "mallory", "")
    join(mallory, open_program)
    set_up(mallory, work_email="vera@home.example", password=PASSWORD)
    while deliver_due():
        pass
    letter = InboxLetter.objects.filter(to="vera@home.example").latest("pk")
    there = vera.get(re.search(r"/account/confirm/[\w-]+/", letter.text)[0])["Location"]
    vera.post(f"{there}not-mine/", {"full_name": "Vera", "password": "another long password 77"})
    assert Account.objects.get(full_name="Vera").is_confirmed
    assert not Identity.objects.exists()
    assert not Membership.objects.exists()


def test_join_now_as_who_is_signed_in_here_brings_no_sign_in_along(connection, program, invitation, link):
    """Bruno left his browser open, and Mallory signed in there with the company as herself."""
    browser = logged_in("bruno@nordlicht.example", fresh=False)
    brings(browser, connection, "mallory", "mallory@nordlicht.example")
    browser.get(link)
    browser.post("/join/now/", {"as": "me"})
    assert Arrival.objects.get().connection is None


def test_what_waits_of_one_person_does_not_go_along_into_anothers_session(
    connection, open_program, bruno, chika
):
    browser = logged_in("bruno@nordlicht.example")
    brings(browser, connection, "bruno-1", "bruno@nordlicht.example")
    join(browser, open_program)
    browser.post("/account/log-in/", {"email": "chika@elsewhere.example", "password": PASSWORD})
    assert WAITING not in browser.session
    assert browser.get(path("account")).status_code == 404


def test_of_nobody_it_goes_along_into_the_session_they_log_in_to(connection, open_program, chika):
    browser = Client()
    brings(browser, connection)
    browser.post("/account/log-in/", {"email": "chika@elsewhere.example", "password": PASSWORD})
    assert WAITING in browser.session


def test_an_ended_or_switched_off_sign_in_proves_no_mailbox(connection, program, invitation, link):
    eve = link_identity(connection=connection, subject="s-1", account=person("Eve", "eve@home.example"))
    end_identity(identity=eve, ended_by=Identity.EndedBy.COMPANY, actor=None)
    assert not asserted(connection).proves(WORK)
    assert asserted(connection, "s-2").proves(WORK)
    browser = Client()
    browser.get(link)
    brings(browser, connection)
    browser.post("/join/now/")
    assert "This field is required" in set_up(browser).content.decode()
    assert not Account.objects.filter(full_name="Ada Lovelace").exists()
    Connection.objects.update(state="off")
    connection.refresh_from_db()
    assert not asserted(connection, "s-2").proves(WORK)


def test_nobody_gets_an_account_without_a_way_in(connection, program, invitation, link):
    """Somebody else has this very sign-in: it would be linked with nobody, and there is no password."""
    link_identity(connection=connection, subject="s-1", account=person("Eve", "eve@home.example"))
    browser = Client()
    browser.get(link)
    brings(browser, connection)
    browser.post("/join/now/")
    answer = set_up(browser)
    assert answer.status_code == 409
    assert not Account.objects.filter(full_name="Ada Lovelace").exists()


def test_another_address_than_the_company_answers_for_wants_a_password(connection, open_program):
    connection.organization.domains.all().delete()
    browser = Client()
    brings(browser, connection)
    join(browser, open_program)
    connection.organization.domains.create(
        name="nordlicht.example", secret="0" * 32, proven_at=timezone.now()
    )
    Arrival.objects.update(work_email=WORK)
    Arrival.objects.update(asserted_email="ada@elsewhere.example")
    answer = set_up(browser, work_email="other@elsewhere.example")
    assert answer.status_code == 200
    assert not Account.objects.filter(full_name="Ada Lovelace").exists()


def test_this_is_not_me_drops_the_sign_in_and_keeps_the_invitation(connection, program, invitation, link):
    browser = Client()
    browser.get(link)
    brings(browser, connection, "mallory", "mallory@nordlicht.example")
    browser.post("/join/now/")
    assert "mallory@nordlicht.example" in browser.get(path("account")).content.decode()
    assert browser.post(path("not-my-sign-in"))["Location"] == path("account")
    arrival = Arrival.objects.get()
    assert (arrival.invitation, arrival.connection, arrival.subject) == (invitation, None, "")
    assert WAITING not in browser.session


def test_this_is_not_me_ends_what_came_by_the_sign_in_alone(connection, open_program):
    browser = Client()
    brings(browser, connection)
    join(browser, open_program)
    assert browser.post(path("not-my-sign-in"))["Location"] == "/sso/nordlicht/"
    assert not Arrival.objects.exists()


def test_nobody_is_linked_without_a_question_where_somebody_else_is_signed_in(connection, ada, chika):
    assert link_by_work_email(asserted(connection), here=chika.pk) is None
    assert not Identity.objects.exists()
    assert link_by_work_email(asserted(connection), here=ada.pk) is not None
