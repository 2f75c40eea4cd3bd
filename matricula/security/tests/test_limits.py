"""What costs a try, whom it costs one, and what somebody who has to wait is told."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.confirmation import GUESSES, confirm_by_code
from matricula.accounts.email_addresses import add_address
from matricula.accounts.errors import CodeWrong
from matricula.accounts.models import Confirmation, EmailAddress, SecondFactor
from matricula.accounts.passwords import put_password
from matricula.accounts.second_factors import add_authenticator, renew_recovery_codes
from matricula.accounts.sign_in import OF_A_NETWORK, OF_AN_ADDRESS
from matricula.invitations.models import LostLetter
from matricula.joining.tests.test_direct_links import share, sign_up  # noqa: F401 - a fixture
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.security.errors import TooManyTries
from matricula.security.models import Throttle
from matricula.security.throttling import (
    LETTERS,
    Limit,
    Tally,
    guess,
    mailbox_of,
)
from tests.nights import forget_tonight

pytestmark = pytest.mark.django_db(transaction=True)
CHIKA, BRUNO, NOBODY = "chika@elsewhere.example", "bruno@nordlicht.example", "nobody@elsewhere.example"
LOG_IN = "/account/log-in/"
ROUNDS = 20


def log_in(email, password, browser=None):
    return (browser or Client()).post(LOG_IN, {"email": email, "password": password})


def tries(limit, whom):
    return Throttle.objects.filter(key=limit.key_of(whom)).values_list("tries", flat=True).first() or 0


def guess_often(email, times, browser=None):
    for number in range(times):
        answer = log_in(email, f"wrong {number}", browser)
    return answer


def told_to_wait(answer, *words):
    """429 with Retry-After, why and until when, and no word of a wrong password."""
    page = answer.content.decode()
    until = timezone.now() + timedelta(seconds=int(answer["Retry-After"]))
    assert answer.status_code == 429
    assert re.search(
        rf"Wait \d+ minutes, until ({until:%H:%M}|{until - timedelta(seconds=2):%H:%M}) UTC", page
    )
    assert "do not fit" not in page
    for one in words:
        assert one in page
    return page


# -- successes ------------------------------------------------------------------------------------


def test_three_hundred_people_of_one_office_log_in_and_nobody_is_called_wrong(chika, bruno):
    """Of one account and of many; the 21st and the 201st used to be told that their password was wrong."""
    for _ in range(150):
        assert log_in(CHIKA, PASSWORD).status_code == 302
        assert log_in(BRUNO, PASSWORD).status_code == 302
    assert (tries(OF_AN_ADDRESS, CHIKA), tries(OF_A_NETWORK, "127.0.0.1")) == (0, 0)


def test_the_same_wrong_password_typed_again_and_again_is_one(chika):
    for _ in range(30):
        log_in(CHIKA, "my old password")
    log_in(CHIKA, "another")
    assert (tries(OF_AN_ADDRESS, CHIKA), tries(OF_A_NETWORK, "127.0.0.1")) == (2, 2)
    assert log_in(CHIKA, PASSWORD).status_code == 302


def test_one_wrong_password_tried_for_many_people_counts_for_each(chika, bruno):
    for number in range(7):
        log_in(f"somebody{number}@elsewhere.example", "Summer2026!")
    assert tries(OF_A_NETWORK, "127.0.0.1") == 7


def test_a_try_is_given_back_only_to_the_window_it_was_counted_in():
    limit = Limit("x", tries=3, minutes=10)

    def look():
        Throttle.objects.filter(key=limit.key_of("ada")).update(
            tries=2, window_ends_at=timezone.now() + timedelta(minutes=5)
        )
        return True

    assert guess([Tally(limit, "ada")], look)
    assert tries(limit, "ada") == 2


def test_who_is_refused_by_one_limit_uses_up_none_of_the_others():
    wide, narrow = Limit("wide", tries=9), Limit("narrow", tries=1)
    both = [Tally(wide, "ada"), Tally(narrow, "ada")]
    assert guess(both, lambda: None) is None
    for _ in range(5):
        with pytest.raises(TooManyTries) as wait:
            guess(both, lambda: pytest.fail("looked at"))
    assert (wait.value.limit, tries(wide, "ada")) == ("narrow", 1)


def test_a_limit_of_nought_is_no_limit(settings, chika):
    settings.LIMITS = {**settings.LIMITS, "password": (0, 15), "password-network": (0, 15)}
    assert "do not fit" in guess_often(CHIKA, 30).content.decode()
    assert log_in(CHIKA, PASSWORD).status_code == 302


def test_counters_whose_time_is_over_go_with_the_digests_of_what_was_given(chika):
    log_in(CHIKA, "wrong")
    assert Throttle.objects.count() == 3
    forget_tonight()
    assert Throttle.objects.count() == 3
    Throttle.objects.update(window_ends_at=timezone.now() - timedelta(hours=1, seconds=1))
    forget_tonight()
    assert Throttle.objects.count() == 0


# -- what is said ---------------------------------------------------------------------------------


def test_who_is_one_too_many_is_told_until_when_alike_for_known_and_unknown(chika):
    pages = []
    for address in (CHIKA, NOBODY):
        guess_often(address, 20)
        answer = log_in(address, PASSWORD)
        page = told_to_wait(
            answer, "Many different passwords were tried for this e-mail.", f'value="{address}"'
        )
        pages.append(re.sub(r'value="[^"]{40,}"|Wait.*? UTC', "", page).replace(address, "…"))
    assert pages[0] == pages[1]


def test_an_office_from_which_somebody_guesses_is_told_so(settings, chika, bruno):
    settings.LIMITS = {**settings.LIMITS, "password-network": (5, 15)}
    guess_often(NOBODY, 5)
    told_to_wait(log_in(CHIKA, PASSWORD), "Many wrong passwords came from your network.")
    assert tries(OF_AN_ADDRESS, CHIKA) == 0


def test_forgotten_promises_no_letter_that_is_not_written(chika):
    for address in (CHIKA, NOBODY):
        answers = [Client().post("/account/forgotten/", {"email": address}) for _ in range(4)]
        assert ["on its way" in one.content.decode() for one in answers] == [True, True, True, False]
        told_to_wait(answers[3], "asked for a moment ago. Look at your mail first.", f'value="{address}"')
    assert Letter.objects.filter(kind="accounts.password_reset").count() == 6


def test_confirm_it_is_you_tells_until_when_and_successes_cost_nothing(client, chika):
    log_in(CHIKA, PASSWORD, client)
    for _ in range(15):
        assert client.post("/account/prove/", {"password": PASSWORD, "next": "/learn/"}).status_code == 302
    for number in range(10):
        client.post("/account/prove/", {"password": f"wrong {number}"})
    told_to_wait(client.post("/account/prove/", {"password": PASSWORD}), "tried many times")


def test_the_tries_of_codes_are_told_until_when_and_what_cannot_be_a_code_is_none(client, chika):
    log_in(CHIKA, PASSWORD, client)
    email = add_address(account=chika, address="chika@home.example")
    page = f"/account/addresses/{email.pk}/confirm/"
    for typed in ("12", "1234567", "abcdef", "١٢٣٤٥٦", "12 34"):
        assert (
            "A code has six digits. Nothing was tried." in client.post(page, {"code": typed}).content.decode()
        )
    assert (Confirmation.objects.get().tries, tries(GUESSES, email.canonical)) == (0, 0)
    for _ in range(GUESSES.tries):
        GUESSES.allows(email.canonical)
    answer = client.post(page, {"code": "123456"})
    assert (answer.status_code, Confirmation.objects.get().tries) == (429, 0)
    assert "Many wrong codes were tried for this address today. The link in the letter works." in (
        answer.content.decode()
    )


def test_a_code_typed_with_a_gap_is_right_and_costs_nothing(client, chika):
    log_in(CHIKA, PASSWORD, client)
    email = add_address(account=chika, address="chika@home.example")
    deliver_due()
    code = InboxLetter.objects.get(to=email.address).subject.rpartition(" ")[2]
    client.post(f"/account/addresses/{email.pk}/confirm/", {"code": f" {code[:3]} {code[3:]} "})
    email.refresh_from_db()
    assert (bool(email.confirmed_at), tries(GUESSES, email.canonical)) == (True, 0)


# -- owners and strangers -------------------------------------------------------------------------


def test_a_strangers_wrong_passwords_do_not_shut_out_the_owner_on_a_device_that_is_known(chika):
    own = Client()
    log_in(CHIKA, PASSWORD, own)
    own.post("/account/log-out/")
    guess_often(CHIKA, 25)
    told_to_wait(log_in(CHIKA, PASSWORD, Client()))
    assert log_in(CHIKA, PASSWORD, own).status_code == 302


def test_a_known_device_in_an_office_that_was_shut_out_logs_in(settings, chika):
    settings.LIMITS = {**settings.LIMITS, "password-network": (5, 15)}
    own = Client()
    log_in(CHIKA, PASSWORD, own)
    guess_often(NOBODY, 6)
    assert log_in(CHIKA, PASSWORD, own).status_code == 302


def test_a_known_device_guesses_no_more_than_any_other(chika):
    own = Client()
    log_in(CHIKA, PASSWORD, own)
    told_to_wait(guess_often(CHIKA, 21, own))
    told_to_wait(log_in(CHIKA, PASSWORD, own))


def test_a_device_is_known_to_the_accounts_that_signed_in_there_and_to_no_other(chika, bruno):
    mallory = Client()
    log_in(BRUNO, PASSWORD, mallory)
    guess_often(CHIKA, 20)
    told_to_wait(log_in(CHIKA, PASSWORD, mallory))


def test_who_claims_an_address_makes_no_device_known_to_it(chika, bruno):
    EmailAddress.objects.create(account=bruno, address=NOBODY)
    mallory = Client()
    log_in(BRUNO, PASSWORD, mallory)
    guess_often(NOBODY, 20)
    told_to_wait(log_in(NOBODY, PASSWORD, mallory))


def test_a_new_password_makes_strangers_of_all_devices_but_the_one_it_is_used_on(chika):
    old, new = Client(), Client()
    log_in(CHIKA, PASSWORD, old)
    put_password(chika, "quite another password")
    log_in(CHIKA, "quite another password", new)
    guess_often(CHIKA, 20)
    told_to_wait(log_in(CHIKA, "quite another password", old))
    assert log_in(CHIKA, "quite another password", new).status_code == 302


def test_a_mark_that_somebody_made_up_is_none(chika):
    own = Client()
    log_in(CHIKA, PASSWORD, own)
    forged = Client()
    forged.cookies["device"] = own.cookies["device"].value[:-1] + "x"
    guess_often(CHIKA, 20)
    told_to_wait(log_in(CHIKA, PASSWORD, forged))


def test_a_stranger_who_asks_for_letters_does_not_keep_the_owner_from_one(chika):
    own = Client()
    log_in(CHIKA, PASSWORD, own)
    for _ in range(4):
        Client().post("/account/forgotten/", {"email": CHIKA})
    assert "on its way" in own.post("/account/forgotten/", {"email": CHIKA}).content.decode()


def test_ada_gets_and_enters_her_code_though_forty_strangers_signed_up_with_her_address(client, link, share):  # noqa: F811
    _direct, path = share()
    for number in range(40):
        sign_up(Client(), path, "ada@nordlicht.example", alternative_email=f"mallory{number}@other.example")
    for _ in range(GUESSES.tries):
        GUESSES.allows("ada@nordlicht.example")
    assert (
        Letter.objects.filter(kind="accounts.confirmation", to="ada@nordlicht.example").count()
        == LETTERS.tries
    )
    client.get(link)
    base = client.post("/join/now/")["Location"].removesuffix("courses/")
    form = {"full_name": "Ada", "alternative_email": "ada@home.example", "password": PASSWORD}
    client.post(f"{base}account/", form)
    while deliver_due():
        pass
    subject = InboxLetter.objects.filter(to="ada@nordlicht.example").latest("letter_id").subject
    client.post(f"{base}confirm/", {"code": subject.rpartition(" ")[2]})
    assert EmailAddress.objects.confirmed().filter(canonical="ada@nordlicht.example").exists()


# -- letters to strangers -------------------------------------------------------------------------


def test_all_kinds_of_letters_to_a_strangers_mailbox_share_one_number_a_day(settings, chika):
    settings.LIMITS = {**settings.LIMITS, "letters": (4, 1440), "lost-letter": (9, 10)}
    victim = [
        "victim@home.example",
        "victim+b@home.example",
        "Victim+a@home.example",
        "VICTIM@HOME.example",
    ]
    add_address(account=chika, address=victim[0])
    for address in victim[1:]:
        assert Client().post("/join/lost-letter/", {"email": address}).status_code == 200
    for page in ("/account/forgotten/", "/join/lost-letter/"):
        answer = Client().post(page, {"email": victim[0]})
        words = answer.content.decode()
        assert (answer.status_code, "on its way" in words) == (429, False)
        assert "As many letters were asked for this address as we write to one in a day." in words
        assert f"Try again after {timezone.now() + timedelta(days=1):%-d %b %Y}" in words
    asked = LostLetter.objects.count()
    assert (asked, Letter.objects.count()) == (3, 2), "one letter tells Chika that the address was added"


@pytest.mark.parametrize(
    ("spelled", "mailbox"),
    [
        ("ada@n.example", "ada@n.example"),
        ("ada+news@n.example", "ada@n.example"),
        ("+ada@n.example", "+ada@n.example"),
        ("ada@n.example:invitation:7", "ada@n.example:invitation:7"),
    ],
)
def test_a_mailbox_is_one_however_it_is_spelled(spelled, mailbox):
    assert mailbox_of(spelled) == mailbox


# -- the second step ------------------------------------------------------------------------------


@pytest.fixture
def secret(chika):
    made = pyotp.random_base32()
    add_authenticator(account=chika, secret=made, code=pyotp.TOTP(made).now())
    SecondFactor.objects.update(counter=0)
    return made


STEP = "/account/log-in/second-step/"
WRONG = ["000000", "111111", "222222", "333333", "444444", "555555", "666666"]


def test_right_second_steps_cost_nothing(chika, secret):
    for _ in range(15):
        browser = Client()
        log_in(CHIKA, PASSWORD, browser)
        assert browser.post(STEP, {"code": pyotp.TOTP(secret).now()}).status_code == 302
        SecondFactor.objects.update(counter=0)


def test_what_cannot_be_a_code_is_no_try_at_the_second_step(client, chika, secret):
    renew_recovery_codes(account=chika)
    log_in(CHIKA, PASSWORD, client)
    for typed in ("12", "12345a", "１２３４５６", "12345678"):
        assert "Nothing was tried" in client.post(STEP, {"code": typed}).content.decode()
    for typed in ("k7m3p", "k7m3p-x2wq0", "é" * 10):
        answer = client.post("/account/log-in/recovery/", {"code": typed})
        assert "Nothing was tried" in answer.content.decode()
    assert client.post(STEP, {"code": pyotp.TOTP(secret).now()}).status_code == 302


def test_the_same_code_of_an_app_counts_each_time_for_it_may_be_right_later(client, chika, secret):
    log_in(CHIKA, PASSWORD, client)
    never = next(one for one in WRONG if not pyotp.TOTP(secret).verify(one, valid_window=3))
    answers = [client.post(STEP, {"code": never}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_who_has_the_password_but_no_device_does_not_shut_out_the_owner(chika, secret):
    own = Client()
    log_in(CHIKA, PASSWORD, own)
    own.post(STEP, {"code": pyotp.TOTP(secret).now()})
    for _ in range(3):
        thief = Client()
        log_in(CHIKA, PASSWORD, thief)
        for code in WRONG[:5]:
            answer = thief.post(STEP, {"code": code})
    assert answer.status_code in (302, 429)
    last = Client()
    log_in(CHIKA, PASSWORD, last)
    told_to_wait(last.post(STEP, {"code": WRONG[0]}), "logging in starts over.")
    SecondFactor.objects.update(counter=0)
    log_in(CHIKA, PASSWORD, own)
    assert own.post(STEP, {"code": pyotp.TOTP(secret).now()}).status_code == 302


# -- many at once ---------------------------------------------------------------------------------


def all_at_once(work, arguments):
    barrier = Barrier(len(arguments))

    def run(argument):
        barrier.wait()
        try:
            return work(argument)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))


def test_races_of_fifty_guesses_at_once_no_more_are_looked_at_than_are_allowed():
    for number in range(ROUNDS):
        looked, limit = [], Limit("race", tries=5)
        work = lambda n: guess([Tally(limit, number)], lambda: looked.append(n))  # noqa: B023, E731
        results = all_at_once(work, range(50))
        assert len(looked) == 5
        assert sum(isinstance(one, TooManyTries) for one in results) == 45


def test_races_right_ones_at_once_are_all_given_back():
    for number in range(ROUNDS):
        limit = Limit("race", tries=40)
        found = all_at_once(lambda n: guess([Tally(limit, number)], lambda: n + 1), range(40))  # noqa: B023
        assert sorted(found) == list(range(1, 41))
        assert tries(limit, number) == 0


def test_races_the_same_wrong_one_forty_times_at_once_counts_once():
    for number in range(ROUNDS):
        limit = Limit("race", tries=40)
        work = lambda _: guess([Tally(limit, number)], lambda: None, given=f"same {number}")  # noqa: B023, E731
        assert all_at_once(work, range(40)) == [None] * 40
        assert tries(limit, number) == 1


def test_races_a_second_step_looks_at_five_of_fifty_guesses_with_one_cookie(chika, secret, monkeypatch):
    """Fifty requests that all read the session before any of them wrote it."""
    from matricula.accounts.views import sign_in

    browser, looked = Client(), []
    log_in(CHIKA, PASSWORD, browser)
    cookie = browser.cookies["matricula"].value
    accepts = sign_in.authenticator_accepts
    monkeypatch.setattr(sign_in, "authenticator_accepts", lambda *one: looked.append(one) or accepts(*one))

    def step(number):
        thief = Client()
        thief.cookies["matricula"] = cookie
        return thief.post(STEP, {"code": f"{number:06d}"}).status_code

    all_at_once(step, range(50))
    assert len(looked) <= 5


def test_races_of_fifty_codes_of_a_letter_at_once_five_are_looked_at(chika):
    email = add_address(account=chika, address="chika@home.example")
    deliver_due()
    right = int(InboxLetter.objects.get(to=email.address).subject.rpartition(" ")[2])
    wrong = [f"{(right + 1 + n) % 1_000_000:06d}" for n in range(50)]
    results = all_at_once(lambda code: confirm_by_code(email=email, code=code), wrong)
    assert sum(isinstance(one, CodeWrong) for one in results) == 5
    assert (Confirmation.objects.get().tries, tries(GUESSES, email.canonical)) == (5, 5)
