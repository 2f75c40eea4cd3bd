from matricula.programs.errors import ProgramError


class AlreadyOffered(ProgramError):
    """A role is waiting for this address to accept it."""

    code = "already_offered"


class OfferEnded(ProgramError):
    """The role was accepted, withdrawn, or waited too long."""

    code = "offer_ended"


class MailboxUnproven(ProgramError):
    """The account has not proven the mailbox that the role was offered to."""

    code = "mailbox_unproven"


class GroupsMissing(ProgramError):
    """A group manager manages at least one group."""

    code = "groups_missing"


class OffersUsedUp(ProgramError):
    """So many roles were offered within a day that the next one waits for tomorrow."""

    code = "offers_used_up"


class OfferJustSent(ProgramError):
    """A letter with the offer went out within the last ten minutes."""

    code = "offer_just_sent"
