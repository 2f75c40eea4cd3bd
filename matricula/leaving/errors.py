from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class LeavingError(Refusal):
    """Something about combining or deleting accounts, or about leaving, could not be done."""

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


class CannotBeDeleted(LeavingError):
    """`obstacles` tell all that stands against it, at once."""

    code = "cannot_be_deleted"
    sentence = _("This account cannot be deleted now.")

    def __init__(self, obstacles: Sequence[object]) -> None:
        super().__init__(obstacles)
        self.obstacles = obstacles


class TakeBackOver(LeavingError):
    """It was taken back, or its days are over."""

    code = "take_back_over"
    sentence = _("This can no longer be taken back.")


class NoAddressLeft(LeavingError):
    """Other accounts have proven every address that the account had."""

    code = "no_address_left"
    sentence = _("Other accounts have your addresses now. Enter one that reaches you.")


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


class SuggestedLately(LeavingError):
    """A letter about these two entries went out within a week, or they are said to be two people."""

    code = "suggested_lately"
    sentence = _("They were asked within the last 7 days. Ask them again later.")


class EntriesAsked(LeavingError):
    """A request about these two entries waits, was answered no a short time ago, or is not to be made."""

    code = "entries_asked"
    sentence = _("It was asked already, or decides by itself now. Look at what stands against it again.")


class EntriesAnswered(LeavingError):
    """Somebody answered before, or one of the two entries has ended."""

    code = "entries_answered"
    sentence = _("That was answered already, or one of the two entries has ended meanwhile.")


class LeaversSettled(LeavingError):
    """A list of leavers was confirmed, dropped or stopped meanwhile, or still waits for its column."""

    code = "leavers_settled"
    sentence = _("Something changed meanwhile. Look at the list again.")
