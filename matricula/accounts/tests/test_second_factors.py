"""A stolen password alone opens nothing once there is a second factor."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from django.db import connection
from django.test import Client

from conftest import PASSWORD, person
from matricula.accounts.errors import AppCodeWrong, FactorExists
from matricula.accounts.models import RecoveryCode, SecondFactor, Session
from matricula.accounts.passwords import change_password
from matricula.accounts.second_factors import (
    add_authenticator,
    authenticator_accepts,
    matching_step,
    remove_factor,
    renew_recovery_codes,
    spend_recovery_code,
)
from matricula.audit.models import Entry
from matricula.joining.models import Arrival
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter

pytestmark = pytest.mark.django_db(transaction=True)
LOG_IN = {"email": "chika@elsewhere.example", "password": PASSWORD}


@pytest.fixture
def secret(chika) -> str:
    """Chika's authenticator app, set up with the code of the step before this one."""
    made = pyotp.random_base32()
    add_authenticator(account=chika, secret=made, code=pyotp.TOTP(made).now())
    SecondFactor.objects.update(counter=0)
    return made


def now(secret: str) -> str:
    return pyotp.TOTP(secret).now()


def wrong(secret: str) -> str:
    return next(
        code for code in ("000000", "111111", "222222", "333333") if matching_step(secret, code) is None
    )


def signed_in(client: Client) -> bool:
    return client.get("/learn/").status_code == 200


def test_the_password_alone_signs_nobody_in(client, secret):
    answer = client.post("/account/log-in/", LOG_IN)
    assert answer["Location"] == "/account/log-in/second-step/"
    assert not signed_in(client)


def test_the_code_of_the_app_finishes_signing_in_where_the_person_was_going(client, secret):
    client.post("/account/log-in/", {**LOG_IN, "next": "/certificates/"})
    answer = client.post("/account/log-in/second-step/", {"code": now(secret)})
    assert answer["Location"] == "/certificates/"
    assert signed_in(client)


def test_a_code_is_accepted_once(secret, chika):
    code = now(secret)
    assert authenticator_accepts(chika, code)
    assert not authenticator_accepts(chika, code)


def test_the_code_of_an_earlier_step_is_refused_after_a_later_one(secret, chika):
    totp = pyotp.TOTP(secret)
    step = matching_step(secret, totp.now())
    assert authenticator_accepts(chika, totp.generate_otp(step))
    assert not authenticator_accepts(chika, totp.generate_otp(step - 1))


def test_guessing_the_sixth_try_starts_over(client, secret):
    client.post("/account/log-in/", LOG_IN)
    for _ in range(5):
        client.post("/account/log-in/second-step/", {"code": wrong(secret)})
    assert client.post("/account/log-in/second-step/", {"code": now(secret)}).status_code == 429
    assert client.get("/account/log-in/second-step/")["Location"] == "/account/log-in/"
    assert not signed_in(client)


def test_guessing_from_many_browsers_is_counted_together(secret):
    for _ in range(2):
        browser = Client()
        browser.post("/account/log-in/", LOG_IN)
        for _ in range(5):
            browser.post("/account/log-in/second-step/", {"code": wrong(secret)})
    third = Client()
    third.post("/account/log-in/", LOG_IN)
    assert third.post("/account/log-in/second-step/", {"code": now(secret)}).status_code == 429


def test_the_second_step_without_a_password_leads_back_to_the_start(client, secret):
    assert client.get("/account/log-in/second-step/")["Location"] == "/account/log-in/"
    assert (
        client.post("/account/log-in/second-step/", {"code": now(secret)})["Location"] == "/account/log-in/"
    )


def test_a_recovery_code_lets_in_once(client, secret, chika):
    code = renew_recovery_codes(account=chika)[0]
    for expected in (True, False):
        browser = Client()
        browser.post("/account/log-in/", LOG_IN)
        browser.post("/account/log-in/recovery/", {"code": code.upper().replace("-", " ")})
        assert signed_in(browser) is expected


