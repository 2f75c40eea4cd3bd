"""Nobody requires the company's sign-in, or takes away what it needs, so that owners are locked out."""

import time
from functools import partial

import pytest
from django.db.models import F
from django.test import Client

from conftest import person
from matricula.accounts.models import Account, EmailAddress
from matricula.api.tokens import grant_token
from matricula.audit.models import Entry
from matricula.identities.models import Connection, OwnerRecoveryCode
from matricula.identities.recovery_codes import owners_with_way_in, renew_owner_codes
from matricula.identities.tests.company import live_connection
from matricula.organizations.models import Organization, Role
from matricula.programs.errors import LastWayIn, NoCompanySignIn, NoOwnerWayIn, SignInRequired
from matricula.programs.models import Program
from matricula.programs.programs import change_program, make_program
from matricula.roles.roles import change_role, put_role, remove_role
from matricula.sso.connections import remove_connection, switch_off
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
ON, OFF = {"requires_sign_in": True}, {"requires_sign_in": False}


@pytest.fixture
def olga(organization) -> Account:
    """An owner with a password of her own."""
    return owner(organization, "Olga")


@pytest.fixture
def connection(organization) -> Connection:
    return live_connection(organization)


@pytest.fixture
def requiring(program, olga, connection) -> Program:
    change_program(program=program, values=ON, actor=olga)
    program.refresh_from_db()
    assert program.requires_sign_in
    return program


def owner(organization, name, *, password=True) -> Account:
    account = person(name, f"{name.lower()}@nordlicht.example")
    if not password:
        account.set_unusable_password()
        account.save()
    Role.objects.create(organization=organization, account=account, kind=Role.Kind.OWNER)
    return account


def role_of(account) -> Role:
    return Role.objects.get(account=account)


def requires(program) -> bool:
    return Program.objects.get(pk=program.pk).requires_sign_in


@pytest.mark.parametrize("state", ["draft", "off", None])
def test_it_is_not_required_before_a_connection_is_live(program, olga, organization, state):
    if state:
        live_connection(organization, state=state)
    with pytest.raises(NoCompanySignIn):
        change_program(program=program, values=ON, actor=olga)
    with pytest.raises(NoCompanySignIn):
        make_program(organization=organization, values={"name": "New", **ON}, actor=olga)
    assert not Program.objects.filter(requires_sign_in=True).exists()


def test_a_connection_of_another_company_is_none(program, olga):
    live_connection(Organization.objects.create(slug="other", name="Other"))
    with pytest.raises(NoCompanySignIn):
        change_program(program=program, values=ON, actor=olga)


def no_password(account):
    account.set_unusable_password()
    account.save()


def no_address(account):
    account.addresses.update(confirmed_at=None, is_primary=False)


def address_that_ends(account):
    account.addresses.update(is_primary=False, power_ends_at=F("confirmed_at"))


def address_not_for_logging_in(account):
    account.addresses.update(is_primary=False, signs_in=False)


def closed(account):
    Account.objects.filter(pk=account.pk).update(is_active=False)


def viewer(account):
    Role.objects.update(kind=Role.Kind.VIEWER)


@pytest.mark.parametrize(
    "shut", [no_password, no_address, address_that_ends, address_not_for_logging_in, closed, viewer]
)
def test_it_is_not_required_before_an_owner_gets_in_without_it(program, olga, connection, shut):
    shut(olga)
    with pytest.raises(NoOwnerWayIn):
        change_program(program=program, values=ON, actor=olga)
    assert not requires(program)


def test_a_passkey_and_an_address_are_a_way_in(program, organization, connection):
    dana = owner(organization, "Dana", password=False)
    assert not owners_with_way_in(organization.pk).exists()
    dana.second_factors.create(kind="passkey", name="Key", sealed="x")
    change_program(program=program, values=ON, actor=dana)
    assert requires(program)


def test_an_unspent_recovery_code_is_a_way_in_and_a_spent_one_is_none(program, organization, connection):
    dana = owner(organization, "Dana", password=False)
    renew_owner_codes(organization=organization, account=dana)
    OwnerRecoveryCode.objects.update(used_at=F("made_at"))
    with pytest.raises(NoOwnerWayIn):
        change_program(program=program, values=ON, actor=dana)
    renew_owner_codes(organization=organization, account=dana)
    change_program(program=program, values=ON, actor=dana)
    assert Entry.objects.filter(verb="program.changed").latest("pk").after == ON


