"""Guessing codes and passwords: counted in the database, for the account, the address and the network."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.confirmation import confirm_by_code, open_confirmation, send_confirmations
from matricula.accounts.email_addresses import add_address
from matricula.accounts.errors import CodeEnded, CodeWrong, TooOften
from matricula.accounts.models import Confirmation, EmailAddress
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.security.errors import TooManyTries
from matricula.security.models import Throttle
from matricula.security.throttling import LETTERS, Limit, NetworkLimit

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "chika@elsewhere.example"


def right_code(email: EmailAddress) -> str:
    while deliver_due():
        pass
    subject = InboxLetter.objects.filter(to=email.address).latest("id").subject
    return subject.rpartition(" ")[2]


def guess_wrong(email: EmailAddress, right: str, times: int) -> None:
    for number in range(times):
        wrong = f"{(int(right) + 1 + number) % 1_000_000:06d}"
        with pytest.raises(CodeWrong):
            confirm_by_code(email=email, code=wrong)


def test_guessing_the_sixth_try_burns_the_code(chika):
    email = add_address(account=chika, address="chika@home.example")
    code = right_code(email)
    guess_wrong(email, code, 5)
    with pytest.raises(CodeEnded):
        confirm_by_code(email=email, code=code)


@pytest.mark.parametrize(("minutes", "opens"), [(14, True), (16, False)])
def test_a_code_opens_for_fifteen_minutes_and_the_link_of_its_letter_for_a_day(chika, minutes, opens):
    email = add_address(account=chika, address="chika@home.example")
    code = right_code(email)
    Confirmation.objects.update(requested_at=timezone.now() - timedelta(minutes=minutes))
    if opens:
        confirm_by_code(email=email, code=code)
    else:
        with pytest.raises(CodeEnded):
            confirm_by_code(email=email, code=code)
        assert open_confirmation(pk=Confirmation.objects.get().pk)
        Confirmation.objects.update(requested_at=timezone.now() - timedelta(hours=25))
        with pytest.raises(CodeEnded):
            open_confirmation(pk=Confirmation.objects.get().pk)
    assert (chika.addresses.get(pk=email.pk).confirmed_at is not None) is opens


def test_guessing_with_new_letters_and_other_accounts_is_counted_for_the_mailbox(chika, bruno):
    for account in (chika, bruno):
        for _ in range(3):
            email = add_address(account=account, address="victim@home.example")
            guess_wrong(email, right_code(email), 5)
            email.delete()
    email = add_address(account=chika, address="Victim@HOME.example")
    with pytest.raises(TooManyTries):
        confirm_by_code(email=email, code=right_code(email))
    assert Confirmation.objects.get().tries == 0


def test_nobody_writes_to_strangers_by_adding_their_addresses(chika):
    for number in range(10):
        add_address(account=chika, address=f"stranger{number}@home.example")
    with pytest.raises(TooOften):
        add_address(account=chika, address="stranger10@home.example")


def test_adding_too_many_addresses_is_said_beside_the_field(client, chika):
    client.post("/account/log-in/", {"email": ADDRESS, "password": PASSWORD})
    for number in range(11):
        page = client.post("/account/addresses/add/", {"email": f"stranger{number}@home.example"})
    tomorrow = timezone.now() + timedelta(days=1)
    assert f"Add the next one after {tomorrow:%-d %b %Y}" in page.content.decode()


def test_who_got_all_letters_of_the_day_is_told_when_the_next_one_leaves(client, chika):
    """“Wait a minute” is said of the minute between two letters, and of nothing else."""
    client.post("/account/log-in/", {"email": ADDRESS, "password": PASSWORD})
    email = add_address(account=chika, address="new@home.example")
    again = f"/account/addresses/{email.pk}/letter/"
    assert "Wait a minute" in client.post(again, follow=True).content.decode()
    for _ in range(LETTERS.tries):
        send_confirmations([email])
    Confirmation.objects.update(requested_at=timezone.now() - timedelta(minutes=2))
    page = client.post(again, follow=True).content.decode()
    tomorrow = timezone.now() + timedelta(days=1)
    assert "Wait a minute" not in page
    assert f"limit of letters to this address is reached. Ask again after {tomorrow:%-d %b %Y}" in page


def test_the_page_of_an_address_that_got_no_letter_does_not_say_that_we_wrote_to_it(client, chika):
    client.post("/account/log-in/", {"email": ADDRESS, "password": PASSWORD})
    email = EmailAddress.objects.create(account=chika, address="new@home.example")
    for _ in range(LETTERS.tries):
        LETTERS.allows(email.canonical)
    page = client.get(f"/account/addresses/{email.pk}/confirm/").content.decode()
    tomorrow = timezone.now() + timedelta(days=1)
    assert "We wrote to" not in page
    assert f"none was written for you. Ask for one after {tomorrow:%-d %b %Y}" in page


def log_in(password: str, email: str = ADDRESS, network: str = "192.0.2.1") -> bool:
    form = {"email": email, "password": password}
    return Client().post("/account/log-in/", form, REMOTE_ADDR=network).status_code == 302


def forget_everything_in_memory() -> None:
    cache.clear()
    connections.close_all()


def test_guessing_a_password_is_counted_for_the_address_from_any_network_and_survives_a_restart(chika):
    for number in range(20):
        assert not log_in("wrong one", network=f"192.0.2.{number}")
    forget_everything_in_memory()
    assert not log_in(PASSWORD, network="198.51.100.7")


def test_guessing_one_password_for_many_addresses_is_counted_for_the_network(chika):
    for number in range(200):
        log_in("wrong one", email=f"somebody{number}@elsewhere.example")
    forget_everything_in_memory()
    assert not log_in(PASSWORD)
    assert log_in(PASSWORD, network="198.51.100.7")


def test_a_window_that_ended_counts_anew():
    limit = Limit("code", tries=2, minutes=10)
    for _ in range(2):
        assert [limit.allows("ada") for _ in range(3)] == [True, True, False]
        Throttle.objects.update(window_ends_at=timezone.now())


def test_asking_when_a_try_is_free_again_counts_none():
    limit = Limit("code", tries=2, minutes=10)
    asked = []
    for _ in range(3):
        asked.append([limit.used_up_until("ada") for _ in range(3)])
        limit.allows("ada")
    ends = Throttle.objects.get().window_ends_at
    assert asked == [[None] * 3, [None] * 3, [ends] * 3]
    assert (limit.free_again("ada"), limit.used_up_until("bruno")) == (ends, None)
    Throttle.objects.update(window_ends_at=timezone.now())
    assert (limit.used_up_until("ada"), limit.free_again("ada") <= timezone.now()) == (None, True)


def test_neighbours_share_their_tries_and_their_waiting():
    limit = NetworkLimit("visit", tries=1, minutes=10)
    assert [limit.allows(f"2001:db8::{n}") for n in range(2)] == [True, False]
    assert limit.free_again("2001:db8::7") == Throttle.objects.get().window_ends_at
    assert limit.used_up_until("2001:db8:0:1::7") is None
