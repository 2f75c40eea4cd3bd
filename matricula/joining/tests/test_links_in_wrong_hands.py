"""A link is looked at by scanners, copied, cut, forwarded, written into logs: none of that joins anybody."""

import io
import logging
import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, Confirmation, EmailAddress, PasswordReset
from matricula.accounts.second_factors import add_authenticator
from matricula.invitations.invitations import revoke_invitation
from matricula.invitations.models import InvitationToken, mint_link
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Affiliation
from matricula.programs.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}
SIGN_UP = {"full_name": "Ada Okafor", "alternative_email": "ada@home.example", "password": PASSWORD}
FOREIGN = re.compile(
    r"""<(?:script|link|img|source|track|video|iframe|use)[^>]*(?:src|href)=["'](?!/[^/]|data:|#)"""
)


def path(address: str) -> str:
    return "/join/" + address.split("/join/")[1]


def arrive(client: Client, link: str) -> str:
    """JOIN NOW; where the steps of this arrival begin."""
    client.get(link, **BROWSER)
    client.post("/join/now/")
    return f"/join/arrivals/{Arrival.objects.latest('id').public_id}/"


def letter_about(address: str) -> str:
    while deliver_due():
        pass
    return InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").latest("id").text


def code_for(address: str) -> str:
    return re.search(r"^\d{6}$", letter_about(address), re.M)[0]


def test_mail_scanners_and_prefetch_fifty_get_and_head_change_nothing_and_joining_still_works(
    client, link, invitation, course
):
    def everything():
        invitation.refresh_from_db()
        tokens = list(invitation.tokens.values_list("ended_at", flat=True))
        return (
            invitation.state,
            invitation.opened_at,
            tokens,
            Arrival.objects.count(),
            Account.objects.count(),
        )

    before = everything()
    for ask in (client.get, client.head):
        for _ in range(50):
            ask(link, HTTP_USER_AGENT="Mimecast scanner")
            ask(f"{link}not-for-me/", HTTP_USER_AGENT="Mimecast scanner")
    assert everything() == before
    base = arrive(client, link)
    client.post(f"{base}account/", SIGN_UP)
    confirming = re.search(r"/account/confirm/\S+", letter_about("ada@nordlicht.example"))[0]
    for _ in range(50):
        Client().get(confirming, follow=True)
        Client().head(confirming, follow=True)
    assert not Membership.objects.exists()
    client.post(f"{base}confirm/", {"code": code_for("ada@nordlicht.example")})
    assert Membership.objects.count() == 1


def test_an_administrator_who_copies_a_link_proves_no_mailbox_with_it(client, program, invitation):
    """Not even where the program trusts the link: what was shown was not mailed."""
    program.trusts_the_link = True
    program.save()
    base = arrive(client, path(mint_link(invitation, InvitationToken.Channel.SHOWN)))
    client.post(f"{base}account/", SIGN_UP)
    assert EmailAddress.objects.get(address="ada@nordlicht.example").confirmed_at is None
    assert not Membership.objects.exists()
    assert not Affiliation.objects.exists()


def test_link_secrets_stand_in_no_log(client, link, invitation, bruno):
    """Django logs the address of every refused page; the handler of the settings takes secrets out."""
    handler = next(one for one in logging.getLogger().handlers if one.filters)
    kept, handler.stream = handler.stream, io.StringIO()
    try:
        revoke_invitation(invitation=invitation, actor=bruno)
        client.get(link, **BROWSER)
        client.get("/account/reset/" + "s" * 43 + "/")
        written = handler.stream.getvalue()
    finally:
        handler.stream = kept
    assert "Gone: /join/***/" in written
    assert "/account/reset/***/" in written
    assert link.strip("/").split("/")[1] not in written


