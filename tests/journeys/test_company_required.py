"""Ada meets the door of a program that requires her company's sign-in; Olga comes in on the day it fails."""

import pyotp
import pytest

from conftest import person
from matricula.accounts.models import SecondFactor
from matricula.accounts.second_factors import add_authenticator
from matricula.identities.models import Connection
from matricula.identities.recovery_codes import renew_owner_codes
from matricula.identities.tests.company import live_connection
from matricula.organizations.models import Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from tests.journeys.walking import BROWSER_TEST, click, shoot, sign_in

pytestmark = BROWSER_TEST
CONNECTIONS = "/console/nordlicht/sign-in/"


def reads(page, words):
    page.get_by_text(words).first.wait_for()


@pytest.fixture
def olga(organization):
    account = person("Olga Petrova", "olga@nordlicht.example")
    Role.objects.create(organization=organization, account=account, kind=Role.Kind.OWNER)
    return account


@pytest.fixture
def connection(organization):
    return live_connection(organization, name="Nordlicht Entra")


def test_ada_meets_a_door_that_leads_to_her_company_and_back(page, program, connection):
    Program.objects.update(requires_sign_in=True)
    ada = person("Ada Okafor", "ada@home.example")
    enter_program(program=program, account=ada)
    sign_in(page, ada)
    page.goto(f"/learn/programs/{program.public_id}/")
    reads(page, "asks for its own sign-in for this program")
    shoot(page, "door")
    click(page, "Sign in with your company", role="link")
    reads(page, "Continue with Nordlicht Entra")
    assert page.locator("main input[name=next]").input_value() == f"/learn/programs/{program.public_id}/"
    shoot(page, "company-with-recovery")
    Connection.objects.update(state="off")
    page.goto(f"/learn/programs/{program.public_id}/")
    reads(page, "it is switched off at the moment")
    shoot(page, "door-off")
    page.goto("/sso/nordlicht/")
    shoot(page, "company-off")


def test_olga_requires_it_and_is_told_what_to_do_first(page, program, olga):
    sign_in(page, olga)
    page.goto(f"/console/nordlicht/programs/{program.public_id}/change/")
    page.get_by_label("Require your company's sign-in").check()
    click(page, "Save")
    reads(page, "No company sign-in is switched on")
    shoot(page, "program-refused")
    connection = live_connection(program.organization, name="Nordlicht Entra")
    click(page, "Save")
    reads(page, "Saved.")
    page.goto(CONNECTIONS)
    reads(page, "1 of 1 owner gets in without it")
    shoot(page, "connections-required")
    page.goto(f"{CONNECTIONS}{connection.public_id}/")
    shoot(page, "connection-required")
    click(page, "Switch it off", role="link")
    reads(page, "This is the only connection that is on")
    shoot(page, "connection-refused")
    olga.set_unusable_password()
    olga.save()
    Connection.objects.update(state="off")
    sign_in(page, olga)
    page.goto(CONNECTIONS)
    reads(page, "no owner could get in to mend it")
    shoot(page, "connections-nobody")
    click(page, "Your recovery codes", role="link")
    shoot(page, "owner-codes-none")
    click(page, "Make ten codes")
    assert page.locator("#codes li").count() == 10
    shoot(page, "owner-codes-sheet")
    click(page, "I kept them", role="link")
    reads(page, "You have 10 codes left.")
    shoot(page, "owner-codes")


def test_olga_comes_in_by_a_code_and_her_app(page, program, olga, connection):
    Program.objects.update(requires_sign_in=True)
    codes = renew_owner_codes(organization=program.organization, account=olga)
    secret = pyotp.random_base32()
    add_authenticator(account=olga, secret=secret, code=pyotp.TOTP(secret).now())
    SecondFactor.objects.update(counter=0)
    page.goto("/sso/nordlicht/")
    click(page, "Owners: use a recovery code", role="link")
    shoot(page, "recovery")
    page.get_by_label("E-mail", exact=True).fill("olga@nordlicht.example")
    page.get_by_label("Recovery code").fill("aaaaa-aaaaa")
    click(page, "Open the console")
    reads(page, "do not fit together")
    shoot(page, "recovery-refused")
    page.get_by_label("Recovery code").fill(codes[0])
    click(page, "Open the console")
    reads(page, "Your account asks for a second factor")
    shoot(page, "recovery-step")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    click(page, "Confirm")
    reads(page, "You are in, for an hour, to mend the sign-in.")
    shoot(page, "recovered")
    page.goto(f"/console/nordlicht/programs/{program.public_id}/change/")
    page.get_by_label("Require your company's sign-in").uncheck()
    click(page, "Save")
    reads(page, "Saved.")
    page.goto("/account/")
    assert page.get_by_label("Password").count() == 1, "to log in, for what is her own"
