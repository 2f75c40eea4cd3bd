class ProgramError(Exception):
    """A program could not do what was asked."""

    code = "program"


class ProgramFull(ProgramError):
    """Every seat is taken."""

    code = "program_full"


class ProgramEnded(ProgramError):
    """The last day of the program is over."""

    code = "program_ended"


class RemovedFromProgram(ProgramError):
    """An administrator removed this person: an invitation made since brings them back, and nothing else."""

    code = "removed"


class EndsBeforeItBegins(ProgramError):
    """The last day would be before the first."""

    code = "ends_before_it_begins"


class DayIsOver(ProgramError):
    """A program can end today or later, not in the past: its memberships would end without a warning."""

    code = "day_is_over"


class SeatsInUse(ProgramError):
    """Fewer seats than are taken; `used` says how many are."""

    code = "seats_in_use"

    def __init__(self, used: int) -> None:
        super().__init__(used)
        self.used = used


class NameTaken(ProgramError):
    """Another group of the program, or another program of the organization, has the name."""

    code = "name_taken"


class NotAMember(ProgramError):
    """Nobody with this work e-mail is in the program."""

    code = "not_a_member"


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
