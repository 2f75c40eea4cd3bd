"""Olga switches a connection off: she reads first whom it concerns, and her people read that it is off."""

import pytest
from django.test import Client

from matricula.identities.tests.company import live_connection, signed_in_by_company
from matricula.programs.models import Program
from matricula.sso.tests.company import CONSOLE, logged_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def switch(connection):
    return f"{CONSOLE}{connection.public_id}/switch/"


def text(answer):
    return " ".join(answer.content.decode().split())


def test_olga_is_asked_and_told_whom_it_concerns_before_anything_is_off(olga, live, ada, organization):
    signed_in_by_company(ada, organization)
    page = text(olga.get(f"{CONSOLE}{live.public_id}/"))
    assert (switch(live) in page, 'name="to" value="off"' in page) == (True, False)
    asked = text(olga.get(switch(live)))
    assert "1 person is linked by it" in asked
    assert "1 browser is signed in by it now" in asked
    assert "No program requires" in asked
    live.refresh_from_db()
    assert live.state == "live"
    told = text(olga.post(switch(live), {"to": "off"}, follow=True))
    live.refresh_from_db()
    assert (live.state, "nobody signs in by it until you switch it on again" in told) == ("off", True)
    told = text(olga.post(switch(live), {"to": "live"}, follow=True))
    assert "is on: your people can sign in by it" in told


def test_where_a_program_requires_the_last_one_the_question_says_what_to_do_first(olga, live, program):
    Program.objects.update(requires_sign_in=True)
    asked = text(olga.get(switch(live)))
    assert (program.name in asked, "Switch the requirement off" in asked) == (True, True)
    assert '<button class="danger">' not in asked
    other = live_connection(live.organization)
    asked = text(olga.get(switch(other)))
    assert ("They open by your other connections" in asked, '<button class="danger">' in asked) == (
        True,
        True,
    )


def test_what_is_not_on_has_no_question(olga, saml):
    assert olga.get(switch(saml)).headers["Location"] == f"{CONSOLE}{saml.public_id}/"


def test_while_it_is_off_its_people_read_that_and_log_in_with_their_own_e_mail(olga, live):
    olga.post(switch(live), {"to": "off"})
    page = Client().get("/sso/nordlicht/")
    words = text(page)
    assert page.status_code == 200
    assert "switched off at the moment" in words
    assert "log in with your own e-mail" in words
    assert "/account/log-in/?step=password" in words


def test_who_never_had_a_sign_in_has_no_page(olga, saml):
    assert Client().get("/sso/nordlicht/").status_code == 404


def test_whoever_is_here_in_person_is_offered_no_second_log_in(live, ada):
    own = "Use my own password"
    assert own in text(Client().get("/sso/nordlicht/"))
    words = text(logged_in("ada.own@home.example").get("/sso/nordlicht/"))
    assert ("Continue with" in words, own in words, "another e-mail" in words) == (True, False, False)
    by_company = signed_in_by_company(ada, live.organization)
    assert own in text(by_company.get("/sso/nordlicht/"))
