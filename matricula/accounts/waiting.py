"""What windows say to somebody who has to wait."""

from django.utils.translation import gettext as _

from matricula.accounts.errors import TooManyAdded, TooOften, TooSoon
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
