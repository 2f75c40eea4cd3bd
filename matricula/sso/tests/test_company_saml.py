"""Olga sets her company's SAML sign-in up from its metadata; Ada comes in by what it posts."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.identities.models import CompanySession, Connection, Identity, SeenNonce, StoredAnswer
from matricula.identities.tests.company import signed_in_by_company
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import enter_program
from matricula.sso import check_words
from matricula.sso.answers import Answer
from matricula.sso.models import JudgedAnswer
from matricula.sso.saml_sign_in import with_usual_names
from matricula.sso.tests import minting
from matricula.sso.tests.company import CONSOLE, entity, logged_in
from matricula.sso.tests.saml import AUDIENCE, answer_to, leave, linked, path_of, request_in, set_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(settings, monkeypatch):
    """From the provider's page, without a cookie of ours."""

    def post(connection, request, **changes):
        content = answer_to(connection, request, settings, monkeypatch, **changes)
        return Client().post(path_of(connection, "acs"), {"SAMLResponse": content})

    return post


@pytest.fixture
def answered(posted):
    """Posted so, then fetched by the browser itself; what the post said where it was not kept."""

    def come(browser, connection, request, **changes):
        answer = posted(connection, request, **changes)
        return browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer

    return come


def test_olga_sets_it_up_from_metadata_and_reads_what_to_enter_there(olga, settings):
    connection = set_up(olga)
    assert connection.issuer == minting.ISSUER
    assert [one.fingerprint for one in connection.certificates.in_force()] == [
        minting.certificate("acme").fingerprint
    ]
    page = olga.get(f"{CONSOLE}{connection.public_id}/").content.decode()
    base = f"{settings.BASE_URL}/sso/nordlicht/{connection.public_id}/"
    assert f"{base}acs/" in page
    assert f"{base}metadata/" in page
    ours = Client().get(path_of(connection, "metadata"))
    assert f'entityID="{base}metadata/"'.encode() in ours.content
    assert ours.headers["Content-Type"] == "application/samlmetadata+xml"


def test_a_test_run_shows_what_came_and_opens_nothing(olga, settings, monkeypatch, answered):
    connection = set_up(olga)
    page = olga.post(f"{CONSOLE}{connection.public_id}/test/").content.decode()
    answer = answered(olga, connection, request_in(page))
    shown = olga.get(answer.headers["Location"]).content.decode()
    assert "The test passed" in shown
    assert minting.ADA in shown
    assert not Identity.objects.exists()
    assert olga.post(f"{CONSOLE}{connection.public_id}/switch/", {"to": "live"}).status_code == 302
    assert Connection.objects.get().state == "live"


def test_ada_links_once_and_comes_straight_in_from_then_on(live, ada, program, answered):
    browser, page = logged_in("ada.own@home.example"), f"/learn/programs/{program.public_id}/"
    answer = answered(browser, live, leave(browser, live, page))
    assert answer.headers["Location"] == "/sso/nordlicht/link/"
    assert browser.post("/sso/nordlicht/link/account/").headers["Location"] == page
    other = Client()
    request = leave(other, live, page)
    again = answered(other, live, request, version='Version="2.0" ')
    assert again.status_code in (302, 403)
    assert Identity.objects.get().account == ada


def test_an_answer_is_judged_in_the_browser_that_asked_and_once(live, ada, answered, settings, monkeypatch):
    browser, stranger = Client(), Client()
    request = leave(browser, live)
    assert answered(stranger, live, request).status_code == 403
    assert answered(browser, live, request).status_code == 302
    assert answered(browser, live, request).status_code == 403
    second = leave(browser, live)
    repeated = answered(browser, live, second)
    assert repeated.status_code == 403, "the same assertion for another request"
    assert JudgedAnswer.objects.filter(reason="answer_repeated").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "other"},
        {"audience": AUDIENCE.format("https://elsewhere.example")},
        {"recipient": 'Recipient="https://elsewhere.example/"'},
        {"issuer": "<a:Issuer>https://elsewhere.example</a:Issuer>"},
        {"status": '<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/>'},
        {"name_id": '<a:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">_x</a:NameID>'},
    ],
)
def test_an_answer_that_is_not_for_us_opens_nothing_and_its_reference_is_in_the_history(
    live, olga, answered, changes
):
    browser = Client()
    page = answered(browser, live, leave(browser, live), **changes)
    assert page.status_code == 403
    judged = JudgedAnswer.objects.get()
    assert judged.reference in page.content.decode()
    shown = olga.get(f"{CONSOLE}{live.public_id}/answers/{judged.public_id}/")
    assert "The answer was refused" in shown.content.decode()
    assert not CompanySession.objects.exists()


