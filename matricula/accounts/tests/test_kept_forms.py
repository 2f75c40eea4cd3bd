"""Nothing typed is lost: what met an ended session is there again after the log-in, for who typed it."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest
from django.forms import Form, PasswordInput
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.kept_forms import KEPT_FORM
from matricula.accounts.models import Session
from matricula.invitations.models import Invitation
from matricula.organizations.models import Role
from matricula.web.typed_forms import SECRET

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', re.DOTALL)
OURS = "http://testserver"
PEOPLE = "Ada <ada@nordlicht.example>\ndana@nordlicht.example"


@pytest.fixture
def console(organization, program, bruno) -> Client:
    """Bruno, logged in by the form, at the paste box."""
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return logged_in(Client(), bruno)


def logged_in(browser, account, page="/account/log-in/"):
    address = account.addresses.get().address
    answer = browser.post(page, {"email": address, "password": PASSWORD}, follow=True)
    browser.answer = answer
    return browser


def pasted(program):
    return {"program": program.pk, "addresses": PEOPLE, "language": "en", "opens": ""}


def end_all_sessions():
    Session.objects.filter(account_id__isnull=False).delete()


def fields_of(page) -> dict[str, str]:
    """What the page would send to the console."""
    form = page.split('action="/console')[1].split("</form>")[0]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def test_people_that_were_pasted_as_the_session_ended_are_invited_after_the_log_in(console, program, bruno):
    end_all_sessions()
    sent = console.post("/console/nordlicht/invitations/new/", pasted(program))
    page = logged_in(console, bruno, sent["Location"]).answer.content.decode()
    assert "What you typed is still here" in page
    assert not Invitation.objects.exists()
    console.post("/console/nordlicht/invitations/new/", fields_of(page))
    assert Invitation.objects.count() == 2
    assert KEPT_FORM not in console.session


def test_whoever_logs_in_next_at_the_browser_is_not_shown_it(console, program, chika):
    end_all_sessions()
    sent = console.post("/console/nordlicht/invitations/new/", pasted(program))
    page = logged_in(console, chika, sent["Location"]).answer
    assert "dana@nordlicht.example" not in page.content.decode()
    assert KEPT_FORM not in console.session


def test_it_can_be_discarded(console, program, bruno):
    end_all_sessions()
    sent = console.post("/console/nordlicht/invitations/new/", pasted(program))
    logged_in(console, bruno, sent["Location"])
    console.post("/account/kept/discard/")
    assert console.get("/account/kept/")["Location"] == "/learn/"


def test_a_stranger_stores_nothing(program):
    stranger = Client()
    stranger.post("/console/nordlicht/invitations/new/", pasted(program))
    assert not Session.objects.exists()


def test_a_password_is_never_kept(console):
    end_all_sessions()
    console.post("/account/password/", {"password": PASSWORD, "note": "x" * 50})
    console.post("/account/password/", {"new_password1": PASSWORD, "note": "x" * 50})
    assert not any(KEPT_FORM in one.get_decoded() for one in Session.objects.all())


def all_forms(kind=Form):
    for one in kind.__subclasses__():
        yield one
        yield from all_forms(one)


def test_every_field_for_a_secret_is_known_by_its_name():
    import matricula.urls  # noqa: F401

    secret = [
        name
        for form in all_forms()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, PasswordInput)
        or "one-time-code" in field.widget.attrs.get("autocomplete", "")
    ]
    assert secret
    assert [name for name in secret if not SECRET.search(name)] == []


def strictly(browser) -> Client:
    """The same browser, of which tokens are asked."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    return strict


def test_a_page_from_before_another_log_in_gives_back_what_was_typed(console, program):
    strict = strictly(console)
    sent = {**pasted(program), "csrfmiddlewaretoken": "a" * 64}
    answer = strict.post("/console/nordlicht/invitations/new/", sent, headers={"Origin": OURS})
    page = answer.content.decode()
    assert (answer.status_code, "You are logged in as Bruno Keller." in page) == (403, True)
    strict.post("/console/nordlicht/invitations/new/", fields_of(page), headers={"Origin": OURS})
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_no_other_site_puts_words_into_a_form(console, program, origin):
    answer = strictly(console).post("/console/nordlicht/invitations/new/", pasted(program), headers=origin)
    page = answer.content.decode()
    assert (answer.status_code, "Send it again" in page, "dana@" in page) == (403, False, False)


OFFER = {"email": "evil2@elsewhere.example", "kind": "owner"}


def grow_old(browser):
    session = browser.session
    session["proved_at"] = 0
    session.save()


