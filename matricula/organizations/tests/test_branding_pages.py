"""Bruno looks before he saves, and is told in a sentence what is wrong with a picture."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from matricula.jobs.queue import perform_due
from matricula.organizations.models import Organization, Role
from matricula.web.colour import brand_stylesheet

pytestmark = pytest.mark.django_db
PAGE = "/console/nordlicht/branding/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h20v10H0z"/></svg>'
GIVEN = {"name": "Nordlicht Energie", "brand_colour": "#0b6e4f", "language": "en"}


@pytest.fixture
def owner(client, organization, bruno) -> Client:
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    return client


def upload(owner, content, name="logo.svg"):
    """The page that says what became of it."""
    answer = owner.post(PAGE + "logo/", {"logo": SimpleUploadedFile(name, content)})
    while perform_due():
        pass
    return owner.get(answer.headers["Location"]) if answer.status_code == 302 else answer


def test_bruno_saves_name_colour_words_and_rules(owner):
    given = {
        "name": "Nordlicht",
        "brand_colour": "#FFCC00",
        "greeting": "Moin!\r\nBis bald.",
        "language": "de",
        "time_zone": "Europe/Berlin",
    }
    assert owner.post(PAGE, given).status_code == 302
    saved = Organization.objects.get()
    assert saved.time_zone == "Europe/Berlin"
    assert (saved.name, saved.brand_colour, saved.language) == ("Nordlicht", "#ffcc00", "de")
    assert (saved.greeting, saved.alternative_email_required) == ("Moin!\nBis bald.", False)


def test_looking_first_keeps_nothing_but_what_was_typed(owner):
    typed = {**GIVEN, "brand_colour": "#ffee00", "greeting": "Half a thought", "look": "yes"}
    page = owner.post(PAGE, typed).content.decode()
    assert "sample.css?colour=%23ffee00" in page
    assert "Half a thought" in page
    assert "As text your colour becomes" in page
    assert Organization.objects.get().brand_colour == "#0b6e4f"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("brand_colour", "green", "Write a colour as # and six hexadecimal digits."),
        ("brand_colour", "#0b6e4f;}", "Write a colour as # and six hexadecimal digits."),
        ("name", "", "This field is required."),
        ("greeting", "x" * 601, "at most 600 characters"),
        ("language", "tlh", "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_loses_nothing(owner, field, value, words):
    page = owner.post(PAGE, {**GIVEN, "greeting": "Moin!", field: value}).content.decode()
    assert words in page
    assert (value or "Moin!") in page
    assert Organization.objects.get().greeting == ""


def test_the_sample_is_drawn_in_the_colour_asked_for_and_never_in_something_else(owner):
    sample = owner.get(PAGE + "sample/", {"brand_colour": "#AA3300"}).content.decode()
    assert "sample.css?colour=%23aa3300" in sample
    sheet = owner.get(PAGE + "sample.css", {"colour": "#aa3300"})
    assert (sheet["Content-Type"], sheet.content.decode()[:18]) == ("text/css", ".sample{--brand:li")
    for evil in ("red;} body{display:none", "</style><script>", ""):
        sheet = owner.get(PAGE + "sample.css", {"colour": evil}).content.decode()
        assert sheet == brand_stylesheet("#0b6e4f", ".sample")
        assert "colour=%230b6e4f" in owner.get(PAGE + "sample/", {"brand_colour": evil}).content.decode()


def test_a_logo_stands_in_the_header_with_the_organizations_name_as_its_text(owner):
    page = upload(owner, SVG).content.decode()
    assert "This is your logo from now on." in page
    saved = Organization.objects.get()
    assert f'src="{saved.logo_url}" alt="Nordlicht Energie" width="400" height="100"' in page
    assert saved.logo_url in owner.get(PAGE).content.decode()
    page = owner.post(PAGE + "logo/removal/", follow=True).content.decode()
    assert "The logo is removed." in page
    assert saved.logo_url not in page


def test_a_logo_made_for_dark_ground_gets_a_dark_plate(owner):
    page = upload(owner, SVG.replace(b"<path", b'<path fill="#fff"')).content.decode()
    assert 'class="logo pale"' in page


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (SVG[:-6], "logo.svg", "The drawing cannot be drawn"),
        (b"GIF89a", "logo.png", "This is no SVG, PNG, JPEG or WebP picture."),
        (b"x" * 3_000_000, "logo.png", "The file is larger than 2 MB."),
        (b"", "logo.svg", "The submitted file is empty."),
    ],
)
def test_a_refused_picture_says_why_beside_the_field(owner, content, name, words):
    page = upload(owner, content, name).content.decode()
    assert words in page
    assert 'role="alert"' in page
    assert Organization.objects.get().logo == ""


def test_a_name_with_markup_is_text_on_every_page_that_shows_the_logo(owner, organization, link):
    upload(owner, SVG)
    Organization.objects.update(name='"><script>alert(1)</script>')
    visitor = Client()
    visitor.get(link, HTTP_USER_AGENT="Mozilla/5.0")
    for page in (owner.get(PAGE), visitor.get("/join/welcome/")):
        assert "<script>alert" not in page.content.decode()


def test_the_page_says_that_a_logo_is_drawn_and_looks_again_without_javascript(owner):
    answer = owner.post(PAGE + "logo/", {"logo": SimpleUploadedFile("logo.svg", SVG)})
    page = owner.get(answer.headers["Location"]).content.decode()
    assert ("Drawing your logo" in page, '<meta http-equiv="refresh"' in page) == (True, True)
    other = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(
        organization=other,
        account=Organization.objects.get(slug="nordlicht").roles.get().account,
        kind=Role.Kind.OWNER,
    )
    assert owner.get(answer.headers["Location"].replace("nordlicht", "other")).status_code == 404
