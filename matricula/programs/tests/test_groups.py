"""Bruno arranges groups; Grace manages hers; Ada joins an open one."""

from datetime import timedelta

import pytest

from conftest import person
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.errors import NameTaken, NotAMember, NotInTheirGroups, TooLateToUndo
from matricula.programs.groups import (
    add_to_group,
    change_group,
    delete_group,
    join_group,
    make_group,
    put_back_in_group,
    take_out_of_group,
    taken_out_lately,
)
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Group, Membership, Program
from matricula.roles.roles import dismiss_group_manager, name_group_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(program):
    account = person("Ada", "ada@home.example")
    Affiliation.objects.create(
        organization=program.organization, account=account, work_email="ada@nordlicht.example"
    )
    return enter_program(program=program, account=account)


def administers(account):
    kind, organization = Role.Kind.PROGRAM_ADMINISTRATOR, Organization.objects.get()
    return Role.objects.get_or_create(account=account, organization=organization, kind=kind)[0]


@pytest.fixture
def group(program, bruno):
    return make_group(program=program, name="Grid", is_open=False, actor=bruno)


def test_a_group_name_is_given_once_in_a_program(program, group, bruno):
    with pytest.raises(NameTaken):
        make_group(program=program, name="Grid", is_open=True, actor=bruno)
    other = make_group(program=program, name="Care", is_open=True, actor=bruno)
    with pytest.raises(NameTaken):
        change_group(group=other, values={"name": "Grid"}, actor=bruno)


def test_a_member_is_put_in_by_work_email_in_any_spelling_and_taken_out(group, ada, bruno):
    add_to_group(group=group, work_email="ADA@Nordlicht.example", role=administers(bruno), actor=bruno)
    assert list(group.memberships.all()) == [ada]
    take_out_of_group(group=group, membership=ada, actor=bruno)
    assert list(group.memberships.all()) == []
    for stranger in ("nobody@nordlicht.example", "no address"):
        with pytest.raises(NotAMember):
            add_to_group(group=group, work_email=stranger, role=administers(bruno), actor=bruno)


def test_races_a_group_renamed_while_it_is_opened_is_both(group, bruno):
    seen_before = Group.objects.get(pk=group.pk)
    change_group(group=group, values={"is_open": True}, actor=bruno)
    change_group(group=seen_before, values={"name": "Grid"}, actor=bruno)
    group.refresh_from_db()
    assert (group.name, group.is_open) == ("Grid", True)


def test_deleting_a_group_keeps_its_people(group, ada, bruno):
    ada.groups.add(group)
    delete_group(group=group, actor=bruno)
    assert (Group.objects.count(), Membership.objects.active().count()) == (0, 1)


def test_only_an_open_group_of_the_same_program_is_joined_by_oneself(program, group, ada, bruno):
    assert join_group(group=group, membership=ada) is False
    change_group(group=group, values={"name": "Grid", "is_open": True}, actor=bruno)
    group.refresh_from_db()
    assert join_group(group=group, membership=ada) is True
    elsewhere = Program.objects.create(organization=program.organization, slug="other", name="Other")
    foreign = make_group(program=elsewhere, name="Open", is_open=True, actor=bruno)
    assert join_group(group=foreign, membership=ada) is False


def test_a_group_manager_sees_the_people_of_their_own_groups_only(program, group, ada, bruno, chika):
    hugo = enter_program(program=program, account=person("Hugo", "hugo@home.example"))
    ada.groups.add(group)
    name_group_manager(group=group, account=chika, actor=bruno)
    role = Role.objects.get(account=chika)
    assert role.kind == Role.Kind.GROUP_MANAGER
    assert list(Membership.objects.shown_to(role)) == [ada]
    assert list(Group.objects.shown_to(role)) == [group]
    dismiss_group_manager(group=group, account=chika, actor=bruno)
    assert list(Membership.objects.shown_to(role)) == []
    role.kind = Role.Kind.VIEWER
    assert set(Membership.objects.shown_to(role)) == {ada, hugo}


def added_by(manager, group, work_email):
    role = Role.objects.get(account=manager)
    return add_to_group(group=group, work_email=work_email, role=role, actor=manager)


def test_grace_puts_into_her_group_only_people_she_sees_already(program, group, ada, bruno, chika):
    administers(bruno)
    name_group_manager(group=group, account=chika, actor=bruno)
    for address in ("ada@nordlicht.example", "nobody@nordlicht.example", "no address"):
        with pytest.raises(NotInTheirGroups) as refused:
            added_by(chika, group, address)
        assert str(refused.value) == (
            "You can add people of your own groups. To add anybody else, ask Bruno Keller."
        )
    assert list(group.memberships.all()) == []
    other = make_group(program=program, name="Care", is_open=False, actor=bruno)
    ada.groups.add(other)
    with pytest.raises(NotInTheirGroups):
        added_by(chika, group, "ada@nordlicht.example")
    name_group_manager(group=other, account=chika, actor=bruno)
    assert added_by(chika, group, "ada@nordlicht.example") == ada


