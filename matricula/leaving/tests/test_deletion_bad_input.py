"""What an outsider, a scanner or a slip sends to the pages of deleting and taking back."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account
from matricula.leaving.deletion.taking_back import take_account_back
from matricula.leaving.letters import DELETION, OWN, recovers, take_back_secret
from matricula.leaving.models import Deletion
from matricula.leaving.tests.one_life import OneLife, deleted, erase_all, let_a_week_pass
from matricula.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def life(db) -> OneLife:
    return OneLife()


@pytest.fixture
def ada(life) -> Client:
    client = Client()
    client.force_login(life.ada)
    return client


def link(deletion: Deletion, side: str = OWN) -> str:
    return f"/account/deletions/{deletion.public_id}/{take_back_secret(deletion, side)}/"


@pytest.mark.parametrize("typed", ["", "\x00", "x" * 5000, "wrong", "ß\u202e"])
def test_no_password_but_the_right_one_is_a_proof(ada, life, typed):
    answer = ada.post("/account/delete/proof/", {"password": typed})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode() or "error" in answer.content.decode()
    assert ada.get("/account/delete/now/").status_code == 302


@pytest.mark.parametrize("sure", ["", "1", "true", "\x00", "on on"])
def test_nothing_goes_without_the_box(ada, sure):
    ada.post("/account/delete/proof/", {"password": PASSWORD})
    assert ada.post("/account/delete/now/", {"sure": sure}).status_code == 400
    assert not Deletion.objects.exists()


def test_looking_deletes_nothing(ada):
    ada.post("/account/delete/proof/", {"password": PASSWORD})
    for method in (ada.get, ada.head):
        method("/account/delete/now/?sure=on")
    assert not Deletion.objects.exists()


def test_a_form_from_elsewhere_deletes_nothing(life):
    client = Client(enforce_csrf_checks=True)
    client.force_login(life.ada)
    assert client.post("/account/delete/proof/", {"password": PASSWORD}).status_code == 403
    assert client.post("/account/delete/now/", {"sure": "on"}).status_code == 403


def test_a_proof_of_sixteen_minutes_ago_is_none(ada):
    ada.post("/account/delete/proof/", {"password": PASSWORD})
    session = ada.session
    held = session["combining"]
    held["deleting"]["at"] -= 16 * 60
    session["combining"] = held
    session.save()
    answer = ada.post("/account/delete/now/", {"sure": "on"})
    assert answer.headers["Location"] == "/account/delete/proof/"
    assert not Deletion.objects.exists()


def test_the_proof_of_somebody_else_in_this_browser_is_none(ada, life):
    ada.post("/account/delete/proof/", {"password": PASSWORD})
    held = ada.session["combining"]
    chika = Client()
    chika.force_login(life.bruno)
    session = chika.session
    session["combining"] = held
    session.save()
    chika.post("/account/delete/now/", {"sure": "on"})
    assert not Deletion.objects.exists()


def test_a_link_of_another_deletion_or_a_made_up_one_is_nobodys(life):
    deletion = deleted(life.ada)
    other = deleted(person("Chika", "chika@home.example"))
    for path in (
        f"/account/deletions/{deletion.public_id}/{take_back_secret(other, OWN)}/",
        f"/account/deletions/{deletion.public_id}/{'0' * 64}/",
        f"/account/deletions/nobody/{take_back_secret(deletion, OWN)}/",
        "/account/deletions/x/y/",
    ):
        assert Client().get(path).status_code == 404


def test_a_scanner_that_follows_the_link_takes_nothing_back(life):
    deletion = deleted(life.ada)
    for _ in range(3):
        assert Client().get(link(deletion)).status_code == 200
        assert Client().head(link(deletion)).status_code == 200
    assert not Account.objects.get(pk=life.ada.pk).is_active


def test_a_link_is_of_no_use_twice_nor_on_the_eighth_day(life):
    deletion = deleted(life.ada)
    take_account_back(deletion=deletion)
    said = Client().post(link(deletion), {"password": PASSWORD}).content.decode()
    assert "This was taken back" in said
    again = deleted(life.ada)
    let_a_week_pass(again)
    said = Client().post(link(again), {"password": PASSWORD}).content.decode()
    assert "This can no longer be taken back" in said
    erase_all()
    assert Client().get(link(again)).status_code == 200


def test_only_the_letter_to_a_mailbox_that_logged_in_lets_one_choose_a_password(life):
    """And only while nobody else has proven that mailbox."""
    own = life.ada.addresses.get(address="ada@home.example")
    deletion = deleted(life.ada)
    assert Letter.objects.get(kind=DELETION).context["side"] == recovers(own.pk)
    assert "?forgotten=1" not in Client().get(link(deletion)).content.decode()
    chosen = {"password": "a password that I chose"}
    Client().post(link(deletion) + "?forgotten=1", chosen)
    path = link(deletion, recovers(own.pk))
    assert "?forgotten=1" in Client().get(path).content.decode()
    person("Another Ada", "ada@home.example")
    assert "?forgotten=1" not in Client().get(path).content.decode()
    Client().post(path + "?forgotten=1", chosen)
    assert not Account.objects.get(pk=life.ada.pk).is_active


def test_nobody_reads_what_came_back_to_somebody_else(life):
    deletion = deleted(life.ada)
    take_account_back(deletion=deletion)
    bruno = Client()
    bruno.force_login(life.bruno)
    assert bruno.get(f"/account/deletions/{deletion.public_id}/").status_code == 404


def test_the_page_for_taking_back_is_nobodys_without_the_password(life):
    deleted(life.ada)
    assert Client().get("/account/take-back/").headers["Location"] == "/account/log-in/"
    assert Client().post("/account/take-back/").headers["Location"] == "/account/log-in/"


def test_a_log_in_of_eleven_minutes_ago_takes_nothing_back(life):
    deleted(life.ada)
    client = Client()
    client.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    session = client.session
    noted = session["taking_back"]
    noted["at"] -= 11 * 60
    session["taking_back"] = noted
    session.save()
    assert client.post("/account/take-back/").headers["Location"] == "/account/log-in/"
    assert not Account.objects.get(pk=life.ada.pk).is_active


def test_a_second_factor_is_asked_for_where_there_was_one(life):
    life.ada.second_factors.create(kind="totp", name="App", sealed="unreadable")
    deleted(life.ada)
    client = Client()
    client.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    page = client.get("/account/take-back/").content.decode()
    assert "Code" in page
    for code in ("", "123456", "\x00", "aaaa-bbbb"):
        assert client.post("/account/take-back/", {"code": code}).status_code in (200, 429)
    assert not Account.objects.get(pk=life.ada.pk).is_active


@pytest.mark.parametrize("typed", ["", "no address", "a@b", "x" * 300 + "@home.example", "\x00@home.example"])
def test_a_new_address_that_is_none_is_told_and_kept(life, typed):
    deletion = deleted(life.ada)
    person("One", "ada@home.example")
    person("Two", "ada@acme.example")
    answer = Client().post(link(deletion), {"password": PASSWORD, "new_address": typed})
    assert answer.status_code == 200
    assert not Account.objects.get(pk=life.ada.pk).is_active
    assert Deletion.objects.open().exists()


def test_the_days_are_counted_to_the_second(life):
    deletion = deleted(life.ada)
    assert deletion.take_until - deletion.made_at == timedelta(days=7)
    over = timezone.now() - timedelta(seconds=1)
    Deletion.objects.filter(pk=deletion.pk).update(made_at=over - timedelta(days=7), take_until=over)
    answer = Client().post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    assert re.search("do not fit together", answer.content.decode())