def test_an_answer_that_nobody_asked_for_opens_only_where_the_company_allows_it(live, ada, answered):
    assert answered(Client(), live, "").status_code == 403
    Connection.objects.update(takes_unsolicited=True)
    linked(live, ada, subject=minting.ADA)
    assert answered(Client(), live, "").headers["Location"] == "/learn/"
    assert CompanySession.objects.get().account == ada
    Connection.objects.update(state="off")
    assert answered(Client(), live, "").status_code == 403
    assert not StoredAnswer.objects.exists()


@pytest.mark.parametrize("content", ["", "%%%", "PHNhbWw+", "A" * 300_000, "PCFET0NUWVBFIGE+"])
def test_what_is_no_answer_has_its_page_and_opens_nothing(live, content):
    leave(Client(), live)
    answer = Client().post(path_of(live, "acs"), {"SAMLResponse": content})
    assert answer.status_code in (400, 403)
    assert b"reference" not in answer.content
    kept = CompanySession, StoredAnswer, JudgedAnswer
    assert not any(one.objects.exists() for one in kept)


def test_a_stored_answer_is_fetched_once(live, answered, settings, monkeypatch):
    browser = Client()
    content = answer_to(live, leave(browser, live), settings, monkeypatch)
    where = Client().post(path_of(live, "acs"), {"SAMLResponse": content}).headers["Location"]
    assert browser.head(where).status_code == 400
    assert browser.get(where).status_code == 302
    assert not StoredAnswer.objects.exists()
    assert browser.get(where).status_code == 403


def test_a_new_certificate_comes_beside_the_old_and_the_last_one_stays(olga, live, ada, answered):
    entered = {"name": "Nordlicht ADFS", "metadata": entity("next")}
    olga.post(f"{CONSOLE}{live.public_id}/", entered)
    assert live.certificates.in_force().count() == 2
    browser = Client()
    assert answered(browser, live, leave(browser, live)).status_code == 302
    old = live.certificates.get(fingerprint=minting.certificate("acme").fingerprint)
    assert old.last_used_at
    loaded = minting.certificate("acme").loaded
    whose = f"{loaded.subject.rfc4514_string()} · RSA {loaded.public_key().key_size}"
    assert whose in unescape(olga.get(f"{CONSOLE}{live.public_id}/certificates/").content.decode())
    page = f"{CONSOLE}{live.public_id}/certificates/{old.pk}/"
    assert "Retire this certificate?" in olga.get(page).content.decode()
    asked = olga.post(page).content.decode()
    assert "No sign-in has come with one of the other certificates yet" in asked
    assert live.certificates.in_force().count() == 2
    olga.post(page, {"is_sure": "on"})
    assert live.certificates.in_force().count() == 1
    left = live.certificates.in_force().get()
    olga.post(f"{CONSOLE}{live.public_id}/certificates/{left.pk}/", {"is_sure": "on"})
    assert live.certificates.in_force().count() == 1
    other = Client()
    assert answered(other, live, leave(other, live)).status_code == 403


def test_a_pinned_certificate_counts_past_its_end_and_the_page_warns(olga, live, ada, answered):
    """The pin is the trust. The same key, in a certificate whose last day is long over."""
    page, ended = f"{CONSOLE}{live.public_id}/certificates/", minting.certificate("acme", ended=True)
    first = live.certificates.signing().get()
    olga.post(page, {"certificate": ended.to_text()})
    olga.post(f"{page}{first.pk}/", {"is_sure": "on"})
    browser = Client()
    assert answered(browser, live, leave(browser, live)).status_code == 302
    left = live.certificates.signing().get()
    assert left.fingerprint == ended.fingerprint
    assert left.last_used_at
    assert "The last certificate ended on" in olga.get(page).content.decode()


