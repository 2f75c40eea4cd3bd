"""Invitations to programs with a first and a last day, and with days to answer of their own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.invitations.invitations import invite_person, renew_invitation
from matricula.invitations.models import Invitation
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival, Request
from matricula.joining.requests import answer_with_letter, ask_administrator
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Role
from matricula.programs.errors import ProgramEnded
from matricula.programs.models import Membership, Program

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}


def ends_in(days):
    Program.objects.update(ends_on=timezone.localdate() + days * DAY)


def test_an_invitation_is_open_as_long_as_its_program_says_and_never_beyond_the_last_day(program, bruno):
    program.invitation_days = 7
    short = invite_person(program=program, address="ada@nordlicht.example", invited_by=bruno)
    assert timezone.localdate(short.expires_at) == timezone.localdate() + 7 * DAY
    program.ends_on = timezone.localdate() + 2 * DAY
    program.save()
    ending = invite_person(program=program, address="dana@nordlicht.example", invited_by=bruno)
    assert timezone.localdate(ending.expires_at) == program.ends_on
    Invitation.objects.update(expires_at=timezone.now() - DAY)
    Invitation.objects.filter(pk=short.pk).update(letter=None)
    renew_invitation(invitation=Invitation.objects.get(pk=short.pk), actor=bruno)
    assert timezone.localdate(Invitation.objects.get(pk=short.pk).expires_at) == program.ends_on


def test_the_welcome_page_says_when_the_program_begins_and_joining_is_open_before(client, link, program):
    Program.objects.update(starts_on=timezone.localdate() + 10 * DAY)
    ends_in(40)
    client.get(link, **BROWSER)
    page = client.get("/join/welcome/").content.decode()
    assert "Begins on" in page
    assert "Runs until" in page
    assert client.post("/join/now/").status_code == 302
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize("kind", ["invitation", "direct link"])
def test_a_link_to_a_program_that_has_ended_says_so_on_a_page_of_its_own(client, link, program, kind):
    if kind == "direct link":
        link = "/join/" + make_direct_link(program=program, actor=None)[1].split("/join/")[1]
    ends_in(-1)
    answer = client.get(link, **BROWSER)
    assert (answer.status_code, "This program has ended" in answer.content.decode()) == (410, True)
    assert "This program has ended" in client.get("/join/welcome/").content.decode()
    assert "This program has ended" in client.post("/join/now/").content.decode()
    assert not Arrival.objects.exists()


def test_an_arrival_whose_program_ended_on_the_way_goes_no_further(client, link, course):
    client.get(link, **BROWSER)
    client.post("/join/now/")
    arrival = Arrival.objects.get()
    ends_in(-1)
    base = f"/join/arrivals/{arrival.public_id}/"
    for answer in (client.get(base + "courses/"), client.post(f"{base}start/course/{course.public_id}/")):
        assert (answer.status_code, "This program has ended" in answer.content.decode()) == (410, True)
    assert not Membership.objects.exists()


def test_nobody_is_written_to_about_a_program_that_has_ended(client, program, invitation, bruno):
    ends_in(-1)
    deliver_due()
    assert not InboxLetter.objects.exists()
    program.refresh_from_db()
    with pytest.raises(ProgramEnded):
        invite_person(program=program, address="dana@nordlicht.example", invited_by=bruno)
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    base = "/console/nordlicht/invitations/"
    answer = client.post(f"{base}{invitation.public_id}/letter/", follow=True)
    assert "The program has ended" in answer.content.decode()
    assert program.name not in client.get(base + "new/").content.decode()
    with pytest.raises(ProgramEnded):
        make_direct_link(program=program, actor=bruno)
    assert client.get(f"/console/nordlicht/links/new/{program.public_id}/").status_code == 404
    ask_administrator(reason="ended", invitation=invitation)
    with pytest.raises(ProgramEnded):
        answer_with_letter(request=Request.objects.get(), actor=bruno)
    assert Request.objects.waiting().count() == 1
