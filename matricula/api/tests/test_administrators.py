"""Roles by token: what an owner's program may do, and what no token can make itself or anybody else."""

import pytest

from conftest import person
from matricula.accounts.models import Account
from matricula.api.tests.conftest import Caller
from matricula.api.tokens import SCOPES, grant_token
from matricula.audit.models import Entry
from matricula.mail.models import Letter
from matricula.organizations.models import Role
from matricula.roles.appointments import accept_role
from matricula.roles.models import Appointment
from matricula.roles.roles import change_role

pytestmark = pytest.mark.django_db
NOT_OWNERS = {*SCOPES} - {"owners:write"}


def caller(house, actor, scopes=SCOPES):
    """A program with a token that `actor` made."""
    _, secret = grant_token(organization=house.organization, name="Other", scopes=scopes, days=1, actor=actor)
    return Caller(secret)


def standing(house):
    """Everything that says who administers."""
    roles = house.organization.roles.order_by("pk").values_list("account", "kind")
    return [*roles], [*Appointment.objects.waiting().values_list("address", "kind", "written_at")]


@pytest.fixture
def second(house):
    """Nadia, the other owner."""
    made = person("Nadia Haddad", "nadia@nordlicht.example")
    Role.objects.create(organization=house.organization, account=made, kind="owner")
    return made


def test_a_role_is_offered_by_letter_and_nobody_has_it_before_they_accept(api, house):
    given = {"address": "eve@nordlicht.example", "role": "group_manager", "groups": [house.group.public_id]}
    made = api.post("role-offers/", given)
    assert (made.status_code, made.json()["groups"][0]["name"]) == (201, "Crew")
    assert Letter.objects.filter(kind="roles.offer", to="eve@nordlicht.example").count() == 1
    assert [one["address"] for one in api.get("role-offers/").json()["items"]] == [
        "eve@nordlicht.example",
        "hana@nordlicht.example",
    ]
    assert len(api.get("administrators/").json()["items"]) == 2
    eve = person("Eve Novak", "eve@nordlicht.example")
    accept_role(appointment=Appointment.objects.get(public_id=made.json()["id"]), account=eve)
    (new, *_others) = api.get("administrators/").json()["items"]
    assert (new["name"], new["role"], new["address"]) == ("Eve Novak", "group_manager", given["address"])
    assert [one["name"] for one in new["groups"]] == ["Crew"]
    line = Entry.objects.get(verb="role.offered", after__address=given["address"])
    assert (line.actor, line.through) == (house.owner, "API token Payroll")


def test_offers_are_sent_again_after_ten_minutes_and_withdrawn(api, house):
    path = f"role-offers/{house.offer.public_id}/"
    early = api.post(f"{path}letters/")
    assert (early.json()["code"], early["Retry-After"]) == ("offer_just_sent", "600")
    Appointment.objects.update(written_at="2026-01-01T00:00:00Z")
    assert api.post(f"{path}letters/").status_code == 202
    twice = {"address": "hana@nordlicht.example", "role": "viewer"}
    assert api.post("role-offers/", twice).json()["code"] == "already_offered"
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_roles_are_changed_and_taken_away(api, house):
    path = f"administrators/{house.member.public_id}/"
    assert api.patch(path, {"role": "group_manager"}).json()["code"] == "groups_missing"
    managing = api.patch(path, {"role": "group_manager", "groups": [house.group.public_id]}).json()
    assert (managing["role"], managing["groups"][0]["name"]) == ("group_manager", "Crew")
    assert api.patch(path, {"role": "group_manager"}).json() == managing
    assert api.patch(path, {"role": "viewer"}).json()["groups"] == []
    assert [api.delete(path).status_code for _ in range(2)] == [204, 404]
    assert house.membership.is_active


def test_nothing_asked_changes_nothing_and_writes_to_nobody(api, house):
    before = Letter.objects.count()
    assert api.patch(f"administrators/{house.member.public_id}/", {}).json()["role"] == "viewer"
    assert Letter.objects.count() == before


