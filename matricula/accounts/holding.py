"""An account that whoever runs the site has kept as it is, because a court or a law wants that."""

from django.db import transaction
from django.utils import timezone

from matricula.accounts.mailboxes import hold_account
from matricula.accounts.models import Account
from matricula.audit.models import record


@transaction.atomic
def keep_as_it_is(*, account: Account, held: bool) -> bool:
    """From now on, or no longer. False when it was so before."""
    hold_account(account.pk)
    rows = Account.objects.filter(pk=account.pk, held_at__isnull=held)
    if not rows.update(held_at=timezone.now() if held else None):
        return False
    record("accounts.held" if held else "accounts.released", subject=account)
    return True
