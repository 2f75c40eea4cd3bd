"""The e-mail comes first: its domain, and nothing else, says whether a company or a password comes next."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account
from matricula.identities.models import Connection, Flow
from matricula.identities.tests.company import live_connection, signed_in_by_company
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.domains import canonical_domain
from matricula.organizations.models import Organization
from matricula.programs.memberships import enter_program
from matricula.security.models import Throttle
from matricula.sso.discovery import read_discovery
from matricula.sso.tests.providers import DOCUMENT, ISSUER

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
LOG_IN = "/account/log-in/"
WORK, HOME = "ada@nordlicht.example", "ada@home.example"
COMPANY, PASSWORD_FIELD = "Sign in with your company", '<label for="id_password"'


def prove(organization, name, **more):
    given = {"name": canonical_domain(name), "secret": "0" * 32, "proven_at": timezone.now()}
    return organization.domains.create(**given | more)


@pytest.fixture
def company(organization):
    """It has proven its domain and has a live connection."""
    live_connection(organization, name="Nordlicht Entra", provider={"issuer": "https://id.nordlicht.example"})
    prove(organization, "nordlicht.example")
    return organization


@pytest.fixture
def ada(program):
    account = person("Ada", HOME)
    account.addresses.create(address=WORK, confirmed_at=timezone.now())
    enter_program(program=program, account=account)
    return account


def goes_on(email, browser=None, **more):
    """What comes after CONTINUE."""
    sent = {"email": email, "password": "", "step": "email", **more}
    return (browser or Client()).post(LOG_IN, sent, follow=True)


def text_of(answer):
    return answer.content.decode()


def asks_company(email):
    answer = goes_on(email)
    assert answer.status_code == 200
    text = text_of(answer)
    assert (COMPANY in text) != (PASSWORD_FIELD in text)
    return COMPANY in text


def test_the_page_asks_for_the_e_mail_and_shows_no_password_to_type(db):
    page = text_of(Client().get(f"{LOG_IN}?next=/certificates/"))
    assert 'autocomplete="username webauthn"' in page
    assert '<input type="hidden" name="next" value="/certificates/">' in page
    assert "Continue</button>" in page
    assert len(re.findall(r'<label for="id_\w+"', page)) == 1
    (password,) = re.findall(r'<input[^>]*type="password"[^>]*>', page)
    assert 'class="visually-hidden" tabindex="-1" aria-hidden="true"' in password


def test_a_proven_domain_with_a_live_connection_leads_to_its_company(company):
    answer = goes_on(WORK, next="/certificates/")
    page = text_of(answer)
    assert "Continue with Nordlicht Entra" in page
    assert "/account/log-in/?step=password&amp;next=/certificates/" in page
    action = re.search(r'action="(/sso/nordlicht/[^"]+/start/)"', page)[1]
    assert answer.redirect_chain == [("/sso/nordlicht/?next=%2Fcertificates%2F", 302)]
    assert 'name="next" value="/certificates/"' in page
    assert Connection.objects.get().public_id in action
    assert not Flow.objects.exists()


def test_the_button_leaves_for_the_company_and_remembers_where_to(company):
    connection = Connection.objects.get()
    connection.provider = read_discovery(DOCUMENT, issuer=ISSUER).as_json()
    connection.save()
    browser = Client()
    page = text_of(goes_on(WORK, browser, next="/certificates/"))
    action = re.search(r'action="(/sso/[^"]+/start/)"', page)[1]
    assert f"{ISSUER}/authorize" in text_of(browser.post(action, {"next": "/certificates/"}))
    assert Flow.objects.get().next_path == "/certificates/"


def test_several_connections_are_a_choice(company):
    live_connection(company, name="Nordlicht ADFS", issuer="https://adfs.nordlicht.example")
    live_connection(company, name="Old one", issuer="https://old.nordlicht.example", state="off")
    page = text_of(goes_on(WORK))
    assert re.findall(r"Continue with ([^<]+)<", page) == ["Nordlicht ADFS", "Nordlicht Entra"]


@pytest.mark.parametrize(
    "email",
    [
        WORK,
        "nobody@nordlicht.example",
        "Ada@NORDLICHT.Example",
        "  ada@nordlicht.example. ",
        "ａｄａ＠ｎｏｒｄｌｉｃｈｔ．ｅｘａｍｐｌｅ",
        "mailto:ada@nordlicht.example",
    ],
)
def test_the_domain_is_the_same_however_it_is_spelled(company, email):
    assert asks_company(email)


@pytest.mark.parametrize(
    "email",
    [
        HOME,
        "ada@mail.nordlicht.example",
        "ada@example",
        "ada@nordlicht.example.com",
        "ada@xnordlicht.example",
        '"@nordlicht.example"@home.example',
    ],
)
def test_what_is_not_that_very_domain_is_asked_for_a_password_or_refused(company, email):
    assert COMPANY not in text_of(goes_on(email))


def test_a_domain_of_another_script_is_found_in_both_its_spellings(company):
    prove(company, "bücher.example")
    assert asks_company("ada@BÜCHER.example")
    assert asks_company("ada@xn--bcher-kva.example")
    assert not asks_company("ada@bucher.example")


def test_a_domain_that_is_not_proven_or_was_lost_leads_nowhere(company):
    domain = company.domains.get()
    company.domains.update(lost_at=timezone.now())
    assert not asks_company(WORK)
    company.domains.update(lost_at=None, proven_at=None)
    assert not asks_company(WORK)
    company.domains.update(proven_at=timezone.now() - timedelta(days=400))
    assert asks_company(WORK)
    domain.delete()
    assert not asks_company(WORK)


def test_of_two_companies_that_list_a_domain_the_one_that_has_proven_it_counts(company):
    other = Organization.objects.create(slug="other", name="Other Works")
    live_connection(other, name="Other Okta")
    other.domains.create(name="nordlicht.example", secret="1" * 32)
    page = text_of(goes_on(WORK))
    assert "Nordlicht Entra" in page
    assert "Other" not in page
    company.domains.update(lost_at=timezone.now())
    other.domains.update(proven_at=timezone.now())
    page = text_of(goes_on(WORK))
    assert "Other Okta" in page
    assert "Nordlicht" not in page


@pytest.mark.parametrize("state", ["draft", "off"])
def test_a_company_whose_connection_is_not_live_asks_for_the_password(company, state):
    Connection.objects.update(state=state)
    assert not asks_company(WORK)


# -- nobody learns who is known -----------------------------------------------------------------------


def statements(email, **more):
    """What the database is asked, without the values, and all that the visitor gets."""
    browser = Client()
    with CaptureQueriesContext(database) as asked:
        answer = goes_on(email, browser, **more)
    plain = [re.sub(r"'[^']*'|\b\d+\b", "?", one["sql"]) for one in asked.captured_queries]
    token = str(answer.context["csrf_token"])
    page = text_of(answer).replace(email, "…").replace(token, "")
    return (
        plain,
        answer.status_code,
        answer.redirect_chain,
        page,
        sorted(answer.headers),
        set(browser.cookies),
    )


@pytest.mark.parametrize("domain", ["nordlicht.example", "home.example"])
def test_known_and_unknown_cost_the_same_statements_and_get_the_same_bytes(company, ada, domain):
    known, unknown = statements(f"ada@{domain}"), statements(f"bob@{domain}")
    assert known == unknown
    assert not [one for one in known[0] if "accounts_" in one]


@pytest.mark.parametrize("domain", ["nordlicht.example", "home.example"])
def test_a_wrong_password_that_a_manager_filled_in_tells_nothing_either(company, ada, domain):
    pages = []
    for who in ("ada", "bob"):
        Throttle.objects.all().delete()
        pages.append(statements(f"{who}@{domain}", password="not the password")[1:])
    assert pages[0] == pages[1]
    assert "do not fit together" not in pages[0][2]
    assert (COMPANY in pages[0][2]) == (domain == "nordlicht.example")


# -- one's own password -------------------------------------------------------------------------------


def test_both_at_once_log_in_at_once_whatever_the_domain(company, ada):
    both = {"email": WORK, "password": PASSWORD, "next": "/certificates/"}
    assert Client().post(LOG_IN, both)["Location"] == "/certificates/"
    landed = goes_on(WORK, password=PASSWORD, next="/certificates/").redirect_chain
    assert landed == [("/certificates/", 302)]


def test_use_my_own_password_keeps_the_address_and_the_way(company, ada):
    browser = Client()
    goes_on(WORK, browser, next="/certificates/")
    page = text_of(browser.get(f"{LOG_IN}?step=password&next=/certificates/"))
    assert f'value="{WORK}"' in page
    assert 'name="next" value="/certificates/"' in page
    assert "autofocus" in page
    wrong = text_of(browser.post(LOG_IN, {"email": WORK, "password": "wrong one", "next": "/certificates/"}))
    assert "do not fit together" in wrong
    assert f'value="{WORK}"' in wrong
    assert 'name="next" value="/certificates/"' in wrong
    assert COMPANY not in wrong


def test_the_address_is_kept_until_the_log_in_and_for_nobody_after_it(company, ada):
    browser = Client()
    goes_on(HOME, browser)
    again = text_of(browser.get(f"{LOG_IN}?step=password"))
    assert f'value="{HOME}"' in again
    assert HOME not in text_of(browser.get(LOG_IN))
    browser.post(LOG_IN, {"email": HOME, "password": PASSWORD})
    assert HOME not in text_of(browser.get(f"{LOG_IN}?step=password"))
    goes_on(HOME, browser)
    browser.post("/account/log-out/")
    assert HOME not in text_of(browser.get(f"{LOG_IN}?step=password"))


def test_an_address_that_somebody_else_put_into_the_browser_is_not_shown(company):
    browser = Client()
    browser.cookies["log_in_email"] = "mallory%40evil.example"
    assert "mallory" not in text_of(browser.get(f"{LOG_IN}?step=password"))


def test_an_address_in_another_script_comes_along_as_it_was_typed(company):
    assert 'value="ada@büro.example"' in text_of(goes_on("ada@büro.example"))


def test_the_address_may_still_be_changed_beside_the_password(company, ada):
    browser = Client()
    goes_on("somebody@else.example", browser)
    answer = browser.post(LOG_IN, {"email": HOME, "password": PASSWORD, "next": "/learn/"})
    assert answer["Location"] == "/learn/"


def test_the_companys_own_address_leads_to_ones_own_password_as_well(company):
    page = text_of(Client().get("/sso/nordlicht/?next=/certificates/"))
    assert "/account/log-in/?step=password&amp;next=/certificates/" in page
    own = text_of(Client().get("/account/log-in/?step=password&next=/certificates/"))
    assert PASSWORD_FIELD in own
    assert "yours alone" not in own


@pytest.mark.parametrize("step", [{}, {"step": "email"}, {"step": "else"}])
@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_next_never_leads_to_another_site(company, ada, step, elsewhere):
    for email in (WORK, HOME):
        answer = Client().post(LOG_IN, {"email": email, "next": elsewhere, **step}, follow=True)
        assert "evil" not in text_of(answer) + str(answer.redirect_chain)
        assert 'name="next" value="/learn/"' in text_of(answer)
        answer = Client().post(LOG_IN, {"email": email, "password": PASSWORD, "next": elsewhere})
        assert answer["Location"] == "/learn/"


# -- whoever a company alone signed in ----------------------------------------------------------------


def test_a_page_that_is_adas_own_asks_for_her_own_password_and_not_for_the_company(company, ada):
    browser = signed_in_by_company(ada, company)
    page = browser.get("/account/addresses/", follow=True)
    text = text_of(page)
    assert page.redirect_chain == [("/account/log-in/?next=%2Faccount%2Faddresses%2F&step=in-person", 302)]
    assert "This page is yours alone" in text
    assert PASSWORD_FIELD in text
    assert HOME not in text
    assert COMPANY not in text
    assert "Choose one by letter" in text
    assert "/account/forgotten/?next=/account/addresses/" in text
    wrong = browser.post(page.redirect_chain[0][0], {"email": HOME, "password": "wrong one"})
    assert "This page is yours alone" in text_of(wrong)
    right = browser.post(
        page.redirect_chain[0][0], {"email": HOME, "password": PASSWORD, "next": "/account/"}
    )
    assert right["Location"] == "/account/"


def test_a_companys_session_that_ended_may_be_begun_again_by_the_company(company, ada, program):
    browser = signed_in_by_company(ada, company)
    page = f"/learn/programs/{program.public_id}/"
    assert browser.get(page).status_code == 200
    ada.identities.get().sessions.update(expires_at=timezone.now())
    answer = browser.get(page)
    assert answer["Location"].startswith("/account/log-in/?next=")
    assert "step" not in answer["Location"]
    assert "yours alone" not in text_of(goes_on(HOME, browser))
    assert COMPANY in text_of(goes_on(WORK, browser))


def test_somebody_without_a_password_makes_the_first_one_by_letter_and_comes_back(company, ada):
    ada.set_unusable_password()
    ada.save()
    browser = signed_in_by_company(ada, company)
    assert browser.post(LOG_IN, {"email": HOME, "password": PASSWORD}).status_code == 200
    browser.post("/account/forgotten/", {"email": HOME, "next": "/account/addresses/"})
    deliver_due()
    letter = InboxLetter.objects.get(to=HOME, letter__kind="accounts.password_reset")
    link = "/" + re.search(r"https?://[^/\s]+/(\S+)", letter.text)[1]
    choosing = browser.get(link)["Location"]
    answer = browser.post(choosing, {"password": "a first long password"})
    assert answer["Location"] == "/account/addresses/"
    assert browser.get("/account/addresses/").status_code == 200
    assert Account.objects.get(pk=ada.pk).check_password("a first long password")


# -- whatever is sent ---------------------------------------------------------------------------------


def send_bytes(email, step):
    """As no browser would send it."""
    sent = urlencode({"email": email.encode("utf-8", "surrogatepass"), "step": step})
    return Client().post(LOG_IN, sent, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    "email",
    [
        "",
        " ",
        "ada",
        "@",
        "@nordlicht.example",
        "a@b@nordlicht.example",
        "x" * 2_000,
        "a\0@nordlicht.example",
        "\ud800@nordlicht.example",
        "ada@nordlicht..example",
        "ada@" + "x" * 64 + ".example",
        "ada@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_told_beside_its_field(company, email):
    answer = send_bytes(email, "email")
    page = text_of(answer)
    assert answer.status_code == 200
    assert 'role="alert"' in page or "errorlist" in page
    assert COMPANY not in page
    assert "Continue</button>" in page


def test_a_look_asks_for_nothing_and_other_methods_are_told(company):
    assert Client().head(f"{LOG_IN}?step=password").status_code == 200
    assert COMPANY not in text_of(Client().get(f"{LOG_IN}?email={WORK}&step=email"))
    for method in ("put", "delete", "patch"):
        assert getattr(Client(), method)(LOG_IN).status_code == 405


def test_a_form_of_another_site_is_refused(company):
    strict = Client(enforce_csrf_checks=True)
    assert goes_on(WORK, strict).status_code == 403


def test_whoever_guesses_in_the_first_step_is_told_to_wait_as_in_the_second(company, settings):
    settings.LIMITS = settings.LIMITS | {"password": (2, 15)}
    for _ in range(2):
        assert goes_on(WORK, password="wrong one" + str(_)).status_code == 200
    answer = goes_on(WORK, password="wrong one more")
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert f'value="{WORK}"' in text_of(answer)
    assert goes_on(WORK).status_code == 200


def test_my_company_signs_me_in_says_what_to_type_and_then_leads_there(company):
    browser, words = Client(), "Type your work e-mail"
    password_page = text_of(goes_on(HOME, browser, next="/certificates/"))
    assert words not in text_of(browser.get(LOG_IN))
    asked = unescape(re.search(r'href="([^"]+)">My company signs me in', password_page)[1])
    page = text_of(browser.get(asked))
    assert (words in page, PASSWORD_FIELD in page) == (True, False)
    assert words in text_of(browser.post(asked, {"email": "no address", "password": "", "step": "email"}))
    sent = {"email": WORK, "password": "", "step": "email", "next": "/certificates/"}
    assert COMPANY in text_of(browser.post(asked, sent, follow=True))


def test_whoever_forgot_the_password_finds_the_e_mail_typed_before(ada):
    browser = Client()
    page = text_of(goes_on(HOME, browser))
    asked = unescape(re.search(r'href="([^"]+)">Forgot your password', page)[1])
    assert f'value="{HOME}"' in text_of(browser.get(asked))
    assert "@" not in re.search(r'<input type="email"[^>]*>', text_of(Client().get(asked)))[0]
    browser.post("/account/log-out/")
    assert HOME not in text_of(browser.get(asked))