def test_link_secrets_leave_the_address_bar_at_once_and_the_browser_keeps_no_secret(client, link, chika):
    """Dana's two letters: each opens a page of its own, by a cookie of its own that scripts cannot read."""
    arrival = arrive(client, link)
    client.post(f"{arrival}account/", SIGN_UP)
    client.post("/account/forgotten/", {"email": "chika@elsewhere.example"})
    letters = [letter_about(one) for one in ("ada@nordlicht.example", "ada@home.example")]
    letters.append(InboxLetter.objects.get(letter__kind="accounts.password_reset").text)
    cleaned = []
    for letter in letters:
        path = re.search(r"/account/(?:confirm|reset)/\S+", letter)[0]
        answer = client.get(path)
        assert (answer.status_code, answer["Referrer-Policy"], answer["Cache-Control"]) == (
            302,
            "no-referrer",
            "no-store",
        )
        (cookie,) = (one for one in answer.cookies.values() if one["path"] == answer["Location"])
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 3600)
        assert path.split("/")[3] not in answer["Location"] + cookie.value
        assert client.post(path)["Location"] == answer["Location"]
        cleaned.append((answer["Location"], cookie))
    assert not EmailAddress.objects.filter(account__full_name="Ada Okafor").confirmed().exists()
    for page, cookie in cleaned:
        assert Client().get(page).status_code == 410
        other = Client()
        other.cookies[cookie.key] = cookie.value
        assert other.get(page).status_code == 200
        forged = Client()
        forged.cookies[cookie.key] = page.split("/")[3] + ":forged"
        assert forged.post(page, {"password": "a new long password"}).status_code == 410


def test_link_secrets_one_letter_opens_no_other(client, chika, bruno):
    """Chika's own letter, and the number of Bruno's in the address."""
    for address in ("chika@elsewhere.example", "bruno@nordlicht.example"):
        client.post("/account/forgotten/", {"email": address})
    while deliver_due():
        pass
    letter = InboxLetter.objects.get(to="chika@elsewhere.example").text
    answer = client.get(re.search(r"/account/reset/\S+", letter)[0])
    hers = answer.cookies["reset"]
    for reset in PasswordReset.objects.all():
        mallory = Client()
        mallory.cookies["reset"] = hers.value
        expected = 200 if f"/{reset.pk}/" in answer["Location"] else 410
        assert mallory.get(f"/account/reset/{reset.pk}/").status_code == expected
    assert mallory.get(f"/account/confirm/{PasswordReset.objects.last().pk}/").status_code == 410


def test_link_secrets_are_asked_for_by_no_foreign_host_and_sent_to_none(client, link, course):
    pages = ["/account/log-in/", "/account/forgotten/", "/join/lost-letter/", "/join/" + "x" * 43 + "/"]
    base = arrive(client, link)
    own = ("courses/", f"courses/{course.public_id}/", "account/", "link-account/")
    pages += ["/join/welcome/", "/join/not-for-me/", *[base + page for page in own]]
    client.post(f"{base}account/", SIGN_UP)
    pages += [f"{base}confirm/", "/learn/", "/account/", "/account/sessions/", "/certificates/"]
    for page in pages:
        answer = client.get(page, follow=True)
        assert FOREIGN.findall(answer.content.decode()) == [], page
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_login_csrf_on_linking_an_attackers_arrival_takes_in_nobody_else(client, link, chika):
    """Chika follows the attacker's address in her own browser: her password and account join nothing."""
    base = arrive(Client(), link)
    form = {"email": "chika@elsewhere.example", "password": PASSWORD}
    assert client.post(f"{base}link-account/", form).status_code == 404
    client.post("/account/log-in/", form)
    assert client.post(f"{base}link-account/mine/").status_code == 404
    assert Arrival.objects.get().account is None
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(chika)
    assert strict.post("/join/now/", {"as": "me"}).status_code == 403


def test_session_fixation_the_key_changes_when_an_account_is_linked_or_set_up(link, course, chika):
    for form, page in (
        ({"email": "chika@elsewhere.example", "password": PASSWORD}, "link-account/"),
        (SIGN_UP, "account/"),
    ):
        visitor = Client()
        base = arrive(visitor, link)
        before = visitor.session.session_key
        visitor.post(base + page, form)
        assert visitor.session.session_key != before


@pytest.mark.parametrize("spoilt", ["{0}.", "{0})", "{1}", "{0}>", "{2}"])
def test_bad_input_a_mistyped_link_has_the_page_of_an_unknown_one(client, link, spoilt):
    secret = link.strip("/").split("/")[1]
    answer = client.get("/join/" + spoilt.format(secret, secret[:20], secret.swapcase()) + "/", **BROWSER)
    assert answer.status_code == 404
    assert "We do not know this link" in answer.content.decode()


