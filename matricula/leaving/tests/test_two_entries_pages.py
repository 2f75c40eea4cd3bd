"""ACME lists Ada twice: what she reads and asks on the way to combining, and what Bruno answers."""

import re
import time

import pytest
from django.db.models import CASCADE
from django.test import Client

from conftest import PASSWORD, person
from matricula.joining.models import Request
from matricula.leaving.models import Combining, EntryRequest
from matricula.leaving.tests.test_two_entries import HERE, THERE, Twice
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def ada(db):
    return Twice()


def browser_of(account):
    browser = Client()
    browser.force_login(account, backend="matricula.accounts.authentication.EmailBackend")
    session = browser.session
    session["proved_at"] = time.time()
    session.save()
    return browser


@pytest.fixture
def hers(ada):
    """Ada, logged in with the one account, has shown that both are hers."""
    browser = browser_of(ada.here)
    browser.post("/account/combine/", {"password": PASSWORD})
    browser.post("/account/combine/", {"email": "king@home.example", "password": PASSWORD})
    return browser


@pytest.fixture
def brunos(ada):
    return browser_of(ada.bruno)


def preview(browser, query="keep=here"):
    return browser.get(f"/account/combine/preview/?{query}").content.decode()


def ask(browser, slug="acme", about="listed_twice"):
    form = {"keep": "here", "about": about}
    return browser.post(f"/account/combine/ask/{slug}/", form, follow=True).content.decode()


def answer(browser, request, stays):
    path = f"/console/acme/people/entries/twice/requests/{request.public_id}/"
    return browser.post(path, {"stays": stays}, follow=True).content.decode()


def press(browser, query="keep=here"):
    page = preview(browser, query)
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    names = dict.fromkeys(("mine", "same_person"), "on")
    return browser.post("/account/combine/now/", form | names, follow=True)


def test_she_asks_bruno_answers_she_combines(ada, hers, brunos):
    assert "Ask ACME" in preview(hers)
    assert "ACME was asked" in ask(hers)
    assert "Ask ACME" not in preview(hers)
    page = brunos.get("/console/acme/people/entries/twice/").content.decode()
    assert HERE in page
    assert THERE in page
    assert "home.example" not in page
    assert "Globex" not in page
    request = EntryRequest.objects.get()
    assert "Answered" in answer(brunos, request, str(ada.ties[1].pk))
    page = preview(hers)
    assert f"It will know you by {THERE}" in page
    assert "stay instead" not in page
    assert "Your two accounts are one" in press(hers).content.decode()
    assert ada.live() == [(ada.here, THERE)]
    told = hers.get(f"/account/combinings/{Combining.objects.get().public_id}/").content.decode()
    assert f"You are there twice. The entry with {THERE} ends." in told
    assert f"It knows you by {THERE}" in told


def test_what_she_wishes_for_does_not_count_where_acme_decided(ada, hers):
    ada.agree(0)
    press(hers, f"keep=here&entries={ada.ties[1].pk}")
    assert ada.live() == [(ada.here, HERE)]


def test_where_she_may_choose_she_turns_it_round(ada, hers):
    ada.decides("allow")
    assert f"Let {THERE} stay instead" in preview(hers)
    assert f"Let {HERE} stay instead" in preview(hers, f"keep=here&entries={ada.ties[1].pk}")
    press(hers, f"keep=here&entries={ada.ties[1].pk}")
    assert ada.live() == [(ada.here, THERE)]


@pytest.mark.parametrize("entries", ["", "1,", "x", "-1", "9" * 40, "1,2,3," * 100, "٣"])
def test_entries_that_are_none_change_nothing(ada, hers, entries):
    ada.decides("allow")
    assert f"It will know you by {HERE}" in preview(hers, f"keep=here&entries={entries}")


def test_never_says_what_remains_and_there_is_nobody_to_ask(ada, hers):
    ada.decides("never")
    page = preview(hers)
    assert "leaves two entries two" in page
    assert "leave it with one of the two" in page
    assert "Ask ACME" not in page
    assert "asked already, or decides by itself" in ask(hers)
    assert not EntryRequest.objects.exists()


