"""Bruno reads the letter before anybody gets it."""

import re

import pytest
from django.test import Client

from matricula.invitations.invitations import invite_person
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.branding import show_logo
from matricula.organizations.models import Organization, Role
from matricula.programs.models import Program

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/console/nordlicht/letter/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h20v10H0z"/></svg>'
GREETING = "Good to have you!\n\nRead more at https://evil.example/x or evil.example\n<b>Bold</b>"


@pytest.fixture
def administrator(client, program, bruno) -> Client:
    kind = Role.Kind.PROGRAM_ADMINISTRATOR
    Role.objects.create(organization=program.organization, account=bruno, kind=kind)
    client.force_login(bruno)
    return client


def sent(program, bruno) -> InboxLetter:
    fresh = Program.objects.select_related("organization").get(pk=program.pk)
    invite_person(program=fresh, address="ada@nordlicht.example", name="Ada", invited_by=bruno)
    deliver_due()
    return InboxLetter.objects.get()


def test_the_greeting_stands_in_the_letter_as_plain_words_without_addresses(program, bruno):
    Organization.objects.update(greeting=GREETING)
    letter = sent(program, bruno)
    for words in ("Good to have you!", "Read more at"):
        assert (words in letter.text, words in letter.html) == (True, True)
    assert "evil.example" not in letter.text + letter.html
    assert ("<b>Bold</b>" in letter.text, "&lt;b&gt;Bold&lt;/b&gt;" in letter.html) == (True, True)
    assert "<b>Bold</b>" not in letter.html


def test_the_logo_stands_in_the_letter_by_an_absolute_address_that_opens(program, bruno):
    show_logo(organization=program.organization, content=SVG, actor=bruno)
    letter = sent(program, bruno)
    tag = re.search(r'<img src="http://127\.0\.0\.1:8000(\S+)" alt="Nordlicht Energie"[^>]*>', letter.html)
    assert 'width="224" height="56"' in tag[0]
    assert Client().get(tag[1])["Content-Type"] == "image/png"


def test_the_page_shows_the_letter_that_is_then_sent(administrator, program, bruno):
    Organization.objects.update(greeting="Good to have you!")
    page = administrator.get(PAGE).content.decode()
    assert "Nordlicht Energie invites you to Welcome" in page
    shown = administrator.get(PAGE + "content/").content.decode()
    letter = sent(program, bruno)
    assert re.sub(r'href="[^"]*"', "", shown) == re.sub(r'href="[^"]*"', "", letter.html)
    without_links = re.sub(r"http\S+", "", letter.text).split()
    text = re.search(r'letter-text" lang="en">(.*?)</div>', page, re.S)[1]
    assert re.sub(r"http\S+", "", text).split() == without_links


def test_stored_markup_the_letter_is_shown_where_it_can_do_nothing(administrator):
    answer = administrator.get(PAGE + "content/")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src http://127.0.0.1:8000;")
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert set(re.findall(r'href="([^"]*)"', answer.content.decode())) == {"#", "#not-for-me/"}
    outer = administrator.get(PAGE)
    assert "frame-src 'self'" in outer["Content-Security-Policy"]
    assert "unsafe-inline" not in outer["Content-Security-Policy"]


def test_each_program_and_each_language_has_its_letter(administrator, program, organization):
    other = Program.objects.create(organization=organization, slug="other", name="Advanced")
    asked = {"program": other.public_id, "language": "de"}
    page = administrator.get(PAGE, asked).content.decode()
    assert "Nordlicht Energie lädt Sie ein: Advanced" in page
    assert '<html lang="de"' in administrator.get(PAGE + "content/", asked).content.decode()
    Organization.objects.update(language="ar")
    assert 'dir="rtl"' in administrator.get(PAGE + "content/").content.decode()


def test_another_organizations_data_a_foreign_program_has_no_letter_here(administrator):
    foreign = Program.objects.create(
        organization=Organization.objects.create(slug="other", name="Other"), slug="main", name="Secret"
    )
    for path in (PAGE, PAGE + "content/"):
        for asked in ({"program": foreign.public_id}, {"program": "x"}, {"language": "tlh"}):
            assert administrator.get(path, asked).status_code == 404


def test_without_a_program_the_page_says_what_to_do_first(administrator, program):
    program.delete()
    assert "Make a program first" in administrator.get(PAGE).content.decode()
    assert administrator.get(PAGE + "content/").status_code == 404
