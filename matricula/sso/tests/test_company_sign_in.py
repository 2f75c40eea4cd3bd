"""Olga sets her company's sign-in up and tries it; Ada links her account and comes straight in.

The provider is one that others wrote, run on this machine for as long as the test.
"""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.audit.models import Entry
from matricula.identities.identities import end_identity
from matricula.identities.models import CompanySession, Connection, Flow, Identity
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.roles.roles import remove_role
from matricula.sso.models import JudgedAnswer
from matricula.sso.tests.company import CONSOLE, logged_in
from matricula.sso.tests.openid import at_provider, live, run_test, set_up, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]


@pytest.mark.postgres
def test_olga_sets_it_up_tries_it_and_switches_it_on(olga, provider):
    assert "No connection yet" in olga.get(CONSOLE).content.decode()
    connection = set_up(olga, provider)
    page = olga.get(f"{CONSOLE}{connection.public_id}/").content.decode()
    assert f"/sso/nordlicht/{connection.public_id}/callback/" in page
    assert "s1" not in re.findall(r'value="([^"]*)"', page)
    refused = olga.post(f"{CONSOLE}{connection.public_id}/switch/", {"to": "live"}, follow=True)
    assert "Test it first" in refused.content.decode()
    assert Client().get("/sso/nordlicht/").status_code == 404
    shown = run_test(olga, connection).content.decode()
    assert "The test passed" in shown
    assert "olga@nordlicht.example" in shown
    assert not Identity.objects.exists()
    assert not CompanySession.objects.exists()
    olga.post(f"{CONSOLE}{connection.public_id}/switch/", {"to": "live"})
    assert "Continue with Nordlicht Entra" in Client().get("/sso/nordlicht/").content.decode()
    verbs = list(Entry.objects.filter(verb__startswith="connection.").values_list("verb", flat=True))
    assert verbs == ["connection.begun", "connection.changed", "connection.switched"]
    connection.refresh_from_db()
    assert "s1" not in connection.sealed_secret


@pytest.mark.postgres
def test_ada_links_her_account_once_and_comes_straight_in_from_then_on(olga, ada, provider, program):
    connection, page = live(olga, provider), f"/learn/programs/{program.public_id}/"
    browser = Client()
    answer = sign_in(browser, connection, next_path=page)
    assert answer.headers["Location"] == "/sso/nordlicht/link/"
    unknown = browser.get("/sso/nordlicht/link/").content.decode()
    assert "ada@nordlicht.example" in unknown
    to_log_in = browser.get("/sso/nordlicht/link/account/").headers["Location"]
    browser.post(to_log_in, {"email": "ada.own@home.example", "password": PASSWORD})
    both = browser.get("/sso/nordlicht/link/account/").content.decode()
    assert "ada.own@home.example" in both
    assert "Nordlicht Entra" in both
    assert not Identity.objects.exists(), "nothing is linked before both sides were named"
    assert browser.post("/sso/nordlicht/link/account/").headers["Location"] == page
    assert Identity.objects.get().account == ada

    other = Client()
    assert sign_in(other, connection, next_path=page).headers["Location"] == page
    assert other.get(page).status_code == 200
    assert other.get("/account/").status_code == 302, "a company opens nothing that is Ada's own"


def test_a_stranger_who_shows_adas_callback_in_their_browser_gets_nothing(olga, ada, provider):
    connection = live(olga, provider)
    back = at_provider(Client().post(f"/sso/nordlicht/{connection.public_id}/start/"), "ada-1")
    answer = Client().get(back)
    assert answer.status_code == 403
    assert not CompanySession.objects.exists()
    assert not JudgedAnswer.objects.filter(passed=False).exists(), (
        "no flow of this browser: a line in the log"
    )
    assert b"reference" not in answer.content


def test_an_answer_opens_once(olga, ada, provider):
    connection, browser = live(olga, provider), Client()
    back = at_provider(browser.post(f"/sso/nordlicht/{connection.public_id}/start/"), "ada-1")
    assert browser.get(back).status_code == 302
    assert browser.get(back).status_code == 403


def test_an_answer_for_another_connection_or_after_ten_minutes_opens_nothing(olga, ada, provider):
    connection, browser = live(olga, provider), Client()
    second = set_up(olga, provider, client_id="c2")
    back = at_provider(browser.post(f"/sso/nordlicht/{connection.public_id}/start/"), "ada-1")
    assert browser.get(back.replace(connection.public_id, second.public_id)).status_code == 403
    Flow.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.get(back).status_code == 403


