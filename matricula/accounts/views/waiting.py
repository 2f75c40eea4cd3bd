"""What windows say to somebody who has to wait."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matricula.accounts.confirmation import counted, letter_came_back
from matricula.accounts.errors import TooManyAdded, TooOften, TooSoon
from matricula.accounts.models import Account, EmailAddress
from matricula.mail.addresses import canonical
from matricula.security.throttling import LETTERS, HasToWait
from matricula.web.errors import ask_to_wait
from matricula.web.table_rows import Calendar

REASONS = {
    "password-network": gettext_lazy("Many wrong passwords came from your network."),
    "password": gettext_lazy("Many different passwords were tried for this e-mail."),
    "password-device": gettext_lazy("Many different passwords were tried for this e-mail."),
    "second-step": gettext_lazy("Many wrong codes were tried for this account."),
    "second-step-device": gettext_lazy("Many wrong codes were tried for this account."),
    "code": gettext_lazy("Many wrong codes were tried for this address today. The link in the letter works."),
    "reset": gettext_lazy("Letters for this address were asked for a moment ago. Look at your mail first."),
    "reset-device": gettext_lazy(
        "Letters for this address were asked for a moment ago. Look at your mail first."
    ),
    "lost-letter": gettext_lazy(
        "A letter for this address was asked for a moment ago. Look at your mail first."
    ),
    "letters": gettext_lazy("As many letters were asked for this address as we write to one in a day."),
    "reset-network": gettext_lazy("Many people of your network asked for letters."),
    "lost-letter-network": gettext_lazy("Many people of your network asked for letters."),
    "request-network": gettext_lazy("Many people of your network asked their administrators."),
}
"""Why one has to wait, by the limit whose tries are used up."""


def words_of_wait(wait: HasToWait) -> str:
    """Why, how long, and until when; alike for addresses that are known here and those that are not."""
    reason = REASONS.get(wait.limit, _("That was tried many times."))
    return f"{reason} {how_long(wait.until)}"


def told_to_wait(request: HttpRequest, page: str, context: dict[str, Any], wait: HasToWait) -> HttpResponse:
    """The page again, with what was typed and those words beside the form."""
    return ask_to_wait(request, page, context, words=words_of_wait(wait), until=wait.until)


def how_long(until: datetime) -> str:
    minutes = max(1, round((until - timezone.now()).total_seconds() / 60 + 0.5))
    if minutes > 90:
        return _("Try again after %s (UTC).") % Calendar().day_and_time(until)
    words = ngettext(
        "Wait a minute, until %(time)s (UTC), then try again.",
        "Wait %(minutes)d minutes, until %(time)s (UTC), then try again.",
        minutes,
    )
    return words % {"minutes": minutes, "time": f"{until:%H:%M}"}


def words_of(wait: TooSoon) -> str:
    """What to do, and from when on."""
    if isinstance(wait, TooManyAdded):
        words = _("You added many addresses today. Add the next one after %s (UTC).")
        return words % Calendar().day_and_time(wait.until)
    if isinstance(wait, TooOften):
        words = _("The day's limit of letters to this address is reached. Ask again after %s (UTC).")
        return words % Calendar().day_and_time(wait.until)
    return _("A letter went out a moment ago. Wait a minute, then ask again.")


def letter_news(*, account: Account, address: str, holding: str = "") -> dict[str, Any]:
    """For a page that asks for a code: whether its letter `came_back`, or why there is `no_letter`."""
    came_back = letter_came_back(account=account, address=address)
    return {"came_back": came_back, "no_letter": why_no_letter(address, holding) if came_back is None else ""}


def why_no_letter(address: str, holding: str) -> str:
    email = EmailAddress(canonical=canonical(address))
    until = LETTERS.used_up_until(counted(email, holding))
    if until is None:
        return _("No letter was written to %s. Ask for one below.") % address
    words = _(
        "%(address)s got as many letters as we write to a mailbox in a day, so none was written for you."
        " Ask for one after %(moment)s (UTC)."
    )
    return words % {"address": address, "moment": Calendar().day_and_time(until)}
