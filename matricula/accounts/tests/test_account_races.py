"""What hangs on the last, or the first, of several is right when two of them happen at one moment."""

from functools import partial

import pytest

from matricula.accounts.confirmation import ask_to_confirm, confirm_address
from matricula.accounts.errors import CodeEnded
from matricula.accounts.models import Account, Confirmation, EmailAddress, RecoveryCode, SecondFactor
from matricula.accounts.second_factors import RECOVERY_CODES, remove_factor, renew_recovery_codes
from tests.at_once import all_at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


def test_races_the_last_two_factors_removed_at_one_moment_take_the_recovery_codes_along(chika):
    for _ in range(ROUNDS):
        passkey = SecondFactor.Kind.PASSKEY
        factors = [SecondFactor.objects.create(account=chika, kind=passkey, name=name) for name in "ab"]
        renew_recovery_codes(account=chika)
        assert refusals(all_at_once(*(partial(remove_factor, factor=one) for one in factors))) == []
        assert not RecoveryCode.objects.exists()


def test_races_recovery_codes_renewed_in_two_tabs_are_ten(chika):
    for _ in range(ROUNDS):
        renewal = partial(renew_recovery_codes, account=chika)
        assert refusals(all_at_once(renewal, renewal)) == []
        assert RecoveryCode.objects.count() == RECOVERY_CODES


def test_races_two_addresses_confirmed_at_one_moment_are_both_theirs_and_one_is_primary():
    for number in range(ROUNDS):
        account = Account.objects.create(full_name="Ada")
        rows = [
            EmailAddress.objects.create(account=account, address=f"{name}{number}@home.example")
            for name in "ab"
        ]
        asked = [Confirmation.objects.create(email=one) for one in rows]
        assert refusals(all_at_once(*(partial(confirm_address, confirmation=one) for one in asked))) == []
        assert account.addresses.filter(is_primary=True).count() == 1
        assert account.addresses.confirmed().count() == 2


@pytest.mark.django_db
def test_a_letter_confirms_once(chika):
    email = chika.addresses.create(address="chika@home.example")
    asked = ask_to_confirm(email=email)
    confirm_address(confirmation=asked)
    confirmed_at = chika.addresses.get(pk=email.pk).confirmed_at
    with pytest.raises(CodeEnded):
        confirm_address(confirmation=asked)
    assert chika.addresses.get(pk=email.pk).confirmed_at == confirmed_at