def test_a_change_of_something_else_is_never_refused_and_off_never_is(requiring, olga, connection):
    Connection.objects.update(state="off")
    no_password(olga)
    change_program(program=requiring, values={"name": "Renamed", **ON}, actor=olga)
    assert requires(requiring)
    change_program(program=requiring, values=OFF, actor=olga)
    assert not requires(requiring)


def test_the_last_live_connection_is_not_switched_off_while_a_program_requires_it(
    requiring, connection, olga, organization
):
    with pytest.raises(SignInRequired) as refused:
        switch_off(connection=connection, actor=olga)
    assert requiring.name in str(refused.value)
    with pytest.raises(SignInRequired):
        remove_connection(connection=connection, actor=olga)
    second = live_connection(organization, client_id="second")
    switch_off(connection=connection, actor=olga)
    remove_connection(connection=connection, actor=olga)
    with pytest.raises(SignInRequired):
        switch_off(connection=second, actor=olga)
    change_program(program=requiring, values=OFF, actor=olga)
    switch_off(connection=second, actor=olga)


def test_one_that_is_off_already_goes_at_any_time(requiring, connection, olga, organization):
    Connection.objects.update(state="off")
    switch_off(connection=connection, actor=olga)
    remove_connection(connection=connection, actor=olga)
    assert not organization.connections.exists()


def test_the_last_owner_with_a_way_in_stays_one(requiring, olga, organization):
    dana = owner(organization, "Dana", password=False)
    viewer = {"kind": Role.Kind.VIEWER, "groups": []}
    with pytest.raises(LastWayIn):
        remove_role(role=role_of(olga), actor=dana)
    with pytest.raises(LastWayIn):
        change_role(role=role_of(olga), actor=dana, **viewer)
    with pytest.raises(LastWayIn):
        put_role(organization=organization, account=olga, actor=olga, **viewer)
    remove_role(role=role_of(dana), actor=olga)
    dana = owner(organization, "Dora", password=False)
    renew_owner_codes(organization=organization, account=dana)
    remove_role(role=role_of(olga), actor=dana)
    assert list(owners_with_way_in(organization.pk)) == [role_of(dana)]


def test_where_nothing_requires_it_or_nobody_has_one_roles_end_as_ever(
    program, olga, organization, requiring
):
    dana = owner(organization, "Dana", password=False)
    no_password(olga)
    remove_role(role=role_of(olga), actor=dana)
    Program.objects.update(requires_sign_in=False)
    olga = owner(organization, "Orla")
    remove_role(role=role_of(olga), actor=dana)


def test_owner_and_administrator_set_it_in_the_programs_settings_and_nobody_else(
    program, olga, connection, organization
):
    address = f"/console/nordlicht/programs/{program.public_id}/change/"
    for kind, may in [("program_administrator", True), ("group_manager", False), ("viewer", False)]:
        account = person(kind, f"{kind}@nordlicht.example")
        Role.objects.create(organization=organization, account=account, kind=kind)
        browser = Client()
        browser.force_login(account)
        answer = browser.post(address, {"name": "Welcome", "invitation_days": "30", "requires_sign_in": "on"})
        assert (answer.status_code, requires(program)) == ((302, True) if may else (403, False))
        Program.objects.update(requires_sign_in=False)


def test_the_pages_say_what_to_do_first(program, olga, organization):
    browser = Client()
    browser.force_login(olga)
    session = browser.session
    session["proved_at"] = time.time()
    session.save()
    sent = {"name": "Welcome", "invitation_days": "30", "requires_sign_in": "on"}
    address = f"/console/nordlicht/programs/{program.public_id}/change/"
    page = browser.post(address, sent).content.decode()
    assert "No company sign-in is switched on" in page
    assert " checked" in page.partition('name="requires_sign_in"')[2].partition(">")[0]
    connection = live_connection(organization)
    assert browser.post(address, sent).status_code == 302
    page = browser.post(
        f"/console/nordlicht/sign-in/{connection.public_id}/switch/", {"to": "off"}, follow=True
    )
    assert "It is required by: Welcome." in page.content.decode()
    page = browser.post(f"/console/nordlicht/sign-in/{connection.public_id}/removal/", follow=True)
    assert "It is required by: Welcome." in page.content.decode()
    assert Connection.objects.live().exists()
    owner(organization, "Dana", password=False)
    page = browser.post(
        f"/console/nordlicht/administrators/{role_of(olga).pk}/removal/", {"sure": "on"}
    ).content.decode()
    assert "the only owner who gets in without it" in page


