"""Pre-account hijacking (Sudhodanan & Paverd 2022): whoever was first loses to whoever proves the mailbox."""

import re

import pytest
from django.test import Client

from conftest import PASSWORD, person
from matricula.accounts.email_addresses import add_address
from matricula.accounts.models import Account, EmailAddress
from matricula.invitations.models import InvitationToken, mint_link
from matricula.joining.arrivals import begin_arrival, finish_arrival
from matricula.joining.direct_links import make_direct_link
from matricula.joining.errors import LinkRefused
from matricula.joining.links import check_open, find_invitation
from matricula.joining.models import Arrival
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.programs.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)
VICTIM = "ada@nordlicht.example"
SQUATTERS_PASSWORD = "the squatter knows it"


def link_in_letter_to(address: str) -> str:
    while deliver_due():
        pass
    text = InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").latest("id").text
    return re.search(r"/account/confirm/\S+", text)[0]


def opened(browser: Client, link: str) -> str:
    """The page without the secret that the link leads this browser to."""
    return browser.get(link).get("Location", link)


@pytest.fixture
def squatter(program, bruno) -> Client:
    """Signed up by a direct link with Ada's work e-mail, which they cannot read."""
    _, address = make_direct_link(program=program, actor=bruno)
    browser = Client()
    browser.get("/join/" + address.split("/join/")[1])
    browser.post("/join/now/")
    form = {
        "full_name": "Mallory",
        "work_email": VICTIM,
        "alternative_email": "mallory@evil.example",
        "password": SQUATTERS_PASSWORD,
    }
    browser.post(f"/join/arrivals/{Arrival.objects.get().public_id}/account/", form)
    assert browser.get("/account/").status_code == 200
    return browser


def sign_up(link: str, course) -> Client:
    """Ada herself, by her invitation."""
    ada = Client()
    ada.get(link, HTTP_USER_AGENT="Mozilla/5.0")
    ada.post("/join/now/")
    arrival = Arrival.objects.filter(invitation__isnull=False).latest("id")
    form = {"full_name": "Ada Okafor", "alternative_email": "ada@home.example", "password": PASSWORD}
    ada.post(f"/join/arrivals/{arrival.public_id}/account/", form)
    ada.post(opened(ada, link_in_letter_to(VICTIM)))
    return ada


def can_log_in(password: str) -> bool:
    browser = Client()
    browser.post("/account/log-in/", {"email": VICTIM, "password": password})
    return browser.get("/learn/").status_code == 200


def test_pre_account_hijacking_classic_the_squatters_claim_ends_when_the_owner_proves_the_mailbox(
    squatter, link, course
):
    sign_up(link, course)
    assert can_log_in(PASSWORD)
    assert not can_log_in(SQUATTERS_PASSWORD)
    assert EmailAddress.objects.get(canonical=VICTIM).account.full_name == "Ada Okafor"


def test_pre_account_hijacking_a_squatter_does_not_keep_the_owner_from_joining(squatter, link, course):
    ada = sign_up(link, course)
    assert "Welcome" in ada.get("/learn/").content.decode()


def reclaim(path: str) -> Client:
    ada = Client()
    ada.post(f"{opened(ada, path)}not-mine/", {"full_name": "Ada Okafor", "password": PASSWORD})
    return ada


def test_pre_account_hijacking_unexpired_session_the_squatters_cookie_opens_nothing_after_the_claim(squatter):
    ada = reclaim(link_in_letter_to(VICTIM))
    assert ada.get("/account/").status_code == 200
    assert squatter.get("/account/").status_code == 302
    assert not can_log_in(SQUATTERS_PASSWORD)


def test_pre_account_hijacking_trojan_identifier_the_squatters_other_address_goes(squatter):
    reclaim(link_in_letter_to(VICTIM))
    account = Account.objects.get(full_name="Ada Okafor")
    assert [one.address for one in account.addresses.all()] == [VICTIM]
    thief = Client()
    thief.post("/account/log-in/", {"email": "mallory@evil.example", "password": PASSWORD})
    assert thief.get("/learn/").status_code == 302


def test_pre_account_hijacking_trojan_identifier_a_letter_sent_before_the_claim_confirms_nothing(squatter):
    trojan = link_in_letter_to("mallory@evil.example")
    page = opened(squatter, trojan)
    reclaim(link_in_letter_to(VICTIM))
    assert squatter.get(trojan).status_code == 410
    assert squatter.post(page, {"password": SQUATTERS_PASSWORD}).status_code == 410


def test_pre_account_hijacking_unexpired_change_a_pending_address_ends_when_its_owner_proves_it(
    chika, link, course
):
    add_address(account=chika, address=VICTIM)
    browser, pending = Client(), link_in_letter_to(VICTIM)
    page = opened(browser, pending)
    sign_up(link, course)
    assert browser.get(pending).status_code == 410
    assert browser.post(page, {"password": PASSWORD}).status_code == 410
    assert EmailAddress.objects.get(canonical=VICTIM).account.full_name == "Ada Okafor"


def test_pressing_a_strangers_confirmation_link_asks_for_their_password_and_gives_nothing_away(chika):
    add_address(account=chika, address=VICTIM)
    path = link_in_letter_to(VICTIM)
    browser = Client()
    answer = browser.post(opened(browser, path), {"password": "my own password"})
    assert "This is not the password of that account." in answer.content.decode()
    assert EmailAddress.objects.get(canonical=VICTIM).confirmed_at is None


