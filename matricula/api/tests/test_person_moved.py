"""Whom a program knew by an id that was given up, it is told the id of; nobody else is."""

import pytest

from matricula.api.tests.conftest import Caller
from matricula.api.tokens import SCOPES, grant_token
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db, settings) -> TwoLives:
    settings.API_RATE = 0
    return TwoLives()


def program_of_company(organization, owner) -> Caller:
    organization.roles.create(account=owner, kind="owner")
    _token, secret = grant_token(
        organization=organization, actor=owner, name="Payroll", scopes=list(SCOPES), days=90
    )
    return Caller(secret)


def test_the_old_id_says_where_the_person_is_now_until_it_is_undone(ada, bruno):
    payroll, old = program_of_company(ada.globex, bruno), f"people/{ada.there.public_id}/"
    assert payroll.get(old).status_code == 200
    combining = combined(ada.here, ada.there)
    answer = payroll.get(old)
    assert (answer.status_code, answer["Cache-Control"]) == (410, "no-store")
    assert (answer.json()["code"], answer.json()["moved_to"]) == ("person_moved", ada.here.public_id)
    assert payroll.get(f"people/{ada.here.public_id}/").status_code == 200
    removal = payroll.delete(f"{old}memberships/{ada.growth.public_id}/")
    assert (removal.status_code, removal.json()["moved_to"]) == (410, ada.here.public_id)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert payroll.get(old).status_code == 200
    assert payroll.get(f"people/{ada.here.public_id}/").status_code == 404


def test_whoever_never_knew_them_finds_nobody(ada, bruno):
    payroll = program_of_company(ada.acme, bruno)
    combined(ada.here, ada.there)
    answer = payroll.get(f"people/{ada.there.public_id}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "moved_to" not in answer.json()
