"""No account is deleted by a slip together with what is not its own: memberships, ties, progress,
certificates, and what a company recorded. Django refuses, and so does the database.
"""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CASCADE, ProtectedError

from conftest import person
from matricula.accounts.models import Account
from tests.house.lived_in import LivedIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
GOES_WITH_IT = {
    "accounts_emailaddress",
    "accounts_secondfactor",
    "accounts_factorremoval",
    "accounts_recoverycode",
    "identities_identity",
    "joining_arrival",
    "leaving_dataexport",
    "programs_group_managers",
}
"""What is of the account alone, or passes."""


def cascading() -> set[str]:
    """Tables whose rows go when an account goes."""
    fields = Account._meta.get_fields()
    through = {one.through for one in fields if one.many_to_many and one.auto_created}
    going = {one.related_model for one in fields if getattr(one, "on_delete", None) is CASCADE}
    return {one._meta.db_table for one in through | going}


def test_what_goes_with_an_account_is_its_own_or_passes():
    assert cascading() <= GOES_WITH_IT


def test_an_account_with_a_life_is_not_deleted(organization, program, course, bruno):
    ada = LivedIn(organization, program, course, bruno).member
    with pytest.raises(ProtectedError):
        Account.objects.filter(pk=ada.pk).delete()
    assert ada.certificates.exists()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_account WHERE id = %s", [ada.pk])
    assert Account.objects.filter(pk=ada.pk).exists()


def test_who_answered_an_invitation_stays_known(invitation, chika):
    invitation.settle("joined", account=chika)
    with pytest.raises(ProtectedError):
        Account.objects.filter(pk=chika.pk).delete()


def test_an_account_that_nothing_hangs_on_goes(db):
    Account.objects.filter(pk=person("Nobody", "nobody@home.example").pk).delete()
    assert not Account.objects.exists()


def test_no_account_is_deleted_as_an_object(chika):
    with pytest.raises(TypeError, match="not deleted"):
        chika.delete()
    assert Account.objects.filter(pk=chika.pk).exists()
