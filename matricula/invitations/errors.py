class InvitationError(Exception):
    """Something about an invitation could not be done; `code` says what to windows and doors."""

    code = "invitation"


class LetterJustSent(InvitationError):
    """The person was written to within the last ten minutes."""

    code = "letter_just_sent"


class InvitationAnswered(InvitationError):
    """The invitation can no longer be changed: it was answered, revoked or replaced."""

    code = "invitation_answered"


class AlreadyInvited(InvitationError):
    """The address has a live invitation to the program already."""

    code = "already_invited"


class AlreadyMember(InvitationError):
    """The address is that of somebody who is in the program."""

    code = "already_member"


class NotToConfirm(InvitationError):
    """The file is not waiting to be confirmed: it was confirmed, cancelled or refused."""

    code = "not_to_confirm"


class NotToStop(InvitationError):
    """Nothing of the file is under way: it is not confirmed, stopped, or its letters are in the outbox."""

    code = "not_to_stop"


class NoWorkEmail(InvitationError):
    """The organization knows no work e-mail of this person to write to."""

    code = "no_work_email"


class ColumnsUndecided(InvitationError):
    """Somebody has to choose which column of the file holds the e-mail addresses."""

    code = "columns_undecided"


class ColumnsRefused(InvitationError):
    """What was chosen cannot be: two columns of e-mail addresses, or a column the file does not have."""

    code = "columns_refused"
