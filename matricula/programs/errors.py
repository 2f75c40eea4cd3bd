class ProgramError(Exception):
    """A program could not do what was asked."""

    code = "program"


class ProgramFull(ProgramError):
    """Every seat is taken."""

    code = "program_full"