def test_the_list_of_connections_says_who_requires_it_and_who_gets_in_without_it(
    requiring, olga, connection, organization
):
    owner(organization, "Dana", password=False)
    browser = Client()
    browser.force_login(olga)
    page = browser.get("/console/nordlicht/sign-in/").content.decode()
    assert "1 of 2 owners" in page
    assert requiring.name in page
    assert "no owner could get in" not in page
    no_address(olga)
    Connection.objects.update(state="off")
    page = browser.get("/console/nordlicht/sign-in/").content.decode()
    assert "0 of 2 owners" in page
    assert "no owner could get in" in page
    assert "none is switched on" in page


def test_a_program_of_theirs_sets_it_by_the_api_and_is_refused_alike(program, olga, organization):
    _token, secret = grant_token(
        organization=organization,
        name="Sync",
        scopes=["programs:read", "programs:write"],
        days=1,
        actor=olga,
    )
    headers, address = {"authorization": f"Bearer {secret}"}, f"/api/v1/programs/{program.public_id}/"
    change = partial(Client().patch, address, content_type="application/json", headers=headers)
    refused = change(ON)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_company_sign_in")
    live_connection(organization)
    assert change(ON).json()["requires_sign_in"] is True
    assert Client().get(address, headers=headers).status_code == 200
    assert change(OFF).json()["requires_sign_in"] is False


def locked_out(organization) -> bool:
    """Required, and no connection is on or no owner gets in without it."""
    if not Program.objects.filter(requires_sign_in=True).exists():
        return False
    return not (Connection.objects.live().exists() and owners_with_way_in(organization.pk).exists())


ROUNDS = pytest.mark.parametrize("round_", range(4))


@ROUNDS
@pytest.mark.django_db(transaction=True)
def test_races_requiring_it_while_the_only_connection_goes_off(
    program, olga, connection, organization, round_
):
    results = all_at_once(
        partial(change_program, program=program, values=ON, actor=olga),
        partial(switch_off, connection=connection, actor=olga),
    )
    assert [type(one) for one in refusals(results)] in ([NoCompanySignIn], [SignInRequired])
    assert not locked_out(organization)


@ROUNDS
@pytest.mark.django_db(transaction=True)
def test_races_the_last_two_connections_go_off(requiring, olga, connection, organization, round_):
    second = live_connection(organization, client_id="second")
    results = all_at_once(*(partial(switch_off, connection=one, actor=olga) for one in (connection, second)))
    assert [type(one) for one in refusals(results)] == [SignInRequired]
    assert not locked_out(organization)


@ROUNDS
@pytest.mark.django_db(transaction=True)
def test_races_requiring_it_while_the_only_owner_with_a_way_in_goes(
    program, olga, connection, organization, round_
):
    dana = owner(organization, "Dana", password=False)
    results = all_at_once(
        partial(change_program, program=program, values=ON, actor=dana),
        partial(remove_role, role=role_of(olga), actor=dana),
    )
    assert [type(one) for one in refusals(results)] in ([NoOwnerWayIn], [LastWayIn])
    assert not locked_out(organization)


@ROUNDS
@pytest.mark.django_db(transaction=True)
def test_races_the_last_two_owners_with_a_way_in_go(requiring, olga, organization, round_):
    dana, orla = owner(organization, "Dana", password=False), owner(organization, "Orla")
    results = all_at_once(
        *(partial(remove_role, role=role_of(one), actor=dana) for one in (olga, orla)),
    )
    assert [type(one) for one in refusals(results)] == [LastWayIn]
    assert not locked_out(organization)
    assert EmailAddress.objects.count() == 3
