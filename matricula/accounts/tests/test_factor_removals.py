"""Chika has lost her device and her codes; whoever has only her password must not get in by saying so."""

import re
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.factor_removals import ask_for_removal, carry_out_removals, stop_removal
from matricula.accounts.models import EmailAddress, FactorRemoval, SecondFactor
from matricula.accounts.passwords import change_password
from matricula.accounts.second_factors import add_authenticator, has_second_factor, renew_recovery_codes
from matricula.accounts.tests.test_passkeys import Key
from matricula.accounts.tests.test_second_factors import now, secret
from matricula.audit.models import Entry
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
LOG_IN = {"email": "chika@elsewhere.example", "password": PASSWORD}
ASKING = "/account/log-in/without-device/"
assert secret  # a fixture


@pytest.fixture
def asking(client, chika, secret) -> Client:
    """A browser in which Chika's password was right, and her device is not there."""
    EmailAddress.objects.create(account=chika, address="chika@home.example", confirmed_at=timezone.now())
    EmailAddress.objects.create(account=chika, address="unproven@home.example")
    client.post("/account/log-in/", LOG_IN)
    return client


def letters(subject: str) -> dict[str, str]:
    while deliver_due():
        pass
    found = InboxLetter.objects.filter(subject__startswith=subject).order_by("id")
    return dict(found.values_list("to", "text"))


def let_three_days_pass() -> None:
    FactorRemoval.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    schedule_recurring()
    while perform_due():
        pass


def logs_in_with_the_password_alone() -> bool:
    browser = Client()
    browser.post("/account/log-in/", LOG_IN)
    return browser.get("/learn/").status_code == 200


def test_all_confirmed_addresses_are_told_and_after_three_days_the_password_alone_logs_in(asking, chika):
    assert "within 3 days" in asking.get(ASKING).content.decode()
    assert "We wrote to all your addresses" in asking.post(ASKING).content.decode()
    told = letters("Your second factor comes off on")
    assert set(told) == {"chika@elsewhere.example", "chika@home.example"}
    waits = FactorRemoval.objects.get().due_at - timezone.now()
    assert timedelta(hours=71) < waits <= timedelta(hours=72)
    carry_out_removals()
    assert not logs_in_with_the_password_alone()
    let_three_days_pass()
    assert logs_in_with_the_password_alone()
    assert set(letters("Your second factors were taken off")) == set(told)
    verbs = list(Entry.objects.filter(subject_id=chika.pk).values_list("verb", flat=True))
    assert verbs[-2:] == ["factor_removal.asked", "second_factor.lifted"]


def test_whoever_reads_one_of_the_addresses_stops_it_without_logging_in(asking, chika):
    asking.post(ASKING)
    text = letters("Your second factor comes off on")["chika@home.example"]
    link = re.search(r"/account/stop-removal/\S+", text)[0]
    reader = Client()
    page = reader.get(link)["Location"]
    assert link not in page
    assert "Keep the second factors?" in reader.get(page).content.decode()
    assert FactorRemoval.objects.exists(), "a look changes nothing"
    assert "Stopped" in reader.post(page).content.decode()
    let_three_days_pass()
    assert not logs_in_with_the_password_alone()
    assert len(letters("Your second factor stays")) == 2
    assert reader.get(page).status_code == Client().get(link).status_code == 410


@pytest.mark.parametrize("secret_tried", ["0" * 64, "x"])
def test_guessing_the_link_that_stops_is_no_use(asking, secret_tried):
    asking.post(ASKING)
    pk = FactorRemoval.objects.get().pk
    assert Client().get(f"/account/stop-removal/{pk}/{secret_tried}/").status_code == 410
    assert Client().post(f"/account/stop-removal/{pk}/").status_code == 410
    assert FactorRemoval.objects.exists()


def test_without_the_password_nothing_can_be_asked_for(chika, secret):
    assert Client().post(ASKING)["Location"] == "/account/log-in/"
    assert not FactorRemoval.objects.exists()


def test_chika_who_is_logged_in_elsewhere_sees_it_and_stops_it(asking, chika, secret):
    home = Client()
    home.post("/account/log-in/", LOG_IN)
    home.post("/account/log-in/second-step/", {"code": now(secret)})
    asking.post(ASKING)
    for page in ("/account/", "/account/second-factors/"):
        assert "Somebody who knows your password asked" in home.get(page).content.decode()
    home.post("/account/second-factors/keep/")
    assert not FactorRemoval.objects.exists()


def test_a_device_that_is_used_meanwhile_keeps_everything(asking, secret):
    asking.post(ASKING)
    asking.post("/account/log-in/second-step/", {"code": now(secret)})
    let_three_days_pass()
    assert not logs_in_with_the_password_alone()
    assert len(letters("Your second factor stays")) == 2


def test_a_recovery_code_that_is_found_keeps_everything(asking, chika):
    codes = renew_recovery_codes(account=chika)
    asking.post(ASKING)
    asking.post("/account/log-in/recovery/", {"code": codes[0]})
    let_three_days_pass()
    assert not logs_in_with_the_password_alone()


def test_a_factor_that_was_set_up_meanwhile_stays(asking, chika):
    asking.post(ASKING)
    Key(chika)
    let_three_days_pass()
    assert SecondFactor.objects.filter(account=chika).count() == 2


