"""The accounts that one account took in (room `leaving`): all are the same person's."""

from matricula.accounts.models import Account


def accounts_of_person(account: Account) -> set[int]:
    """The account, and all that were combined into it, at any depth. Only a live one takes in: no circle."""
    found, newest = {account.pk}, {account.pk}
    while newest:
        newest = set(Account.objects.filter(combined_into__in=newest).values_list("pk", flat=True))
        found |= newest
    return found
