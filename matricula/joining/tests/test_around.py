"""Forgotten passwords, missing letters, and the administrator's page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import PASSWORD
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, LostLetter
from matricula.jobs.models import Job
from matricula.jobs.queue import ATTEMPTS, next_job, perform_due
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Organization, Role
from tests.learners import work_for_a_minute

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_forgotten_password_is_chosen_anew_and_ends_every_session(client, chika):
    old = Client()
    old.post("/account/log-in/", {"email": "chika@elsewhere.example", "password": PASSWORD})
    client.post("/account/forgotten/", {"email": "chika@elsewhere.example"})
    deliver_due()
    path = re.search(r"/account/reset/\S+", InboxLetter.objects.get().text)[0]
    client.post(client.get(path)["Location"], {"password": "a new long password"})
    assert old.get("/learn/").status_code == 302
    assert client.get("/learn/").status_code == 200
    assert client.get(path).status_code == 410


def test_enumeration_known_and_unknown_addresses_get_the_same_answer(client, chika):
    known = client.post("/account/forgotten/", {"email": "chika@elsewhere.example"})
    unknown = client.post("/account/forgotten/", {"email": "nobody@elsewhere.example"})
    strip = lambda page: re.sub(r'value="[^"]*"', "", page.content.decode())  # noqa: E731
    assert strip(known) == strip(unknown)


def test_a6_a_missing_letter_comes_again_once_in_ten_minutes(client, invitation):
    deliver_due()
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    for address in ("ADA@nordlicht.example", "nobody@nordlicht.example"):
        assert "on its way again" in client.post("/join/lost-letter/", {"email": address}).content.decode()
    for address in ("ada@nordlicht.example", "Nobody@nordlicht.example"):
        again = client.post("/join/lost-letter/", {"email": address})
        page = again.content.decode()
        assert (again.status_code, "on its way" in page) == (429, False)
        assert (
            "A letter for this address was asked for a moment ago. Look at your mail first. Wait 10" in page
        )
    work_for_a_minute()
    deliver_due()
    assert Letter.objects.filter(kind="invitations.invitation").count() == 2


def test_a6_an_unknown_address_costs_the_same_work_and_gets_the_same_answer(client, invitation):
    client.post("/join/lost-letter/", {"email": "first@nordlicht.example"})
    answers, work = [], []
    for address in ("ada@nordlicht.example", "nobody@nordlicht.example"):
        with CaptureQueriesContext(connection) as queries:
            page = client.post("/join/lost-letter/", {"email": address}).content.decode()
        answers.append(re.sub(r'value="[^"]*"', "", page).replace(address, "…"))
        work.append([one["sql"].split()[0] for one in queries])
    assert (answers[0], work[0]) == (answers[1], work[1])


@pytest.mark.postgres
def test_a6_the_worker_looks_within_a_turn_and_forgets_every_address_that_was_asked_for(client, invitation):
    """The letter of an open invitation waits for the outbox; of a stranger's address nothing stays."""
    deliver_due()
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    for address in ("ada@nordlicht.example", "nobody@nordlicht.example"):
        client.post("/join/lost-letter/", {"email": address})
    assert Letter.objects.count() == 1, "who asks is told nothing by the work that is done at once"
    assert (perform_due(), perform_due(), perform_due()) == (1, 1, 0)
    letters = list(Letter.objects.order_by("pk").values_list("to", "state"))
    assert letters == [("ada@nordlicht.example", "sent"), ("ada@nordlicht.example", "queued")]
    assert not LostLetter.objects.exists()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.postgres
def test_a6_an_address_that_nobody_could_look_for_is_forgotten_too(client):
    """Each worker that took it was killed."""
    client.post("/join/lost-letter/", {"email": "nobody@nordlicht.example"})
    for _ in range(ATTEMPTS + 1):
        Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        next_job()
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    perform_due()
    assert (Job.objects.get().state, LostLetter.objects.count()) == ("failed", 0)


@pytest.mark.parametrize("state", ["declined", "revoked", "expired", "queued"])
def test_a6_the_letter_comes_only_when_an_invitation_is_open_and_none_is_under_way(client, invitation, state):
    if state != "queued":
        deliver_due()
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    if state == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif state != "queued":
        invitation.settle(state)
    client.post("/join/lost-letter/", {"email": "ada@nordlicht.example"})
    work_for_a_minute()
    deliver_due()
    assert Letter.objects.filter(kind="invitations.invitation").count() == 1


def test_a6_the_network_that_asks_for_everybody_is_stopped_and_told_until_when(client, program, bruno):
    for n in range(25):
        invite_person(program=program, address=f"p{n}@nordlicht.example", invited_by=bruno)
    deliver_due()
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    for n in range(25):
        page = client.post("/join/lost-letter/", {"email": f"p{n}@nordlicht.example"})
        said = "on its way again" if n < 20 else "Many people of your network asked for letters. Wait"
        assert said in page.content.decode()
    work_for_a_minute()
    deliver_due()
    assert Letter.objects.filter(kind="invitations.invitation").count() == 25 + 20
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    elsewhere.post("/join/lost-letter/", {"email": "p24@nordlicht.example"})
    work_for_a_minute()
    deliver_due()
    assert Letter.objects.filter(kind="invitations.invitation").count() == 25 + 21


def test_a1_this_is_not_for_me_declines(client, link, invitation):
    client.get(link)
    client.post("/join/not-for-me/")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.DECLINED


def test_a1_bruno_invites_pasted_addresses(client, organization, program, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    client.force_login(bruno)
    pasted = "Ada <ada@nordlicht.example>, dana@nordlicht.example"
    page = client.post(
        "/console/nordlicht/invitations/new/", {"program": program.pk, "addresses": pasted}, follow=True
    )
    assert "2 invited." in page.content.decode()
    again = {"program": program.pk, "addresses": "Ada <ada@nordlicht.example>, eva@nordlicht.example"}
    page = client.post("/console/nordlicht/invitations/new/", again, follow=True)
    assert "1 invited. 1 was invited already." in page.content.decode()
    wrong = client.post(
        "/console/nordlicht/invitations/new/", {"program": program.pk, "addresses": "ada at nordlicht"}
    )
    assert "ada at nordlicht" in wrong.content.decode()


def test_another_organizations_console_is_not_there(client, organization, invitation, bruno):
    other = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(organization=other, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    assert client.get("/console/nordlicht/invitations/").status_code == 404
    assert client.post(f"/console/other/invitations/{invitation.public_id}/withdrawal/").status_code == 404
