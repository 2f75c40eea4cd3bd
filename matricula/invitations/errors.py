from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class InvitationError(Refusal):
    """Something about an invitation could not be done."""

    code = "invitation"


class LetterJustSent(InvitationError):
    """The person was written to within the last ten minutes."""

    code = "letter_just_sent"
    sentence = _("A letter went to this person less than ten minutes ago. Try again later.")


class InvitationAnswered(InvitationError):
    """The invitation can no longer be changed: it was answered, revoked or replaced."""

    code = "invitation_answered"
    sentence = _("This invitation was answered, withdrawn or replaced meanwhile.")


class AlreadyInvited(InvitationError):
    """The address has a live invitation to the program already."""

    code = "already_invited"
    sentence = _("This address has an open invitation already.")


class AlreadyMember(InvitationError):
    """The address is that of somebody who is in the program."""

    code = "already_member"
    sentence = _("Whoever has this address is a member already.")


class NotToConfirm(InvitationError):
    """The file is not waiting to be confirmed: it was confirmed, cancelled or refused."""

    code = "not_to_confirm"
    sentence = _("This file is still being checked, or was refused, confirmed or cancelled already.")


class NotToStop(InvitationError):
    """Nothing of the file is under way: it is not confirmed, stopped, or its letters are in the outbox."""

    code = "not_to_stop"
    sentence = _(
        "There is nothing to stop: the file is not confirmed, was stopped, or all its letters are on their"
        " way."
    )


class NoWorkEmail(InvitationError):
    """The organization knows no work e-mail of this person to write to."""

    code = "no_work_email"
    sentence = _("The organization knows no work e-mail to write to.")


class ColumnsUndecided(InvitationError):
    """Somebody has to choose which column of the file holds the e-mail addresses."""

    code = "columns_undecided"
    sentence = _("Choose the column of e-mail addresses first.")


class ColumnsRefused(InvitationError):
    """What was chosen cannot be: two columns of e-mail addresses, or a column the file does not have."""

    code = "columns_refused"
    sentence = _("Only one column can hold the e-mail addresses. Nothing was changed.")
