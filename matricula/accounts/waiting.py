"""What windows say to somebody who has to wait."""

from django.utils.translation import gettext as _

from matricula.accounts.addresses import canonical
from matricula.accounts.confirming import LETTERS, was_written_to
from matricula.accounts.errors import TooManyAdded, TooOften, TooSoon
from matricula.accounts.models import Account
from matricula.web.rows import Calendar


def words_of(wait: TooSoon) -> str:
    """What to do, and from when on."""
    if isinstance(wait, TooManyAdded):
        words = _("You added many addresses today. Add the next one after %s (UTC).")
        return words % Calendar().day_and_time(wait.until)
    if isinstance(wait, TooOften):
        words = _("The day's limit of letters to this address is reached. Ask again after %s (UTC).")
        return words % Calendar().day_and_time(wait.until)
    return _("A letter went out a moment ago. Wait a minute, then ask again.")


def why_no_letter(*, account: Account, address: str) -> str:
    """What is true, and what to do, where no letter with a code was written; nothing where one was."""
    if was_written_to(account=account, address=address):
        return ""
    until = LETTERS.used_up_until(canonical(address))
    if until is None:
        return _("No letter was written to %s. Ask for one below.") % address
    words = _(
        "%(address)s got as many letters with codes as a mailbox gets in a day, so none was written for you."
        " Ask for one after %(moment)s (UTC)."
    )
    return words % {"address": address, "moment": Calendar().day_and_time(until)}
