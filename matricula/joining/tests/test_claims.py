"""The mailbox that was given to somebody else, the older account's address, and claims nobody proved."""

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.mailboxes import end_powers
from matricula.accounts.models import Account, EmailAddress, FactorRemoval
from matricula.accounts.second_factors import add_authenticator
from matricula.accounts.sign_in import OF_AN_ADDRESS
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.joining.tests.leaving import (
    BROWSER,
    HOME,
    NEW_PASSWORD,
    WORK,
    ada_at_work,
    can_log_in,
    chooses_password,
    confirm,
    forgotten,
    invited,
    letters,
    link_in,
    listed,
    opened,
    remove,
    two_weeks_later,
)
from matricula.organizations.models import Role
from matricula.programs.models import Membership, Program
from matricula.roles.tests.roles import code_for, offer, offer_path

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


# A recycled mailbox (B2)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("home", ["", HOME])
def test_a_recycled_mailbox_its_new_holder_sets_up_an_account_and_the_predecessor_keeps_theirs(
    program, bruno, late, home
):
    ada = ada_at_work(program, home=home)
    remove(ada)
    if late:
        two_weeks_later()
        end_powers()
    dana, arrival = invited(program, bruno)
    page = f"/join/arrivals/{arrival.public_id}/account/"
    assert 'name="full_name"' in dana.get(page).content.decode()
    form = {"full_name": "Dana Roth", "alternative_email": "dana@home.example", "password": NEW_PASSWORD}
    dana.post(page, form)
    confirm(dana, arrival)
    assert Membership.objects.active().get().account.full_name == "Dana Roth"
    assert EmailAddress.objects.confirmed().get(canonical=WORK).account.full_name == "Dana Roth"
    assert listed(ada) == ({HOME: "unproven"} if home else {WORK: "name"})
    assert can_log_in(home or WORK, PASSWORD)
    assert can_log_in(WORK, NEW_PASSWORD)
    assert not Account.objects.get(pk=ada.pk).is_claimable
    (letter,) = forgotten(WORK)
    assert chooses_password(letter)
    assert Account.objects.get(pk=ada.pk).check_password(PASSWORD)


def test_a_recycled_mailbox_ada_is_told_at_what_is_left_to_her(program, bruno):
    ada = ada_at_work(program, home=HOME)
    remove(ada)
    dana, arrival = invited(program, bruno)
    form = {"full_name": "Dana Roth", "alternative_email": "dana@home.example", "password": NEW_PASSWORD}
    dana.post(f"/join/arrivals/{arrival.public_id}/account/", form)
    confirm(dana, arrival)
    assert "was taken off your account" in letters(HOME, "accounts.addresses")[0]


def test_a_mailbox_of_somebody_who_is_still_there_is_nobody_elses(program, bruno):
    ada_at_work(program)
    second = Program.objects.create(organization=program.organization, slug="two", name="Two")
    dana, arrival = invited(second, bruno)
    assert dana.get(f"/join/arrivals/{arrival.public_id}/account/").status_code == 302


def test_a_recycled_mailbox_whose_reader_is_offered_a_role_gets_an_account_of_their_own(program, bruno):
    ada = ada_at_work(program, home=HOME, confirmed=False)
    remove(ada)
    owner = Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    offer(program.organization, owner.account, address=WORK)
    dana = Client()
    page = dana.get(offer_path(WORK), **BROWSER)["Location"]
    dana.get(page)
    dana.post("/account/roles/account/", {"full_name": "Dana Roth", "password": NEW_PASSWORD})
    dana.post("/account/roles/code/", {"code": code_for(WORK)})
    assert Role.objects.get(kind=Role.Kind.VIEWER).account.full_name == "Dana Roth"
    assert EmailAddress.objects.confirmed().get(canonical=WORK).account.full_name == "Dana Roth"
    assert can_log_in(HOME, PASSWORD)
    assert not can_log_in(WORK, PASSWORD)


@pytest.mark.parametrize("home", ["", HOME])
def test_a_recycled_mailbox_takes_no_second_factor_off_the_account_of_its_predecessor(program, home):
    """Within the two weeks it may still choose the password of an account that has nothing else."""
    ada = ada_at_work(program, home=home, confirmed=True)
    add_authenticator(account=ada, secret="A" * 32, code=pyotp.TOTP("A" * 32).now())
    if home:
        (sent,) = forgotten(WORK)
    remove(ada)
    dana = Client()
    if not home:
        (sent,) = forgotten(WORK)
    dana.post(opened(dana, link_in(sent)), {"password": NEW_PASSWORD})
    dana.post("/account/log-in/", {"email": WORK, "password": NEW_PASSWORD})
    dana.post("/account/log-in/without-device/")
    assert not FactorRemoval.objects.exists()
    assert ada.second_factors.exists()


# The older account's address at SIGN UP (B3)


def test_an_alternative_that_is_the_work_e_mail_in_another_spelling_is_one_address(program, bruno):
    ada, arrival = invited(program, bruno)
    form = {"full_name": "Ada Okafor", "alternative_email": WORK.upper(), "password": NEW_PASSWORD}
    answer = ada.post(f"/join/arrivals/{arrival.public_id}/account/", form)
    assert "Give another address than your work e-mail." in answer.content.decode()
    assert Account.objects.filter(full_name="Ada Okafor").count() == 0