def test_a_new_password_ends_what_somebody_with_the_old_one_asked_for(asking, chika):
    asking.post(ASKING)
    change_password(account=chika, password="another long password")
    assert not FactorRemoval.objects.exists()


def test_who_asks_often_is_told_until_when_and_fills_no_mailbox(asking, chika):
    for _ in range(2):
        asking.post(ASKING)
        asking.post(ASKING)
        stop_removal(account=chika)
    assert "This was asked for and stopped before. Ask again after" in asking.post(ASKING).content.decode()
    assert not FactorRemoval.objects.exists()


def test_an_account_that_nobody_could_object_for_keeps_its_factors(asking, chika):
    EmailAddress.objects.filter(account=chika).update(confirmed_at=None, is_primary=False)
    assert "no confirmed address to write to" in asking.post(ASKING).content.decode()
    assert not FactorRemoval.objects.exists()


@pytest.mark.postgres
def test_races_of_stopping_and_carrying_out_one_wins_and_the_letters_say_which(asking, chika):
    for _ in range(5):
        if not has_second_factor(chika):
            add_authenticator(account=chika, secret="A" * 32, code=now("A" * 32))
        SecondFactor.objects.update(created_at=timezone.now() - timedelta(days=4), last_used_at=None)
        FactorRemoval.objects.create(
            account=chika,
            asked_at=timezone.now() - timedelta(days=3),
            due_at=timezone.now() - timedelta(seconds=1),
        )
        InboxLetter.objects.all().delete()
        all_at_once(lambda: stop_removal(account=chika), carry_out_removals, carry_out_removals)
        stopped, lifted = letters("Your second factor stays"), letters("Your second factors were taken off")
        assert bool(stopped) != bool(lifted)
        assert has_second_factor(chika) == bool(stopped)


@pytest.mark.postgres
def test_races_two_who_ask_at_once_wait_for_the_same_day(asking, chika):
    told = all_at_once(*[lambda: ask_for_removal(account=chika)] * 4)
    assert len({one.pk for one in told}) == 1


# -- recovery codes -------------------------------------------------------------------------------


@pytest.fixture
def fresh(client, chika) -> Client:
    client.post("/account/log-in/", LOG_IN)
    return client


def test_no_passkey_before_recovery_codes_were_made_and_shown(fresh, settings):
    settings.BASE_URL = "http://localhost:8000"
    page = fresh.get("/account/second-factors/passkey/").content.decode()
    assert "Make recovery codes" in page
    assert "data-passkey" not in page
    fresh.post("/account/second-factors/passkey/ask/")
    answer = fresh.post("/account/second-factors/passkey/keep/", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (400, {"error": "Make your recovery codes first."})
    shown = fresh.post("/account/second-factors/recovery-codes/")
    assert len(re.findall(r"<li><code>", shown.content.decode())) == 10
    assert 'href="/account/second-factors/passkey/"' in shown.content.decode()
    assert "data-passkey" in fresh.get("/account/second-factors/passkey/").content.decode()


def test_codes_that_are_there_stay_good_when_an_app_is_added(fresh, chika):
    codes = renew_recovery_codes(account=chika)
    fresh.get("/account/second-factors/authenticator/")
    page = fresh.get("/account/second-factors/authenticator/").content.decode()
    shown = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    answer = fresh.post("/account/second-factors/authenticator/", {"code": now(shown)})
    assert answer["Location"] == "/account/second-factors/"
    assert chika.recovery_codes.count() == len(codes) == 10


def test_the_file_of_the_codes_is_in_the_page_itself(fresh, chika):
    shown = fresh.post("/account/second-factors/recovery-codes/")
    page = shown.content.decode()
    codes = re.findall(r"<li><code>(.*?)</code>", page)
    file = re.search(r'href="data:text/plain;charset=utf-8,([^"]*)" download="([^"]*)"', page)
    assert all(code in file[1] for code in codes)
    whose = f"Recovery codes · {chika.full_name} · "
    assert re.search(whose + r"\d+ \w+ \d{4}", page)
    assert whose in unquote(file[1])
    assert file[2] == "127.0.0.1-recovery-codes.txt"
    assert shown["Cache-Control"] == "no-store"


def test_the_second_step_offers_recovery_codes_only_where_there_are_any(client, chika, secret):
    client.post("/account/log-in/", LOG_IN)
    page = client.get("/account/log-in/second-step/").content.decode()
    assert "/account/log-in/recovery/" not in page
    assert ASKING in page
    renew_recovery_codes(account=chika)
    page = client.get("/account/log-in/second-step/").content.decode()
    assert "/account/log-in/recovery/" in page
    assert ASKING in page
    assert ASKING in client.get("/account/log-in/recovery/").content.decode()


@pytest.mark.parametrize("secret_in_link", ["²", "\ufffd", "ä" * 64, "a" * 64])
def test_a_link_that_nobody_made_has_ended_whatever_stands_in_it(asking, chika, secret_in_link):
    ask_for_removal(account=chika)
    removal = FactorRemoval.objects.get()
    assert asking.get(f"/account/stop-removal/{removal.pk}/{quote(secret_in_link)}/").status_code == 410
