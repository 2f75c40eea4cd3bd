"""Ada walks from "I have another account" to one account, and back again, in one browser."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.models import SecondFactor
from matricula.accounts.second_factors import SEAL, renew_recovery_codes
from matricula.jobs.models import Job
from matricula.leaving.jobs import finish_combinings
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, contents, let_days_pass
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.security.secrets import seal

pytestmark = pytest.mark.django_db
COMBINE, PREVIEW = "/account/combine/", "/account/combine/preview/"


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


@pytest.fixture
def browser(ada) -> Client:
    client = Client()
    client.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    return client


def proven(browser: Client) -> None:
    browser.post(COMBINE, {"password": PASSWORD})
    browser.post(COMBINE, {"email": "king@home.example", "password": PASSWORD})


def form_of(browser: Client, address: str = f"{PREVIEW}?keep=here", **more: str) -> dict[str, str]:
    page = browser.get(address).content.decode()
    names = ("kept", "given_up", "digest")
    values = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in names}
    return {**values, "mine": "on", **more}


def letters_to(address: str) -> str:
    while deliver_due():
        pass
    return "\n".join(InboxLetter.objects.filter(to__contains=address).values_list("text", flat=True))


def test_the_whole_way_and_back(ada, browser):
    before = contents()
    assert "Confirm that you are Ada Lovelace" in browser.get(COMBINE).content.decode()
    assert browser.post(COMBINE, {"password": PASSWORD}).url == COMBINE
    assert "Now log in to your other account" in browser.get(COMBINE).content.decode()
    answer = browser.post(COMBINE, {"email": "king@home.example", "password": PASSWORD})
    assert answer.url == PREVIEW
    page = browser.get(f"{PREVIEW}?keep=here").content.decode()
    for words in ("Stays: Ada Lovelace", "Is given up: Ada King", "king@home.example", "Growth", "pooled"):
        assert words in page
    assert contents() == before
    answer = browser.post(f"{COMBINE}now/", form_of(browser))
    combining = Combining.objects.get()
    assert answer.url == f"/account/combinings/{combining.public_id}/"
    page = browser.get(answer.url).content.decode()
    assert "Your two accounts are one" in page
    assert "goes back" in page
    answer = browser.post(f"{answer.url}undo/")
    assert "two again" in browser.get(answer.url).content.decode()
    assert contents() == before


def test_pressed_twice_it_shows_the_same_result(ada, browser):
    proven(browser)
    form = form_of(browser)
    first, second = (browser.post(f"{COMBINE}now/", form) for _ in range(2))
    assert first.url == second.url
    assert Combining.objects.count() == 1


def test_without_the_box_nothing_happens(ada, browser):
    proven(browser)
    assert browser.post(f"{COMBINE}now/", form_of(browser, mine="")).status_code == 400
    assert not Combining.objects.exists()


def test_a_person_of_quite_another_name_is_asked_for_twice(ada, browser):
    ada.there.full_name = "Grace Hopper"
    ada.there.save()
    proven(browser)
    assert browser.post(f"{COMBINE}now/", form_of(browser)).status_code == 400
    assert browser.post(f"{COMBINE}now/", form_of(browser, same_person="on")).status_code == 302


@pytest.mark.parametrize("spoiled", ["digest", "kept", "given_up"])
def test_a_form_of_something_else_combines_nothing(ada, browser, spoiled):
    proven(browser)
    answer = browser.post(f"{COMBINE}now/", form_of(browser) | {spoiled: "x" * 22})
    assert answer.status_code in (302, 409)
    assert not Combining.objects.exists()


def test_a_session_alone_proves_nothing(ada, browser):
    """Not being logged in, not a fresh log-in, not one of the two proofs."""
    assert browser.get(PREVIEW).url == COMBINE
    browser.post(COMBINE, {"password": PASSWORD})
    assert browser.get(PREVIEW).url == COMBINE
    answer = browser.post(COMBINE, {"email": "ada@home.example", "password": PASSWORD})
    assert "account you are in" in answer.content.decode()


def test_a_proof_is_good_for_a_quarter_of_an_hour(ada, browser, monkeypatch):
    proven(browser)
    form = form_of(browser)
    session = browser.session
    held = session["combining"]
    held["other"]["at"] -= 16 * 60
    session["combining"] = held
    session.save()
    assert browser.post(f"{COMBINE}now/", form).url == COMBINE
    assert not Combining.objects.exists()


def test_a_proof_ends_with_a_new_password(ada, browser):
    proven(browser)
    form = form_of(browser)
    ada.there.set_password("another long one")
    ada.there.save()
    assert browser.post(f"{COMBINE}now/", form).url == COMBINE
    assert not Combining.objects.exists()


def test_the_other_account_shows_its_second_factor(ada, browser):
    for one in (ada.here, ada.there):
        SecondFactor.objects.create(account=one, kind="totp", name="App", sealed=seal(SEAL, "A" * 32))
    code_here, code_there = (renew_recovery_codes(account=one)[0] for one in (ada.here, ada.there))
    browser.force_login(ada.here, backend="matricula.accounts.authentication.EmailBackend")
    assert browser.post(COMBINE, {"password": PASSWORD}).status_code == 200
    browser.post(COMBINE, {"password": PASSWORD, "code": code_here})
    answer = browser.post(COMBINE, {"email": "king@home.example", "password": PASSWORD})
    assert answer.url == f"{COMBINE}second-step/"
    assert browser.get(PREVIEW).url == COMBINE
    assert browser.post(f"{COMBINE}second-step/", {"code": "aaaaa-aaaaa"}).status_code == 200
    assert browser.post(f"{COMBINE}second-step/", {"code": code_there}).url == PREVIEW


def test_whoever_is_given_up_undoes_by_their_letter_and_their_old_password(ada, browser):
    before = contents()
    proven(browser)
    browser.post(f"{COMBINE}now/", form_of(browser))
    link = re.search(rf"{settings.BASE_URL}(\S+/undo/[^\s?]+)", letters_to("king@home.example"))[1]
    hers = Client()
    combined = contents()
    for _ in range(3):
        assert hers.get(link).status_code == 200
        hers.head(link)
    assert hers.post(link, {"password": "wrong one"}).status_code == 200
    assert contents() == combined
    assert hers.post(link, {"password": PASSWORD}).status_code == 302
    assert contents() == before
    assert "Log in" in hers.get(link).content.decode()
    ada.there.refresh_from_db()
    assert ada.there.is_active


def test_the_old_password_logs_in_no_longer(ada, browser):
    proven(browser)
    browser.post(f"{COMBINE}now/", form_of(browser))
    answer = Client().post("/account/log-in/", {"email": "king@home.example", "password": PASSWORD})
    assert answer.status_code == 302, "the password of the account that was kept is the same here"
    ada.here.set_password("another long one")
    ada.here.save()
    answer = Client().post("/account/log-in/", {"email": "king@home.example", "password": PASSWORD})
    assert "do not fit together" in answer.content.decode()


def test_every_mailbox_is_told_and_a_work_email_of_its_company_only(ada, browser):
    proven(browser)
    browser.post(f"{COMBINE}now/", form_of(browser))
    for address in ("ada@home.example", "king@home.example"):
        assert "Ada King" in letters_to(address)
    work = letters_to("aking@globex.example")
    assert "Globex" in work
    for word in ("home.example", "ACME", "/undo/", "Lovelace"):
        assert word not in work


def test_who_learns_with_two_in_one_company_is_told_why_not(ada, browser):
    ada.acme.affiliations.create(account=ada.there, work_email="king@acme.example")
    proven(browser)
    page = browser.get(PREVIEW).content.decode()
    assert "ACME lists you twice" in page
    assert "Combine the two" not in page


@pytest.mark.parametrize(
    ("chosen", "words"), [("off", "Not on this site"), ("empty", "only accounts without")]
)
def test_a_site_may_combine_less(ada, browser, settings, chosen, words):
    settings.COMBINING = chosen
    proven(browser)
    assert words in browser.get(f"{PREVIEW}?keep=here", follow=True).content.decode()


def test_after_its_days_the_page_stays_and_undo_does_not(ada, browser):
    proven(browser)
    browser.post(f"{COMBINE}now/", form_of(browser))
    Combining.objects.update(undo_until=timezone.now(), made_at=timezone.now() - timedelta(days=14))
    made = Combining.objects.get()
    address = f"/account/combinings/{made.public_id}/"
    assert "can no longer be undone" in browser.post(f"{address}undo/", follow=True).content.decode()
    assert "can no longer be undone" in browser.get(address).content.decode()
    assert "Ada King" in browser.get("/account/combinings/").content.decode()


def test_nobody_sees_or_undoes_the_combining_of_another(ada, browser, chika):
    proven(browser)
    browser.post(f"{COMBINE}now/", form_of(browser))
    made = Combining.objects.get()
    stranger = Client()
    stranger.post("/account/log-in/", {"email": "chika@elsewhere.example", "password": PASSWORD})
    address = f"/account/combinings/{made.public_id}/"
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}undo/").status_code == 404
    assert stranger.get(f"{address}undo/{'x' * 64}/").status_code == 404
    made.refresh_from_db()
    assert made.undone_at is None


def test_whoever_forgot_the_old_password_chooses_one_by_their_own_letter_only(ada, browser):
    """A thief may have changed it before, and kept the address from logging in."""
    proven(browser)
    browser.post(f"{COMBINE}now/", form_of(browser, quiet=str(ada.there.primary_address.pk)))
    assert not ada.here.addresses.get(address="king@home.example").signs_in
    links = {
        name: re.search(rf"{settings.BASE_URL}(\S+/undo/[^\s?]+)", letters_to(f"{name}@home.example"))[1]
        for name in ("ada", "king")
    }
    assert "?forgotten=1" not in Client().get(links["ada"]).content.decode()
    assert "New password" not in Client().get(f"{links['ada']}?forgotten=1").content.decode()
    hers = Client()
    assert "?forgotten=1" in hers.get(links["king"]).content.decode()
    assert hers.post(f"{links['ada']}?forgotten=1", {"password": "a long new one"}).status_code == 200
    assert not Combining.objects.filter(undone_at__isnull=False).exists()
    assert hers.post(f"{links['king']}?forgotten=1", {"password": "a long new one"}).status_code == 302
    ada.there.refresh_from_db()
    assert ada.there.check_password("a long new one")
    assert ada.there.primary_address.address == "king@home.example"


def test_who_proves_a_mailbox_of_their_other_account_is_led_to_combining(ada, browser):
    """The code proved the mailbox before anything was said."""
    mine = ada.here.addresses.create(address="king@home.example")
    ask_to_confirm(email=mine)
    link = re.search(r"(/account/confirm/\S+)", letters_to("king@home.example"))[1]
    page = browser.get(link, follow=True)
    page = browser.post(page.request["PATH_INFO"], follow=True).content.decode()
    assert "Combine the two accounts" in page
    assert "Combine the two accounts" not in Client().get(link, follow=True).content.decode()


def test_what_an_account_took_in_before_it_was_taken_in_itself_stays_readable(ada):
    oldest = person("Ada Byron", "byron@home.example")
    first = combined(ada.there, oldest)
    let_days_pass(first)
    finish_combinings(Job())
    combined(ada.here, ada.there)
    browser = Client()
    browser.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    page = browser.get("/account/combinings/").content.decode()
    assert "Ada Byron into Ada King" in page
    assert "Ada King into Ada Lovelace" in page
    assert browser.get(f"/account/combinings/{first.public_id}/").status_code == 200
