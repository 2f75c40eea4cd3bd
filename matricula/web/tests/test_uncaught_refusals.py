"""What a room refuses and no view caught is told in its own words: never a fault of ours."""

import pytest
from django.test import Client
from django.urls import path

from conftest import PASSWORD
from matricula.urls import urlpatterns as all_addresses
from matricula.web.access import public
from matricula.web.refusals import Refusal

pytestmark = pytest.mark.django_db


class ShelfEmpty(Refusal):
    """A refusal that no view names."""

    code = "shelf_empty"
    sentence = "The shelf is empty. Come back tomorrow."


@public
def forgetful(request):
    raise ShelfEmpty


@public
def broken(request):
    raise ZeroDivisionError


urlpatterns = [*all_addresses, path("forgetful/", forgetful), path("broken/", broken)]
handler500 = "matricula.web.errors.broken"


def test_a_refusal_that_a_view_forgot_is_told_in_its_own_words(settings):
    settings.ROOT_URLCONF = __name__
    answer = Client().post("/forgetful/")
    assert (answer.status_code, ShelfEmpty.sentence in answer.content.decode()) == (409, True)


def test_a_fault_of_ours_stays_one(settings):
    settings.ROOT_URLCONF = __name__
    assert Client(raise_request_exception=False).get("/broken/").status_code == 500


def test_a_second_click_on_log_in_after_the_first_answer_leads_in_and_a_strangers_form_does_not(chika):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/account/log-in/")
    old = browser.cookies["csrftoken"].value
    form = {"email": "chika@elsewhere.example", "password": PASSWORD, "csrfmiddlewaretoken": old}
    assert browser.post("/account/log-in/", form)["Location"] == "/learn/"
    assert browser.post("/account/log-in/", form)["Location"] == "/learn/"
    assert browser.post("/account/sessions/end/", {"csrfmiddlewaretoken": old}).status_code == 403
    assert Client(enforce_csrf_checks=True).post("/account/log-in/", form).status_code == 403
