"""What the company ended: the owner sees it, and lets it be linked again."""

import pytest
from django.test import Client

from matricula.audit.models import Entry
from matricula.identities.identities import ENDED
from matricula.identities.models import Identity
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.sso.tests.company import CONSOLE, logged_in
from matricula.sso.tests.openid import live, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]


@pytest.mark.postgres
def test_olga_ends_adas_sign_in_and_lets_it_be_linked_again(olga, ada, provider, program):
    connection, browser = live(olga, provider), logged_in("ada.own@home.example")
    sign_in(browser, connection)
    browser.post("/sso/nordlicht/link/account/")
    identity = Identity.objects.get()
    program.requires_sign_in = True
    program.save()
    people, here = f"{CONSOLE}people/", f"{CONSOLE}people/{identity.public_id}/"
    question = olga.get(f"{here}end/").content.decode()
    assert "close to them" in question
    assert program.name in question
    assert "Let it be linked again" in olga.post(f"{here}end/", follow=True).content.decode()
    deliver_due()
    letter = InboxLetter.objects.get(letter__kind=ENDED, to="ada.own@home.example")
    assert "has ended your company sign-in" in letter.subject
    assert "stay yours" in letter.text
    somebody = olga.get(f"/console/nordlicht/people/{ada.public_id}/").content.decode()
    assert "ended by the company" in somebody
    assert sign_in(Client(), connection).status_code == 403
    refused = connection.judged_answers.get(passed=False)
    told = olga.get(f"{CONSOLE}{connection.public_id}/answers/{refused.public_id}/").content.decode()
    assert "ada@nordlicht.example" in told
    assert ada.full_name in told
    assert f"{here}again/" in told

    assert olga.get(f"{here}again/").status_code == 302
    assert sign_in(Client(), connection).status_code == 403, "looking changes nothing"
    shown = olga.post(f"{here}again/", follow=True).content.decode()
    assert "may be linked again since" in shown
    assert ">Let it be linked again<" not in shown
    assert sign_in(browser, connection).headers["Location"] == "/sso/nordlicht/link/"
    browser.post("/sso/nordlicht/link/account/")
    assert Identity.objects.live().get().account == ada
    assert browser.get(f"/learn/programs/{program.public_id}/").status_code == 200
    assert Entry.objects.filter(verb="identity.allowed_again").count() == 1
    assert olga.get(people).content.decode().count(">linked<") == 1
