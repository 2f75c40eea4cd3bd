"""Ada deletes her account, takes it back, or lets the week pass."""

import pytest

from matricula.credentials.models import Certificate, WithdrawnCertificate
from matricula.learning.models import Enrolment, Progress
from matricula.leaving.deletion.taking_back import take_account_back
from matricula.leaving.models import DeletionLine
from matricula.leaving.tests.one_life import COMPARED, OneLife, deleted, erase_all, let_a_week_pass
from matricula.leaving.tests.two_lives import contents
from matricula.organizations.models import Affiliation, Role
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def life(db) -> OneLife:
    return OneLife()


def test_at_once_addresses_seats_ties_sign_ins_and_roles_are_free(life):
    deleted(life.ada)
    life.ada.refresh_from_db()
    assert not life.ada.is_active
    assert life.ada.deleted_at is not None
    assert not life.ada.addresses.exists()
    assert not Role.objects.filter(account=life.ada).exists()
    assert not life.group.managers.exists()
    assert not Affiliation.objects.live().filter(account=life.ada).exists()
    assert not Membership.objects.active().filter(account=life.ada).exists()
    assert not life.ada.identities.live().exists()
    life.welcome.refresh_from_db()
    assert life.welcome.seats_used == 0
    assert wrong_numbers() == []


def test_taken_back_every_row_is_as_it_was(life):
    before = contents(*COMPARED)
    deletion = deleted(life.ada)
    assert contents(*COMPARED) != before
    take_account_back(deletion=deletion)
    assert contents(*COMPARED) == before
    assert wrong_numbers() == []


def test_after_a_week_a_row_without_a_name_stays(life):
    number = life.ada.certificates.get(course=life.done).public_id
    deletion = deleted(life.ada)
    let_a_week_pass(deletion)
    erase_all()
    life.ada.refresh_from_db()
    deletion.refresh_from_db()
    assert deletion.erased_at is not None
    assert life.ada.full_name == "Deleted account"
    assert not life.ada.has_usable_password()
    assert not Certificate.objects.filter(account=life.ada).exists()
    assert WithdrawnCertificate.objects.filter(public_id=number).exists()
    assert not Enrolment.objects.filter(account=life.ada).exists()
    assert not Progress.objects.exists()
    assert {str(one.before) + str(one.after) for one in DeletionLine.objects.all()} == {"{}{}"}
    assert wrong_numbers() == []
    life.invitation.refresh_from_db()
    assert life.invitation.accepted_by == life.ada