def test_the_last_owner_stays(api, house):
    path = f"administrators/{house.owner.public_id}/"
    for answer in (api.patch(path, {"role": "viewer"}), api.delete(path)):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
    assert api.patch(f"administrators/{house.member.public_id}/", {"role": "owner"}).status_code == 200
    assert api.delete(path).status_code == 204
    assert api.get("administrators/").json()["items"][0]["role"] == "owner"


def attempts(house, second):
    """Everything that makes an owner, or touches one."""
    owners, member = f"administrators/{second.public_id}/", f"administrators/{house.member.public_id}/"
    return [
        ("POST", "role-offers/", {"address": "mallory@elsewhere.example", "role": "owner"}),
        ("PATCH", member, {"role": "owner"}),
        ("PATCH", owners, {"role": "viewer"}),
        ("PATCH", owners, {"role": "owner"}),
        ("DELETE", owners, None),
        ("POST", f"role-offers/{house.offer.public_id}/letters/", None),
        ("DELETE", f"role-offers/{house.offer.public_id}/", None),
    ]


def test_owners_are_out_of_reach_for_a_token_without_the_scope_for_them(house, second):
    """With administrators:write alone nobody becomes an owner, and no owner is touched."""
    Appointment.objects.update(kind="owner", written_at="2026-01-01T00:00:00Z")
    less, before = caller(house, house.owner, NOT_OWNERS), standing(house)
    for method, path, body in attempts(house, second):
        answer = less.ask(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), (method, path)
        assert answer.json()["detail"].endswith("owners:write.")
    assert standing(house) == before
    assert less.patch(f"administrators/{house.member.public_id}/", {"role": "program_administrator"}).json()


@pytest.mark.parametrize("kind", ["program_administrator", "group_manager", "viewer", "", None])
def test_a_token_gives_no_role_when_whoever_made_it_is_no_owner(house, second, kind):
    """However many scopes it has: made by a program administrator, by nobody of here, or in the shell."""
    maker = None if kind is None else person("Mallory", "mallory@nordlicht.example")
    if kind:
        Role.objects.create(organization=house.organization, account=maker, kind=kind)
    Appointment.objects.update(written_at="2026-01-01T00:00:00Z")
    theirs, before, letters = caller(house, maker), standing(house), Letter.objects.count()
    lesser = ("POST", "role-offers/", {"address": "mallory@elsewhere.example", "role": "viewer"})
    for method, path, body in [*attempts(house, second), lesser]:
        answer = theirs.ask(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_owner"), (method, path)
    assert (standing(house), Letter.objects.count()) == (before, letters)
    assert theirs.get("administrators/").status_code == 200


def test_a_token_changes_roles_no_longer_than_its_maker_owns(house, second):
    """Nadia takes Bruno's role down; the token he made before cannot bring it back."""
    change_role(
        role=Role.objects.get(account=house.owner), kind="program_administrator", groups=[], actor=second
    )
    path = f"administrators/{house.owner.public_id}/"
    assert house.caller.patch(path, {"role": "owner"}).json()["code"] == "not_owner"
    assert Role.objects.get(account=house.owner).kind == "program_administrator"
    assert house.caller.get("programs/").status_code == 200


def test_a_token_changes_no_roles_once_its_makers_account_is_gone_or_closed(house, second):
    path = f"administrators/{house.member.public_id}/"
    Account.objects.filter(pk=house.owner.pk).update(is_active=False)
    assert house.caller.patch(path, {"role": "owner"}).json()["code"] == "not_owner"
    theirs = caller(house, second)
    second.roles.all().delete()
    Account.objects.filter(pk=second.pk).delete()
    assert theirs.patch(path, {"role": "owner"}).json()["code"] == "not_owner"
    assert Role.objects.get(account=house.member).kind == "viewer"


def test_a_role_offered_under_one_key_is_offered_once(api, house):
    given = {"address": "eve@nordlicht.example", "role": "viewer"}
    first, again = (api.post("role-offers/", given, idempotency_key="k") for _ in range(2))
    assert (first.content, again["Idempotency-Replayed"]) == (again.content, "true")
    assert Letter.objects.filter(to="eve@nordlicht.example").count() == 1


def test_personal_addresses_of_administrators_stay_theirs(api, house):
    assert "bruno@" not in api.get("administrators/").content.decode()
