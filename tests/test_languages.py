"""In which language a page speaks: its reader's, else the browser's, else its organization's."""

import pytest
from django.utils.formats import date_format, number_format
from django.utils.timezone import datetime
from django.utils.translation import get_language, override

from conftest import PASSWORD, person
from matricula.accounts.models import Account
from matricula.joining.direct_links import make_direct_link
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter

pytestmark = pytest.mark.django_db
LOG_IN = "/account/log-in/"


@pytest.fixture
def ada():
    return person("Ada Okafor", "ada@home.example")


def speaks(answer):
    content = answer.content.decode()
    return answer["Content-Language"], 'dir="rtl"' in content[:200]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr-FR,es;q=0.4,en;q=0.2", "es"),
        ("ar-EG", "ar"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("\x00;q=x," * 50, "en"),
        ("x" * 3000, "en"),
    ],
)
def test_g4_a_page_speaks_the_first_of_the_browsers_languages_that_it_can(client, header, language):
    answer = client.get(LOG_IN, HTTP_ACCEPT_LANGUAGE=header)
    assert speaks(answer) == (language, language == "ar")
    assert "Accept-Language" in answer["Vary"]


def test_g4_ada_chooses_a_language_without_an_account_and_stays_on_her_page(client):
    answer = client.post("/account/language/", {"language": "es", "next": "/account/log-in/?next=/learn/"})
    assert answer["Location"] == "/account/log-in/?next=/learn/"
    assert speaks(client.get(LOG_IN, HTTP_ACCEPT_LANGUAGE="de"))[0] == "es"


@pytest.mark.parametrize("language", ["", "xx", "de\r\nX: y", "../en", "d" * 900])
def test_a_language_that_nobody_speaks_is_not_chosen(client, language):
    answer = client.post("/account/language/", {"language": language, "next": "//evil.example/"})
    assert (answer["Location"], "language" in client.cookies) == ("/", False)


def test_g4_what_ada_chose_goes_with_her_account_to_another_browser(client, ada):
    client.force_login(ada)
    client.post("/account/language/", {"language": "de", "next": "/account/"})
    assert Account.objects.get(pk=ada.pk).language == "de"
    client.cookies.clear()
    client.post(LOG_IN, {"email": ada.primary_address.address})
    client.post(LOG_IN, {"email": ada.primary_address.address, "password": PASSWORD}, follow=True)
    assert speaks(client.get("/account/", HTTP_ACCEPT_LANGUAGE="es"))[0] == "de"


def test_after_the_log_out_the_browser_speaks_its_own_language_again(client, ada):
    Account.objects.filter(pk=ada.pk).update(language="ar")
    client.force_login(ada)
    client.get("/account/")
    assert speaks(client.get("/account/")) == ("ar", True)
    client.post("/account/log-out/")
    assert speaks(client.get(LOG_IN, HTTP_ACCEPT_LANGUAGE="es"))[0] == "es"


def test_an_error_page_speaks_it_too(client, ada):
    Account.objects.filter(pk=ada.pk).update(language="de")
    client.force_login(ada)
    client.get("/account/")
    assert speaks(client.get("/nowhere/"))[0] == "de"


def test_g4_the_link_of_a_letter_opens_in_the_letters_language(client, ada):
    Account.objects.filter(pk=ada.pk).update(language="ar")
    client.post("/account/forgotten/", {"email": ada.primary_address.address})
    while deliver_due():
        pass
    text = InboxLetter.objects.latest("pk").text
    link = next(word for word in text.split() if "/account/reset/" in word)
    assert link.endswith("?language=ar")
    answer = client.get(link[link.index("/account") :], HTTP_ACCEPT_LANGUAGE="en", follow=True)
    assert speaks(answer) == ("ar", True)


def test_g4_a_link_without_a_letter_opens_in_the_organizations_language(client, program, bruno):
    """Where the browser asks for none of ours."""
    program.organization.language = "es"
    program.organization.save()
    _, link = make_direct_link(program=program, actor=bruno)
    path = link[link.index("/join/") :]
    assert speaks(client.get(path, HTTP_ACCEPT_LANGUAGE="fi", follow=True))[0] == "es"
    client.cookies.clear()
    assert speaks(client.get(path, HTTP_ACCEPT_LANGUAGE="de", follow=True))[0] == "de"


def test_a_language_ends_with_its_request(client):
    client.get(LOG_IN, HTTP_ACCEPT_LANGUAGE="de")
    assert get_language() == "en"


@pytest.mark.parametrize(
    ("language", "day", "short", "number"),
    [
        ("en", "4 March 2026", "4 Mar 2026", "1,234.5"),
        ("de", "4. März 2026", "04.03.2026", "1.234,5"),
        ("es", "4 de marzo de 2026", "04/03/2026", "1\xa0234,5"),
        ("ar", "4 مارس 2026", "4 مارس 2026", "1,234.5"),
    ],
)
def test_g4_days_and_numbers_are_written_as_the_language_does(language, day, short, number):
    moment = datetime(2026, 3, 4, 15, 6)
    with override(language):
        assert date_format(moment, "DATE_FORMAT") == day
        assert date_format(moment, "SHORT_DATE_FORMAT") == short
        assert number_format(1234.5, force_grouping=True) == number


def test_g4_at_the_foot_of_a_page_a_stranger_chooses_by_looking_and_gets_no_token(client):
    page = client.get(f"{LOG_IN}?next=/learn/").content.decode()
    foot = page.partition("<footer")[2]
    assert 'method="get"' in foot
    assert '<input type="hidden" name="next" value="/learn/">' in foot
    assert "csrfmiddlewaretoken" not in foot
    assert speaks(client.get(f"{LOG_IN}?next=/learn/&language=de"))[0] == "de"
    assert speaks(client.get(LOG_IN))[0] == "de"


def test_an_address_that_asks_for_too_much_is_refused_in_a_language(client):
    address = f"{LOG_IN}?next=/&" + "&".join(f"f{n}=" for n in range(1100))
    answer = client.get(address, HTTP_ACCEPT_LANGUAGE="de")
    assert (answer.status_code, speaks(answer)[0]) == (400, "de")
