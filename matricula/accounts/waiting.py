"""What windows say to somebody who has to wait."""

from typing import Any

from django.utils.translation import gettext as _

from matricula.accounts.addresses import canonical
from matricula.accounts.confirming import LETTERS, letter_came_back
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


def letter_news(*, account: Account, address: str) -> dict[str, Any]:
    """For a page that asks for a code: whether its letter `came_back`, or why there is `no_letter`."""
    came_back = letter_came_back(account=account, address=address)
    return {"came_back": came_back, "no_letter": why_no_letter(address) if came_back is None else ""}


def why_no_letter(address: str) -> str:
    until = LETTERS.used_up_until(canonical(address))
    if until is None:
        return _("No letter was written to %s. Ask for one below.") % address
    words = _(
        "%(address)s got as many letters with codes as a mailbox gets in a day, so none was written for you."
        " Ask for one after %(moment)s (UTC)."
    )
    return words % {"address": address, "moment": Calendar().day_and_time(until)}
