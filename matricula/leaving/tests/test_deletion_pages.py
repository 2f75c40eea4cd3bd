"""The pages of deleting an account and of taking that back, as Ada meets them."""

import re

import pytest
from django.test import Client

from conftest import PASSWORD, person
from matricula.accounts.models import Account
from matricula.leaving.letters import DELETION, DELETION_AT_WORK, TO_OWNERS
from matricula.leaving.models import Deletion
from matricula.leaving.tests.one_life import OneLife, deleted, erase_all, let_a_week_pass
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def life(db) -> OneLife:
    return OneLife()


@pytest.fixture
def ada(life) -> Client:
    client = Client()
    client.force_login(life.ada)
    return client


def letters(kind: str) -> list[InboxLetter]:
    while deliver_due():
        pass
    return list(InboxLetter.objects.filter(letter__kind=kind).order_by("to"))


def delete(client: Client, password: str = PASSWORD):
    client.post("/account/delete/proof/", {"password": password})
    return client.post("/account/delete/now/", {"sure": "on"})


def test_ada_reads_what_goes_confirms_who_she_is_and_deletes_her_account(ada, life):
    page = ada.get("/account/delete/").content.decode()
    for said in ("certificate", "Your progress in", "ACME, Globex", "ada@home.example", "combine the two"):
        assert said in page
    assert ada.get("/account/delete/now/").headers["Location"] == "/account/delete/proof/"
    wrong = ada.post("/account/delete/proof/", {"password": "not the password"})
    assert "does not fit" in wrong.content.decode()
    right = ada.post("/account/delete/proof/", {"password": PASSWORD})
    assert right.headers["Location"] == "/account/delete/now/"
    assert ada.post("/account/delete/now/").status_code == 400
    assert not Deletion.objects.exists()
    done = ada.post("/account/delete/now/", {"sure": "on"})
    assert done.headers["Location"] == "/account/deleted/"
    assert ada.get("/account/").status_code == 302
    assert Deletion.objects.get().proof == "password"


def test_a_letter_goes_to_each_mailbox_and_a_work_e_mail_gets_a_short_one(ada, life):
    delete(ada)
    assert [one.to for one in letters(DELETION)] == ["ada@home.example"]
    (at_work,) = letters(DELETION_AT_WORK)
    assert at_work.to == "ada@acme.example"
    assert "Globex" not in at_work.text
    assert "home.example" not in at_work.text
    (owner,) = letters(TO_OWNERS)
    assert owner.to == "bruno@acme.example"
    assert "Ada Lovelace is no owner of ACME any more" in owner.text


def test_ada_takes_it_back_by_logging_in_with_a_released_address(ada, life):
    delete(ada)
    client = Client()
    answer = client.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    assert answer.headers["Location"] == "/account/take-back/"
    assert client.get("/account/").status_code == 302, "nobody is let in by it"
    assert "Take your account back?" in client.get("/account/take-back/").content.decode()
    back = client.post("/account/take-back/", follow=True)
    assert "Everything came back" in back.content.decode()
    life.ada.refresh_from_db()
    assert life.ada.is_active
    assert client.get("/account/").status_code == 200


def test_ada_takes_it_back_by_the_letter_and_her_password(ada, life):
    delete(ada)
    (letter,) = letters(DELETION)
    path = re.search(r"http://[^/]+(/account/deletions/[^\s?]+)", letter.text)[1]
    client = Client()
    assert client.get(path).status_code == 200
    assert "does not fit" in client.post(path, {"password": "not the password"}).content.decode()
    assert not Account.objects.get(pk=life.ada.pk).is_active
    assert client.post(path, {"password": PASSWORD}).status_code == 302
    assert Account.objects.get(pk=life.ada.pk).is_active
    assert "taken back" in Client().get(path).content.decode()


def test_ada_forgot_her_password_and_the_letter_lets_her_choose_one(ada, life):
    delete(ada)
    (letter,) = letters(DELETION)
    path = re.search(r"http://[^/]+(/account/deletions/[^\s?]+)", letter.text)[1]
    answer = Client().post(f"{path}?forgotten=1", {"password": "a new password of hers"})
    assert answer.status_code == 302
    assert Account.objects.get(pk=life.ada.pk).check_password("a new password of hers")


def test_a_certificate_says_that_it_was_withdrawn_and_comes_back(ada, life):
    number = life.ada.certificates.get(course=life.done).public_id
    paths = [f"/certificates/{number}/{one}" for one in ("", "pdf/", "brand.css", "logo")]
    visitor = Client()
    delete(ada)
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 410
        assert "withdrawn by its holder" in answer.content.decode()
    client = Client()
    client.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    client.post("/account/take-back/")
    assert visitor.get(paths[0]).status_code == 200
    let_a_week_pass(deleted(life.ada))
    erase_all()
    assert {visitor.get(path).status_code for path in paths} == {410}


def test_after_a_week_logging_in_does_not_fit(ada, life):
    delete(ada)
    let_a_week_pass(Deletion.objects.get())
    for erased in (False, True):
        if erased:
            erase_all()
        answer = Client().post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
        assert "do not fit together" in answer.content.decode()


def test_whoever_proved_the_address_since_is_alone_there(ada, life):
    delete(ada)
    other = person("Another Ada", "ada@home.example")
    answer = Client().post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    assert answer.headers["Location"] == "/learn/"
    other.set_password("something else entirely")
    other.save()
    answer = Client().post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    assert "do not fit together" in answer.content.decode()


def test_without_an_address_left_a_new_one_is_asked_for_first(ada, life):
    delete(ada)
    (letter,) = letters(DELETION)
    person("Another Ada", "ada@home.example")
    person("A Third", "ada@acme.example")
    path = re.search(r"http://[^/]+(/account/deletions/[^\s?]+)", letter.text)[1]
    client = Client()
    assert "A new e-mail" in client.get(path).content.decode()
    kept = client.post(path, {"password": PASSWORD, "new_address": "not an address"})
    assert "not an address" in kept.content.decode()
    assert client.post(path, {"password": PASSWORD}).status_code == 200
    assert not Account.objects.get(pk=life.ada.pk).is_active
    done = client.post(path, {"password": PASSWORD, "new_address": "ada@new.example"}, follow=True)
    said = done.content.decode()
    assert "Another account has proven this address meanwhile" in said
    assert "Confirm ada@new.example" in said
    account = Account.objects.get(pk=life.ada.pk)
    assert account.is_active
    assert not account.is_claimable, "whoever reads the new mailbox does not get the account by it"
    assert letters("accounts.confirmation")[-1].to == "ada@new.example"
