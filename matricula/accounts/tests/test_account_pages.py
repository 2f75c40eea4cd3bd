"""Addresses, password and sessions: changed by their owner, and never unnoticed."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.email_addresses import add_address, make_primary, remove_address
from matricula.accounts.errors import AddressListed, LastAddress, NotYetConfirmed
from matricula.accounts.models import EmailAddress, Session
from matricula.audit.models import Entry
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter

pytestmark = pytest.mark.django_db(transaction=True)
LOG_IN = {"email": "chika@elsewhere.example", "password": PASSWORD}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def signed_in(client, chika) -> Client:
    client.post("/account/log-in/", LOG_IN, HTTP_USER_AGENT=FIREFOX)
    return client


def letters_to(address: str) -> list[str]:
    while deliver_due():
        pass
    return list(InboxLetter.objects.filter(to=address).order_by("id").values_list("subject", flat=True))


def code_for(address: str) -> str:
    letters_to(address)
    text = InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").latest("id").text
    return re.search(r"^\d{6}$", text, re.M)[0]


def add(client: Client, address: str) -> EmailAddress:
    client.post("/account/addresses/add/", {"email": address})
    return EmailAddress.objects.get(address=address)


def test_chika_adds_confirms_and_prefers_another_address(signed_in, chika):
    email = add(signed_in, "chika@home.example")
    signed_in.post(f"/account/addresses/{email.pk}/confirm/", {"code": code_for("chika@home.example")})
    signed_in.post(f"/account/addresses/{email.pk}/primary/")
    assert chika.primary_address.address == "chika@home.example"
    assert letters_to("chika@elsewhere.example") == [
        "An address was added to your account",
        "Your primary address has changed",
    ]


def test_a_new_address_signs_in_once_it_is_confirmed(signed_in, chika):
    email = add(signed_in, "chika@home.example")
    signed_in.post(f"/account/addresses/{email.pk}/confirm/", {"code": code_for("chika@home.example")})
    other = Client()
    other.post("/account/log-in/", {"email": "Chika@HOME.example", "password": PASSWORD})
    assert other.get("/learn/").status_code == 200


def test_an_unconfirmed_address_is_never_primary(chika):
    email = add_address(account=chika, address="chika@home.example")
    with pytest.raises(NotYetConfirmed):
        make_primary(email=email)


def test_the_last_confirmed_address_stays(signed_in, chika):
    email = chika.addresses.get()
    page = signed_in.post(f"/account/addresses/{email.pk}/remove/", follow=True).content.decode()
    assert "This is the only address that reaches you." in page
    with pytest.raises(LastAddress):
        remove_address(email=email)
    assert chika.addresses.count() == 1


def test_removing_the_primary_address_makes_the_next_one_primary(signed_in, chika):
    email = add(signed_in, "chika@home.example")
    signed_in.post(f"/account/addresses/{email.pk}/confirm/", {"code": code_for("chika@home.example")})
    signed_in.post(f"/account/addresses/{chika.primary_address.pk}/remove/")
    assert chika.primary_address.address == "chika@home.example"
    assert letters_to("chika@elsewhere.example")[-1] == "An address was removed from your account"


def test_every_address_is_told_that_one_was_removed(signed_in, chika):
    for address in ("chika.new@home.example", "chika@third.example"):
        email = add(signed_in, address)
        signed_in.post(f"/account/addresses/{email.pk}/confirm/", {"code": code_for(address)})
    add(signed_in, "stranger@home.example")
    gone = chika.addresses.get(address="chika.new@home.example")
    signed_in.post(f"/account/addresses/{gone.pk}/remove/")
    letters_to("chika@third.example")
    words = "An address was removed from your account"
    told = InboxLetter.objects.filter(subject=words).values_list("to", flat=True)
    assert sorted(told) == ["chika.new@home.example", "chika@elsewhere.example", "chika@third.example"]


def test_an_address_is_listed_once_however_it_is_spelled(signed_in, chika):
    with pytest.raises(AddressListed):
        add_address(account=chika, address="CHIKA@elsewhere.example")
    page = signed_in.post("/account/addresses/add/", {"email": "CHIKA@elsewhere.example"}).content.decode()
    assert "Your account lists this address already." in page


def test_a_letter_is_sent_again_only_after_a_minute(signed_in):
    email = add(signed_in, "chika@home.example")
    page = signed_in.post(f"/account/addresses/{email.pk}/letter/", follow=True).content.decode()
    assert "A letter went out a moment ago." in page
    assert len(letters_to("chika@home.example")) == 1


def test_a_squatted_address_goes_to_who_proves_it_first(signed_in, chika, bruno):
    add_address(account=bruno, address="shared@home.example")
    email = EmailAddress.objects.get(account=bruno, address="shared@home.example")
    own = add_address(account=chika, address="shared@home.example")
    signed_in.post(f"/account/addresses/{own.pk}/confirm/", {"code": code_for("shared@home.example")})
    assert not EmailAddress.objects.filter(pk=email.pk).exists()
    assert EmailAddress.objects.get(address="shared@home.example").account == chika


@pytest.mark.parametrize("action", ["confirm", "letter", "primary", "remove"])
def test_nobody_touches_somebody_elses_address(signed_in, bruno, action):
    email = bruno.addresses.get()
    assert signed_in.post(f"/account/addresses/{email.pk}/{action}/", {"code": "1"}).status_code == 404


def test_a_new_password_ends_every_other_session_and_the_person_is_told(signed_in, chika):
    other = Client()
    other.post("/account/log-in/", LOG_IN)
    signed_in.post("/account/password/", {"password": "a new long password"})
    assert signed_in.get("/learn/").status_code == 200
    assert other.get("/learn/").status_code == 302
    assert letters_to("chika@elsewhere.example") == ["Your password was changed"]
    assert Entry.objects.filter(verb="password.changed", actor=chika).count() == 1


@pytest.mark.parametrize("path", ["/account/password/", "/account/addresses/add/"])
def test_what_matters_asks_for_proof_again_after_ten_minutes(signed_in, path):
    session = signed_in.session
    session["proved_at"] = 0
    session.save()
    assert signed_in.get(path)["Location"] == f"/account/prove/?next={path.replace('/', '%2F')}"


def test_one_session_is_ended_and_the_others_go_on(signed_in, chika):
    other = Client()
    other.post("/account/log-in/", LOG_IN, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/600")
    page = signed_in.get("/account/sessions/").content.decode()
    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    key = Session.objects.get(browser__contains="iPhone").session_key
    signed_in.post(f"/account/sessions/{key}/end/")
    assert other.get("/learn/").status_code == 302
    assert signed_in.get("/learn/").status_code == 200


def test_nobody_ends_somebody_elses_session(signed_in, bruno):
    other = Client()
    other.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    key = Session.objects.get(account_id=bruno.pk).session_key
    assert signed_in.post(f"/account/sessions/{key}/end/").status_code == 404
    assert other.get("/learn/").status_code == 200


def test_the_key_that_names_a_session_opens_nothing(signed_in):
    key = Session.objects.get().session_key
    thief = Client()
    thief.cookies["matricula"] = key
    assert thief.get("/learn/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_account_pages_ask_the_same_number_of_queries(signed_in, chika, rows, django_assert_num_queries):
    for number in range(rows):
        EmailAddress.objects.create(account=chika, address=f"chika{number}@home.example")
        Client().post("/account/log-in/", LOG_IN)
    for path in ("/account/addresses/", "/account/sessions/"):
        with django_assert_num_queries(3):
            signed_in.get(path)


def seen_before(account, **ago) -> None:
    Session.objects.filter(account_id=account.pk).update(seen_at=timezone.now() - timedelta(**ago))


def test_a_session_says_when_and_where_it_was_seen_last(signed_in, chika):
    phone = Client()
    phone.post("/account/log-in/", LOG_IN, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/600")
    seen_before(chika, hours=3)
    phone.get("/learn/", REMOTE_ADDR="8.8.4.4")
    page = " ".join(signed_in.get("/account/sessions/").content.decode().split())
    assert "In use now, from the network you are on now" in page
    assert "Last seen a few minutes ago, from another network (8.8.4.4)" in page
    seen_before(chika, hours=3)
    assert "Last seen 3 hours ago" in signed_in.get("/account/sessions/").content.decode()


def test_being_seen_is_written_once_in_five_minutes(signed_in, chika):
    def writes() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            signed_in.get("/learn/")
        return [one["sql"].split()[0] for one in asked if not one["sql"].startswith("SELECT")]

    assert writes() == []
    seen_before(chika, minutes=4)
    assert writes() == []
    seen_before(chika, minutes=6)
    assert writes() == ["UPDATE"]
    assert writes() == []


def test_all_other_sessions_end_and_this_one_goes_on(signed_in, chika):
    others = [Client(), Client()]
    for other in others:
        other.post("/account/log-in/", LOG_IN)
    assert "End all others" in signed_in.get("/account/sessions/").content.decode()
    page = signed_in.post("/account/sessions/end/", follow=True).content.decode()
    assert "No other browser is logged in." in page
    assert "End all others" not in page
    assert [other.get("/learn/").status_code for other in others] == [302, 302]


def test_a_session_that_ran_out_is_not_listed(signed_in, chika):
    Client().post("/account/log-in/", LOG_IN, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/600")
    Session.objects.filter(browser__contains="iPhone").update(expire_date=timezone.now())
    assert "iPhone" not in signed_in.get("/account/sessions/").content.decode()
