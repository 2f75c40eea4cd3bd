"""What stands against deleting an account: each is told with its way, on the page and in the transaction."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.holding import keep_as_it_is
from matricula.accounts.models import Account
from matricula.accounts.passwords import change_password
from matricula.accounts.sign_in import COMPANY_ONLY
from matricula.audit.models import record
from matricula.commands import parser
from matricula.leaving.deletion.deleting import delete_account
from matricula.leaving.errors import CannotBeDeleted, ProofsGone
from matricula.leaving.models import Deletion
from matricula.leaving.tests.one_life import OneLife, deleted, erase_all, let_a_week_pass
from matricula.leaving.tests.two_lives import TwoLives, combined, proven

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def life(db) -> OneLife:
    return OneLife()


def run(*words: str) -> int:
    arguments = parser().parse_args(words)
    return arguments.run(arguments)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def stands_against(account: Account, **more) -> set[str]:
    with pytest.raises(CannotBeDeleted) as refused:
        deleted(account, **more)
    assert not Deletion.objects.exists()
    return {one.code for one in refused.value.obstacles}


def page_of(account: Account) -> str:
    return signed_in(account).get("/account/delete/").content.decode()


def test_the_only_owner_of_a_company_stays_until_there_is_another(life):
    life.acme.roles.filter(account=life.bruno).delete()
    assert stands_against(life.ada) == {"last_owner"}
    page = page_of(life.ada)
    assert "You are the only owner of ACME." in page
    assert "/console/acme/administrators/" in page
    assert "Go on: confirm who you are" not in page
    life.acme.roles.create(account=life.bruno, kind="owner")
    deleted(life.ada)


def test_an_owner_who_alone_gets_in_stays(life):
    """The program requires the company's sign-in, and Bruno has no password."""
    life.welcome.requires_sign_in = True
    life.welcome.save()
    life.bruno.set_unusable_password()
    life.bruno.save()
    assert stands_against(life.ada) == {"last_way_in"}


def test_what_is_kept_as_it_is_is_not_deleted_and_nobody_is_told_why(life, capsys):
    assert run("hold-account", "ada@home.example") == 0
    assert stands_against(life.ada) == {"held"}
    assert "being kept as it is" in page_of(life.ada)
    assert run("hold-account", "ada@home.example") == 0
    assert "already" in capsys.readouterr().out
    assert run("hold-account", life.ada.public_id, "--release") == 0
    deleted(life.ada)
    assert run("hold-account", "nobody at all") == 1


def test_a_hold_stops_what_would_be_erased(life):
    deletion = deleted(life.ada)
    let_a_week_pass(deletion)
    keep_as_it_is(account=life.ada, held=True)
    assert erase_all() == 0
    assert life.ada.certificates.exists()
    keep_as_it_is(account=life.ada, held=False)
    erase_all()
    assert not life.ada.certificates.exists()


def test_an_account_that_was_closed_has_no_proof(life):
    asked = proven(life.ada)
    Account.objects.filter(pk=life.ada.pk).update(is_active=False)
    with pytest.raises(ProofsGone):
        delete_account(proven=asked)


def test_what_can_be_undone_is_undone_first(db):
    two = TwoLives()
    combining = combined(two.here, two.there)
    assert stands_against(two.here) == {"undo_open"}
    page = page_of(two.here)
    assert "You combined Ada King into this account" in page
    assert f"/account/combinings/{combining.public_id}/" in page


def test_three_days_after_the_account_may_have_changed_hands(life):
    record("second_factor.removed", actor=life.ada, subject=life.ada)
    assert stands_against(life.ada) == {"changed"}
    assert "For your safety this waits for three days." in page_of(life.ada)
    deleted(life.ada, sure_since=timezone.now() - timedelta(days=30))


def test_a_session_that_a_company_opened_deletes_nothing(life):
    client = signed_in(life.ada)
    session = client.session
    session[COMPANY_ONLY] = True
    session.save()
    for path in ("/account/delete/", "/account/delete/proof/", "/account/delete/now/"):
        assert "/account/log-in/" in client.get(path).headers["Location"]
    client.post("/account/delete/proof/", {"password": PASSWORD})
    client.post("/account/delete/now/", {"sure": "on"})
    assert not Deletion.objects.exists()


def test_a_password_that_changed_since_is_no_proof(life):
    asked = proven(life.ada)
    change_password(account=life.ada, password="another one entirely")
    with pytest.raises(ProofsGone):
        delete_account(proven=asked)


def test_a_proof_for_combining_does_not_delete(life):
    client = signed_in(life.ada)
    client.post("/account/combine/", {"password": PASSWORD})
    assert client.post("/account/delete/now/", {"sure": "on"}).headers["Location"] == "/account/delete/proof/"
    assert not Deletion.objects.exists()


def test_another_owner_goes_while_ada_reads(life):
    client = signed_in(life.ada)
    client.post("/account/delete/proof/", {"password": PASSWORD})
    life.acme.roles.filter(account=life.bruno).delete()
    answer = client.post("/account/delete/now/", {"sure": "on"})
    assert answer.status_code == 409
    assert "You are the only owner of ACME." in answer.content.decode()
    assert not Deletion.objects.exists()