def test_what_is_switched_off_meanwhile_lets_nobody_in(olga, ada, provider):
    connection, browser = live(olga, provider), Client()
    back = at_provider(browser.post(f"/sso/nordlicht/{connection.public_id}/start/"), "ada-1")
    olga.post(f"{CONSOLE}{connection.public_id}/switch/", {"to": "off"})
    assert browser.get(back).status_code == 403
    assert browser.post(f"/sso/nordlicht/{connection.public_id}/start/").status_code == 404


def test_ada_cancels_and_is_told_what_to_do(olga, provider):
    connection, browser = live(olga, provider), Client()
    back = at_provider(browser.post(f"/sso/nordlicht/{connection.public_id}/start/"), "")
    page = browser.get(back)
    assert page.status_code == 403
    assert "Try again" in page.content.decode()


def test_what_a_provider_refuses_in_a_flow_of_this_browser_has_its_reference_in_the_history(olga, provider):
    connection, browser = live(olga, provider), Client()
    left = browser.post(f"/sso/nordlicht/{connection.public_id}/start/").content.decode()
    state = re.search(r"state=(_[0-9a-f]+)", left)[1]
    page = browser.get(f"/sso/nordlicht/{connection.public_id}/callback/?error=access_denied&state={state}")
    assert "was cancelled" in page.content.decode()
    judged = JudgedAnswer.objects.filter(passed=False).get()
    assert judged.reference in page.content.decode()
    assert olga.get(f"{CONSOLE}{connection.public_id}/answers/{judged.public_id}/").status_code == 200


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=x", "code=x&state=x", "error=%3Cscript%3E&state=x", "code=%00&state=%FF"]
)
def test_a_made_up_callback_is_refused_with_a_page(olga, provider, query):
    connection = live(olga, provider)
    page = Client().get(f"/sso/nordlicht/{connection.public_id}/callback/?{query}")
    assert page.status_code in (400, 403)
    assert b"<script>" not in page.content


def test_what_the_company_ended_says_so_and_lets_ada_log_in_with_her_own(olga, ada, provider, program, bruno):
    connection, browser = live(olga, provider), logged_in("ada.own@home.example")
    sign_in(browser, connection)
    browser.post("/sso/nordlicht/link/account/")
    end_identity(identity=Identity.objects.get(), ended_by=Identity.EndedBy.COMPANY, actor=bruno)
    page = sign_in(Client(), connection)
    assert page.status_code == 403
    assert "Your company has ended this sign-in" in page.content.decode()


def test_removed_by_an_administrator_stays_removed(olga, ada, provider, program, bruno):
    connection, browser = live(olga, provider), logged_in("ada.own@home.example")
    sign_in(browser, connection)
    browser.post("/sso/nordlicht/link/account/")
    end_membership(
        membership=Membership.objects.get(account=ada), actor=bruno, state=Membership.State.REMOVED
    )
    assert sign_in(Client(), connection).status_code == 403
    assert not CompanySession.objects.live().exists()


def test_somebody_in_no_program_of_the_company_links_nothing(olga, chika, provider):
    connection, browser = live(olga, provider), logged_in("chika@elsewhere.example")
    sign_in(browser, connection)
    page = browser.post("/sso/nordlicht/link/account/").content.decode()
    assert "not in a program of" in page
    assert not Identity.objects.exists()


def test_the_subject_of_ada_is_not_linked_with_a_second_account(olga, ada, provider, program):
    connection, browser = live(olga, provider), logged_in("ada.own@home.example")
    sign_in(browser, connection)
    nils = person("Nils", "nils@home.example")
    Affiliation.objects.create(
        organization=program.organization, account=nils, work_email="nils@nordlicht.example"
    )
    late = logged_in("nils@home.example")
    sign_in(late, connection)
    browser.post("/sso/nordlicht/link/account/")
    answer = late.post("/sso/nordlicht/link/account/")
    assert answer.status_code == 409
    assert Identity.objects.get().account == ada