def test_bad_input_a_link_without_its_last_stroke_opens_all_the_same(client, link):
    assert client.get(link.rstrip("/"), follow=True, **BROWSER).redirect_chain[-1][0] == "/join/welcome/"


def test_bad_input_a_late_code_is_refused_while_the_link_of_the_same_letter_works(client, link):
    base = arrive(client, link)
    client.post(f"{base}account/", SIGN_UP)
    letter = letter_about("ada@nordlicht.example")
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Confirmation.objects.update(requested_at=an_hour_ago)
    code = re.search(r"^\d{6}$", letter, re.M)[0]
    assert "This code no longer works." in client.post(f"{base}confirm/", {"code": code}).content.decode()
    client.post(client.get(re.search(r"/account/confirm/\S+", letter)[0])["Location"])
    assert Membership.objects.count() == 1


def test_bad_input_a_taken_address_is_told_only_to_who_reads_its_mailbox(client, program, bruno):
    """Dana's address, typed by Ada: the letter with the code is what says so, and Dana keeps her address."""
    dana = person("Dana Roth", "dana@nordlicht.example")
    _, address = make_direct_link(program=program, actor=bruno)
    base = arrive(client, path(address))
    form = {**SIGN_UP, "work_email": "dana@nordlicht.example"}
    page = client.post(f"{base}account/", form, follow=True).content.decode()
    assert "We wrote to" in page
    code = code_for("dana@nordlicht.example")
    told = client.post(f"{base}confirm/", {"code": code}).content.decode()
    assert "This work e-mail belongs to another account" in told
    assert dana.has_confirmed("dana@nordlicht.example")
    assert not Membership.objects.exists()


def test_guessing_passwords_somebody_at_the_same_browser_gets_no_more_tries_and_no_shorter_way_in(
    client, link, chika, bruno, course
):
    made = pyotp.random_base32()
    add_authenticator(account=chika, secret=made, code=pyotp.TOTP(made).now())
    client.force_login(chika)
    client.get(link)
    base = client.post("/join/now/", {"as": "me"})["Location"].removesuffix("courses/")
    client.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    form = {"full_name": "C", "alternative_email": "c@home.example"}
    answer = client.post(f"{base}account/", {**form, "password": PASSWORD})
    assert answer["Location"] == "/account/log-in/second-step/"
    assert client.get("/learn/").context["user"] == bruno
    for number in range(5):
        client.post(f"{base}account/", {**form, "password": f"a wrong password {number}"})
    assert (
        client.post(f"{base}account/", {**form, "password": PASSWORD})["Location"] == f"{base}link-account/"
    )


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 10 characters"),
        ("password123", "too common"),
        ("Ada Okafor", "Too much like"),
        ("ada@home.ex", "Too much like"),
    ],
)
def test_bad_input_a_weak_password_is_told_beside_its_field_and_nothing_typed_is_lost(
    client, link, password, words
):
    answer = client.post(arrive(client, link) + "account/", {**SIGN_UP, "password": password})
    assert any(words in fault for fault in answer.context["form"].errors["password"])
    assert answer.context["form"]["full_name"].value() == "Ada Okafor"
    assert answer.context["form"]["alternative_email"].value() == "ada@home.example"
    assert not Account.objects.filter(full_name="Ada Okafor").exists()


def test_who_links_an_account_after_many_wrong_passwords_is_told_until_when_and_not_that_it_is_wrong(
    client, link, chika
):
    """On LINK YOUR ACCOUNT and on the page of an address that has an account already."""
    client.get(link)
    base = client.post("/join/now/")["Location"].removesuffix("courses/")
    form = {"email": "chika@elsewhere.example"}
    for number in range(20):
        client.post(f"{base}link-account/", {**form, "password": f"wrong {number}"})
    answer = client.post(f"{base}link-account/", {**form, "password": PASSWORD})
    page = answer.content.decode()
    assert (answer.status_code, 800 < int(answer["Retry-After"]) <= 900) == (429, True)
    assert "Many different passwords were tried for this e-mail. Wait" in page
    assert ("do not fit" in page, 'value="chika@elsewhere.example"' in page) == (False, True)
