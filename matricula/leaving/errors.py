from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class LeavingError(Refusal):
    """Something about combining accounts, or leaving, could not be done."""

    code = "leaving"


class CannotBeCombined(LeavingError):
    """`reasons` tell all that stands against it, at once."""

    code = "cannot_be_combined"
    sentence = _("These two accounts cannot be combined now.")

    def __init__(self, reasons: Sequence[object]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


class PlanChanged(LeavingError):
    """Something changed between the preview and the last click."""

    code = "plan_changed"
    sentence = _("While you read, something changed. Look at the list again; your proofs are still good.")


class ProofsGone(LeavingError):
    """A proof is too old, was used, or its account changed hands."""

    code = "proofs_gone"
    sentence = _("Confirm again that both accounts are yours: what you showed is no longer good.")


class UndoOver(LeavingError):
    """It was undone, or its days are over."""

    code = "undo_over"
    sentence = _("This can no longer be undone.")


class UndoNewestFirst(LeavingError):
    """The account took in another one afterwards."""

    code = "undo_newest_first"
    sentence = _("You combined another account after this one. Undo that first.")


class NoOtherWayIn(LeavingError):
    """Without the organization nothing would let the person into their account again."""

    code = "no_other_way_in"
    sentence = _("First you need a way in of your own: an address that is confirmed, and a password.")


class LeaversSettled(LeavingError):
    """A list of leavers was confirmed, dropped or stopped meanwhile, or still waits for its column."""

    code = "leavers_settled"
    sentence = _("Something changed meanwhile. Look at the list again.")