def test_a_provider_that_takes_requests_by_post_only_gets_a_form_that_may_go_there(olga):
    connection = set_up(olga, metadata=entity(binding="HTTP-POST"))
    Connection.objects.update(state="live", tested_at=timezone.now())
    answer = Client().post(path_of(connection, "start"))
    assert b'name="SAMLRequest"' in answer.content
    assert "form-action 'self' https://idp.acme.example" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "Give the metadata of your identity provider"),
        ("<a/>", "describes no"),
        ("<!DOCTYPE a><a/>", "DOCTYPE"),
        ("<", "not well-formed"),
    ],
)
def test_olga_is_told_in_a_sentence_why_metadata_is_none(olga, pasted, words):
    olga.post(f"{CONSOLE}new/", {"name": "N", "kind": "saml"})
    connection = Connection.objects.get()
    page = olga.post(f"{CONSOLE}{connection.public_id}/", {"name": "N", "metadata": pasted})
    assert words in page.content.decode()
    assert Connection.objects.get().issuer == ""


def test_olga_sees_whom_her_sign_in_brings_in_and_nothing_of_their_own_and_ends_it(olga, live, ada):
    identity = linked(live, ada)
    page = olga.get(f"{CONSOLE}people/").content.decode()
    assert "ada@nordlicht.example" in page
    assert "ada.own@home.example" not in page
    question = olga.get(f"{CONSOLE}people/{identity.public_id}/end/").content.decode()
    assert "End the sign-in of Ada?" in question
    assert Identity.objects.live().exists()
    olga.post(f"{CONSOLE}people/{identity.public_id}/end/")
    assert Identity.objects.get().ended_by == "company"
    assert olga.get(f"{CONSOLE}people/{identity.public_id}/end/").status_code == 404


def test_ada_sees_her_company_sign_ins_and_ends_one_herself(live, ada, chika):
    identity, own = linked(live, ada), logged_in("ada.own@home.example")
    assert "Nordlicht ADFS" in own.get("/account/company-sign-ins/").content.decode()
    address = f"/account/company-sign-ins/{identity.public_id}/end/"
    assert logged_in("chika@elsewhere.example").post(address).status_code == 404
    assert "End the sign-in of Nordlicht Energie?" in own.get(address).content.decode()
    own.post(address)
    assert Identity.objects.get().ended_by == "person"
    assert "No company signs you in" in own.get("/account/company-sign-ins/").content.decode()


def test_every_check_is_told_in_words():
    """Whoever runs the provider reads sentences, not codes."""
    source = "".join(file.read_text() for file in Path(check_words.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'(?:require|Check)\(\s*"([a-z_]+)"', source))
    codes |= set(re.findall(r'"([a-z_]+)", expected, checks\)', source))
    assert codes - set(check_words.CHECKS) == set()
    assert len(codes) > 40


def test_e_mail_name_and_groups_come_from_the_attributes_that_providers_usually_have():
    claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
    values = {
        f"{claims}emailaddress": ("ada@nordlicht.example",),
        f"{claims}givenname": ("Ada",),
        f"{claims}surname": ("Okafor",),
        "groups": ("grid", "safety"),
    }
    told = with_usual_names(Answer(subject="s", values=values))
    assert (told.email, told.full_name, told.groups) == (
        "ada@nordlicht.example",
        "Ada Okafor",
        ("grid", "safety"),
    )
    assert with_usual_names(Answer(subject="s", values={"mail": ("no address",)})).email == ""


def test_a_connection_that_nobody_is_linked_by_can_be_removed_and_no_other(olga, live, ada):
    assert "Remove this connection" in olga.get(f"{CONSOLE}{live.public_id}/").content.decode()
    assert "Remove Nordlicht ADFS?" in olga.get(f"{CONSOLE}{live.public_id}/removal/").content.decode()
    identity = linked(live, ada)
    olga.post(f"{CONSOLE}{live.public_id}/removal/")
    assert Connection.objects.exists()
    assert "Remove this connection" not in olga.get(f"{CONSOLE}{live.public_id}/").content.decode()
    identity.delete()
    olga.post(f"{CONSOLE}{live.public_id}/removal/")
    assert not Connection.objects.exists()


# -- answers of anybody's making ------------------------------------------------------------------


@pytest.mark.parametrize("request_id", ["", "_unknown"])
def test_an_answer_that_nobody_waits_for_is_not_even_kept(live, posted, caplog, request_id):
    """Chika posts what she likes, as often as she likes."""
    page = posted(live, request_id)
    assert page.status_code == 403
    assert b"reference" not in page.content
    assert not StoredAnswer.objects.exists()
    assert not JudgedAnswer.objects.exists()
    assert f"An answer to connection {live.public_id} was refused: flow_ended" in caplog.text


