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