def test_an_account_that_proved_an_address_cannot_be_claimed(chika):
    add_address(account=chika, address=VICTIM)
    path = link_in_letter_to(VICTIM)
    mallory = Client()
    form = {"full_name": "Mallory", "password": SQUATTERS_PASSWORD}
    answer = mallory.post(f"{opened(mallory, path)}not-mine/", form)
    assert answer.status_code == 410
    chika.refresh_from_db()
    assert chika.full_name == "Chika Obi"


MISTYPED = "ada@hone.example"


@pytest.fixture
def trusted(program, link, course) -> Client:
    """Ada, who joined on a link that her program trusts, and mistyped her alternative address."""
    program.trusts_the_link = True
    program.save()
    ada = Client()
    ada.get(link, HTTP_USER_AGENT="Mozilla/5.0")
    ada.post("/join/now/")
    form = {"full_name": "Ada Okafor", "alternative_email": MISTYPED, "password": PASSWORD}
    ada.post(f"/join/arrivals/{Arrival.objects.get().public_id}/account/", form)
    assert Membership.objects.count() == 1
    return ada


def test_pre_account_hijacking_mistyped_address_its_holder_gets_no_account_that_joined_on_trust(trusted):
    stranger = Client()
    path = opened(stranger, link_in_letter_to(MISTYPED))
    page = stranger.get(f"{path}not-mine/").content.decode()
    assert "Their account stays theirs" in page
    form = {"full_name": "Mallory", "password": SQUATTERS_PASSWORD}
    assert "is free" in stranger.post(f"{path}not-mine/", form).content.decode()
    account = Membership.objects.get().account
    assert (account.full_name, account.check_password(PASSWORD)) == ("Ada Okafor", True)
    assert [one.address for one in account.addresses.all()] == [VICTIM]
    assert stranger.get("/learn/").status_code == 302
    assert trusted.get("/learn/").status_code == 200
    assert can_log_in(PASSWORD)
    assert stranger.post(f"{path}not-mine/", form).status_code == 410


@pytest.mark.parametrize(
    ("language", "words", "advice"),
    [
        ("en", "was taken off your account by the person who reads its letters.", "If you mistyped it"),
        ("de", "wurde von der Person aus Ihrem Konto genommen", "Wenn Sie sich vertippt haben"),
        ("es", "ha quitado esa dirección de su cuenta", "Si la escribió mal"),
        ("ar", "أزال الشخص", "إذا كنت قد أخطأت"),
    ],
)
def test_ada_is_told_at_the_address_that_is_left_when_a_mistyped_one_is_released(
    trusted, language, words, advice
):
    Account.objects.update(language=language)
    stranger = Client()
    stranger.post(f"{opened(stranger, link_in_letter_to(MISTYPED))}not-mine/", {})
    while deliver_due():
        pass
    letter = InboxLetter.objects.filter(letter__kind="accounts.addresses").get()
    assert (letter.to, MISTYPED in letter.text) == (VICTIM, True)
    for text in (letter.text, letter.html):
        assert (words in text, advice in text) == (True, True)


def test_pre_account_hijacking_a_trusted_link_confirms_no_mailbox(trusted):
    ada = Account.objects.get(full_name="Ada Okafor")
    assert (ada.is_confirmed, ada.is_claimable) == (False, False)
    add_address(account=person("Dana Roth", "dana@home.example"), address=VICTIM)
    dana = Client()
    dana.post(opened(dana, link_in_letter_to(VICTIM)), {"password": PASSWORD})
    assert EmailAddress.objects.get(canonical=VICTIM).account.full_name == "Dana Roth"


def test_pre_account_hijacking_an_account_that_was_taken_over_meanwhile_joins_nothing(
    squatter, program, invitation
):
    """The stranger's claim comes between the reading of the account and the end of its arrival."""
    program.trusts_the_link = True
    program.save()
    mint_link(invitation, InvitationToken.Channel.MAIL)
    account = Account.objects.get(full_name="Mallory")
    Arrival.objects.all().delete()
    arrival = begin_arrival(
        origin=check_open(find_invitation(pk=InvitationToken.objects.latest("id").pk)), account=account
    )
    reclaim(link_in_letter_to(VICTIM))
    with pytest.raises(LinkRefused):
        finish_arrival(arrival=arrival)
    invitation.refresh_from_db()
    assert invitation.accepted_by is None


def test_login_csrf_a_post_without_the_token_signs_nobody_in(chika):
    strict = Client(enforce_csrf_checks=True)
    form = {"email": "chika@elsewhere.example", "password": PASSWORD}
    assert strict.post("/account/log-in/", form).status_code == 403
    assert strict.get("/learn/").status_code == 302


def test_host_header_in_letters_another_host_is_refused_and_letters_keep_the_configured_one(
    client, chika, settings
):
    form = {"email": "chika@elsewhere.example"}
    assert client.post("/account/forgotten/", form, HTTP_HOST="evil.example").status_code == 400
    client.post("/account/forgotten/", form)
    while deliver_due():
        pass
    text = InboxLetter.objects.get().text
    assert settings.BASE_URL in text
    assert "evil" not in text