def test_an_answer_to_a_connection_that_was_switched_off_meanwhile_is_not_kept(live, posted):
    request = leave(Client(), live)
    Connection.objects.update(state="off")
    assert posted(live, request).status_code == 403
    Connection.objects.update(takes_unsolicited=True)
    assert posted(live, "").status_code == 403
    assert not StoredAnswer.objects.exists()


def test_an_answer_to_what_another_connection_asked_is_not_kept(live, olga, posted):
    second = set_up(olga, metadata=entity(entity_id="https://second.example"))
    Connection.objects.filter(pk=second.pk).update(state="live", tested_at=timezone.now())
    assert posted(live, leave(Client(), second)).status_code == 403
    assert posted(live, leave(Client(), live)).status_code == 303


def test_answers_and_ways_out_are_counted_by_network(live, settings, answered):
    settings.LIMITS = settings.LIMITS | {"company-start": (2, 15), "company-answer": (2, 15)}
    browser = Client()
    requests = [leave(browser, live), leave(browser, live)]
    assert browser.post(path_of(live, "start")).status_code == 429
    assert answered(browser, live, requests[0]).status_code == 302
    assert answered(browser, live, "_unknown").status_code == 403
    wait = answered(browser, live, requests[1])
    assert (wait.status_code, "Retry-After" in wait.headers) == (429, True)
    assert browser.get(path_of(live, "callback")).status_code == 429


def test_to_one_way_out_however_many_answers_are_posted_one_is_kept(live, settings, monkeypatch):
    browser = Client()
    content = answer_to(live, leave(browser, live), settings, monkeypatch)
    posts = [Client().post(path_of(live, "acs"), {"SAMLResponse": content}) for _ in range(5)]
    assert StoredAnswer.objects.get().content == content
    assert browser.get(posts[0].headers["Location"]).status_code == 403
    assert browser.get(posts[-1].headers["Location"]).status_code == 302


@pytest.mark.postgres
def test_answers_that_nobody_came_for_go_when_the_next_one_comes(live, settings, monkeypatch):
    browser = Client()
    late = timezone.now() - timedelta(seconds=1)
    for number in range(3):
        StoredAnswer.objects.create(connection=live, handle_digest=f"{number}", content="x", expires_at=late)
    content = answer_to(live, leave(browser, live), settings, monkeypatch)
    Client().post(path_of(live, "acs"), {"SAMLResponse": content})
    assert StoredAnswer.objects.get().content == content


# -- answers that nobody asked for ----------------------------------------------------------------


@pytest.fixture
def unasked(live):
    Connection.objects.update(takes_unsolicited=True)
    live.refresh_from_db()
    return live


def test_mallorys_answer_in_olgas_browser_changes_nothing_without_olgas_word(unasked, ada, olga, answered):
    """Mallory is Ada here: her own answer, signed and in order, posted by a page that Olga opened."""
    linked(unasked, ada, subject=minting.ADA)
    where = answered(olga, unasked, "").headers["Location"]
    page = olga.get(where).content.decode()
    assert "Are you Ada?" in page
    assert "Nordlicht ADFS of Nordlicht Energie" in page
    assert "Signed in here now</dt><dd>Bruno Keller" in page
    assert not CompanySession.objects.exists()
    assert olga.get("/account/").status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = olga.cookies
    assert strict.post(where).status_code == 403
    assert olga.get("/account/").status_code == 200
    assert olga.post(where).headers["Location"] == "/learn/"
    assert CompanySession.objects.get().account == ada
    assert olga.post(where).status_code == 403, "once"


def test_mallorys_answer_takes_nobodys_place_whom_the_company_alone_signed_in(
    unasked, ada, organization, program, answered
):
    """On public pages such a session has no user; its owner is asked all the same."""
    linked(unasked, ada, subject=minting.ADA)
    vera = person("Vera", "vera@home.example")
    Affiliation.objects.create(organization=organization, account=vera, work_email="vera@nordlicht.example")
    enter_program(program=program, account=vera)
    browser = signed_in_by_company(vera, organization)
    where = answered(browser, unasked, "").headers["Location"]
    assert browser.session["_auth_user_id"] == str(vera.pk)
    page = browser.get(where).content.decode()
    assert "Are you Ada?" in page
    assert "Signed in here now</dt><dd>Vera" in page
    browser.post(where)
    assert browser.session["_auth_user_id"] == str(ada.pk)


