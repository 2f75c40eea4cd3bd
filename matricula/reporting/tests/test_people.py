"""Bruno finds people, removes one, and invites them again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import person
from matricula.audit.models import record
from matricula.credentials.models import Certificate
from matricula.invitations.models import Invitation
from matricula.learning.enrolments import start_course, start_specialization
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from matricula.reporting.people import matching_members
from matricula.roles.roles import name_group_manager
from tests.learners import do_everything, short_course, specialization_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def owner(organization, bruno):
    return Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)


def member(program, name):
    account = person(name, f"{name.split()[0].lower()}@home.example")
    work = f"{name.split()[0].lower()}@nordlicht.example"
    Affiliation.objects.create(organization=program.organization, account=account, work_email=work)
    return enter_program(program=program, account=account)


@pytest.fixture
def ada(program):
    return member(program, "Ada Okafor")


def names(role, **asked):
    return [one.account.full_name for one in matching_members(role, asked).order_by("pk")]


def test_a_persons_page_has_the_certificates_that_came_of_these_programs_and_no_others(
    client, owner, organization, program, course, ada
):
    program.specializations.add(specialization_of(course, title="Trust"))
    start_specialization(specialization=program.specializations.get(), membership=ada)
    do_everything(course, ada)
    elsewhere = Organization.objects.create(slug="elsewhere", name="Elsewhere")
    abroad = Program.objects.create(organization=elsewhere, slug="p", name="Abroad")
    foreign = short_course(elsewhere, "foreign")
    abroad.courses.add(foreign)
    do_everything(foreign, enter_program(program=abroad, account=ada.account))
    client.force_login(owner.account)
    page = client.get(f"/console/{organization.slug}/people/{ada.account.public_id}/").content.decode()
    found = {one.title: one.public_id for one in Certificate.objects.all()}
    for title in (course.title, "Trust"):
        assert f"/certificates/{found[title]}/" in page
    assert found[foreign.title] not in page


@pytest.mark.parametrize("words", ["ada", "OKAF", "kaf", "da@nord", "okafor ada", "ad"])
def test_people_are_found_by_beginning_and_middle_of_name_and_work_email(owner, program, ada, words):
    member(program, "Hugo Marchetti")
    assert names(owner, q=words) == ["Ada Okafor"]


def test_personal_addresses_are_not_searched(owner, ada):
    assert names(owner, q="home.example") == []


def test_filters_by_program_group_and_state(owner, program, ada):
    group = program.groups.create(name="Grid")
    hugo = member(program, "Hugo Marchetti")
    hugo.groups.add(group)
    other = Program.objects.create(organization=program.organization, slug="two", name="Two")
    assert names(owner, group=str(group.pk)) == ["Hugo Marchetti"]
    assert names(owner, program=other.public_id) == []
    assert names(owner, state="removed") == []


def test_the_list_shows_groups_by_name_and_the_newest_work_email(client, owner, program, ada, bruno):
    ada.groups.add(*(program.groups.create(name=name) for name in ("Works council", "Grid")))
    Affiliation.objects.update(ended_at=ada.joined_at)
    Affiliation.objects.create(
        organization=program.organization, account=ada.account, work_email="okafor@nordlicht.example"
    )
    enter_program(program=program, account=person("Hugo Marchetti", "hugo@home.example"))
    client.force_login(bruno)
    page = client.get("/console/nordlicht/people/").content.decode()
    assert "Grid, Works council" in page
    assert "<small>okafor@nordlicht.example</small>" in page
    assert "ada@nordlicht.example" not in page
    assert "None" not in page


def test_d5_d6_who_is_invited_again_comes_back_with_the_groups_that_are_chosen(
    client, owner, program, ada, bruno
):
    grid, wind = (program.groups.create(name=name) for name in ("Grid", "Wind"))
    ada.groups.add(grid, wind)
    client.force_login(bruno)
    base = f"/console/nordlicht/people/memberships/{ada.pk}/"
    client.post(base + "removal/")
    ada.refresh_from_db()
    program.refresh_from_db()
    assert (ada.state, program.seats_used, Affiliation.objects.live().count()) == ("removed", 0, 0)
    person = client.get(f"/console/nordlicht/people/{ada.account.public_id}/").content.decode()
    link = f"/console/nordlicht/invitations/new/?again={ada.pk}"
    assert link in person
    page = client.get(link).content.decode()
    assert "Ada Okafor was here until" in page
    assert f'name="earlier" value="{grid.pk}"' in page
    assert "checked" not in page.split('name="earlier"')[1].split(">")[0]
    form = {"program": program.pk, "addresses": "Ada Okafor <ada@nordlicht.example>", "returning": ada.pk}
    client.post(link, form | {"earlier": [wind.pk]})
    invitation = Invitation.objects.get()
    assert (invitation.address, [one.name for one in invitation.groups.all()]) == (
        "ada@nordlicht.example",
        ["Wind"],
    )


def test_one_persons_page_shows_programs_progress_invitations_and_what_was_done(
    client, owner, ada, course, bruno
):
    start_course(course=course, membership=ada)
    client.force_login(bruno)
    page = client.get(f"/console/nordlicht/people/{ada.account.public_id}/").content.decode()
    for words in ("Ada Okafor", "ada@nordlicht.example", "Welcome", course.title, "Became a member"):
        assert words in page
    assert "ada@home.example" not in page


def test_a_group_manager_sees_their_own_people_and_no_others(client, program, ada, bruno, chika):
    hugo = member(program, "Hugo Marchetti")
    group = program.groups.create(name="Grid")
    ada.groups.add(group)
    name_group_manager(group=group, account=chika, actor=bruno)
    client.force_login(chika)
    page = client.get("/console/nordlicht/people/").content.decode()
    assert ("Ada Okafor" in page, "Hugo Marchetti" in page) == (True, False)
    assert client.get(f"/console/nordlicht/people/{ada.account.public_id}/").status_code == 200
    assert client.get(f"/console/nordlicht/people/{hugo.account.public_id}/").status_code == 404
    assert client.get("/console/nordlicht/overview/").headers["Location"] == "/console/nordlicht/people/"


def test_a_group_manager_sees_of_a_person_only_what_concerns_their_groups(
    client, owner, program, ada, bruno, chika
):
    """Ada is also in a group and in a program that Chika has nothing to do with."""
    mine, other = (program.groups.create(name=name) for name in ("Grid", "Works council"))
    ada.groups.add(mine, other)
    secret = Program.objects.create(organization=program.organization, slug="out", name="Outplacement")
    enter_program(program=secret, account=ada.account)
    for one in (program, secret):
        made = Invitation(program=one, address="ada@nordlicht.example", accepted_by=ada.account)
        made.state, made.note = Invitation.State.JOINED, {"Reason": f"because of {one.name}"}
        made.save()
        record("invitation.created", actor=bruno, organization=one.organization_id, subject=made)
    name_group_manager(group=mine, account=chika, actor=bruno)
    addresses = [f"/console/nordlicht/people/{ada.account.public_id}/", "/console/nordlicht/people/"]
    client.force_login(bruno)
    assert all("Outplacement" in client.get(address).content.decode() for address in addresses)
    client.force_login(chika)
    person, people = (client.get(address).content.decode() for address in addresses)
    assert ("because of Welcome" in person, person.count("<strong>Invited</strong>")) == (True, 1)
    for page in (person, people):
        assert "Grid" in page
        assert "Outplacement" not in page
        assert "Works council" not in page
    role = Role.objects.get(account=chika)
    assert (names(role, group=str(mine.pk)), names(role, group=str(other.pk))) == (["Ada Okafor"], [])


def test_another_organizations_data_a_shared_person_shows_only_our_part(client, owner, ada, bruno):
    other = Organization.objects.create(slug="other", name="Other")
    secret = Program.objects.create(organization=other, slug="main", name="Secret plans")
    enter_program(program=secret, account=ada.account)
    client.force_login(bruno)
    page = client.get(f"/console/nordlicht/people/{ada.account.public_id}/").content.decode()
    assert "Secret plans" not in page
    foreign = Membership.objects.get(program=secret)
    assert client.post(f"/console/nordlicht/people/memberships/{foreign.pk}/removal/").status_code == 404


@pytest.mark.parametrize("path", ["people", "audit", "groups", "programs", "overview", "reports"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    client, owner, program, bruno, course, path
):
    client.force_login(bruno)
    counts = []
    for people in (["Ada Okafor"], ["Hugo Marchetti", "Ines Duarte"]):
        for name in people:
            membership = member(program, name)
            membership.groups.add(program.groups.create(name=name))
            Program.objects.create(organization=program.organization, slug=name[:3], name=name)
            start_course(course=course, membership=membership)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/console/nordlicht/{path}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
