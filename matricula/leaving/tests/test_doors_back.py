"""By an address that a deleted account gave back, whatever strangers claim of it."""

import pytest

from conftest import PASSWORD, person
from matricula.accounts.authentication import TRIED, accounts_named
from matricula.leaving.tests.one_life import deleted

pytestmark = pytest.mark.django_db
HERS = "ada@home.example"


@pytest.fixture
def ada(db):
    return person("Ada", HERS)


def claim(*names):
    for name in names:
        stranger = person(name, f"{name}@strangers.example")
        stranger.set_password(f"the password of {name}")
        stranger.save()
        stranger.addresses.create(address=HERS)


def test_two_strangers_who_claim_it_do_not_keep_ada_out(ada, client):
    deleted(ada)
    claim("one", "two", "three")
    answer = client.post("/account/log-in/", {"email": HERS, "password": PASSWORD})
    assert answer.status_code == 302
    assert "take-back" in answer.headers["Location"]


def test_no_more_passwords_are_compared_than_ever(ada):
    deleted(ada)
    claim("one", "two", "three")
    assert len(accounts_named(HERS)) == TRIED


def test_who_claims_it_alone_still_logs_in(ada, client):
    deleted(ada)
    claim("one")
    client.post("/account/log-in/", {"email": HERS, "password": "the password of one"})
    assert "_auth_user_id" in client.session


def test_an_address_that_nobody_answered_for_is_not_given_back_as_a_name(ada):
    ada.addresses.create(address="typo@home.example")
    assert not deleted(ada).released.filter(canonical="typo@home.example").exists()