def test_an_unasked_answer_brings_ada_straight_into_the_browser_where_she_is_signed_in(
    unasked, ada, answered
):
    linked(unasked, ada, subject=minting.ADA)
    browser = logged_in("ada.own@home.example")
    assert answered(browser, unasked, "").headers["Location"] == "/learn/"
    assert browser.get("/account/").status_code == 200


def test_an_unasked_answer_of_somebody_unknown_plants_no_link_without_a_word(unasked, ada, answered):
    browser = logged_in("ada.own@home.example")
    where = answered(browser, unasked, "").headers["Location"]
    assert browser.get("/sso/nordlicht/link/").status_code == 404
    assert "Nordlicht ADFS" in browser.get(where).content.decode()
    assert browser.get("/sso/nordlicht/link/").status_code == 404
    assert browser.post(where).headers["Location"] == "/sso/nordlicht/link/"
    assert browser.get("/sso/nordlicht/link/").status_code == 200


def test_a_later_answer_is_never_behind_the_button_of_an_earlier_one(unasked, olga, answered):
    first = answered(olga, unasked, "").headers["Location"]
    SeenNonce.objects.all().delete()
    second = answered(olga, unasked, "").headers["Location"]
    assert olga.post(first).status_code == 403
    assert olga.get(second).status_code == 200
    assert Client().get(second).status_code == 403, "it is of that browser alone"


@pytest.mark.parametrize("change", [{"state": "off"}, {"takes_unsolicited": False}, {}])
def test_an_answer_waits_five_minutes_and_as_long_as_it_is_allowed(unasked, olga, answered, change):
    where = answered(olga, unasked, "").headers["Location"]
    if change:
        Connection.objects.update(**change)
    else:
        session = olga.session
        late = (timezone.now() - timedelta(seconds=1)).isoformat()
        session["sso_unasked"] = session["sso_unasked"] | {"until": late}
        session.save()
    assert olga.post(where).status_code == 403


# -- what somebody else began in this browser -------------------------------------------------------


def test_what_mallory_began_before_olga_logged_in_changes_nothing_without_olgas_word(live, ada, answered):
    """Ada is Mallory here: she leaves, logs out, and has Olga's browser come back with her own answer."""
    linked(live, ada, subject=minting.ADA)
    browser, page = logged_in("ada.own@home.example"), "/learn/?from=mallory"
    request = leave(browser, live, page)
    browser.post("/account/log-out/")
    log_in(browser, "bruno@nordlicht.example")
    where = answered(browser, live, request).headers["Location"]
    assert browser.get("/account/").status_code == 200
    shown = browser.get(where).content.decode()
    assert "Are you Ada?" in shown
    assert "since this sign-in was begun" in shown
    assert "Signed in here now</dt><dd>Bruno Keller" in shown
    assert not CompanySession.objects.exists()
    assert browser.post(where).headers["Location"] == page, "whoever is sure goes where it was begun for"
    assert CompanySession.objects.get().account == ada


def test_what_was_begun_by_nobody_is_asked_about_where_another_logged_in_since(live, ada, olga, answered):
    linked(live, ada, subject=minting.ADA)
    browser = Client()
    request = leave(browser, live)
    log_in(browser, "bruno@nordlicht.example")
    assert "/confirm/" in answered(browser, live, request).headers["Location"]
    assert browser.get("/account/").status_code == 200


def test_what_mallory_began_opens_nothing_without_a_word_after_she_logged_out(live, ada, answered):
    linked(live, ada, subject=minting.ADA)
    browser = logged_in("ada.own@home.example")
    request = leave(browser, live)
    browser.post("/account/log-out/")
    assert "/confirm/" in answered(browser, live, request).headers["Location"]
    assert not CompanySession.objects.exists()


def test_adas_two_tabs_are_not_asked(live, ada, answered):
    """In one she left for the company, in the other she logged in meanwhile."""
    linked(live, ada, subject=minting.ADA)
    browser = Client()
    request = leave(browser, live)
    log_in(browser, "ada.own@home.example")
    assert answered(browser, live, request).headers["Location"] == "/learn/"
    assert browser.get("/account/").status_code == 200


def log_in(browser, email):
    answer = browser.post("/account/log-in/", {"email": email, "password": PASSWORD})
    assert answer.status_code == 302