def test_no_says_so_and_offers_no_button(ada, hers, brunos):
    ask(hers)
    answer(brunos, EntryRequest.objects.get(), "no")
    page = preview(hers)
    assert "said that it shall stay so" in page
    assert "Ask ACME" not in page


def test_who_proved_nothing_asks_nobody(ada):
    browser = browser_of(ada.here)
    assert "Confirm that you are" in ask(browser)
    assert not EntryRequest.objects.exists()


@pytest.mark.parametrize(("slug", "about"), [("globex", "listed_twice"), ("acme", "removed"), ("none", "")])
def test_nobody_is_asked_for_what_does_not_stand_against_it(ada, hers, slug, about):
    ask(hers, slug, about)
    assert not EntryRequest.objects.exists()
    assert not Request.objects.exists()


def test_who_was_removed_asks_to_be_invited_and_stays_refused(ada, hers):
    end_membership(membership=ada.twice, actor=ada.bruno, state=Membership.State.REMOVED)
    page = preview(hers)
    assert "Nobody comes back by combining" in page
    assert "ACME was asked" in ask(hers, about="removed")
    asked = Request.objects.get()
    assert (asked.address, asked.reason, asked.program) == (THERE, "removed_entry", ada.welcome)
    assert "removed one of the two accounts" in preview(hers)


def test_an_answer_that_is_none_is_refused_and_only_administrators_answer(ada, brunos):
    request = ada.ask()
    other = Affiliation.objects.exclude(pk__in=[one.pk for one in ada.ties]).first()
    for said in ("", "yes", str(other.pk), "9" * 30):
        assert "Say which entry stays" in answer(brunos, request, said)
    viewer = person("Vera", "vera@acme.example")
    ada.acme.roles.create(account=viewer, kind=Role.Kind.VIEWER)
    path = f"/console/acme/people/entries/twice/requests/{request.public_id}/"
    assert browser_of(viewer).post(path, {"stays": "no"}).status_code == 403
    assert (
        "stays</button>" not in browser_of(viewer).get("/console/acme/people/entries/twice/").content.decode()
    )
    owner = person("Olga", "olga@globex.example")
    ada.globex.roles.create(account=owner, kind=Role.Kind.OWNER)
    assert browser_of(owner).post(path.replace("acme", "globex"), {"stays": "no"}).status_code == 404
    request.refresh_from_db()
    assert request.answer == ""


def test_the_second_answer_is_told_that_there_was_one(ada, brunos):
    request = ada.ask()
    answer(brunos, request, "no")
    assert "answered already" in answer(brunos, request, str(ada.ties[0].pk))


def test_owners_say_who_decides(ada, brunos):
    page = brunos.get("/console/acme/branding/").content.decode()
    assert "Who decides which entry stays" in page
    names = ("name", "brand_colour", "greeting", "language", "time_zone")
    form = {one: getattr(ada.acme, one) for one in names}
    for said, kept in (("allow", "allow"), ("whatever", "allow")):
        brunos.post("/console/acme/branding/", form | {"doubled_entries": said})
        assert Organization.objects.get(pk=ada.acme.pk).doubled_entries == kept


def test_a_name_of_an_outsider_is_words_and_no_page(ada, brunos):
    ada.there.full_name = "<b>Ada</b> https://evil.example"
    ada.there.save()
    ada.ask()
    page = brunos.get("/console/acme/people/entries/twice/").content.decode()
    assert "<b>Ada</b>" not in page
    assert not any("https://evil.example" in one for one in ada.letters("bruno@acme.example"))


def test_a_request_about_an_entry_that_ended_is_no_longer_shown_and_goes_with_the_organization(ada, brunos):
    ada.ask()
    assert THERE in brunos.get("/console/acme/people/entries/twice/").content.decode()
    end_membership(membership=ada.twice, actor=ada.bruno, state=Membership.State.LEFT)
    assert THERE not in brunos.get("/console/acme/people/entries/twice/").content.decode()
    assert Organization._meta.get_field("doubled_entries").default == "ask"
    assert EntryRequest._meta.get_field("organization").remote_field.on_delete is CASCADE
