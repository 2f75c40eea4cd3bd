"""What must not combine or undo anything: each is told clearly, and nothing is lost."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import SecondFactor
from matricula.accounts.second_factors import SEAL, renew_recovery_codes
from matricula.credentials.models import Certificate
from matricula.jobs.models import Job
from matricula.leaving.combining.combining import combine, undo_combining
from matricula.leaving.combining.reasons import Pair, reasons
from matricula.leaving.errors import CannotBeCombined, ProofsGone, UndoOver
from matricula.leaving.jobs import finish_combinings
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, asked_for, combined, contents, let_days_pass
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.security.secrets import seal
from tests.learners import do_lessons

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
COMBINE, PREVIEW, NOW = "/account/combine/", "/account/combine/preview/", "/account/combine/now/"
KEPT, GIVEN_UP = Combining.Side.KEPT, Combining.Side.GIVEN_UP


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def browser_of(address: str) -> Client:
    client = Client()
    client.post("/account/log-in/", {"email": address, "password": PASSWORD})
    return client


def proven(browser: Client) -> None:
    browser.post(COMBINE, {"password": PASSWORD})
    browser.post(COMBINE, {"email": "king@home.example", "password": PASSWORD})


def form_of(browser: Client) -> dict[str, str]:
    page = browser.get(f"{PREVIEW}?keep=here").content.decode()
    names = ("kept", "given_up", "digest")
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in names} | {"mine": "on"}


def undo_link(address: str) -> str:
    while deliver_due():
        pass
    text = "\n".join(InboxLetter.objects.filter(to=address).values_list("text", flat=True))
    return re.search(rf"{settings.BASE_URL}(\S+/undo/[^\s?]+)", text)[1]


def test_a_wrong_password_of_either_side_proves_nothing(ada):
    browser, before = browser_of("ada@home.example"), contents()
    page = browser.post(COMBINE, {"password": "not it at all"}).content.decode()
    assert "That does not fit" in page
    browser.post(COMBINE, {"password": PASSWORD})
    for address in ("king@home.example", "nobody@home.example"):
        page = browser.post(COMBINE, {"email": address, "password": "not it at all"}).content.decode()
        assert "do not fit together" in page
    assert browser.get(PREVIEW).url == COMBINE
    assert contents() == before


def test_the_second_factor_of_the_wrong_account_proves_nothing(ada):
    """Of the account that is kept, shown for the other one, and the reverse."""
    for one in (ada.here, ada.there):
        SecondFactor.objects.create(account=one, kind="totp", name="App", sealed=seal(SEAL, "A" * 32))
    here, there = (renew_recovery_codes(account=one) for one in (ada.here, ada.there))
    browser = Client()
    browser.force_login(ada.here, backend="matricula.accounts.authentication.EmailBackend")
    page = browser.post(COMBINE, {"password": PASSWORD, "code": there[0]})
    assert "That does not fit" in page.content.decode()
    browser.post(COMBINE, {"password": PASSWORD, "code": here[0]})
    browser.post(COMBINE, {"email": "king@home.example", "password": PASSWORD})
    page = browser.post(f"{COMBINE}second-step/", {"code": here[1]})
    assert "That does not fit" in page.content.decode()
    assert browser.get(PREVIEW).url == COMBINE
    assert browser.post(f"{COMBINE}second-step/", {"code": there[0]}).url == PREVIEW


@pytest.mark.parametrize("gone", ["here", "there"])
def test_an_account_that_was_closed_meanwhile_is_neither_kept_nor_given_up(ada, gone):
    asked = asked_for(ada.here, ada.there)
    digest = asked.ledger(now=timezone.now()).look()[1]
    type(ada.here).objects.filter(pk=getattr(ada, gone).pk).update(is_active=False)
    before = contents()
    with pytest.raises(ProofsGone):
        combine(asked=asked, digest=digest)
    assert contents() == before


def test_an_account_that_was_closed_between_preview_and_click_sends_back_to_the_proofs(ada):
    browser = browser_of("ada@home.example")
    proven(browser)
    form = form_of(browser)
    type(ada.there).objects.filter(pk=ada.there.pk).update(is_active=False)
    assert browser.post(NOW, form).url == COMBINE
    page = browser.post(COMBINE, {"email": "king@home.example", "password": PASSWORD}).content.decode()
    assert "do not fit together" in page
    assert not Combining.objects.exists()


def test_the_same_account_twice_is_no_pair(ada):
    assert [one.code for one in reasons(Pair(ada.here, ada.here))] == ["same"]
    with pytest.raises(CannotBeCombined):
        combine(asked=asked_for(ada.here, ada.here), digest="x")


def test_a_stranger_in_the_form_is_not_combined(ada, chika):
    browser = browser_of("ada@home.example")
    proven(browser)
    form = form_of(browser)
    for side in ("kept", "given_up"):
        assert browser.post(NOW, form | {side: chika.public_id}).url == COMBINE
    assert not Combining.objects.exists()


@pytest.mark.parametrize("what", ["\0", "x" * 5000])
def test_what_no_form_of_ours_sends_is_refused(ada, what):
    browser = browser_of("ada@home.example")
    proven(browser)
    assert browser.post(NOW, form_of(browser) | {"digest": what}).status_code == 400
    assert not Combining.objects.exists()


def test_ids_that_are_none_of_ours_harm_nothing(ada):
    browser = browser_of("ada@home.example")
    proven(browser)
    many = form_of(browser) | {"quiet": ["9" * 30, "-1", "x", "²", *map(str, range(10**9, 10**9 + 900))]}
    assert browser.post(NOW, many).status_code == 302
    assert ada.here.addresses.get(address="king@home.example").signs_in


def test_looking_never_combines_and_a_form_without_its_token_neither(ada):
    browser = browser_of("ada@home.example")
    proven(browser)
    form = form_of(browser)
    browser.get(NOW, form)
    browser.head(NOW)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(NOW, form).status_code == 403
    assert not Combining.objects.exists()


def test_the_proofs_of_another_browser_are_not_good_here(ada):
    browser = browser_of("ada@home.example")
    proven(browser)
    form = form_of(browser)
    assert browser_of("ada@home.example").post(NOW, form).url == COMBINE
    assert not Combining.objects.exists()


def test_proofs_are_spent_by_use(ada):
    browser = browser_of("ada@home.example")
    proven(browser)
    browser.post(NOW, form_of(browser))
    undo_combining(combining=Combining.objects.get(), side=KEPT)
    again = browser_of("ada@home.example")
    assert again.get(PREVIEW).url == COMBINE


def test_undone_twice_is_undone_once_and_says_so(ada):
    before = contents()
    combining = combined(ada.here, ada.there)
    link = undo_link("king@home.example")
    hers = Client()
    hers.post(link, {"password": PASSWORD})
    assert contents() == before
    page = Client().get(link).content.decode()
    assert "This was undone" in page
    assert Client().post(link, {"password": PASSWORD}).status_code == 200
    for side in Combining.Side:
        with pytest.raises(UndoOver):
            undo_combining(combining=combining, side=side)
    assert contents() == before


def test_on_the_fifteenth_day_the_link_of_a_letter_undoes_nothing(ada):
    combining = combined(ada.here, ada.there)
    link = undo_link("king@home.example")
    let_days_pass(combining)
    after = contents()
    assert "can no longer be undone" in Client().get(link).content.decode()
    Client().post(link, {"password": PASSWORD})
    assert contents() == after


def test_the_link_of_another_combining_opens_nothing(ada):
    first = combined(ada.here, ada.there)
    link = undo_link("king@home.example")
    second = combined(ada.here, person("Ada Byron", "byron@home.example"))
    assert Client().get(link.replace(first.public_id, second.public_id)).status_code == 404


def test_a_certificate_that_was_shown_stays_where_it_is_after_undo(ada):
    """It came after combining, by a lesson done again; it is public, and says what it said."""
    combining = combined(ada.here, ada.there)
    do_lessons(ada.enrolment(ada.here, ada.pooled), "b")
    shown = Certificate.objects.get(title="pooled")
    address = f"/certificates/{shown.public_id}/"
    page = Client().get(address)
    undo_combining(combining=combining, side=KEPT)
    again = Client().get(address)
    assert (page.status_code, again.status_code) == (200, 200)
    assert "Ada Lovelace" in again.content.decode()
    shown.refresh_from_db()
    assert shown.account == ada.here


def test_no_circle_while_an_undo_is_open_and_undo_of_the_first_afterwards(ada):
    """A into B, then B into C is refused until A can no longer be undone."""
    third = person("Ada Byron", "byron@home.example")
    before = contents()
    first = combined(ada.there, ada.here)
    with pytest.raises(CannotBeCombined) as refusal:
        combined(third, ada.there)
    assert [one.code for one in refusal.value.reasons] == ["undo_open"]
    ada.here.refresh_from_db()
    with pytest.raises(ProofsGone):
        combined(ada.here, third)
    undo_combining(combining=first, side=GIVEN_UP)
    assert contents() == before
    again = combined(ada.there, ada.here)
    let_days_pass(again)
    finish_combinings(Job())
    combined(third, ada.there)
    assert third.certificates.count() == Certificate.objects.count()
    with pytest.raises(UndoOver):
        undo_combining(combining=again, side=KEPT)


def test_a_role_that_would_double_is_told_with_what_to_do(ada):
    ada.globex.roles.create(account=ada.here, kind="owner")
    browser, before = browser_of("ada@home.example"), contents()
    proven(browser)
    page = browser.get(f"{PREVIEW}?keep=here").content.decode()
    assert "You have a role at Globex in both accounts." in page
    assert "Give one of the two back first." in page
    assert contents() == before


@pytest.mark.parametrize("name", ["x" * 200, "أدا لوفلايس", "<b>Ada</b>", "Ada\u202eecalevol"])
def test_names_of_any_kind_are_shown_and_combined(ada, name):
    type(ada.there).objects.filter(pk=ada.there.pk).update(full_name=name)
    browser = browser_of("ada@home.example")
    proven(browser)
    page = browser.get(f"{PREVIEW}?keep=here").content.decode()
    assert "<b>Ada</b>" not in page
    assert browser.post(NOW, form_of(browser) | {"same_person": "on"}).status_code == 302


def test_one_mailbox_spelled_twice_is_listed_once(ada):
    """Unconfirmed in both, and confirmed in one of them."""
    ada.here.addresses.create(address="KING@home.example")
    ada.here.addresses.create(address="typo@home.example")
    before = contents()
    combining = combined(ada.here, ada.there)
    spelled = list(ada.here.addresses.values_list("canonical", flat=True))
    assert len(spelled) == len(set(spelled))
    undo_combining(combining=combining, side=KEPT)
    assert contents() == before


def test_undo_while_logged_in_as_a_third_needs_the_password_of_the_account_given_up(ada, chika):
    combined(ada.here, ada.there)
    link = undo_link("king@home.example")
    browser = browser_of("chika@elsewhere.example")
    chika.set_password("another long one")
    chika.save()
    assert browser.post(link, {"password": "another long one"}).status_code == 200
    assert Combining.objects.filter(undone_at=None).exists()
    let = Combining.objects.get()
    assert let.undo_until - let.made_at == timedelta(days=14)
