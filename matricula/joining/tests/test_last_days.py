"""A day that a letter or a page names is over at midnight where the organization is."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from conftest import person
from matricula.db.days import today_there
from matricula.invitations.invitations import invite_person
from matricula.invitations.letters import preview_letter
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.models import DirectLink
from matricula.joining.tests.leaving import WORK, ada_at_work, forgotten, letters, remove
from matricula.organizations.models import Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program

pytestmark = pytest.mark.django_db
ZONE = "Pacific/Kiritimati"
"""Fourteen hours before UTC: its days end at ten in the morning there."""


@pytest.fixture
def clock(monkeypatch):
    """Sets the time for everybody."""

    def put(text: str) -> None:
        now = datetime.fromisoformat(text).replace(tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return put


@pytest.fixture
def far(program) -> Program:
    Organization.objects.update(time_zone=ZONE)
    Program.objects.update(invitation_days=7)
    return Program.objects.select_related("organization").get()


def dates(text: str) -> set[int]:
    """The days of December 2036 that it names."""
    found = re.findall(r"(\d+) December 2036|December (\d+), 2036|Dec\. (\d+), 2036", text)
    return {int("".join(one)) for one in found}


@pytest.mark.parametrize(("hour", "day"), [("00:00", 3), ("09:59", 3), ("10:01", 4), ("23:59", 4)])
def test_a_mailbox_keeps_its_power_to_the_end_of_the_day_that_letter_and_pages_name(far, clock, hour, day):
    clock(f"2036-11-20T{hour}:00")
    ada = ada_at_work(far)
    remove(ada)
    assert dates(letters(WORK)[0]) == {day}
    browser = Client()
    browser.force_login(ada)
    for page in ("/account/", "/account/addresses/"):
        assert dates(browser.get(page).content.decode()) == {day}, page
    clock(f"2036-12-{day:02}T09:59:00")
    assert len(forgotten(WORK)) == 1
    clock(f"2036-12-{day:02}T10:00:01")
    assert forgotten(WORK) == []


def test_what_one_company_promised_stands_when_another_is_left_too(far, clock):
    clock("2036-11-20T12:00:00")
    ada = ada_at_work(far)
    remove(ada)
    clock("2036-11-25T12:00:00")
    near = Organization.objects.create(slug="near", name="Near")
    enter_program(program=Program.objects.create(organization=near, slug="p", name="P"), account=ada)
    remove(ada)
    assert ada.addresses.get().power_ends_on == date(2036, 12, 4)


def welcome(invitation) -> str:
    path = "/join/" + mint_link(invitation, InvitationToken.Channel.MAIL).split("/join/")[1]
    return Client().get(path, follow=True).content.decode()


@pytest.mark.parametrize("hour", ["00:00", "09:59", "10:01", "23:59"])
def test_an_invitation_opens_to_the_end_of_the_day_that_its_letter_names(far, bruno, clock, hour):
    clock(f"2026-11-20T{hour}:00")
    invitation = invite_person(program=far, address="ada@nordlicht.example", invited_by=bruno)
    letter = preview_letter(program=far, name="Ada", invited_by="Bruno", language="en").text
    named = re.search(r"\d+ November 2026|November \d+, 2026|Nov\w* \d+, 2026", letter)[0]
    day = 28 if hour in ("10:01", "23:59") else 27
    assert str(day) in named
    clock(f"2026-11-{day}T09:59:00")
    assert "Join now" in welcome(invitation)
    clock(f"2026-11-{day}T10:00:01")
    assert "Join now" not in welcome(invitation)


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "America/Bogota", "Europe/Berlin", ZONE])
def test_the_day_in_the_letter_is_the_last_one_there(far, zone):
    """West of Greenwich the last moment of a day is of the next one in UTC."""
    Organization.objects.update(time_zone=zone)
    program = Program.objects.select_related("organization").get()
    day = today_there(zone) + timedelta(days=7)
    letter = preview_letter(program=program, name="Ada", invited_by="Bruno", language="en").text
    assert date_format(day, "DATE_FORMAT") in letter


def test_a_direct_link_opens_to_the_end_of_the_day_that_was_chosen(far, bruno, client, clock):
    Role.objects.create(organization=far.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    clock("2026-11-20T12:00:00")
    form = {"label": "L", "expires_on": "2026-11-28", "max_uses": "", "domains": "", "opens": ""}
    client.post(f"/console/nordlicht/links/new/{far.public_id}/", form)
    link = DirectLink.objects.get()
    assert link.expires_at == datetime(2026, 11, 28, 9, 59, 59, 999999, tzinfo=UTC)
    assert "28" in client.get("/console/nordlicht/links/").content.decode()


@pytest.mark.parametrize(("moment", "status"), [("09:59:00", 200), ("10:00:01", 403)])
def test_a_course_closes_with_the_program_s_last_day_there(far, course, client, clock, moment, status):
    ada = person("Ada Okafor", "ada@home.example")
    clock("2026-11-20T12:00:00")
    enter_program(program=far, account=ada)
    Program.objects.update(ends_on=date(2026, 11, 28))
    client.force_login(ada)
    clock(f"2026-11-28T{moment}")
    assert client.get(f"/learn/programs/{far.public_id}/").status_code == status


@pytest.mark.parametrize(("moment", "opens"), [("09:59:00", False), ("10:00:01", True)])
def test_a_program_begins_with_its_first_day_there(far, clock, moment, opens):
    Program.objects.update(starts_on=date(2026, 11, 29))
    clock(f"2026-11-28T{moment}")
    assert Program.objects.get().has_begun is opens


def test_times_in_the_console_are_those_of_the_organization_and_say_so(far, bruno, client):
    Role.objects.create(organization=far.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    Organization.objects.update(time_zone="Asia/Kathmandu")
    page = client.get("/console/nordlicht/audit/").content.decode()
    assert "Days and times: Asia/Kathmandu" in page
    client.post("/console/nordlicht/branding/", branding(far, time_zone="Europe/Berlin"))
    assert Organization.objects.get().time_zone == "Europe/Berlin"
    page = client.get("/console/nordlicht/audit/").content.decode()
    assert re.search(r"\d\d:\d\d CES?T", page)


def branding(program, **more):
    values = {"name": "Nordlicht", "brand_colour": "#0b6e4f", "greeting": "", "language": "en"}
    return {**values, "alternative_email_required": "on", **more}


def test_a_zone_that_nobody_knows_is_refused_on_the_page(far, bruno, client):
    Role.objects.create(organization=far.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    client.post("/console/nordlicht/branding/", branding(far, time_zone="Mars/Olympus"))
    assert Organization.objects.get().time_zone == ZONE


def test_what_was_invited_before_the_zone_changed_keeps_its_end(far, bruno, clock):
    clock("2026-11-20T12:00:00")
    invite_person(program=far, address="ada@nordlicht.example", invited_by=bruno)
    before = Invitation.objects.get().expires_at
    Organization.objects.update(time_zone="Europe/Berlin")
    assert Invitation.objects.get().expires_at == before
