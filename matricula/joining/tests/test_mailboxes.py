"""The ex-employer's mailbox: with the last tie its powers end, and the person is told."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.mailboxes import end_powers
from matricula.accounts.models import Account
from matricula.accounts.passwords import ask_to_reset
from matricula.audit.models import Entry
from matricula.invitations.models import Invitation
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.joining.tests.leaving import (
    BROWSER,
    HOME,
    NEW_PASSWORD,
    WORK,
    ada_at_work,
    can_log_in,
    chooses_password,
    confirm,
    deliver,
    forgotten,
    invited,
    join,
    letters,
    link_in,
    listed,
    opened,
    remove,
    two_weeks_later,
)
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Organization, Role
from matricula.programs.expiry import end_memberships
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from matricula.roles.roles import remove_role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


# With another confirmed address


def test_the_ex_employers_mailbox_resets_nothing_and_signs_in_no_more_where_another_address_is_confirmed(
    program,
):
    ada = ada_at_work(program, home=HOME, confirmed=True)
    assert len(forgotten(WORK)) == 1
    remove(ada)
    assert listed(ada) == {HOME: "primary"}
    assert forgotten(WORK) == []
    assert (can_log_in(WORK), can_log_in(HOME)) == (False, True)


def test_the_ex_employers_mailbox_a_link_that_was_sent_before_chooses_no_password(program):
    ada = ada_at_work(program, home=HOME, confirmed=True)
    (sent,) = forgotten(WORK)
    remove(ada)
    assert not chooses_password(sent)
    assert can_log_in(HOME)


def test_the_ex_employers_mailbox_a_letter_asked_for_before_and_written_after_is_moot(program):
    ada = ada_at_work(program, home=HOME, confirmed=True)
    ask_to_reset(address=WORK)
    remove(ada)
    assert letters(WORK, "accounts.password_reset") == []


def test_the_ex_employers_mailbox_proves_nothing_for_the_account(program, bruno):
    """Neither a role nor a program takes the old proof: coming back asks for a code."""
    ada = ada_at_work(program, home=HOME, confirmed=True)
    remove(ada)
    assert not ada.has_confirmed(WORK)


def test_everybody_who_is_removed_is_told_at_every_address_and_the_work_email_of_no_other(program):
    ada = ada_at_work(program, home=HOME, confirmed=True)
    remove(ada)
    (at_work,), (at_home,) = letters(WORK), letters(HOME)
    assert HOME not in at_work
    assert "no longer logs in to your account" in at_home
    assert WORK in at_home


@pytest.mark.parametrize("language", ["de", "es", "ar"])
@pytest.mark.parametrize("home", ["", HOME])
def test_the_letters_of_leaving_read_in_every_language(program, language, home):
    ada = ada_at_work(program, home=home)
    Account.objects.update(language=language)
    remove(Account.objects.get(pk=ada.pk))
    deliver()
    told = InboxLetter.objects.all()
    assert {one.to for one in told} == {WORK, home} - {""}
    for one in told:
        assert f'lang="{language}"' in one.html
        assert "your account" not in one.text
        assert "%(" not in one.subject + one.text + one.html


def test_a_linked_account_loses_the_work_email_and_keeps_its_own_login(program, chika):
    chika.addresses.create(address=WORK, confirmed_at=timezone.now(), signs_in=False)
    join(chika, program)
    remove(chika)
    assert listed(chika) == {"chika@elsewhere.example": "primary"}
    assert can_log_in("chika@elsewhere.example")
    assert len(letters("chika@elsewhere.example")) == 1


# With an unconfirmed alternative


def test_an_unconfirmed_alternative_is_written_to_at_once_and_takes_the_place_of_the_work_email(program):
    ada = ada_at_work(program, home=HOME)
    remove(ada)
    assert listed(ada) == {WORK: "promised", HOME: "unproven"}
    (letter,) = letters(HOME)
    browser = Client()
    page = opened(browser, link_in(letter))
    assert browser.post(page, {"password": "not hers"}).status_code == 200
    assert listed(ada)[HOME] == "unproven"
    browser.post(page, {"password": PASSWORD})
    assert listed(ada) == {HOME: "primary"}
    assert forgotten(WORK) == []
    assert len(forgotten(HOME)) == 1
    assert len(letters(WORK, "accounts.addresses")) == 1


def test_the_letter_to_the_alternative_works_until_the_day_and_no_longer(program):
    ada = ada_at_work(program, home=HOME)
    remove(ada)
    (letter,) = letters(HOME)
    ada.addresses.get(address=HOME).confirmations.update(requested_at=timezone.now() - timedelta(days=13))
    assert Client().get(link_in(letter), **BROWSER).status_code == 302
    two_weeks_later()
    assert Client().get(link_in(letter), **BROWSER).status_code == 410


def test_a_mistyped_alternative_gives_its_reader_nothing(program):
    """Whoever reads it gets the letter, and neither the account nor a password of it."""
    ada = ada_at_work(program, home="stranger@mistyped.example")
    remove(ada)
    (letter,) = letters("stranger@mistyped.example")
    stranger = Client()
    page = opened(stranger, link_in(letter))
    form = {"full_name": "Mallory", "password": NEW_PASSWORD}
    for _ in range(2):
        stranger.post(f"{page}not-mine/", form)
        assert stranger.get("/account/").status_code == 302
        assert forgotten("stranger@mistyped.example") == []
        two_weeks_later()
        end_powers()
    ada.refresh_from_db()
    assert (ada.full_name, ada.check_password(PASSWORD)) == ("Ada Okafor", True)
    assert can_log_in(WORK)


def test_until_the_day_ada_still_chooses_a_password_by_her_work_email(program):
    remove(ada_at_work(program, home=HOME))
    assert chooses_password(forgotten(WORK)[0])


def test_from_the_day_on_the_mailbox_recovers_nothing_even_while_no_worker_comes(program):
    ada = ada_at_work(program, home=HOME)
    remove(ada)
    (before,) = forgotten(WORK)
    ask_to_reset(address=WORK)
    two_weeks_later()
    assert len(letters(WORK, "accounts.password_reset")) == 1
    assert not chooses_password(before)
    assert forgotten(WORK) == []
    assert can_log_in(WORK)


def test_the_promise_is_carried_out_by_a_job_and_ada_still_logs_in_with_her_password(program):
    ada = ada_at_work(program, home=HOME)
    remove(ada)
    schedule_recurring()
    perform_due()
    assert listed(ada)[WORK] == "promised"
    two_weeks_later()
    end_powers()
    end_powers()
    assert listed(ada) == {WORK: "name", HOME: "unproven"}
    assert Entry.objects.filter(verb="address.power_ended").count() == 1
    assert (can_log_in(WORK), can_log_in(HOME)) == (True, True)
    assert not Account.objects.get(pk=ada.pk).is_claimable


# With nothing else


def test_whoever_has_no_other_address_is_told_the_day_and_how_to_add_one(program, client):
    ada = ada_at_work(program)
    remove(ada)
    (letter,) = letters(WORK)
    day = ada.addresses.get().power_ends_at
    assert str(timezone.localtime(day).year) in letter
    assert link_in(letter) == "/account/addresses/add/?language=en"
    client.force_login(ada)
    for page in ("/account/", "/account/addresses/"):
        assert "is from work you have left" in client.get(page).content.decode()
    assert timedelta(days=13) < day - timezone.now() <= timedelta(days=14)


def test_ada_says_that_the_address_is_her_own_and_keeps_it(program, client):
    ada = ada_at_work(program)
    remove(ada)
    client.force_login(ada)
    page = f"/account/addresses/{ada.addresses.get().pk}/"
    client.post(f"{page}letter/")
    code = re.search(r"^\d{6}$", letters(WORK, "accounts.confirmation")[-1], re.M)[0]
    client.post(f"{page}confirm/", {"code": code})
    assert listed(ada) == {WORK: "primary"}


def test_the_last_name_of_an_account_cannot_be_removed(program, client):
    ada = ada_at_work(program)
    remove(ada)
    two_weeks_later()
    end_powers()
    client.force_login(ada)
    client.post("/account/prove/", {"password": PASSWORD})
    page = client.post(f"/account/addresses/{ada.addresses.get().pk}/remove/", follow=True).content.decode()
    assert "the only address" in page
    assert listed(ada) == {WORK: "name"}


# Which ties count


def other_program(slug: str = "other") -> Program:
    other = Organization.objects.create(slug=slug, name="Südlicht")
    return Program.objects.create(organization=other, slug="main", name="Grid")


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_was_still_open_ends_with_a_removal_though_the_mailbox_leaves_the_account(program, confirmed):
    ada = ada_at_work(program, home=HOME, confirmed=confirmed)
    still_open = Invitation.objects.create(program=program, address=WORK, state=Invitation.State.SENT)
    remove(ada)
    assert ada.addresses.spelled(WORK).exists() is not confirmed
    still_open.refresh_from_db()
    assert still_open.state == Invitation.State.REVOKED


def test_in_another_program_of_the_organization_the_work_email_keeps_its_power(program):
    ada = ada_at_work(program)
    second = Program.objects.create(organization=program.organization, slug="two", name="Two")
    enter_program(program=second, account=ada)
    remove(ada, program)
    assert listed(ada) == {WORK: "primary"}
    assert "took you out of Welcome" in letters(WORK, "programs.removed")[0]
    remove(ada, second)
    assert listed(ada) == {WORK: "promised"}


def test_a_mailbox_that_another_organization_invited_too_keeps_its_power_until_both_are_left(program):
    ada = ada_at_work(program)
    grid = other_program()
    join(ada, grid)
    remove(ada, program)
    assert listed(ada) == {WORK: "primary"}
    remove(ada, grid)
    assert listed(ada) == {WORK: "promised"}


def test_whoever_has_a_role_keeps_the_mailbox_until_the_role_is_taken(program, bruno):
    ada = ada_at_work(program, home=HOME, confirmed=True)
    roles = [
        Role.objects.create(organization=program.organization, account=one, kind=kind)
        for one, kind in ((bruno, Role.Kind.OWNER), (ada, Role.Kind.VIEWER))
    ]
    remove(ada)
    assert WORK in listed(ada)
    remove_role(role=roles[1], actor=bruno)
    assert listed(ada) == {HOME: "primary"}


def test_by_the_programs_end_the_mailbox_loses_its_power_too(program):
    ada = ada_at_work(program, home=HOME, confirmed=True)
    Program.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    end_memberships()
    assert listed(ada) == {HOME: "primary"}
    assert len(letters(HOME, "programs.ended")) == len(letters(HOME)) == 1


def test_a_failed_letter_undoes_the_leaving(program, monkeypatch):
    ada = ada_at_work(program, home=HOME, confirmed=True)

    def dies(*_):
        raise SystemExit

    monkeypatch.setattr("matricula.programs.departure.letters_about", dies)
    with pytest.raises(SystemExit):
        remove(ada)
    assert (Membership.objects.active().count(), len(listed(ada))) == (1, 2)


# Coming back


@pytest.mark.parametrize("home", [{}, {"home": HOME, "confirmed": True}])
def test_coming_back_asks_for_a_code_and_withdraws_the_promise(program, bruno, course, home):
    ada = ada_at_work(program, **home)
    remove(ada)
    browser = Client()
    browser.force_login(ada)
    browser, arrival = invited(program, bruno, browser)
    browser.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
    assert not Membership.objects.active().exists()
    confirm(browser, arrival)
    assert Membership.objects.active().get().account == ada
    assert listed(ada) == ({HOME: "primary", WORK: "confirmed"} if home else {WORK: "primary"})
    two_weeks_later()
    end_powers()
    assert WORK in listed(ada)


def test_coming_back_by_a_link_the_program_trusts_withdraws_the_promise(program, bruno, course):
    Program.objects.update(trusts_the_link=True)
    ada = ada_at_work(program)
    remove(ada)
    browser = Client()
    browser.force_login(ada)
    browser, arrival = invited(Program.objects.get(), bruno, browser)
    browser.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
    assert Membership.objects.active().get().account == ada
    assert listed(ada) == {WORK: "primary"}
