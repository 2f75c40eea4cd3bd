"""Bruno makes a token in the console, sees it once, and revokes it."""

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.api.models import Token
from matricula.api.tests.conftest import Caller
from matricula.api.tokens import grant_token
from matricula.organizations.models import Role

pytestmark = pytest.mark.django_db
PAGE = "/console/nordlicht/tokens/"


@pytest.fixture
def owner(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    prove(client, time.time())
    return client


def prove(client, moment):
    session = client.session
    session["proved_at"] = moment
    session.save()


def test_a_session_left_open_makes_no_token_before_it_proves_who_it_is(owner):
    prove(owner, time.time() - 601)
    given = {"name": "Payroll", "days": 365, "scopes": ["people:read"]}
    for answer in (owner.get(f"{PAGE}new/"), owner.post(f"{PAGE}new/", given)):
        assert answer["Location"].startswith("/account/prove/?next=")
    assert not Token.objects.exists()


def test_a_token_is_made_shown_once_used_and_revoked(owner, bruno):
    given = {"name": "Payroll", "days": 30, "scopes": ["programs:read", "people:read"]}
    made = owner.post(f"{PAGE}new/", given)
    (secret,) = re.findall(r"matricula_[\w-]{43}", made.content.decode())
    assert made["Cache-Control"] == "no-store"
    listed = owner.get(PAGE).content.decode()
    assert (secret in listed, f"matricula_…{secret[-4:]}" in listed) == (False, True)
    assert Caller(secret).get("organization/").json()["token"]["scopes"] == ["programs:read", "people:read"]
    token = Token.objects.get()
    assert token.made_by == bruno
    owner.post(f"{PAGE}{token.public_id}/revocation/")
    assert Caller(secret).get("organization/").status_code == 401
    assert "revoked" in owner.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 101}, {"days": 0}, {"days": "x"}, {"scopes": []}, {"scopes": ["all"]}],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(owner, wrong):
    given = {"name": "Payroll", "days": 30, "scopes": ["programs:read"], **wrong}
    page = owner.post(f"{PAGE}new/", given).content.decode()
    assert 'role="alert"' in page
    assert Token.objects.count() == 0
    if "name" not in wrong:
        assert 'value="Payroll"' in page


def test_the_list_asks_the_same_for_one_token_and_for_three(owner, organization, bruno):
    counts = []
    for _ in range(3):
        grant_token(organization=organization, name="x", scopes=["audit:read"], days=1, actor=bruno)
        with CaptureQueriesContext(connection) as asked:
            owner.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_a_token_nobody_made_may_do_everything_its_scopes_say(house):
    """From the shell there is no account behind it: every change takes that."""
    from matricula.api.tokens import SCOPES

    _token, secret = grant_token(
        organization=house.organization, name="Shell", scopes=SCOPES, days=1, actor=None
    )
    caller, program = Caller(secret), house.program.public_id
    assert caller.post("programs/", {"name": "N"}).status_code == 201
    assert caller.patch(f"programs/{program}/", {"seats": 9}).status_code == 200
    group = caller.post("groups/", {"program": program, "name": "N"}).json()["id"]
    assert caller.post(f"groups/{group}/members/", {"work_email": "ada@nordlicht.example"}).status_code == 201
    assert caller.delete(f"groups/{group}/members/{house.member.public_id}/").status_code == 204
    assert caller.delete(f"groups/{group}/").status_code == 204
    invited = caller.post("invitations/", {"program": program, "address": "eve@nordlicht.example"}).json()
    path = f"invitations/{invited['id']}/"
    assert caller.post(f"{path}address/", {"address": "eva@nordlicht.example"}).status_code == 201
    assert caller.post(f"requests/{house.request.public_id}/dismissal/").status_code == 200
    assert caller.post(f"links/{house.link.public_id}/off/").status_code == 200
    membership = f"people/{house.member.public_id}/memberships/{program}/"
    assert caller.delete(membership).status_code == 204
    assert caller.post(f"{membership}invitation/").status_code == 201
