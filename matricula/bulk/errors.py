from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class MoreByNow(Refusal):
    """More fits the search than the question said."""

    code = "more_by_now"
    sentence = _("More match now than when you were asked. Look again, and answer again.")


class NothingChosen(Refusal):
    """None of the rows that were named is in the list, or nothing fits the search."""

    code = "nothing_chosen"
    sentence = _("Tick somebody in the list first, or choose all that match.")
