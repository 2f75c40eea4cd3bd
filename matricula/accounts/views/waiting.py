"""What windows say to somebody who has to wait."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from matricula.accounts.confirmation import letter_came_back, letter_counter
from matricula.accounts.models import Account, EmailAddress
from matricula.mail.addresses import canonical
from matricula.security.errors import HasToWait
from matricula.security.throttling import LETTERS
from matricula.web.errors import ask_to_wait
from matricula.web.table_rows import Calendar


def told_to_wait(request: HttpRequest, page: str, context: dict[str, Any], wait: HasToWait) -> HttpResponse:
    """The page again, with what was typed, and beside the form why and how long to wait."""
    return ask_to_wait(request, page, context, words=str(wait), until=wait.until)


def letter_news(*, account: Account, address: str, holding: str = "") -> dict[str, Any]:
    """For a page that asks for a code: whether its letter `came_back`, or why there is `no_letter`."""
    came_back = letter_came_back(account=account, address=address)
    return {"came_back": came_back, "no_letter": why_no_letter(address, holding) if came_back is None else ""}


def why_no_letter(address: str, holding: str) -> str:
    email = EmailAddress(canonical=canonical(address))
    until = LETTERS.used_up_until(letter_counter(email, holding))
    if until is None:
        return _("No letter was written to %s. Ask for one below.") % address
    words = _(
        "%(address)s got as many letters as we write to a mailbox in a day, so none was written for you."
        " Ask for one after %(moment)s (UTC)."
    )
    return words % {"address": address, "moment": Calendar().day_and_time(until)}
