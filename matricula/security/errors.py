from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matricula.web.refusals import Refusal
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


class HasToWait(Refusal):
    """Tries are used up and free again at `until`; `limit` names which, as docs/operate/limits.md does.

    Its words are alike for addresses that are known here and those that are not.
    """

    code = "has_to_wait"
    sentence = gettext_lazy("That was tried many times.")

    def __init__(self, until: datetime, limit: str) -> None:
        super().__init__(until, limit)
        self.until, self.limit = until, limit

    def __str__(self) -> str:
        return f"{REASONS.get(self.limit, self.sentence)} {how_long(self.until)}"


class TooManyTries(HasToWait):
    """So many wrong guesses were made that this one was not looked at."""

    code = "too_many_tries"


def how_long(until: datetime) -> str:
    minutes = max(1, round((until - timezone.now()).total_seconds() / 60 + 0.5))
    if minutes > 90:
        return _("Try again after %s.") % Calendar().day_and_time(until)
    words = ngettext(
        "Wait a minute, until %(time)s, then try again.",
        "Wait %(minutes)d minutes, until %(time)s, then try again.",
        minutes,
    )
    return words % {"minutes": minutes, "time": Calendar().clock(until)}