def test_a_form_that_asks_for_proof_is_not_kept_but_asked_for_again(console, bruno):
    grow_old(console)
    asked = console.post("/console/nordlicht/administrators/new/", OFFER)
    assert unquote(asked["Location"]) == "/account/prove/?next=/console/nordlicht/administrators/new/"
    assert KEPT_FORM not in console.session
    end_all_sessions()
    asked = console.post("/console/nordlicht/administrators/new/", OFFER)
    assert not any(KEPT_FORM in one.get_decoded() for one in Session.objects.all())
    shown = logged_in(console, bruno, asked["Location"]).answer
    assert shown.request["PATH_INFO"] == "/console/nordlicht/administrators/new/"
    assert "evil2" not in shown.content.decode()


@pytest.mark.parametrize("page", ["administrators/new/", "invitations/new/"])
def test_where_bruno_logged_out_nobody_prepares_what_he_would_send_by_one_click(
    console, program, bruno, page
):
    reader = console.cookies["reader"].value
    console.post("/account/log-out/")
    assert console.cookies["reader"].value == ""
    for shown in ("", reader):
        console.cookies["reader"] = shown
        console.post(f"/console/nordlicht/{page}", {**OFFER, **pasted(program)})
    shown = logged_in(console, bruno, "/account/log-in/?next=/account/kept/").answer.content.decode()
    assert "What you typed" not in shown
    assert KEPT_FORM not in console.session


def test_brunos_mark_beside_the_ended_session_of_somebody_else_keeps_nothing(console, program, chika):
    other = logged_in(Client(), chika)
    other.cookies["reader"] = console.cookies["reader"].value
    end_all_sessions()
    other.post("/console/nordlicht/invitations/new/", pasted(program))
    assert not Session.objects.exists()


def test_the_mark_goes_along_when_the_session_gets_another_key(console, program, bruno):
    grow_old(console)
    before = console.session.session_key
    console.post("/account/prove/", {"password": PASSWORD})
    assert console.session.session_key != before
    end_all_sessions()
    sent = console.post("/console/nordlicht/invitations/new/", pasted(program))
    assert "dana@" in logged_in(console, bruno, sent["Location"]).answer.content.decode()


def test_a_session_that_ended_by_its_days_is_still_shown_by_the_browser(console, program, bruno):
    cookie, days = console.cookies["matricula"], 24 * 3600
    row = Session.objects.get(account_id=bruno.pk)
    assert timedelta(days=13) < row.expire_date - timezone.now() <= timedelta(days=14)
    assert cookie["max-age"] == console.cookies["reader"]["max-age"] == 15 * days
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    sent = console.post("/console/nordlicht/invitations/new/", pasted(program))
    assert "dana@" in logged_in(console, bruno, sent["Location"]).answer.content.decode()


def test_the_page_says_where_the_form_goes_and_shows_every_field(console, program, bruno):
    end_all_sessions()
    typed = {**pasted(program), "language": "de", "opens": "2027-01-01", "version": "7"}
    sent = console.post("/console/nordlicht/invitations/new/?from=x", typed)
    page = logged_in(console, bruno, sent["Location"]).answer.content.decode()
    assert "console › nordlicht › invitations › new" in page
    assert "<code>/console/nordlicht/invitations/new/?from=x</code>" in page
    for number, name in enumerate(typed, 1):
        assert f'<label for="typed-{number}">{name}</label>' in page
    for value in (str(program.pk), "de", "2027-01-01", "7"):
        assert f'value="{value}" readonly>' in page
    assert re.search(
        r"<textarea[^>]*readonly>\s*Ada &lt;ada@nordlicht.example&gt;\s+dana@nordlicht.example<", page
    )


def test_what_is_too_long_is_not_kept(console, program):
    end_all_sessions()
    console.post("/console/nordlicht/invitations/new/", {**pasted(program), "addresses": "a" * 200_001})
    assert not any(KEPT_FORM in one.get_decoded() for one in Session.objects.all())


def test_typed_again_the_newer_is_kept(console, program, bruno):
    end_all_sessions()
    console.post("/console/nordlicht/invitations/new/", {**pasted(program), "addresses": "old@x.example"})
    sent = console.post("/console/nordlicht/invitations/new/", pasted(program))
    page = logged_in(console, bruno, sent["Location"]).answer.content.decode()
    assert "old@x.example" not in page


@pytest.mark.parametrize("change", [{"reader": "somebody else"}, {"at": 0}])
def test_it_is_shown_to_nobody_else_and_for_a_day_only(console, program, bruno, change):
    end_all_sessions()
    sent = console.post("/console/nordlicht/invitations/new/", pasted(program))
    logged_in(console, bruno, sent["Location"])
    session = console.session
    session[KEPT_FORM] = {**session[KEPT_FORM], **change}
    session.save()
    assert console.get("/account/kept/").status_code == 302