def test_the_same_subject_and_address_from_another_company_open_nothing_of_this_one(
    olga, ada, provider, program
):
    connection, browser = live(olga, provider), logged_in("ada.own@home.example")
    sign_in(browser, connection)
    browser.post("/sso/nordlicht/link/account/")
    other = Organization.objects.create(slug="other", name="Other")
    theirs = other.connections.create(
        kind="oidc",
        name="Theirs",
        issuer=provider,
        client_id="c9",
        sealed_secret=connection.sealed_secret,
        provider=connection.provider,
        keys=connection.keys,
        keys_at=timezone.now(),
        state="live",
        tested_at=timezone.now(),
    )
    stranger = Client()
    back = at_provider(stranger.post(f"/sso/other/{theirs.public_id}/start/"), "ada-1")
    assert stranger.get(back).headers["Location"] == "/sso/other/link/"
    assert stranger.get(f"/learn/programs/{program.public_id}/").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/%0d%0aX: y"],
)
def test_nobody_is_sent_on_to_another_site(olga, ada, provider, path):
    connection = live(olga, provider)
    Client().post(f"/sso/nordlicht/{connection.public_id}/start/", {"next": path})
    assert Flow.objects.latest("pk").next_path in ("", "/%0d%0aX: y")


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        ("http://127.0.0.1:1025", "Nothing answered"),
        ("https://login.example/{tenantid}/v2.0", "tenant"),
        ("not an address", "https"),
    ],
)
def test_olga_is_told_in_a_sentence_why_an_issuer_is_none(olga, provider, issuer, words):
    olga.post(f"{CONSOLE}new/", {"name": "Nordlicht Entra", "kind": "oidc"})
    connection = Connection.objects.get()
    entered = {"name": "N", "issuer": issuer, "client_id": "c", "client_secret": "s"}
    page = olga.post(f"{CONSOLE}{connection.public_id}/", entered).content.decode()
    assert words in page
    assert Connection.objects.get().issuer == ""


def test_a_change_has_to_pass_a_test_again(olga, provider):
    connection = live(olga, provider)
    entered = {"name": "Nordlicht Entra", "issuer": provider, "client_id": "c1", "client_secret": ""}
    olga.post(f"{CONSOLE}{connection.public_id}/", entered)
    connection.refresh_from_db()
    assert connection.state == "live", "a new name alone changes nothing that was tested"
    olga.post(f"{CONSOLE}{connection.public_id}/", {**entered, "client_secret": "s2"})
    connection.refresh_from_db()
    assert (connection.state, connection.tested_at) == ("draft", None)


def test_the_way_out_says_what_openid_connect_asks_for(olga, provider):
    connection = live(olga, provider)
    page = Client().post(f"/sso/nordlicht/{connection.public_id}/start/").content.decode()
    address = unescape(re.search(r'url=([^"]+)"', page)[1])
    asked = parse_qs(urlsplit(address).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) > 40
    assert asked["nonce"] != asked["state"]


def link(browser, connection):
    sign_in(browser, connection)
    return browser.post("/sso/nordlicht/link/account/")


def test_an_answer_that_waits_links_nothing_once_the_company_ended_it_or_is_off_or_it_is_old(
    olga, ada, provider, bruno
):
    connection = live(olga, provider)
    first, second = logged_in("ada.own@home.example"), logged_in("ada.own@home.example")
    sign_in(second, connection)
    link(first, connection)
    end_identity(identity=Identity.objects.get(), ended_by=Identity.EndedBy.COMPANY, actor=bruno)
    assert second.post("/sso/nordlicht/link/account/").status_code == 409
    assert not Identity.objects.live().exists()
    Identity.objects.all().delete()
    olga.post(f"{CONSOLE}{connection.public_id}/switch/", {"to": "off"})
    assert second.post("/sso/nordlicht/link/account/").status_code == 409
    session = second.session
    long_ago = (timezone.now() - timedelta(minutes=31)).isoformat()
    session["sso_pending"] = {**session["sso_pending"], "asserted_at": long_ago}
    session.save()
    assert second.get("/sso/nordlicht/link/account/").status_code == 404


def test_another_provider_does_not_inherit_whom_the_first_one_linked(olga, ada, provider):
    connection = live(olga, provider)
    link(logged_in("ada.own@home.example"), connection)
    entered = {"name": "N", "issuer": provider, "client_id": "other", "client_secret": "s"}
    page = olga.post(f"{CONSOLE}{connection.public_id}/", entered)
    assert "People are linked by this connection" in page.content.decode()
    assert set(page.context["form"].errors) == {"client_id"}, "where it was typed"
    connection.refresh_from_db()
    assert (connection.client_id, connection.state) == ("c1", "live")