def test_grace_is_told_whom_to_ask_beside_the_field(client, program, group, ada, bruno, chika):
    administers(bruno)
    name_group_manager(group=group, account=chika, actor=bruno)
    client.force_login(chika)
    page = f"/console/nordlicht/groups/{group.pk}/members/"
    answer = client.post(page, {"work_email": "ada@nordlicht.example"})
    assert "To add anybody else, ask" in answer.content.decode()
    assert "ada@nordlicht.example" in answer.content.decode(), "what was typed stays"
    assert list(group.memberships.all()) == []


def test_d5_the_work_email_goes_with_the_last_membership(program, ada, bruno):
    other = Program.objects.create(organization=program.organization, slug="other", name="Other")
    second = enter_program(program=other, account=ada.account)
    end_membership(membership=ada, actor=bruno, state=Membership.State.REMOVED)
    assert Affiliation.objects.live().count() == 1
    end_membership(membership=second, actor=bruno, state=Membership.State.REMOVED)
    assert Affiliation.objects.live().count() == 0


def test_another_organizations_data_a_manager_adds_nobody_to_a_foreign_group(client, program, group, chika):
    Role.objects.create(organization=program.organization, account=chika, kind=Role.Kind.GROUP_MANAGER)
    client.force_login(chika)
    path = f"/console/nordlicht/groups/{group.pk}/members/"
    assert client.post(path, {"work_email": "ada@nordlicht.example"}).status_code == 404


def test_bruno_adds_somebody_on_the_page_and_is_told_when_there_is_nobody(client, group, ada, bruno):
    Role.objects.create(organization=group.program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    path = f"/console/nordlicht/groups/{group.pk}/members/"
    assert "Nobody in this program" in client.post(path, {"work_email": "x@y.example"}).content.decode()
    assert client.post(path, {"work_email": "ada@nordlicht.example"}).status_code == 302
    assert "ada@nordlicht.example" in client.get(f"/console/nordlicht/groups/{group.pk}/").content.decode()


def test_whoever_was_taken_out_is_put_back_within_ten_minutes_by_who_did_it(group, ada, bruno, chika):
    ada.groups.add(group)
    take_out_of_group(group=group, membership=ada, actor=bruno)
    assert list(taken_out_lately(group, bruno)) == [ada]
    assert list(taken_out_lately(group, chika)) == []
    with pytest.raises(TooLateToUndo):
        put_back_in_group(group=group, membership=ada, actor=chika)
    put_back_in_group(group=group, membership=ada, actor=bruno)
    assert list(group.memberships.all()) == [ada]
    with pytest.raises(TooLateToUndo):
        put_back_in_group(group=group, membership=ada, actor=bruno)


def test_nobody_is_put_back_after_ten_minutes_or_who_has_left_the_program(group, ada, bruno, monkeypatch):
    ada.groups.add(group)
    take_out_of_group(group=group, membership=ada, actor=bruno)
    end_membership(membership=ada, actor=bruno, state=Membership.State.REMOVED)
    with pytest.raises(TooLateToUndo):
        put_back_in_group(group=group, membership=ada, actor=bruno)
    Membership.objects.filter(pk=ada.pk).update(state="active", left_at=None)
    assert list(taken_out_lately(group, bruno)) == [ada]
    monkeypatch.setattr("matricula.audit.undo.UNDO_FOR", timedelta(0))
    assert list(taken_out_lately(group, bruno)) == []


def test_the_groups_page_offers_undo_without_javascript(client, group, ada, bruno):
    administers(bruno)
    client.force_login(bruno)
    ada.groups.add(group)
    page = f"/console/nordlicht/groups/{group.pk}/"
    client.post(f"{page}members/{ada.pk}/removal/")
    assert "Ada is taken out of the group." in client.get(page).content.decode()
    client.post(f"{page}members/{ada.pk}/return/")
    assert list(group.memberships.all()) == [ada]
    assert "Ada is taken out" not in client.get(page).content.decode()


def test_deleting_a_group_asks_and_says_how_many_are_in_it(client, group, ada, bruno):
    administers(bruno)
    client.force_login(bruno)
    ada.groups.add(group)
    page = f"/console/nordlicht/groups/{group.pk}/deletion/"
    asked = client.get(page).content.decode()
    assert "Delete the group Grid?" in asked
    assert "Welcome · 1 person" in asked
    assert Group.objects.exists()
    client.post(page)
    assert not Group.objects.exists()