def test_forty_threads_spend_one_recovery_code_once(chika):
    code = renew_recovery_codes(account=chika)[0]

    def spend(_: int) -> bool:
        try:
            return spend_recovery_code(chika, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as threads:
        assert sum(threads.map(spend, range(40))) == 1


def test_new_recovery_codes_end_the_ones_before(chika):
    old = renew_recovery_codes(account=chika)[0]
    renew_recovery_codes(account=chika)
    assert not spend_recovery_code(chika, old)
    assert RecoveryCode.objects.count() == 10


def test_a_forgotten_password_does_not_open_a_way_around(client, secret):
    client.post("/account/forgotten/", {"email": "chika@elsewhere.example"})
    while deliver_due():
        pass
    path = re.search(r"/account/reset/\S+", InboxLetter.objects.get(subject="Choose a new password").text)[0]
    answer = client.post(client.get(path)["Location"], {"password": "a new long password"})
    assert answer["Location"] == "/account/log-in/second-step/"
    assert not signed_in(client)


def test_session_fixation_the_key_changes_at_the_password_and_at_the_code(client, secret):
    client.post("/account/log-in/", LOG_IN)
    between = client.session.session_key
    client.post("/account/log-in/second-step/", {"code": now(secret)})
    assert client.session.session_key != between


def test_c3_link_your_account_asks_for_the_second_factor_and_comes_back(client, link, secret, chika, course):
    client.get(link, HTTP_USER_AGENT="Mozilla/5.0")
    client.post("/join/now/")
    place = f"/join/arrivals/{Arrival.objects.get().public_id}/"
    client.post(f"{place}start/course/{course.public_id}/")
    assert client.post(f"{place}link-account/", LOG_IN)["Location"] == "/account/log-in/second-step/"
    assert Arrival.objects.get().account is None
    back = client.post("/account/log-in/second-step/", {"code": now(secret)})
    assert back["Location"] == f"{place}link-account/"
    assert "Join as Chika Obi" in client.get(back["Location"]).content.decode()
    client.post(f"{place}link-account/mine/")
    assert Arrival.objects.get().account == chika


def test_secrets_of_factors_are_sealed_and_recovery_codes_kept_as_digests(secret, chika):
    codes = renew_recovery_codes(account=chika)
    assert secret not in SecondFactor.objects.get().sealed
    stored = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}


def test_adding_a_factor_writes_to_the_person_and_into_the_audit_log(secret):
    deliver_due()
    assert InboxLetter.objects.get().subject == "A second factor was added to your account"
    assert Entry.objects.filter(verb="second_factor.added").count() == 1


def test_a_second_app_is_refused_and_a_wrong_code_adds_none(secret, chika, bruno):
    other = pyotp.random_base32()
    with pytest.raises(FactorExists):
        add_authenticator(account=chika, secret=other, code=now(other))
    with pytest.raises(AppCodeWrong):
        add_authenticator(account=bruno, secret=other, code=wrong(other))
    assert SecondFactor.objects.count() == 1
    assert Letter.objects.count() == 1


def test_removing_the_last_factor_takes_the_recovery_codes_along(secret, chika):
    renew_recovery_codes(account=chika)
    remove_factor(factor=SecondFactor.objects.get())
    assert not RecoveryCode.objects.exists()
    assert Client().post("/account/log-in/", LOG_IN)["Location"] == "/learn/"