def test_whoever_comes_back_to_the_company_links_anew(olga, ada, provider, program, bruno):
    connection = live(olga, provider)
    link(logged_in("ada.own@home.example"), connection)
    membership = Membership.objects.get(account=ada)
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    assert sign_in(Client(), connection).status_code == 403
    Affiliation.objects.create(
        organization=program.organization, account=ada, work_email="ada@nordlicht.example"
    )
    Membership.objects.update(state="active", left_at=None)
    browser = logged_in("ada.own@home.example")
    assert sign_in(browser, connection).headers["Location"] == "/sso/nordlicht/link/"
    assert browser.post("/sso/nordlicht/link/account/").status_code == 302
    assert Identity.objects.live().get().account == ada


def test_whoever_left_by_themselves_may_link_anew(olga, ada, provider, program):
    connection = live(olga, provider)
    link(logged_in("ada.own@home.example"), connection)
    membership = Membership.objects.get(account=ada)
    end_membership(membership=membership, actor=ada, state=Membership.State.LEFT)
    assert Identity.objects.get().ended_by == "person"
    assert sign_in(Client(), connection).headers["Location"] == "/sso/nordlicht/link/"


def test_with_the_last_role_the_company_sign_in_ends(olga, provider, organization, bruno, chika):
    Role.objects.create(organization=organization, account=chika, kind=Role.Kind.OWNER)
    viewer = Role.objects.create(
        organization=organization, account=person("Kim", "kim@home.example"), kind=Role.Kind.VIEWER
    )
    connection = live(olga, provider)
    link(logged_in("kim@home.example"), connection)
    remove_role(role=viewer, actor=bruno)
    assert not Identity.objects.live().exists()
    assert not CompanySession.objects.live().exists()


def test_a_closed_account_is_told_so(olga, ada, provider):
    connection = live(olga, provider)
    link(logged_in("ada.own@home.example"), connection)
    type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    page = sign_in(Client(), connection)
    assert page.status_code == 403
    assert "is closed" in page.content.decode()


def test_what_an_owner_does_by_a_companys_sign_in_says_so_in_the_audit_log(
    olga, provider, organization, bruno
):
    connection = live(olga, provider)
    link(logged_in("bruno@nordlicht.example"), connection)
    browser = Client()
    sign_in(browser, connection)
    browser.post("/console/nordlicht/domains/", {"domain": "nordlicht.example"})
    line = Entry.objects.get(verb="domain.added")
    assert (line.actor, line.assurance, line.through) == (bruno, "organization", "company sign-in")
    olga.post("/console/nordlicht/domains/", {"domain": "other.example"})
    assert Entry.objects.filter(verb="domain.added").latest("pk").assurance == "personal"


def test_ada_who_signs_in_where_chika_is_logged_in_is_asked_before_she_takes_her_place(
    olga, ada, provider, chika
):
    connection = live(olga, provider)
    link(logged_in("ada.own@home.example"), connection)
    browser = logged_in("chika@elsewhere.example")
    page = sign_in(browser, connection)["Location"]
    assert "Somebody else is signed in here" in browser.get(page).content.decode()
    assert browser.get("/account/").status_code == 200, "Chika is still there"
    assert browser.post(page)["Location"] == "/learn/"
    assert browser.get("/account/").status_code == 302, "Ada is there, by her company alone"
    again = logged_in("ada.own@home.example")
    assert sign_in(again, connection)["Location"] == "/learn/", "of herself nobody is asked"


def test_link_your_account_asks_for_the_password_and_leads_in_no_circle_to_the_company(olga, ada, provider):
    connection, browser = live(olga, provider), Client()
    page = browser.get(sign_in(browser, connection)["Location"]).content.decode()
    assert "/account/log-in/?step=password&amp;next=/sso/nordlicht/link/account/" in page


def test_whoever_would_be_linked_unasked_takes_nobodys_place(olga, ada, provider, chika, organization):
    """Ada is not linked yet, and Chika is logged in where she signs in."""
    organization.domains.create(name="nordlicht.example", secret="0" * 32, proven_at=timezone.now())
    ada.addresses.create(address="ada@nordlicht.example", confirmed_at=timezone.now())
    connection = live(olga, provider)
    browser = logged_in("chika@elsewhere.example")
    assert sign_in(browser, connection)["Location"] == "/sso/nordlicht/link/"
    assert browser.get("/account/").status_code == 200, "Chika is still there"
    assert sign_in(Client(), connection)["Location"] == "/learn/", "where nobody is, Ada comes straight in"
