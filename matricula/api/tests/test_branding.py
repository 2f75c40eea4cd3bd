"""How Nordlicht looks, changed by a program."""

import pytest

from matricula.audit.models import Entry
from matricula.jobs.queue import perform_due
from matricula.organizations.branding import LOGOS
from matricula.organizations.models import Organization

pytestmark = pytest.mark.django_db
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h40v20z"/></svg>'


def work():
    while perform_due():
        pass


def test_what_is_named_changes_and_the_rest_stays(api, house):
    before = api.get("branding/").json()
    assert before["colour"] == "#0b6e4f"
    after = api.patch("branding/", {"colour": "#AA3300", "greeting": "Dear all,\r\nwelcome."}).json()
    assert after == {**before, "colour": "#aa3300", "greeting": "Dear all,\nwelcome."}
    line = Entry.objects.get(verb="organization.changed")
    assert (line.before["brand_colour"], line.through) == ("#0b6e4f", "API token Payroll")
    assert api.patch("branding/", {}).json() == after
    assert api.patch("branding/", {"name": "Nordlicht AG", "language": "de"}).json()["language"] == "de"
    assert api.get("organization/").json()["name"] == "Nordlicht AG"


@pytest.mark.parametrize(
    "given", [{"colour": "red"}, {"language": "tlh"}, {"greeting": "x" * 601}, {"name": " "}, {"slug": "x"}]
)
def test_what_the_console_does_not_take_is_refused(api, given):
    answer = api.patch("branding/", given)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"#/{next(iter(given))}")


def test_a_logo_is_shown_and_removed(api, house, client):
    sent = api.send("branding/logo/", "logo", LOGO)
    assert (sent.status_code, sent.json()["state"]) == (202, "drawing")
    work()
    assert api.get(f"branding/logo-uploads/{sent.json()['id']}/").json()["state"] == "shown"
    address = api.get("branding/").json()["logo"]
    assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert [api.delete("branding/logo/").status_code for _ in range(2)] == [204, 204]
    assert api.get("branding/").json()["logo"] is None
    verbs = Entry.objects.filter(verb__startswith="organization.").values_list("verb", flat=True)
    assert sorted(verbs) == ["organization.logo_removed", "organization.logo_shown"]


@pytest.mark.parametrize("content", [b"%PDF-1.7", LOGO + b" " * 2_100_000])
def test_what_is_no_logo_is_refused_and_nothing_changes(api, house, content):
    answer = api.send("branding/logo/", "logo", content)
    assert (answer.status_code, answer.json()["code"]) == (422, "picture_refused")
    assert answer.json()["errors"][0]["pointer"] == "#/logo"
    assert Organization.objects.get().logo == ""


def test_what_cannot_be_drawn_is_told_why(api, house):
    sent = api.send("branding/logo/", "logo", b"<svg><script/></svg>").json()
    work()
    told = api.get(f"branding/logo-uploads/{sent['id']}/").json()
    assert told["state"] == "refused"
    assert told["refused_because"] == "There is nothing to see in this picture."
    assert Organization.objects.get().logo == ""


def test_a_logo_sent_twice_under_one_key_is_shown_once(api, house):
    first, again = (api.send("branding/logo/", "logo", LOGO, key="k") for _ in range(2))
    assert (first.status_code, again.content, again["Idempotency-Replayed"]) == (202, first.content, "true")
    work()
    assert Entry.objects.filter(verb="organization.logo_shown").count() == 1


def test_so_many_pictures_an_hour_and_no_more(api, house):
    """One waits in the house already."""
    for _ in range(LOGOS.tries - 1):
        assert api.send("branding/logo/", "logo", LOGO).status_code == 202
    answer = api.send("branding/logo/", "logo", LOGO)
    assert "many pictures within an hour" in answer.json()["detail"]


def test_a_body_larger_than_any_logo_is_not_read(api):
    assert api.send("branding/logo/", "logo", b"x" * 3_200_000).json()["code"] == "body_too_large"


def test_the_time_zone_is_one_of_the_iana_database(api, house):
    assert api.patch("branding/", {"time_zone": "America/Bogota"}).json()["time_zone"] == "America/Bogota"
    for unknown in ("Mars/Olympus", "Bogota", "", "UTC+1"):
        assert api.patch("branding/", {"time_zone": unknown}).status_code == 422
    assert Organization.objects.get().time_zone == "America/Bogota"
