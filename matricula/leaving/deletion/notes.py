"""What an organization reads on the page of somebody who deleted their account."""

from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.leaving.models import Deletion
from matricula.organizations.models import Role
from matricula.web.table_rows import Calendar


def deleted_accounts(role: Role, account: Account) -> list[str]:
    """Its numbers fall when the days are over, so it is told when."""
    if account.deleted_at is None:
        return []
    calendar = Calendar()
    notes = []
    for one in Deletion.objects.standing().filter(account=account):
        days = {"day": calendar.day(one.made_at), "until": calendar.day(one.take_until)}
        words = (
            _("%(day)s: deleted their account. Name and what was learned are gone, from your numbers, too.")
            if one.erased_at
            else _(
                "%(day)s: deleted their account. They may take it back until %(until)s; then what they "
                "learned goes, from your numbers, too."
            )
        )
        notes.append(words % days)
    return notes
