"""The letter with the code says whom and what it is for, in words that the organization chose."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from conftest import PASSWORD
from matricula.accounts.letters import compose_confirmation_letter
from matricula.joining.direct_links import make_direct_link
from matricula.mail.models import Letter

pytestmark = pytest.mark.django_db
WORK = "ada@nordlicht.example"


def set_up(client, link, course, **more):
    client.get(link)
    base = client.post("/join/now/")["Location"].removesuffix("courses/")
    client.post(f"{base}start/course/{course.public_id}/")
    form = {"full_name": "Win money at evil.example", "alternative_email": "ada@home.example"}
    client.post(f"{base}account/", form | {"password": PASSWORD} | more)
    return base


def subject(letter):
    values = compose_confirmation_letter(letter).values
    page = "accounts/email/confirmation.subject.txt"
    return render_to_string(page, values).strip().removesuffix(f": {values['code']}")


def test_an_invited_person_reads_their_name_and_the_program(client, link, course):
    set_up(client, link, course)
    letter = Letter.objects.get(kind="accounts.confirmation", to=WORK)
    assert subject(letter) == "Ada, your code for Welcome"
    text = render_to_string("accounts/email/confirmation.txt", compose_confirmation_letter(letter).values)
    assert f"This code confirms {WORK}, so that you can begin with Welcome:" in text


def test_the_letter_to_the_alternative_e_mail_names_no_company(client, link, course):
    set_up(client, link, course)
    assert subject(Letter.objects.get(to="ada@home.example")) == "Confirm your e-mail"


def test_what_a_visitor_calls_themselves_is_in_no_letter_to_a_mailbox_they_typed(program, course, bruno):
    _link, address = make_direct_link(program=program, actor=bruno)
    path = "/join/" + address.split("/join/")[1]
    set_up(Client(), path, course, work_email=WORK)
    letter = Letter.objects.get(kind="accounts.confirmation", to=WORK)
    assert subject(letter) == "Your code for Welcome"
    assert "money" not in str(compose_confirmation_letter(letter).values | letter.context)


def test_a_link_that_was_used_offers_to_log_in_first(client, link, course, invitation, chika):
    invitation.settle("joined", account=chika)
    client.get(link)
    page = client.get("/join/welcome/").content.decode()
    main = page.partition("<main")[2]
    assert "This link was already used" in main
    assert main.index('class="button big"') < main.index("Ask the administrator")
    assert '<button class="second">' in main


def test_whoever_corrects_a_mistyped_address_sees_it(program, course, bruno):
    _link, address = make_direct_link(program=program, actor=bruno)
    browser = Client()
    base = set_up(browser, "/join/" + address.split("/join/")[1], course, work_email="dna@nordlicht.example")
    assert f'href="{base}work-email/"' in browser.get(f"{base}confirm/").content.decode()
    page = browser.get(f"{base}work-email/").content.decode()
    assert 'value="dna@nordlicht.example"' in page