def set_up_on_the_page(client: Client) -> str:
    page = client.get("/account/second-factors/authenticator/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    answer = client.post("/account/second-factors/authenticator/", {"code": now(secret)})
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", answer.content.decode())) == 10
    assert answer["Cache-Control"] == "no-store"
    return secret


def test_setting_up_the_app_shows_ten_recovery_codes_once(client, chika):
    client.post("/account/log-in/", LOG_IN)
    set_up_on_the_page(client)
    assert "10 are left" in client.get("/account/second-factors/").content.decode()


def test_an_old_session_proves_itself_before_it_changes_factors(client, chika, secret):
    client.post("/account/log-in/", LOG_IN)
    client.post("/account/log-in/second-step/", {"code": now(secret)})
    grown_old(client)
    factor = SecondFactor.objects.get()
    answer = client.post(f"/account/second-factors/{factor.pk}/remove/")
    assert answer["Location"].startswith("/account/prove/?next=")
    assert SecondFactor.objects.exists()
    refusal = client.post("/account/prove/", {"password": "wrong", "next": "/account/"})
    assert "That does not fit" in refusal.content.decode()
    client.post("/account/prove/", {"password": PASSWORD, "next": "/account/"})
    client.post(f"/account/second-factors/{factor.pk}/remove/")
    assert not SecondFactor.objects.exists()


def grown_old(client: Client) -> None:
    session = client.session
    session["proved_at"] = 0
    session.save()


def test_a_passkey_asked_for_in_order_to_log_in_confirms_nobody(client, chika):
    client.force_login(chika)
    grown_old(client)
    client.post("/account/log-in/passkey/ask/")
    for answer in ("{}", "no json"):
        sent = client.post("/account/prove/passkey/", answer, content_type="application/json")
        assert sent.status_code == 400
    assert client.get("/account/password/")["Location"].startswith("/account/prove/")


def test_who_has_no_password_app_or_passkey_is_shown_the_way_to_choose_a_password(client, chika):
    chika.set_unusable_password()
    chika.save()
    client.force_login(chika)
    page = client.get("/account/prove/?next=/account/password/").content.decode()
    assert "/account/forgotten/?next=/account/password/" in page
    client.post("/account/prove/", {"password": "", "code": ""})
    assert client.get("/account/password/")["Location"].startswith("/account/prove/")


def test_nobody_removes_somebody_elses_factor(client, secret, bruno):
    client.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    assert client.post(f"/account/second-factors/{SecondFactor.objects.get().pk}/remove/").status_code == 404
    assert SecondFactor.objects.exists()


@pytest.mark.parametrize(
    "next_path",
    ["//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y", "https://a@evil.example"],
)
def test_open_redirect_after_the_second_step(client, secret, next_path):
    client.post("/account/log-in/", {**LOG_IN, "next": next_path})
    location = client.post("/account/log-in/second-step/", {"code": now(secret)})["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\r" not in location


def test_a_password_proven_long_ago_does_not_wait_for_its_second_step(client, secret):
    client.post("/account/log-in/", LOG_IN)
    session = client.session
    session["pending_sign_in"]["at"] -= 601
    session.save()
    assert (
        client.post("/account/log-in/second-step/", {"code": now(secret)})["Location"] == "/account/log-in/"
    )


def test_a_session_that_only_knows_the_password_is_nobodys_session(client, secret, chika):
    client.post("/account/log-in/", LOG_IN)
    assert Session.objects.get().account_id is None


def test_session_fixation_the_key_changes_when_somebody_confirms_who_they_are(client, chika):
    client.force_login(chika)
    grown_old(client)
    before = client.session.session_key
    client.post("/account/prove/", {"password": PASSWORD, "next": "/account/"})
    assert client.session.session_key != before


def test_a_new_password_ends_what_the_old_one_began(client, secret, chika):
    client.post("/account/log-in/", LOG_IN)
    change_password(account=chika, password="another long password")
    answer = client.post("/account/log-in/second-step/", {"code": now(secret)})
    assert answer["Location"] == "/account/log-in/"
    assert not signed_in(client)


def test_secrets_of_an_app_that_is_being_added_are_sealed_too(client, chika):
    client.post("/account/log-in/", LOG_IN)
    page = client.get("/account/second-factors/authenticator/")
    shown = page.context["secret"]
    assert shown not in str(dict(client.session))
    assert shown not in str(client.cookies)
    assert client.get("/account/second-factors/authenticator/").context["secret"] == shown
    client.post("/account/second-factors/authenticator/", {"code": now(shown)})
    assert SecondFactor.objects.get().account == chika


def test_the_cookie_of_an_app_that_another_account_began_is_not_taken(client, chika):
    """Somebody planted their own secret in Chika's browser, to know her codes later."""
    mallory = Client()
    person("Mallory", "mallory@elsewhere.example")
    mallory.post("/account/log-in/", {**LOG_IN, "email": "mallory@elsewhere.example"})
    theirs = mallory.get("/account/second-factors/authenticator/").context["secret"]
    client.post("/account/log-in/", LOG_IN)
    client.cookies["new_authenticator"] = mallory.cookies["new_authenticator"].value
    assert client.get("/account/second-factors/authenticator/").context["secret"] != theirs


APP = "/account/second-factors/authenticator/"


def test_the_secret_of_an_app_that_was_begun_before_a_log_out_is_not_taken_after_it(client, chika):
    """Whoever saw the picture knows the codes; the next session is shown another."""
    client.post("/account/log-in/", LOG_IN)
    seen = client.get(APP).context["secret"]
    planted = client.cookies["new_authenticator"].value
    client.post("/account/log-out/")
    assert client.cookies["new_authenticator"].value == ""
    assert client.cookies["new_authenticator"]["path"] == APP
    client.cookies["new_authenticator"] = planted
    client.post("/account/log-in/", LOG_IN)
    assert client.post(APP, {"code": now(seen)}).context["secret"] != seen
    assert not SecondFactor.objects.exists()


def test_the_secret_of_an_app_is_taken_for_ten_minutes_however_often_it_is_looked_at(
    client, chika, monkeypatch
):
    client.post("/account/log-in/", LOG_IN)
    seen, began = client.get(APP).context["secret"], time.time()
    monkeypatch.setattr(time, "time", lambda: began + 590)
    assert client.get(APP).context["secret"] == seen
    monkeypatch.setattr(time, "time", lambda: began + 602)
    client.post("/account/prove/", {"password": PASSWORD, "next": APP})
    page = client.post(APP, {"code": now(seen)})
    assert page.context["secret"] != seen
    assert "more than ten minutes" in page.content.decode()
    assert not SecondFactor.objects.exists()