def test_ada_whose_alternative_is_of_her_older_account_goes_on_with_that_one(program, bruno):
    older = person("Ada Okafor", HOME)
    ada, arrival = invited(program, bruno)
    form = {"full_name": "Ada Okafor", "alternative_email": HOME, "password": NEW_PASSWORD}
    ada.post(f"/join/arrivals/{arrival.public_id}/account/", form)
    confirm(ada, arrival)
    assert not EmailAddress.objects.get(account=older).power_ends_at
    assert can_log_in(HOME, PASSWORD)
    assert EmailAddress.objects.confirmed().get(canonical=HOME).account == older


def test_b3_an_alternative_of_an_older_account_says_so_and_offers_to_log_in(program, bruno, link):
    person("Ada Okafor", HOME)
    ada = Client()
    ada.get(link, **BROWSER)
    ada.post("/join/now/")
    form = {"full_name": "Ada Okafor", "alternative_email": HOME, "password": NEW_PASSWORD}
    ada.post(f"/join/arrivals/{Arrival.objects.get().public_id}/account/", form)
    (letter,) = letters(HOME, "accounts.confirmation")
    for browser in (ada, Client()):
        page = opened(browser, link_in(letter))
        for answer in (browser.get(page), browser.post(page, {"password": NEW_PASSWORD})):
            text = answer.content.decode()
            assert answer.status_code == 409
            assert "This address belongs to another account" in text
            assert 'href="/account/log-in/"' in text
            assert "This link has ended" not in text


# Unproven claims (H2)


@pytest.fixture
def trusted(program, link, course) -> Account:
    """Ada, who joined on a link that her program trusts: nothing of hers is confirmed."""
    Program.objects.update(trusts_the_link=True)
    ada = Client()
    ada.get(link, **BROWSER)
    ada.post("/join/now/")
    form = {"full_name": "Ada Okafor", "alternative_email": HOME, "password": PASSWORD}
    ada.post(f"/join/arrivals/{Arrival.objects.get().public_id}/account/", form)
    return Membership.objects.get().account


def claim(program: Program, bruno: Account, name: str, password: str = NEW_PASSWORD) -> Client:
    """A stranger signs up by a direct link with Ada's work e-mail."""
    _, address = make_direct_link(program=program, actor=bruno)
    browser = Client()
    browser.get("/join/" + address.split("/join/")[1])
    browser.post("/join/now/")
    other = f"{name.lower()}@evil.example"
    form = {"full_name": name, "work_email": WORK, "alternative_email": other, "password": password}
    browser.post(f"/join/arrivals/{Arrival.objects.latest('id').public_id}/account/", form)
    return browser


def test_h2_a_strangers_claim_takes_neither_log_in_nor_recovery_from_a_member(trusted, program, bruno):
    for name in ("Mallory", "Malik", "Mala"):
        assert claim(program, bruno, name).get("/account/").status_code == 200
    assert can_log_in(WORK)
    (letter,) = forgotten(WORK)
    assert chooses_password(letter)
    trusted.refresh_from_db()
    assert trusted.check_password(NEW_PASSWORD)
    assert listed(trusted)[WORK] == "primary"
    assert EmailAddress.objects.filter(canonical=WORK).get().account == trusted


def test_h2_who_claimed_first_still_logs_in_after_somebody_claimed_later(program, bruno):
    claim(program, bruno, "Ada", PASSWORD)
    claim(program, bruno, "Mallory")
    claim(program, bruno, "Malik", "the password of Malik")
    assert (can_log_in(WORK, PASSWORD), can_log_in(WORK, NEW_PASSWORD)) == (True, True)


def test_h2_the_link_of_a_letter_takes_the_password_of_its_own_account(program, bruno):
    for name in ("Mallory", "Malik", "Mala"):
        claim(program, bruno, name)
    claim(program, bruno, "Ada", PASSWORD)
    browser = Client()
    page = opened(browser, link_in(letters(WORK, "accounts.confirmation")[-1]))
    browser.post(page, {"password": PASSWORD})
    assert EmailAddress.objects.get(canonical=WORK).account.full_name == "Ada"


def test_h2_guessing_by_the_link_of_a_letter_uses_up_the_tries_of_logging_in(program, bruno):
    bruno.addresses.create(address="new@nordlicht.example")
    ask_to_confirm(email=bruno.addresses.get(address="new@nordlicht.example"))
    link = link_in(letters("new@nordlicht.example", "accounts.confirmation")[-1])
    browser = Client()
    page = opened(browser, link)
    for number in range(OF_AN_ADDRESS.tries):
        assert browser.post(page, {"password": f"wrong {number}"}).status_code == 200
    assert browser.post(page, {"password": PASSWORD}).status_code == 429
    named = {"email": bruno.primary_address.address, "password": PASSWORD}
    assert Client().post("/account/log-in/", named).status_code == 429


def test_h2_a_mailbox_that_is_vouched_for_recovers_nothing_once_another_is_proven(trusted):
    trusted.addresses.filter(address=HOME).update(confirmed_at=timezone.now())
    assert forgotten(WORK) == []
    assert len(forgotten(HOME)) == 1


def test_h2_a_member_on_trust_who_is_removed_is_told_and_loses_the_mailbox_at_the_day(trusted):
    remove(trusted)
    assert len(letters(WORK)) == len(letters(HOME)) == 1
    assert len(forgotten(WORK)) == 1
    two_weeks_later()
    end_powers()
    assert forgotten(WORK) == []
    assert can_log_in(WORK)
